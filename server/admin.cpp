#include "server/admin.hpp"

#include "server/asking.hpp"
#include "server/log.hpp"
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

constexpr std::size_t line_max = 2 * season_file_bytes_max;  // a season file, escaped
constexpr std::size_t socket_path_max = 107;
constexpr std::chrono::seconds answer_within{30};

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
    const timeval limit{answer_within.count(), 0};
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
