#include "loadtest/told.hpp"

#include "loadtest/input_fault.hpp"
#include "loadtest/json_lines.hpp"

#include <boost/json/array.hpp>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace campgate::rush {

namespace json = boost::json;

namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;

std::uint32_t small(const json_lines& in, const json::value& item) {
    const std::uint64_t number = in.number_in(item);
    if (number > 0xffff'ffffU) in.fail("has too large a number");
    return static_cast<std::uint32_t>(number);
}

std::vector<told_seat> seats(const json_lines& in, std::string_view member) {
    std::vector<told_seat> out;
    for (const json::value& item : in.list(member)) {
        const json::array& row = in.list_in(item, 3);
        out.push_back({small(in, row[0]), in.number_in(row[1]), small(in, row[2])});
    }
    return out;
}

told_place place_of(const json_lines& in) {
    told_place p;
    p.sent = static_cast<std::int64_t>(in.number("sent"));
    p.took = static_cast<std::int64_t>(in.number("took"));
    p.family = in.number("family");
    p.key = in.text("key");
    p.all = in.text("mode") == "all";
    for (const json::value& item : in.list("items")) {
        const json::array& row = in.list_in(item, 2);
        p.items.push_back({small(in, row[0]), in.number_in(row[1])});
    }
    p.status = static_cast<int>(in.number("status"));
    p.sequence = in.number_or("sequence", 0);
    p.placed = seats(in, "placed");
    for (const json::value& item : in.list("refused")) {
        const json::array& row = in.list_in(item, 3);
        p.refused.push_back(
            {small(in, row[0]), in.number_in(row[1]), std::string{in.text_in(row[2])}});
    }
    return p;
}

told_release release_of(const json_lines& in) {
    told_release r;
    r.sent = static_cast<std::int64_t>(in.number("sent"));
    r.took = static_cast<std::int64_t>(in.number("took"));
    r.family = in.number("family");
    r.seat = {static_cast<std::uint32_t>(in.number("week")), in.number("child"),
              static_cast<std::uint32_t>(in.number("seat"))};
    r.placed_at = in.number("placed_at");
    r.status = static_cast<int>(in.number("status"));
    return r;
}

told_season season_of(const json_lines& in) {
    told_season s;
    s.sequence = in.number("sequence");
    s.weeks_per_child = static_cast<std::uint32_t>(in.number("weeks_per_child"));
    s.holds_per_family = static_cast<std::uint32_t>(in.number("holds_per_family"));
    s.hold_seconds = static_cast<std::uint32_t>(in.number("hold_seconds"));
    for (const json::value& item : in.list("weeks")) {
        const json::array& row = in.list_in(item, 3);
        s.weeks.push_back({small(in, row[0]), std::string{in.text_in(row[1])}, small(in, row[2])});
    }
    return s;
}

told_calendar calendar_of(const json_lines& in, bool pushed) {
    told_calendar c{in.number("sequence"), {}, pushed};
    for (const json::value& item : in.list("weeks")) {
        const json::array& row = in.list_in(item, 2);
        c.weeks.emplace_back(small(in, row[0]), small(in, row[1]));
    }
    return c;
}

void append(std::string& out, std::uint64_t value) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_member(std::string& out, std::string_view name, std::uint64_t value) {
    out += ",\"";
    out += name;
    out += "\":";
    append(out, value);
}

void append_row(std::string& out, std::initializer_list<std::uint64_t> row) {
    if (out.back() != '[') out += ',';
    out += '[';
    for (const std::uint64_t value : row) {
        if (out.back() != '[') out += ',';
        append(out, value);
    }
    out += ']';
}

void append_seats(std::string& out, std::string_view name, const std::vector<told_seat>& seats) {
    out += ",\"";
    out += name;
    out += "\":[";
    for (const told_seat& s : seats) append_row(out, {s.week, s.child, s.seat});
    out += ']';
}

std::uint64_t unsigned_of(std::int64_t value) {
    return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

}  // namespace

void read_told(std::istream& stream, const std::string& name, told_facts& into) {
    json_lines in(stream, name);
    while (in.next() != nullptr) {
        const std::string_view kind = in.text("told");
        if (kind == "place") {
            into.places.push_back(place_of(in));
        } else if (kind == "release") {
            into.releases.push_back(release_of(in));
        } else if (kind == "calendar" || kind == "weeks") {
            into.calendars.push_back(calendar_of(in, kind == "calendar"));
        } else if (kind == "basket") {
            into.baskets.push_back(
                {in.number("family"), in.number("sequence"), seats(in, "holds")});
        } else if (kind == "season") {
            into.season = season_of(in);
        } else {
            in.fail("is of a kind that nobody is told: " + std::string{kind});
        }
    }
}

told_log::told_log(const std::string& path) : file_(std::fopen(path.c_str(), "we")) {
    if (!file_) throw input_fault(path + ": cannot be written: " + std::strerror(errno));
    out_.reserve(buffer_bytes + 4096);
}

told_log::~told_log() {
    std::fwrite(out_.data(), 1, out_.size(), file_.get());
}

void told_log::end_line() {
    out_ += '\n';
    if (out_.size() < buffer_bytes) return;
    std::fwrite(out_.data(), 1, out_.size(), file_.get());
    out_.clear();
}

void told_log::write(const told_season& s) {
    out_ += R"({"told":"season","sequence":)";
    append(out_, s.sequence);
    append_member(out_, "weeks_per_child", s.weeks_per_child);
    append_member(out_, "holds_per_family", s.holds_per_family);
    append_member(out_, "hold_seconds", s.hold_seconds);
    out_ += R"(,"weeks":[)";
    for (const told_week& w : s.weeks) {
        if (out_.back() != '[') out_ += ',';
        out_ += '[';
        append(out_, w.week);
        out_ += ",\"" + w.iso_week + "\",";
        append(out_, w.capacity);
        out_ += ']';
    }
    out_ += "]}";
    end_line();
}

void told_log::write(const told_place& p) {
    out_ += R"({"told":"place","sent":)";
    append(out_, unsigned_of(p.sent));
    append_member(out_, "took", unsigned_of(p.took));
    append_member(out_, "family", p.family);
    out_ += R"(,"key":")" + p.key;
    out_ += p.all ? R"(","mode":"all","items":[)" : R"(","mode":"each","items":[)";
    for (const told_item& item : p.items) append_row(out_, {item.week, item.child});
    out_ += ']';
    append_member(out_, "status", unsigned_of(p.status));
    append_member(out_, "sequence", p.sequence);
    append_seats(out_, "placed", p.placed);
    out_ += R"(,"refused":[)";
    for (const told_refusal& r : p.refused) {
        append_row(out_, {r.week, r.child});
        out_.back() = ',';
        out_ += '"' + r.reason + "\"]";
    }
    out_ += "]}";
    end_line();
}

void told_log::write(const told_release& r) {
    out_ += R"({"told":"release","sent":)";
    append(out_, unsigned_of(r.sent));
    append_member(out_, "took", unsigned_of(r.took));
    append_member(out_, "family", r.family);
    append_member(out_, "week", r.seat.week);
    append_member(out_, "child", r.seat.child);
    append_member(out_, "seat", r.seat.seat);
    append_member(out_, "placed_at", r.placed_at);
    append_member(out_, "status", unsigned_of(r.status));
    out_ += '}';
    end_line();
}

void told_log::write(const told_basket& b) {
    out_ += R"({"told":"basket","family":)";
    append(out_, b.family);
    append_member(out_, "sequence", b.sequence);
    append_seats(out_, "holds", b.holds);
    out_ += '}';
    end_line();
}

void told_log::write(const told_calendar& c) {
    out_ += c.pushed ? R"({"told":"calendar","sequence":)" : R"({"told":"weeks","sequence":)";
    append(out_, c.sequence);
    out_ += R"(,"weeks":[)";
    for (const auto& [week, available] : c.weeks) append_row(out_, {week, available});
    out_ += "]}";
    end_line();
}

}  // namespace campgate::rush
