// What a request costs at the edges: JSON in, problems and availability out, a batch as PostgreSQL
// reads it; and one frame to many sockets, through the feed as a WebSocket has it.
#include "bench/bench_season.hpp"
#include "core/record_codec.hpp"
#include "persistence/pg_text.hpp"
#include "server/http_message.hpp"
#include "server/live_feed.hpp"
#include "server/request_schemas.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <benchmark/benchmark.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace campgate::bench {
namespace {

void hold_request_from_json(benchmark::State& state) {
    constexpr std::string_view body =
        R"({"mode":"each","items":[{"week":12,"child":4567},{"week":14,"child":4568}]})";
    for (auto _ : state) benchmark::DoNotOptimize(server::read_holds_request(body));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hold_request_from_json);

// A refusal, whole: status line, fields and body.
void refusal_to_json(benchmark::State& state) {
    for (auto _ : state) {
        server::problem p = server::problem_of(server::problem_kind::nothing_placed);
        p.members["sequence"] = 123'456;
        const auto answer = server::problem_response(p, server::language::fr, "/api/v1/holds");
        benchmark::DoNotOptimize(
            server::render_head(answer, true, false, "Thu, 01 Jan 2026 00:00:00 GMT"));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(refusal_to_json);

availability_view forty_weeks() {
    availability_view view;
    view.at = sequence{2};
    for (std::uint32_t n = 1; n <= week_count; ++n) view.weeks.push_back({{n}, 24, sequence{2}});
    return view;
}

void availability_to_json(benchmark::State& state) {
    const availability_view view = forty_weeks();
    for (auto _ : state) benchmark::DoNotOptimize(server::weeks_message(view, sequence{1}));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(availability_to_json);

// The records of a batch and their rows, as commit_batch takes them.
void batch_to_text(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto rules = engine_of(1'000);
    no_seats none;
    std::vector<record> records;
    row_effects effects;
    for (std::uint64_t n = 1; n <= size; ++n) {
        const auto d = rules->decide(place_of(n, n, week_id{static_cast<std::uint32_t>(n % 40 + 1)},
                                              seat_number{static_cast<std::uint32_t>(n / 40 + 1)}),
                                     opened, none, false);
        rules->apply(*d.made, &effects);
        records.push_back(*d.made);
    }
    array_text kind, at, actor, body, week, seat, hold, key;
    for (auto _ : state) {
        for (array_text* each : {&kind, &at, &actor, &body, &week, &seat, &hold, &key})
            each->clear();
        for (const record& r : records) {
            const encoded_record bytes = encode(r);
            kind.number(static_cast<std::uint32_t>(bytes.kind));
            at.time(bytes.at);
            actor.number(bytes.actor.value);
            body.hex(bytes.body);
        }
        for (const seat_change& c : effects.seats) {
            week.number(c.week.value);
            seat.number(c.seat.value);
            hold.number(c.after.hold.value);
        }
        for (const key_row& k : effects.keys) key.uuid(k.key);
        benchmark::DoNotOptimize(body.done());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
    state.SetLabel("records");
}
BENCHMARK(batch_to_text)->Arg(1)->Arg(64)->Arg(512);

// A socket of the feed with somebody at the other end who reads when told to.
class listener final : public server::live_sink {
public:
    listener() {
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) != 0) std::abort();
    }
    ~listener() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    bool write_now(const server::live_message& message) override {
        const std::string& frame = message.frame;
        return ::send(ends_[0], frame.data(), frame.size(), MSG_DONTWAIT) ==
               static_cast<ssize_t>(frame.size());
    }
    void merged() override {}
    void read() {
        std::array<char, 4096> bytes;
        while (::recv(ends_[1], bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        }
    }

private:
    std::array<int, 2> ends_{};
};

server::awaitable<> stay(server::live_subscriber& s, const views& seen) {
    while (s.next(seen, opened)) {
    }
    co_await s.wait();
}

void one_frame_to_sockets(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    server::asio::io_context io{1};
    views seen;
    availability_view view = forty_weeks();
    seen.availability.store(std::make_shared<const availability_view>(view));
    server::lane_feed feed;
    std::vector<std::unique_ptr<listener>> sockets;
    std::vector<std::unique_ptr<server::live_subscriber>> subscribers;
    for (std::size_t i = 0; i < size; ++i) {
        sockets.push_back(std::make_unique<listener>());
        subscribers.emplace_back(
            new server::live_subscriber{io.get_executor(), {}, {}, sockets.back().get()});
        feed.add(*subscribers.back());
        server::asio::co_spawn(io.get_executor(), stay(*subscribers.back(), seen),
                               server::asio::detached);
    }
    io.poll();
    for (auto _ : state) {
        const sequence before = view.at;
        ++view.at.value;
        view.weeks.front().changed = view.at;
        const server::weeks_frame frame{before, server::weeks_message(view, before)};
        feed.broadcast_slice(frame, size, size);
        state.PauseTiming();
        for (const auto& socket : sockets) socket->read();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
    state.SetLabel("sockets");
    for (const auto& s : subscribers) s->close(1001);
    io.restart();
    io.poll();
    for (const auto& s : subscribers) feed.remove(*s);
}
BENCHMARK(one_frame_to_sockets)->Arg(1)->Arg(20)->Arg(400)->Iterations(1'000);

}  // namespace
}  // namespace campgate::bench
