#include "loadtest/api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <charconv>
#include <chrono>
#include <random>

namespace campgate::rush {

namespace json = boost::json;

namespace {

void append(std::string& out, std::uint64_t value) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void open_request(std::string& out, std::string_view method, std::string_view path,
                  std::string_view host, std::string_view cookie) {
    out.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    if (!cookie.empty()) out.append("\r\nCookie: ").append(cookie);
}

void add_json(std::string& out, std::string_view body) {
    out += "\r\nContent-Type: application/json\r\nContent-Length: ";
    append(out, body.size());
    out.append("\r\n\r\n").append(body);
}

// Every misfit of type or name ends here.
template <class Read>
auto reading(std::string_view body, Read read) {
    try {
        return read(json::parse(json::string_view(body.data(), body.size())).as_object());
    } catch (const std::exception&) {
        throw api_fault("an answer is not what the interface promises: " +
                        std::string{body.substr(0, 200)});
    }
}

std::uint64_t number(const json::object& of, std::string_view name) {
    return of.at(name).to_number<std::uint64_t>();
}
std::uint32_t small(const json::object& of, std::string_view name) {
    return of.at(name).to_number<std::uint32_t>();
}
std::string text(const json::object& of, std::string_view name) {
    const json::string& value = of.at(name).as_string();
    return {value.data(), value.size()};
}
std::int64_t instant(const json::value& value) {
    const json::string& text = value.as_string();
    return parse_instant({text.data(), text.size()}).value();
}

std::chrono::year_month_day day_of(const json::object& of, std::string_view name) {
    const std::int64_t midnight = parse_instant(text(of, name) + "T00:00:00Z").value();
    return std::chrono::sys_days{std::chrono::days{midnight / 86'400'000'000}};
}

placed_seat placed_of(const json::object& item) {
    return {{small(item, "week"), number(item, "child"), small(item, "seat")}, text(item, "hold")};
}

}  // namespace

std::string get_text(std::string_view host, std::string_view path, std::string_view cookie,
                     bool close) {
    std::string out;
    open_request(out, "GET", path, host, cookie);
    if (close) out += "\r\nConnection: close";
    return out += "\r\n\r\n";
}

std::string login_text(std::string_view host, std::uint64_t family) {
    std::string out;
    open_request(out, "POST", "/api/v1/demo/login", host, {});
    add_json(out, R"({"family":)" + std::to_string(family) + "}");
    return out;
}

std::string place_text(std::string_view host, const credentials& who, std::string_view key,
                       bool all, const std::vector<told_item>& items) {
    std::string body = all ? R"({"mode":"all","items":[)" : R"({"mode":"each","items":[)";
    for (const told_item& item : items) {
        if (body.back() != '[') body += ',';
        body += R"({"week":)";
        append(body, item.week);
        body += R"(,"child":)";
        append(body, item.child);
        body += '}';
    }
    body += "]}";
    std::string out;
    out.reserve(512);
    open_request(out, "POST", "/api/v1/holds", host, who.cookie);
    out.append("\r\nX-CSRF-Token: ").append(who.csrf);
    out.append("\r\nIdempotency-Key: ").append(key);
    add_json(out, body);
    return out;
}

std::string release_text(std::string_view host, const credentials& who, std::string_view hold) {
    std::string out;
    out.reserve(256);
    open_request(out, "DELETE", "/api/v1/holds/" + std::string{hold}, host, who.cookie);
    out.append("\r\nX-CSRF-Token: ").append(who.csrf).append("\r\n\r\n");
    return out;
}

season_facts read_season(std::string_view body) {
    return reading(body, [](const json::object& o) {
        season_facts s;
        s.sequence = number(o, "sequence");
        s.name_fr = text(o.at("name").as_object(), "fr");
        s.name_en = text(o.at("name").as_object(), "en");
        s.organiser = text(o.at("organiser").as_object(), "name");
        s.weeks_per_child = small(o.at("limits").as_object(), "weeks_per_child");
        s.holds_per_family = small(o.at("limits").as_object(), "holds_per_family");
        s.hold_seconds = small(o, "hold_seconds");
        s.server_time = instant(o.at("server_time"));
        for (const json::value& value : o.at("weeks").as_array()) {
            const json::object& item = value.as_object();
            season_week w;
            w.id = small(item, "id");
            w.camp = small(item, "camp");
            w.iso_week = text(item, "iso_week");
            w.first_day = day_of(item, "first_day");
            w.opens_at = instant(item.at("opens_at"));
            if (!item.at("residents_opens_at").is_null())
                w.residents_opens_at = instant(item.at("residents_opens_at"));
            w.capacity = small(item, "capacity");
            for (const json::value& camp : o.at("camps").as_array()) {
                if (small(camp.as_object(), "id") != w.camp) continue;
                const json::object& ages = camp.as_object().at("ages").as_object();
                w.from_months = ages.at("from_months").to_number<int>();
                w.below_months = ages.at("below_months").to_number<int>();
                w.label = text(camp.as_object(), "code") + ' ' + w.iso_week.substr(5);
            }
            s.weeks.push_back(std::move(w));
        }
        return s;
    });
}

me_facts read_me(std::string_view body) {
    return reading(body, [](const json::object& o) {
        me_facts me{number(o, "family"), text(o, "csrf"), {}};
        for (const json::value& value : o.at("children").as_array()) {
            const json::object& item = value.as_object();
            child_facts child{number(item, "id"),
                              text(item, "class") == "resident",
                              day_of(item, "birth_date"),
                              text(item, "sheet") == "valid" && item.at("invoiceable").as_bool(),
                              {}};
            for (const json::value& week : item.at("weeks").as_array()) {
                const json::object& w = week.as_object();
                child.weeks.push_back({small(w, "week"), w.at("reason").is_null()
                                                             ? std::string{}
                                                             : text(w, "reason")});
            }
            me.children.push_back(std::move(child));
        }
        return me;
    });
}

std::string read_csrf(std::string_view body) {
    return reading(body, [](const json::object& o) { return text(o, "csrf"); });
}

hold_answer read_holds(std::string_view body) {
    return reading(body, [](const json::object& o) {
        hold_answer a;
        a.sequence = number(o, "sequence");
        if (const json::value* placed = o.if_contains("placed")) {
            for (const json::value& value : placed->as_array())
                a.placed.push_back(placed_of(value.as_object()));
        }
        for (const json::value& value : o.at("refused").as_array()) {
            const json::object& item = value.as_object();
            a.refused.push_back({small(item, "week"), number(item, "child"), text(item, "reason")});
        }
        return a;
    });
}

std::uint64_t read_sequence(std::string_view body) {
    constexpr std::string_view start = R"({"sequence":)";
    std::uint64_t sequence = 0;
    if (body.starts_with(start))
        std::from_chars(body.data() + start.size(), body.data() + body.size(), sequence);
    return sequence;
}

hold_answer read_basket(std::string_view body) {
    return reading(body, [](const json::object& o) {
        hold_answer a;
        a.sequence = number(o, "sequence");
        for (const json::value& value : o.at("holds").as_array())
            a.placed.push_back(placed_of(value.as_object()));
        return a;
    });
}

told_calendar read_weeks(std::string_view body) {
    return reading(body, [](const json::object& o) {
        told_calendar c{number(o, "sequence"), {}, false};
        for (const json::value& value : o.at("weeks").as_array()) {
            const json::array& row = value.as_array();
            c.weeks.emplace_back(row.at(0).to_number<std::uint32_t>(),
                                 row.at(1).to_number<std::uint32_t>());
        }
        return c;
    });
}

std::string read_problem(std::string_view body) {
    constexpr std::string_view prefix = R"("type":"urn:campgate:problem:)";
    const std::size_t at = body.find(prefix);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = body.substr(at + prefix.size());
    return std::string{rest.substr(0, rest.find('"'))};
}

std::optional<std::int64_t> parse_instant(std::string_view text) {
    // YYYY-MM-DDTHH:MM:SS[.f…]Z
    if (text.size() < 20 || text.back() != 'Z') return std::nullopt;
    const auto part = [&](std::size_t at, std::size_t size) {
        int value = -1;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    const std::chrono::year_month_day day{std::chrono::year{part(0, 4)},
                                          std::chrono::month{static_cast<unsigned>(part(5, 2))},
                                          std::chrono::day{static_cast<unsigned>(part(8, 2))}};
    if (!day.ok()) return std::nullopt;
    std::int64_t fraction = 0;
    std::int64_t unit = 1'000'000;
    for (std::size_t i = 20; i + 1 < text.size() && unit > 1; ++i) {
        unit /= 10;
        fraction += (text[i] - '0') * unit;
    }
    const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
    const std::int64_t seconds = ((days * 24 + part(11, 2)) * 60 + part(14, 2)) * 60 + part(17, 2);
    return seconds * 1'000'000 + fraction;
}

int age_in_months(std::chrono::year_month_day birth, std::chrono::year_month_day on) {
    const int months = (static_cast<int>(on.year()) - static_cast<int>(birth.year())) * 12 +
                       static_cast<int>(static_cast<unsigned>(on.month())) -
                       static_cast<int>(static_cast<unsigned>(birth.month()));
    return on.day() < birth.day() ? months - 1 : months;
}

std::string new_key() {
    static std::mt19937_64 random = [] {
        std::random_device seed;
        std::seed_seq words{seed(), seed(), seed(), seed()};
        return std::mt19937_64{words};
    }();
    // Version 4, variant 1 (RFC 9562 §5.4).
    const std::uint64_t high = (random() & ~0xf000ULL) | 0x4000ULL;
    const std::uint64_t low = (random() & ~(3ULL << 62)) | (2ULL << 62);
    char text[37];
    std::snprintf(text, sizeof text, "%08llx-%04llx-%04llx-%04llx-%012llx",
                  static_cast<unsigned long long>(high >> 32),
                  static_cast<unsigned long long>(high >> 16 & 0xffff),
                  static_cast<unsigned long long>(high & 0xffff),
                  static_cast<unsigned long long>(low >> 48),
                  static_cast<unsigned long long>(low & 0xffff'ffff'ffffULL));
    return text;
}

}  // namespace campgate::rush
