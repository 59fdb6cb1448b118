#include "server/admin.hpp"

#include "persistence/staff_store.hpp"
#include "server/asking.hpp"
#include "server/families_file.hpp"
#include "server/family_erasure.hpp"
#include "server/family_import.hpp"
#include "server/log.hpp"
#include "server/on_worker.hpp"
#include "server/questions_view.hpp"
#include "server/retention.hpp"
#include "server/season_file.hpp"
#include "server/time_text.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t line_max = 2 * families_file_bytes_max;  // the largest file, escaped
constexpr std::size_t socket_path_max = 107;
constexpr std::chrono::seconds answer_within{30};
constexpr std::chrono::seconds import_within{120};

json::object said(std::string message) {
    return {{"ok", true}, {"message", std::move(message)}};
}
json::object refused(std::string message) {
    return {{"ok", false}, {"message", std::move(message)}};
}

const json::object no_answer = refused("the server did not decide in time: ask for its status");

std::optional<std::uint64_t> number(const json::object& o, std::string_view name) {
    const json::value* v = o.if_contains(name);
    if (v == nullptr) return std::nullopt;
    if (v->is_int64() && v->get_int64() >= 0) return static_cast<std::uint64_t>(v->get_int64());
    if (v->is_uint64()) return v->get_uint64();
    return std::nullopt;
}

std::string text(const json::object& o, std::string_view name) {
    const json::value* v = o.if_contains(name);
    return v != nullptr && v->is_string() ? std::string{v->get_string()} : std::string{};
}

awaitable<json::object> set_capacity(application& app, io_lane& lane, const json::object& asked) {
    const week_id week{static_cast<std::uint32_t>(number(asked, "week").value_or(0))};
    const auto capacity = number(asked, "capacity").value_or(0);
    if (capacity < 1 || capacity > week_capacity_max)
        co_return refused("a capacity is 1 to " + std::to_string(week_capacity_max));
    const auto before = app.seen.season.load();
    if (before->find(week) == nullptr)
        co_return refused("there is no week " + std::to_string(week.value));
    const auto answer =
        co_await ask(app, lane, set_capacity_command{week, static_cast<std::uint32_t>(capacity)});
    if (!answer || answer->kind == reply_kind::contended) co_return no_answer;
    const std::uint32_t now = app.seen.season.load()->row(week).capacity;
    json::object result =
        said("week " + std::to_string(week.value) + " has " + std::to_string(now) + " seats");
    if (now > capacity) {
        result = said("week " + std::to_string(week.value) + " has " + std::to_string(now) +
                      " seats: so many are taken, and no holder loses one");
    }
    result["capacity"] = now;
    result["changed"] = answer->kind == reply_kind::done;
    result["sequence"] = answer->at.value;
    co_return result;
}

awaitable<json::object> set_opening(application& app, io_lane& lane, const json::object& asked) {
    set_opening_command moved;
    if (const auto week = number(asked, "week"))
        moved.weeks.push_back(week_id{static_cast<std::uint32_t>(*week)});
    const auto view = app.seen.season.load();
    for (const week_id week : moved.weeks) {
        if (view->find(week) == nullptr)
            co_return refused("there is no week " + std::to_string(week.value));
    }
    if (const auto at = parse_rfc3339(text(asked, "at"))) {
        moved.all = *at;
    } else {
        moved.all = app.time.now() + std::chrono::microseconds{static_cast<std::int64_t>(
                                         number(asked, "from_now_us").value_or(0))};
    }
    const instant all = moved.all;
    const auto answer = co_await ask(app, lane, std::move(moved));
    if (!answer) co_return no_answer;
    json::object result = said("opens at " + rfc3339(all));
    result["opens_at"] = rfc3339(all);
    result["changed"] = answer->kind == reply_kind::done;
    result["sequence"] = answer->at.value;
    co_return result;
}

awaitable<json::object> import_text(application& app, io_lane& lane, const json::object& asked) {
    auto parsed = parse_season(text(asked, "text"), text(asked, "file"));
    if (const auto* faults = std::get_if<std::vector<season_fault>>(&parsed)) {
        json::array lines;
        for (const season_fault& fault : *faults) lines.emplace_back(to_text(fault));
        json::object result = refused("nothing was imported");
        result["faults"] = std::move(lines);
        co_return result;
    }
    auto draft = std::make_shared<const season>(std::get<season>(std::move(parsed)));
    const import_outcome outcome = co_await import_season(app, lane, std::move(draft));
    switch (outcome.is) {
        case import_outcome::kind::imported:
            co_return said("imported as version " + std::to_string(outcome.version) + "; " +
                           std::to_string(outcome.capacities) + " capacities and " +
                           std::to_string(outcome.openings) + " openings moved");
        case import_outcome::kind::unchanged: co_return said("nothing has changed");
        case import_outcome::kind::week_taken:
            if (outcome.week.value == 0)
                co_return refused("the season is out of bounds: too many weeks, or one twice");
            co_return refused("week " + std::to_string(outcome.week.value) +
                              " is not in the file, but seats of it are taken");
        case import_outcome::kind::no_answer: break;
    }
    co_return no_answer;
}

awaitable<json::object> import_questions_text(application& app, io_lane& lane,
                                              const json::object& asked) {
    using outcome_type = std::variant<questions_view, std::vector<file_fault>>;
    std::function<outcome_type()> work = [&app, content = text(asked, "text"),
                                          file = text(asked, "file"), now = app.time.now()] {
        return import_questions(*app.database, content, file, now);
    };
    auto outcome = co_await on_worker<outcome_type>(app, lane, "questions_not_kept",
                                                    std::move(work), answer_within);
    if (!outcome) co_return no_answer;
    if (const auto* faults = std::get_if<std::vector<file_fault>>(&*outcome)) {
        json::array lines;
        for (const file_fault& fault : *faults) lines.emplace_back(to_text(fault));
        json::object result = refused("nothing was imported");
        result["faults"] = std::move(lines);
        co_return result;
    }
    auto view =
        std::make_shared<const questions_view>(std::get<questions_view>(*std::move(outcome)));
    const std::uint32_t version = view->asked.version;
    const bool changed = version != app.questions.load()->asked.version;
    app.questions.store(std::move(view));
    co_return said(changed ? "imported as version " + std::to_string(version)
                           : "nothing has changed");
}

awaitable<json::object> forget(application& app, io_lane& lane, const json::object& asked) {
    const json::value* flag = asked.if_contains("dry_run");
    const bool dry = flag != nullptr && flag->is_bool() && flag->get_bool();
    std::function<retention_counts()> work = [&app, dry, now = app.time.now()] {
        return forget_old(app, now, dry);
    };
    const auto counts = co_await on_worker<retention_counts>(app, lane, "retention_failed",
                                                             std::move(work), answer_within);
    if (!counts) co_return no_answer;
    json::object result = said(dry ? "counted" : "forgot");
    result["sheets"] = counts->sheets;
    result["families"] = counts->families;
    result["audit_rows"] = counts->audit_rows;
    result["mails"] = counts->mails;
    result["documents"] = counts->documents;
    result["requests"] = counts->requests;
    result["more"] = counts->more;
    co_return result;
}

struct families_imported {
    import_counts counts;
    std::vector<file_fault> faults;
};

awaitable<json::object> import_families_text(application& app, io_lane& lane,
                                             const json::object& asked) {
    std::function<families_imported()> work = [&app, content = text(asked, "text"),
                                               file = text(asked, "file"), now = app.time.now()] {
        families_imported outcome;
        const auto season = app.seen.season.load()->published;
        auto parsed = parse_families(content, file, season.get());
        if (auto* faults = std::get_if<std::vector<file_fault>>(&parsed)) {
            outcome.faults = std::move(*faults);
            return outcome;
        }
        outcome.counts =
            import_families(*app.files, std::get<std::vector<listed_family>>(parsed), now);
        return outcome;
    };
    auto outcome = co_await on_worker<families_imported>(app, lane, "families_not_imported",
                                                         std::move(work), import_within);
    if (!outcome) co_return no_answer;
    if (!outcome->faults.empty()) {
        json::array lines;
        for (const file_fault& fault : outcome->faults) lines.emplace_back(to_text(fault));
        json::object result = refused("nothing was imported");
        result["faults"] = std::move(lines);
        co_return result;
    }
    const import_counts& n = outcome->counts;
    json::object result =
        said(std::to_string(n.parents_added) + " parents and " + std::to_string(n.children_added) +
             " children added, " + std::to_string(n.children_attached) +
             " children attached to a second parent; " + std::to_string(n.parents_known) +
             " parents and " + std::to_string(n.children_known) + " children were known");
    result["parents_added"] = n.parents_added;
    result["children_added"] = n.children_added;
    result["children_attached"] = n.children_attached;
    co_return result;
}

// The number is forgotten at once: what stays is its keyed hash.
json::object staff_changed(application& app, const std::string& op,
                           const std::optional<niss>& number, instant now) {
    json::object result;
    std::optional<family_id> ended;
    app.database->change([&](worker_transaction& work) {
        const master_key& key = *app.sealing;
        ended.reset();
        if (op == "staff_add") {
            result = said(add_staff(work, key, *number, now) ? "is staff from the next login on"
                                                             : "was staff already");
        } else if (op == "staff_remove") {
            result = refused("was not staff");
            if (remove_staff(work, key, *number)) {
                ended = end_logins(work, key, *number);
                result = said("is staff no longer, and logged out");
            }
        } else {
            std::string lines;
            for (const staff_row& row : list_staff(work))
                lines += "\n" + row.hash_start + "  since " + rfc3339(row.added_at);
            result = said("staff:" + (lines.empty() ? std::string{" nobody"} : lines));
        }
        return true;
    });
    if (ended) end_logins_of(app, *ended, now);
    return result;
}

awaitable<json::object> change_staff(application& app, io_lane& lane, const std::string& op,
                                     const json::object& asked) {
    const auto number = niss::parse(text(asked, "niss"));
    if (op != "staff_list" && !number)
        co_return refused("this is no national register number: its check digits do not fit");
    std::function<json::object()> work = [&app, op, number, now = app.time.now()] {
        return staff_changed(app, op, number, now);
    };
    auto result = co_await on_worker<json::object>(app, lane, "staff_not_changed", std::move(work),
                                                   answer_within);
    if (!result) co_return no_answer;
    co_return *std::move(result);
}

json::object status_of(const application& app, const admin_facts& facts) {
    const auto availability = app.seen.availability.load();
    const auto season = app.seen.season.load();
    json::object result = said(app.draining.load() ? "draining" : "running");
    result["url"] = facts.url;
    result["sequence"] = availability->at.value;
    result["season_version"] = season->published ? season->published->version : 0U;
    result["weeks"] = availability->weeks.size();
    result["journal_ready"] = app.journal_ready();
    result["clock_jumped"] = app.time.jumped();
    result["logins"] = app.logins.size();
    return result;
}

}  // namespace

std::filesystem::path admin_socket_path(const std::filesystem::path& data) {
    const auto beside = std::filesystem::absolute(data).lexically_normal() / "admin.sock";
    const std::string name = beside.string();
    if (name.size() <= socket_path_max) return beside;
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(name.data()), name.size(), nullptr,
                       0);
    std::array<char, 2 * hash.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    const std::filesystem::path home =
        std::filesystem::path{"/tmp"} / ("campgate-" + std::to_string(geteuid()));
    return home / (std::string{hex.data()} + ".sock");
}

admin_listener::admin_listener(const std::filesystem::path& path, application& app, io_lane& lane,
                               admin_facts facts)
    : path_(path),
      app_(app),
      lane_(lane),
      facts_(std::move(facts)),
      acceptor_(lane.io.get_executor()) {
    std::error_code fs;
    if (std::filesystem::create_directories(path.parent_path(), fs))
        std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, fs);
    std::filesystem::remove(path, fs);
    error_code ec;
    acceptor_.open(stream{}, ec);
    const mode_t before = umask(0177);
    if (!ec) acceptor_.bind(stream::endpoint{path.string()}, ec);
    umask(before);
    if (!ec) acceptor_.listen(8, ec);
    if (ec) throw std::runtime_error("cannot make the admin socket: " + ec.message());
}

admin_listener::~admin_listener() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void admin_listener::close() {
    error_code ignored;
    acceptor_.close(ignored);
}

awaitable<> admin_listener::serve() {
    while (acceptor_.is_open()) {
        socket peer{lane_.io.get_executor()};
        const auto [ec] = co_await acceptor_.async_accept(peer, nothrow);
        if (ec) {
            if (!acceptor_.is_open()) co_return;
            continue;
        }
        asio::co_spawn(lane_.io.get_executor(), answer(std::move(peer)), asio::detached);
    }
}

awaitable<> admin_listener::answer(socket peer) {
    std::string line;
    auto buffer = asio::dynamic_buffer(line, line_max);
    const auto [ec, bytes] = co_await asio::async_read_until(peer, buffer, '\n', nothrow);
    if (ec) co_return;
    error_code bad;
    const json::value asked = json::parse(std::string_view{line}.substr(0, bytes), bad);
    json::object result = refused("not a request");
    if (!bad && asked.is_object()) {
        json::object request = asked.get_object();
        result = co_await run(std::move(request));
    }
    const std::string out = json::serialize(result) + "\n";
    const auto [failed, sent] = co_await asio::async_write(peer, asio::buffer(out), nothrow);
    (void)failed;
}

awaitable<json::object> admin_listener::run(json::object asked) {
    const std::string op = text(asked, "op");
    log_event(log_level::info, "admin", {{"op", op}});
    json::object result = refused("unknown operation");
    if (op == "status") {
        result = status_of(app_, facts_);
    } else if (op == "set_capacity") {
        result = co_await set_capacity(app_, lane_, asked);
    } else if (op == "set_opening") {
        result = co_await set_opening(app_, lane_, asked);
    } else if (op == "import_season") {
        result = co_await import_text(app_, lane_, asked);
    } else if (op == "import_questions") {
        result = co_await import_questions_text(app_, lane_, asked);
    } else if (op == "retention") {
        result = co_await forget(app_, lane_, asked);
    } else if (op == "import_families") {
        result = co_await import_families_text(app_, lane_, asked);
    } else if (op == "staff_add" || op == "staff_remove" || op == "staff_list") {
        result = co_await change_staff(app_, lane_, op, asked);
    } else if (op == "clock_accept") {
        app_.time.accept();
        result = said("the wall clock is taken as right");
    } else if (op == "database") {
        result = said("");
        result["database"] = facts_.database;
    }
    co_return result;
}

std::optional<json::object> ask_server(const std::filesystem::path& data,
                                       const json::object& asked) {
    asio::io_context io;
    asio::local::stream_protocol::socket peer{io};
    error_code ec;
    peer.connect(asio::local::stream_protocol::endpoint{admin_socket_path(data).string()}, ec);
    if (ec) return std::nullopt;
    const timeval limit{import_within.count(), 0};
    setsockopt(peer.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    asio::write(peer, asio::buffer(json::serialize(asked) + "\n"), ec);
    std::string line;
    if (!ec) asio::read_until(peer, asio::dynamic_buffer(line, line_max), '\n', ec);
    if (ec) throw std::runtime_error("the server did not answer: " + ec.message());
    const json::value answer = json::parse(line, ec);
    if (ec || !answer.is_object()) throw std::runtime_error("the server's answer cannot be read");
    return answer.get_object();
}

}  // namespace campgate::server
