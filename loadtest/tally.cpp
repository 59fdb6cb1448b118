#include "loadtest/tally.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace campgate::rush {

namespace json = boost::json;

namespace {

std::int64_t slice_of(std::int64_t since_opening) {
    // Rounded down, before the opening too.
    return since_opening >= 0 ? since_opening / slice_micros
                              : -((-since_opening + slice_micros - 1) / slice_micros);
}

json::array to_json(const hdr_histogram& h) {
    json::array out;
    for (const auto& [index, count] : h.sparse()) {
        out.push_back(index);
        out.push_back(count);
    }
    return out;
}

hdr_histogram histogram_of(const json::value& from) {
    hdr_histogram h;
    const json::array& list = from.as_array();
    for (std::size_t i = 0; i + 1 < list.size(); i += 2)
        h.add_sparse(list[i].to_number<std::uint32_t>(), list[i + 1].to_number<std::uint64_t>());
    return h;
}

template <class Count>
json::object to_json(const std::map<std::string, Count>& counts) {
    json::object out;
    for (const auto& [name, count] : counts) out[name] = count;
    return out;
}

std::map<std::string, std::uint64_t> counts_of(const json::value& from) {
    std::map<std::string, std::uint64_t> out;
    for (const auto& [name, count] : from.as_object())
        out[std::string{name}] = count.to_number<std::uint64_t>();
    return out;
}

}  // namespace

time_slice& tally::slice(std::int64_t at) {
    return slices[slice_of(at - opened)];
}

void tally::see(const calendar_book& book) {
    frames = book.frames();
    std::uint64_t newest = 0;
    for (const calendar_book::page& page : book.pages()) {
        if (page.sequence < newest || page.seen == 0) continue;
        newest = page.sequence;
        calendar[slice_of(page.seen - opened)] = page.available;
    }
}

void tally::add(const tally& other) {
    if (opened == 0) opened = other.opened;
    for (const auto& [name, count] : other.counts) counts[name] += count;
    for (const auto& [name, count] : other.reasons) reasons[name] += count;
    clicks.add(other.clicks);
    lateness.add(other.lateness);
    reads.add(other.reads);
    releases.add(other.releases);
    for (const auto& [number, slice] : other.slices) {
        time_slice& into = slices[number];
        into.due += slice.due;
        into.reads += slice.reads;
        into.releases += slice.releases;
        for (std::size_t i = 0; i < outcomes; ++i) into.answers[i] += slice.answers[i];
    }
    acknowledgements.insert(acknowledgements.end(), other.acknowledgements.begin(),
                            other.acknowledgements.end());
    for (const auto& [sequence, times] : other.frames) {
        const auto [entry, fresh] = frames.try_emplace(sequence, times);
        if (fresh) continue;
        entry->second.first = std::min(entry->second.first, times.first);
        entry->second.last = std::max(entry->second.last, times.last);
        entry->second.sockets += times.sockets;
    }
    for (const auto& [number, available] : other.calendar) calendar.try_emplace(number, available);
}

hdr_histogram tally::answer_to_last_calendar() const {
    hdr_histogram out;
    for (const acknowledged& a : acknowledgements) {
        const auto frame = frames.lower_bound(a.sequence);
        if (frame == frames.end()) continue;
        out.record(
            static_cast<std::uint64_t>(std::max<std::int64_t>(frame->second.last - a.at, 0)));
    }
    return out;
}

json::object tally::to_json() const {
    json::array slice_list;
    for (const auto& [number, slice] : slices) {
        json::array row{number, slice.due, slice.reads, slice.releases};
        for (const std::uint64_t count : slice.answers) row.push_back(count);
        slice_list.push_back(std::move(row));
    }
    json::array acks;
    for (const acknowledged& a : acknowledgements) {
        acks.push_back(a.sequence);
        acks.push_back(a.at);
    }
    json::array frame_list;
    for (const auto& [sequence, times] : frames)
        frame_list.push_back(json::array{sequence, times.first, times.last, times.sockets});
    json::array pages;
    for (const auto& [number, available] : calendar)
        pages.push_back(json::array{number, json::array(available.begin(), available.end())});
    return {{"opened", opened},
            {"counts", rush::to_json(counts)},
            {"reasons", rush::to_json(reasons)},
            {"clicks", rush::to_json(clicks)},
            {"lateness", rush::to_json(lateness)},
            {"reads", rush::to_json(reads)},
            {"releases", rush::to_json(releases)},
            {"slices", std::move(slice_list)},
            {"acknowledgements", std::move(acks)},
            {"frames", std::move(frame_list)},
            {"calendar", std::move(pages)}};
}

tally tally::from_json(const json::object& from) {
    tally t;
    t.opened = from.at("opened").to_number<std::int64_t>();
    t.counts = counts_of(from.at("counts"));
    t.reasons = counts_of(from.at("reasons"));
    t.clicks = histogram_of(from.at("clicks"));
    t.lateness = histogram_of(from.at("lateness"));
    t.reads = histogram_of(from.at("reads"));
    t.releases = histogram_of(from.at("releases"));
    for (const json::value& value : from.at("slices").as_array()) {
        const json::array& row = value.as_array();
        time_slice& slice = t.slices[row.at(0).to_number<std::int64_t>()];
        slice.due = row.at(1).to_number<std::uint64_t>();
        slice.reads = row.at(2).to_number<std::uint64_t>();
        slice.releases = row.at(3).to_number<std::uint64_t>();
        for (std::size_t i = 0; i < outcomes; ++i)
            slice.answers[i] = row.at(4 + i).to_number<std::uint64_t>();
    }
    const json::array& acks = from.at("acknowledgements").as_array();
    for (std::size_t i = 0; i + 1 < acks.size(); i += 2)
        t.acknowledgements.push_back(
            {acks[i].to_number<std::uint64_t>(), acks[i + 1].to_number<std::int64_t>()});
    for (const json::value& value : from.at("frames").as_array()) {
        const json::array& row = value.as_array();
        t.frames[row.at(0).to_number<std::uint64_t>()] = {row.at(1).to_number<std::int64_t>(),
                                                          row.at(2).to_number<std::int64_t>(),
                                                          row.at(3).to_number<std::uint64_t>()};
    }
    for (const json::value& value : from.at("calendar").as_array()) {
        const json::array& row = value.as_array();
        auto& available = t.calendar[row.at(0).to_number<std::int64_t>()];
        for (const json::value& count : row.at(1).as_array())
            available.push_back(count.to_number<std::uint32_t>());
    }
    return t;
}

}  // namespace campgate::rush
