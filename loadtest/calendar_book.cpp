#include "loadtest/calendar_book.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

namespace campgate::rush {

namespace {

constexpr std::size_t recent_max = 16;

}  // namespace

calendar_book::calendar_book(const season_facts& season, told_log* told) : told_(told) {
    for (const season_week& week : season.weeks) {
        slots_.emplace(week.id, weeks_.size());
        weeks_.push_back(week.id);
    }
    pages_.push_back({0, std::vector<std::uint32_t>(weeks_.size()), 0});
}

std::uint32_t calendar_book::available(page_number number, std::uint32_t week) const {
    const auto slot = slots_.find(week);
    return slot == slots_.end() ? 0 : pages_[number].available[slot->second];
}

calendar_book::page_number calendar_book::turn(page_number from, std::string_view frame,
                                               std::int64_t at) {
    page_number to = blank;
    for (const turned& known : recent_) {
        if (known.from == from && known.frame == frame) to = known.to;
    }
    if (to == blank) {
        to = read(from, frame, at);
        turned made{from, to, std::string{frame}};
        if (recent_.size() < recent_max) {
            recent_.push_back(std::move(made));
        } else {
            recent_[oldest_] = std::move(made);
            oldest_ = (oldest_ + 1) % recent_max;
        }
    }
    pass(pages_[from].sequence, pages_[to].sequence, at);
    return to;
}

calendar_book::page_number calendar_book::read(page_number from, std::string_view frame,
                                               std::int64_t at) {
    namespace json = boost::json;
    page made = pages_[from];
    try {
        const json::value parsed = json::parse(json::string_view(frame.data(), frame.size()));
        const json::object& o = parsed.as_object();
        made.sequence = o.at("sequence").to_number<std::uint64_t>();
        made.seen = at;
        for (const json::value& value : o.at("weeks").as_array()) {
            const json::array& row = value.as_array();
            const auto week = row.at(0).to_number<std::uint32_t>();
            // A week that was added since is nobody's wish.
            if (const auto slot = slots_.find(week); slot != slots_.end())
                made.available[slot->second] = row.at(1).to_number<std::uint32_t>();
        }
    } catch (const std::exception&) {
        throw api_fault("a live message is not what the interface promises: " +
                        std::string{frame.substr(0, 200)});
    }
    const std::size_t look_back = std::min<std::size_t>(pages_.size(), 2 * recent_max);
    for (std::size_t i = pages_.size() - look_back; i < pages_.size(); ++i) {
        if (pages_[i].sequence == made.sequence && pages_[i].available == made.available && i != 0)
            return i;
    }
    if (told_ != nullptr) {
        told_calendar told{made.sequence, {}, true};
        for (std::size_t slot = 0; slot < weeks_.size(); ++slot)
            told.weeks.emplace_back(weeks_[slot], made.available[slot]);
        told_->write(told);
    }
    pages_.push_back(std::move(made));
    return pages_.size() - 1;
}

void calendar_book::pass(std::uint64_t before, std::uint64_t after, std::int64_t at) {
    const auto [entry, fresh] = frames_.try_emplace(after, frame_times{at, at, 0});
    ++entry->second.sockets;
    // A socket's first frame says nothing about earlier ones.
    auto from = before == 0 ? entry : frames_.upper_bound(before);
    for (; from != frames_.end() && from->first <= after; ++from)
        from->second.last = std::max(from->second.last, at);
}

}  // namespace campgate::rush
