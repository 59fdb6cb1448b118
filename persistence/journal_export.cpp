#include "persistence/journal_export.hpp"

#include "core/record_codec.hpp"
#include "core/sale_codec.hpp"
#include "persistence/table_reader.hpp"

#include <boost/json.hpp>
#include <cstdio>

namespace campgate {
namespace {

namespace json = boost::json;

std::string time_text(instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{at - day};
    char text[64];
    std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text;
}

const char* name_of(record_kind kind) {
    switch (kind) {
        case record_kind::place: return "place";
        case record_kind::release: return "release";
        case record_kind::expire: return "expire";
        case record_kind::capacity: return "capacity";
        case record_kind::opening: return "opening";
        case record_kind::season: return "season";
        case record_kind::forget: return "forget";
        case record_kind::sale: return "sale";
    }
    return "unknown";
}

json::array numbers(const std::vector<seat_number>& seats) {
    json::array list;
    for (const seat_number seat : seats) list.push_back(seat.value);
    return list;
}

json::value time_or_null(const std::optional<instant>& at) {
    if (!at) return nullptr;
    return json::value(time_text(*at));
}

json::object ended(const ended_hold& e) {
    return {{"hold", e.hold.value}, {"week", e.week.value}, {"seat", e.seat.value}};
}

const char* name_of(seat_event event) {
    switch (event) {
        case seat_event::order: return "order";
        case seat_event::release: return "release";
        case seat_event::book: return "book";
        case seat_event::end: return "end";
        case seat_event::retake: return "retake";
    }
    return "unknown";
}

const char* name_of(account a) {
    switch (a) {
        case account::receivable: return "receivable";
        case account::sales: return "sales";
        case account::money: return "money";
        case account::refunds: return "refunds";
        case account::suspense: return "suspense";
    }
    return "unknown";
}

// Adds a body's own members.
struct body_writer {
    json::object& line;

    void operator()(const place_record& p) const {
        json::array placed;
        for (const placed_item& item : p.placed) {
            placed.push_back({{"hold", item.hold.value},
                              {"week", item.week.value},
                              {"child", item.child.value},
                              {"seat", item.seat.value},
                              {"deadline", time_text(item.deadline)}});
        }
        json::array refused;
        for (const refused_item& item : p.refused) {
            refused.push_back({{"week", item.week.value},
                               {"child", item.child.value},
                               {"reason", json::string(campgate::name_of(item.why))}});
        }
        line["family"] = p.family.value;
        line["key"] = uuid_text(p.key);
        line["body"] = uuid_text(p.body);
        line["mode"] = p.mode == place_mode::all ? "all" : "each";
        line["season_version"] = p.season_version;
        line["facts_version"] = p.facts_version;
        line["placed"] = std::move(placed);
        line["refused"] = std::move(refused);
    }
    void operator()(const release_record& p) const { line["ended"] = json::array{ended(p.ended)}; }
    void operator()(const expire_record& p) const {
        json::array list;
        for (const ended_hold& e : p.ended) list.push_back(ended(e));
        line["ended"] = std::move(list);
    }
    void operator()(const capacity_record& p) const {
        line["week"] = p.week.value;
        line["capacity"] = p.capacity;
        line["total"] = p.total;
        line["retired"] = numbers(p.retired);
        line["restored"] = numbers(p.restored);
    }
    void operator()(const opening_record& p) const {
        json::array weeks;
        for (const week_opening& w : p.weeks) {
            weeks.push_back({{"week", w.week.value},
                             {"opens_at", time_text(w.opens.all)},
                             {"residents_opens_at", time_or_null(w.opens.residents)}});
        }
        line["weeks"] = std::move(weeks);
    }
    void operator()(const season_record& p) const {
        json::array weeks;
        for (const camp_week& w : p.published->weeks) {
            weeks.push_back({{"week", w.id.value},
                             {"camp", w.camp.value},
                             {"iso_week", w.iso.value},
                             {"capacity", w.capacity},
                             {"opens_at", time_text(w.opens.all)},
                             {"residents_opens_at", time_or_null(w.opens.residents)}});
        }
        line["version"] = p.published->version;
        line["code"] = p.published->code;
        line["weeks"] = std::move(weeks);
    }
    void operator()(const forget_record& p) const { line["before"] = time_text(p.before); }
    void operator()(const sale_record& p) const {
        line["event"] = name_of(p.event);
        line["family"] = p.family.value;
        if (p.order) {
            line["order"] = p.order->id.value;
            line["total"] = p.order->total.value;
            line["paid"] = p.order->paid.value;
        }
        if (p.payment) {
            line["payment"] = p.payment->id.value;
            line["amount"] = p.payment->amount.value;
            line["received"] = p.payment->received.value;
        }
        json::array refunds;
        for (const refund& f : p.refunds)
            refunds.push_back({{"refund", f.id.value}, {"amount", f.amount.value}});
        json::array seats;
        for (const seat_effect& e : p.seats) {
            json::object seat{{"event", name_of(e.event)},
                              {"hold", e.hold.value},
                              {"week", e.week.value},
                              {"child", e.child.value},
                              {"seat", e.seat.value}};
            if (e.event == seat_event::order || e.event == seat_event::release)
                seat["deadline"] = time_text(e.deadline);
            seats.push_back(std::move(seat));
        }
        json::array money;
        for (const money_entry& m : p.money)
            money.push_back({{"account", name_of(m.account)}, {"amount", m.amount.value}});
        line["refunds"] = std::move(refunds);
        line["seats"] = std::move(seats);
        line["money"] = std::move(money);
    }
};

std::string line_of(const json::object& object) {
    return json::serialize(object) + '\n';
}

}  // namespace

std::uint64_t export_journal(pg_connection& connection, const line_sink& sink, sequence first) {
    return as_database_error([&]() -> std::uint64_t {
        pqxx::work work(connection.raw().session);
        begin_snapshot(work);
        const pqxx::result writer =
            work.exec("SELECT last_batch, last_sequence, digest, epoch FROM writer");
        if (writer.size() != 1) throw database_error("the database has no writer row");
        const auto digest = static_cast<std::uint64_t>(number_in<std::int64_t>(writer[0][2]));
        char digest_text[17];
        std::snprintf(digest_text, sizeof digest_text, "%016llx",
                      static_cast<unsigned long long>(digest));
        bool wanted = sink(line_of({{"format", "campgate.journal.v1"},
                                    {"first", first.value},
                                    {"last_sequence", number_in<std::uint64_t>(writer[0][1])},
                                    {"last_batch", number_in<std::uint64_t>(writer[0][0])},
                                    {"epoch", number_in<std::uint64_t>(writer[0][3])},
                                    {"digest", digest_text}}));
        std::uint64_t count = 0;
        for_each_record(work, "WHERE sequence >= " + std::to_string(as_bigint(first.value)),
                        [&](const journal_row& row) {
                            if (!wanted) return;
                            const auto r = decode(row.record);
                            if (!r) {
                                throw database_error("record " +
                                                     std::to_string(row.record.sequence.value) +
                                                     " cannot be read");
                            }
                            json::object line{{"sequence", r->sequence.value},
                                              {"batch", row.batch},
                                              {"at", time_text(r->at)},
                                              {"kind", name_of(r->kind())},
                                              {"actor", r->actor.value}};
                            std::visit(body_writer{line}, r->body);
                            ++count;
                            wanted = sink(line_of(line));
                        });
        return count;
    });
}

}  // namespace campgate
