#include "server/serve.hpp"

#include "persistence/embedded_postgres.hpp"
#include "persistence/instance_key.hpp"
#include "persistence/journal_writer.hpp"
#include "persistence/ownership.hpp"
#include "persistence/pg_journal_store.hpp"
#include "persistence/recovery.hpp"
#include "server/admin.hpp"
#include "server/asking.hpp"
#include "server/data_directory.hpp"
#include "server/delivery.hpp"
#include "server/embedded_texts.hpp"
#include "server/listener.hpp"
#include "server/log.hpp"
#include "server/login_desk.hpp"
#include "server/metrics_listener.hpp"
#include "server/payment/demo_bank.hpp"
#include "server/season_file.hpp"
#include "server/season_shift.hpp"
#include "server/stores.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <future>
#include <thread>

namespace campgate::server {

namespace {

constexpr std::chrono::milliseconds watch_interval{20};
constexpr std::chrono::seconds feed_watch_interval{1};
constexpr std::chrono::seconds login_sweep_interval{30};
constexpr std::uint16_t close_going_away = 1001;  // RFC 6455 §7.4.1
constexpr int exit_second_signal = 130;

void progress(std::string_view text) {
    std::fprintf(stderr, "campgate: %.*s\n", static_cast<int>(text.size()), text.data());
}

std::string_view name_of(commit_outcome outcome) {
    switch (outcome) {
        case commit_outcome::committed: return "committed";
        case commit_outcome::lost_ownership: return "lost_ownership";
        case commit_outcome::went_back: return "database_went_back";
        case commit_outcome::rejected: return "batch_rejected";
        case commit_outcome::stopping: return "stopping";
    }
    return {};
}

std::string_view sentence_of(commit_outcome outcome) {
    switch (outcome) {
        case commit_outcome::lost_ownership:
            return "another process took the journal over; nothing more is answered here";
        case commit_outcome::went_back:
            return "the database is older than what was acknowledged; nothing is written to it";
        case commit_outcome::rejected:
            return "the database refuses what was decided; memory and database differ";
        case commit_outcome::committed:
        case commit_outcome::stopping: break;
    }
    return "stopped";
}

// The built pages: as set, beside the program, or in the tree it was built in.
std::filesystem::path pages_directory(const config& settings) {
    if (!settings.web.empty()) return settings.web;
    std::error_code ec;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ec).parent_path();
    for (const char* place : {"web", "../share/campgate/web", "../../web/dist"}) {
        const auto directory = program / place;
        if (std::filesystem::exists(directory / "index.html", ec))
            return std::filesystem::weakly_canonical(directory, ec);
    }
    return {};
}

class server {
public:
    explicit server(const config& settings)
        : settings_(settings),
          app_(settings),
          address_(probe_address(settings.listen, settings.port)) {}

    int run() {
        open_database();
        open_journal();
        make_application();
        start_threads();
        publish_demo();
        open_listeners();
        ready();
        app_.mails->start();
        app_.payments->start();
        const int code = watch();
        drain();
        return code;
    }

    ~server() {
        stop_threads();
        if (app_.mails) app_.mails->stop();
    }

private:
    // ---- start
    // -------------------------------------------------------------------------------------

    void open_database() {
        std::filesystem::create_directories(data_directory(settings_));
        if (settings_.database.empty()) {
            embedded_ = std::make_unique<embedded_postgres>(
                embedded_options{data_directory(settings_), settings_.fresh, progress});
            url_ = embedded_->url();
        } else {
            if (settings_.fresh)
                throw std::runtime_error("--fresh clears only the demo's own database");
            url_ = settings_.database;
        }
    }

    void open_journal() {
        pg_options options;
        options.application_name = "campgate start";
        options.read_write = true;
        pg_connection connection{url_, options};
        take_options how;
        how.owner_is_dead = embedded_ != nullptr;
        how.force = settings_.take_over;
        refuse_other_master_key(connection, master_key_file(settings_));
        const owner_id owner = make_owner_id();
        const taken got = take_ownership(connection, owner, how);
        if (!got.owned)
            throw std::runtime_error("another campgate writes to this database (" + got.other +
                                     "); stop it, or start with --take-over");
        owner_ = owner;
        const stored_state state = load_state(connection);
        auto compared =
            std::async(std::launch::async, [&] { return compare_tail(connection, state); });
        const auto wrong = engine_.restore(state, on_a_thread);
        const auto differences = compared.get();
        for (const std::string& difference : differences)
            log_event(log_level::error, "journal_differs", {{"what", difference}});
        if (!differences.empty())
            throw std::runtime_error("the journal and the tables differ: run campgate doctor");
        if (wrong) {
            throw std::runtime_error("the state cannot be restored: " + *wrong +
                                     "; run campgate doctor");
        }
        store_ = std::make_unique<pg_journal_store>(url_);
        journal_ = std::make_unique<journal_writer>(
            *store_, app_.clock, interruptible_pause(at_once_), at_once_, *got.owned,
            [](std::string_view event, std::string_view text) {
                log_event(log_level::warning, event, {{"text", text}});
            });
        metered_ = std::make_unique<metered_journal>(*journal_, app_.counters,
                                                     [this] { app_.mails->owed(); });
        app_.tokens = load_hold_tokens(connection);
        app_.sealing = load_master_key(connection, master_key_file(settings_));
        app_.database = std::make_unique<worker_database>(url_, [this] {
            return fence{owner_, journal_->epoch()};
        });
        app_.files =
            std::make_unique<family_files>(*app_.database, *app_.sealing, app_.seen, app_.families,
                                           [this](family_id family) { tell(family); });
        app_.mails = std::make_unique<mail_service>(
            settings_, url_, *app_.sealing, app_.counters, [this] { return app_.time.now(); },
            [this] { return app_.seen.season.load()->published; },
            settings_.public_url.empty() ? public_url() : settings_.public_url);
        app_.mails->write_sales(
            *app_.database, [this](family_id family) { return app_.seen.families.find(family); });
        make_payments();
        app_.questions.store(
            std::make_shared<const questions_view>(load_questions(*app_.database)));
        app_.login_store = make_login_store(url_);
        load_logins(url_, app_);
        app_.login = make_login_service(app_, load_instance_key(connection), listens_at());
        log_event(log_level::info, "restored",
                  {{"sequence", engine_.last_sequence().value},
                   {"holds", engine_.hold_count()},
                   {"keys", engine_.key_count()},
                   {"migrations", got.migrations}});
        last_batch_ = got.owned->last_batch;
    }

    // The demo is its own bank; no other provider is known yet, so a server takes no money online.
    void make_payments() {
        std::unique_ptr<payment_provider> provider;
        if (settings_.demo) {
            provider = std::make_unique<demo_bank>(*app_.database);
            log_event(log_level::warning, "demo_bank",
                      {{"text", "payments go to the demo's own bank: no money moves"}});
        }
        app_.payments = std::make_unique<payment_service>(
            settings_, std::move(provider), app_.seen, app_.counters,
            [this] { return app_.time.now(); },
            settings_.public_url.empty() ? listens_at() : settings_.public_url, listens_at(),
            [this](sale_command step, std::function<void()> then) {
                asio::co_spawn(app_.lanes.front()->io.get_executor(), push(std::move(step)),
                               [then = std::move(then)](std::exception_ptr) { then(); });
            });
        app_.payments->restore(engine_);
    }

    awaitable<> push(sale_command step) {
        command asked = std::move(step);
        co_await ask(app_, *app_.lanes.front(), std::move(asked));
    }

    void make_application() {
        const std::uint32_t lanes = settings_.io_threads != 0
                                        ? settings_.io_threads
                                        : std::max(1U, std::thread::hardware_concurrency());
        for (std::uint32_t i = 0; i < lanes; ++i)
            app_.lanes.push_back(std::make_unique<io_lane>(i));
        for (const std::string& text : settings_.trusted_proxies) {
            if (const auto network = parse_ip_network(text))
                app_.trusted_proxies.push_back(*network);
        }
        app_.openapi = openapi_text;
        app_.asyncapi = asyncapi_text;
        app_.lease_holds = [this] { return journal_->lease_holds(); };
        app_.journal_ready = [this] { return journal_->health().ready; };
        app_.workers = std::make_unique<worker_pool>(worker_threads);
        if (const auto pages = pages_directory(settings_); !pages.empty()) {
            auto loaded = static_files::load(pages);
            if (!loaded) throw std::runtime_error(loaded.error());
            app_.pages = std::move(*loaded);
        } else {
            log_event(log_level::warning, "no_pages");
        }
        delivery_ = std::make_unique<io_delivery>(app_);
        sequencer_limits limits;
        limits.batch_records_max = settings_.batch_records_max;
        limits.batch_items_max = settings_.batch_items_max;
        limits.deferral_max =
            std::chrono::duration_cast<std::chrono::milliseconds>(settings_.contended_timeout);
        limits.lanes = lanes;
        sequencer_ =
            std::make_unique<sequencer>(engine_, app_.ledgers, app_.seen, app_.queue, *metered_,
                                        app_.time, app_.clock, *delivery_, last_batch_, limits);
        sequencer_->start(on_a_thread);
        app_.hub = std::make_unique<live_hub>(app_.lanes, app_.seen, settings_.hub_tick);
    }

    void start_threads() {
        asio::io_context& first = app_.lanes.front()->io;
        signals_.emplace(first);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) signals_->add(signal);
        wait_for_signal();
        for (const auto& lane : app_.lanes) {
            guards_.push_back(asio::make_work_guard(lane->io));
            asio::co_spawn(lane->io.get_executor(), watch_feed(*lane), asio::detached);
            if (lane == app_.lanes.front())
                asio::co_spawn(first.get_executor(), watch_logins(), asio::detached);
            threads_.emplace_back([lane = lane.get()] { lane->io.run(); });
        }
        sequencer_thread_ = std::thread([this] { sequence(); });
    }

    void sequence() {
        while (!sequencer_done_.load()) {
            app_.queue.wait(sequencer_->idle_time());
            const commit_outcome outcome = sequencer_->round();
            if (outcome != commit_outcome::committed) {
                fatal_.store(outcome);
                return;
            }
        }
    }

    // Runs on the first lane and waits for it here.
    template <class T>
    T on_first_lane(awaitable<T> work) {
        std::promise<T> promise;
        asio::co_spawn(app_.lanes.front()->io.get_executor(), std::move(work),
                       [&promise](std::exception_ptr e, T value) {
                           if (e) return promise.set_exception(e);
                           promise.set_value(std::move(value));
                       });
        return promise.get_future().get();
    }

    // The demo brings its own season and families; a server starts with what was imported.
    void publish_demo() {
        if (settings_.demo) {
            auto parsed = parse_season(demo_season_text, "dalhem-ete-2027.toml");
            ensure(std::holds_alternative<season>(parsed), "the demo's season is sound");
            const auto before = app_.seen.season.load()->published;
            const instant now = app_.time.now();
            auto draft = demo_season(std::get<season>(std::move(parsed)), now, opens_in());
            draft.hold_duration = std::chrono::duration_cast<std::chrono::seconds>(settings_.hold);
            // With short holds one is reminded sooner.
            draft.sales.remind_before =
                std::min(draft.sales.remind_before, draft.hold_duration / 2);
            // A demo that goes on keeps the openings it had, unless it is told a new one.
            if (before && !settings_.opens_in) keep_openings(draft, *before);
            const auto outcome = on_first_lane(import_season(
                app_, *app_.lanes.front(), std::make_shared<const season>(std::move(draft))));
            if (outcome.is == import_outcome::kind::week_taken)
                log_event(log_level::warning, "season_kept", {{"week", outcome.week.value}});
            if (outcome.is == import_outcome::kind::no_answer)
                throw std::runtime_error("the journal does not answer");
            const auto published = app_.seen.season.load()->published;
            pg_connection connection{url_};
            progress("preparing " + std::to_string(settings_.families) + " demo families");
            write_demo_families(connection, *app_.sealing, *published, settings_.families, now);
        }
        pg_connection connection{url_};
        app_.files->load_all(connection);
    }

    // A family's open pages hear that something of theirs has changed.
    void tell(family_id family) {
        const campgate::sequence at = app_.seen.availability.load()->at;
        for (const auto& lane : app_.lanes) {
            asio::post(lane->io, [lane = lane.get(), family, at] {
                lane->feed.broadcast_families({family}, at);
            });
        }
    }

    std::optional<std::chrono::seconds> opens_in() const {
        if (!settings_.opens_in) return std::nullopt;
        return std::chrono::duration_cast<std::chrono::seconds>(*settings_.opens_in);
    }

    static void keep_openings(season& draft, const season& before) {
        for (camp_week& week : draft.weeks) {
            const std::string& code = draft.camps[week.camp.value - 1].code;
            const auto camp_before = std::ranges::find(before.camps, code, &camp::code);
            if (camp_before == before.camps.end()) continue;
            for (const camp_week& old : before.weeks) {
                if (old.camp == camp_before->id && old.iso == week.iso) week.opens = old.opens;
            }
        }
    }

    void open_listeners() {
        const bool shared = app_.lanes.size() > 1;
        for (const auto& lane : app_.lanes)
            acceptors_.push_back(
                std::make_unique<tcp_acceptor>(open_acceptor(*lane, address_, shared)));
        for (std::size_t i = 0; i < app_.lanes.size(); ++i)
            asio::co_spawn(app_.lanes[i]->io.get_executor(),
                           accept_sessions(*acceptors_[i], app_, *app_.lanes[i]), asio::detached);

        io_lane& first = *app_.lanes.front();
        const auto metrics_at = probe_address(settings_.metrics_listen, settings_.metrics_port);
        metrics_acceptor_ = std::make_unique<tcp_acceptor>(open_acceptor(first, metrics_at, false));
        asio::co_spawn(first.io.get_executor(), serve_metrics(*metrics_acceptor_, app_, first),
                       asio::detached);
        admin_ = std::make_unique<admin_listener>(admin_socket_path(data_directory(settings_)),
                                                  app_, first, admin_facts{url_, public_url()});
        asio::co_spawn(first.io.get_executor(), admin_->serve(), asio::detached);
        log_event(
            log_level::info, "listening",
            {{"url", public_url()}, {"metrics", "http://" + text_of(metrics_at) + "/metrics"}});
    }

    static std::string text_of(const asio::ip::tcp::endpoint& at) {
        const std::string ip = at.address().to_string();
        return (at.address().is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(at.port());
    }

    std::string listens_at() const { return "http://" + text_of(address_); }
    std::string public_url() const { return listens_at() + "/"; }

    // Ready is said when writes are answered: the first renewal of the lease has to be through.
    void ready() {
        const auto patience = std::chrono::steady_clock::now() + settings_.request_deadline;
        while (!app_.journal_ready() && std::chrono::steady_clock::now() < patience)
            std::this_thread::sleep_for(watch_interval);
        std::printf("campgate: ready at %s\n", public_url().c_str());
        std::fflush(stdout);
        sd_notify(0, "READY=1");
    }

    // ---- while it runs
    // -----------------------------------------------------------------------------

    void wait_for_signal() {
        signals_->async_wait([this](error_code ec, int signal) {
            if (ec) return;
            if (signal == SIGHUP) {
                log_event(log_level::info, "reload_not_needed");
            } else if (stop_asked_.exchange(true)) {
                end_at_once();
            }
            wait_for_signal();
        });
    }

    [[noreturn]] void end_at_once() {
        if (embedded_ && embedded_->pid() > 0) kill(embedded_->pid(), SIGQUIT);
        std::_Exit(exit_second_signal);
    }

    // Once a second: closes feeds that cannot keep up; every so often says the time.
    awaitable<> watch_feed(io_lane& lane) {
        timer every{lane.io.get_executor()};
        auto told = std::chrono::steady_clock::now();
        for (;;) {
            every.expires_after(feed_watch_interval);
            co_await every.async_wait(nothrow);
            const std::size_t slow = lane.feed.close_hopeless(settings_.ws_slow);
            app_.counters.sockets_closed[static_cast<std::size_t>(close_label::slow)].add(slow);
            lane.feed.keep_logins(app_.logins, app_.time.now());
            if (std::chrono::steady_clock::now() - told < settings_.time_interval) continue;
            told = std::chrono::steady_clock::now();
            lane.feed.broadcast_time(time_message(app_.time.now()));
        }
    }

    // Openings are looked at once a second; every so often a worker tells the database who was
    // there. Requests and sockets only note it in memory.
    awaitable<> watch_logins() {
        timer every{app_.lanes.front()->io.get_executor()};
        std::optional<campgate::sequence> known;
        auto swept = std::chrono::steady_clock::now();
        for (;;) {
            const auto view = app_.seen.season.load();
            if (known != view->changed) {
                known = view->changed;
                app_.logins.set_openings(openings_of(*view));
            }
            if (std::chrono::steady_clock::now() - swept >= login_sweep_interval) {
                swept = std::chrono::steady_clock::now();
                app_.workers->submit([this] { sweep_logins(); });
            }
            every.expires_after(feed_watch_interval);
            co_await every.async_wait(nothrow);
        }
    }

    // What the database did not hear is told again with the next.
    void sweep_logins() {
        const std::lock_guard lock{sweep_mutex_};
        login_sweep news = app_.logins.sweep(app_.time.now());
        unswept_.touched.insert(unswept_.touched.end(), news.touched.begin(), news.touched.end());
        unswept_.over.insert(unswept_.over.end(), news.over.begin(), news.over.end());
        try {
            app_.login_store->sweep(unswept_);
            unswept_ = {};
        } catch (const std::exception&) {
            log_event(log_level::warning, "login_store_failed");
        }
    }

    // Until it is time to end; the exit code.
    int watch() {
        bool clock_alarm = false;
        while (!stop_asked_.load()) {
            if (fatal_.load() != commit_outcome::committed) break;
            if (embedded_ && !embedded_->running()) {
                log_event(log_level::error, "postgres_ended");
                restart_postgres();
            }
            const bool jumped = app_.time.jumped();
            if (jumped != std::exchange(clock_alarm, jumped))
                log_event(jumped ? log_level::error : log_level::info,
                          jumped ? "clock_jumped" : "clock_agrees");
            follow_season();
            update_levels();
            std::this_thread::sleep_for(watch_interval);
        }
        const commit_outcome outcome = fatal_.load();
        if (outcome == commit_outcome::committed) return 0;
        log_event(log_level::error, "alarm",
                  {{"what", name_of(outcome)}, {"text", sentence_of(outcome)}});
        progress(sentence_of(outcome));
        return 1;
    }

    // Classes of children follow from the season: another one is another set of facts. What may
    // or may not have been committed is looked up as soon as the database answers again.
    void follow_season() {
        const campgate::sequence at = app_.seen.season.load()->changed;
        if (std::exchange(season_followed_, at) != at) app_.files->season_changed();
        const auto now = std::chrono::steady_clock::now();
        if (now - doubts_looked_at_ < feed_watch_interval) return;
        doubts_looked_at_ = now;
        app_.workers->submit([this] { app_.files->resolve_doubts(); });
    }

    void restart_postgres() {
        try {
            embedded_->start();
            log_event(log_level::info, "postgres_started");
        } catch (const std::exception& e) {
            log_event(log_level::error, "postgres_not_started", {{"text", e.what()}});
        }
    }

    // Counted elsewhere already; only this thread brings it to the metric.
    static void count_up_to(counter& metric, std::uint64_t total) {
        metric.add(total - metric.value());
    }

    void update_levels() {
        metrics& m = app_.counters;
        const auto health = journal_->health();
        m.queue_depth.set(static_cast<std::int64_t>(app_.queue.reserved()));
        m.clock_alarm.set(app_.time.jumped() ? 1 : 0);
        m.lease_held.set(health.lease ? 1 : 0);
        m.journal_in_doubt.set(health.ready ? 0 : 1);
        count_up_to(m.journal_doubts, health.doubts);
        count_up_to(m.holds_expired, sequencer_->counts().expired.load());
        count_up_to(m.frames_made, app_.hub->frames());
    }

    // ---- end
    // ---------------------------------------------------------------------------------------

    void drain() {
        const bool alive = fatal_.load() == commit_outcome::committed;
        log_event(log_level::info, "draining");
        sd_notify(0, "STOPPING=1");
        app_.draining.store(true);
        for (std::size_t i = 0; i < app_.lanes.size(); ++i) {
            asio::post(app_.lanes[i]->io,
                       [this, i] { begin_drain(*app_.lanes[i], *acceptors_[i]); });
        }
        asio::post(app_.lanes.front()->io, [this] {
            error_code ignored;
            metrics_acceptor_->close(ignored);
            admin_->close();
        });
        const auto deadline = std::chrono::steady_clock::now() + settings_.drain_timeout;
        while (alive && std::chrono::steady_clock::now() < deadline && !drained())
            std::this_thread::sleep_for(watch_interval);
        at_once_.store(true);
        stop_threads();
        app_.mails->stop();
        if (alive && fatal_.load() == commit_outcome::committed) sign_off_journal();
        store_.reset();
        if (alive) sweep_logins();
        app_.login_store.reset();
        if (embedded_) embedded_->stop();
        log_event(log_level::info, "stopped");
    }

    void begin_drain(io_lane& lane, tcp_acceptor& acceptor) {
        error_code ignored;
        acceptor.close(ignored);
        lane.feed.close_all(close_going_away);
        for (const auto& [number, connection] : lane.connections) {
            if (connection->idle && connection->socket != nullptr)
                connection->socket->close(ignored);
        }
    }

    bool drained() {
        return app_.queue.reserved() == 0 && app_.counters.connections_open.value() == 0;
    }

    void sign_off_journal() {
        try {
            pg_connection connection{url_};
            sign_off(connection, owner_);
        } catch (const std::exception&) {
            log_event(log_level::warning, "not_signed_off");
        }
    }

    void stop_threads() {
        sequencer_done_.store(true);
        app_.queue.wake();
        if (sequencer_thread_.joinable()) sequencer_thread_.join();
        if (app_.payments) app_.payments->stop();
        if (app_.login) app_.login->workers.stop();
        if (app_.workers) app_.workers->stop();
        guards_.clear();
        for (const auto& lane : app_.lanes) lane->io.stop();
        for (std::thread& t : threads_) t.join();
        threads_.clear();
    }

    static constexpr std::size_t worker_threads = 2;

    const config& settings_;
    application app_;
    const asio::ip::tcp::endpoint address_;
    std::unique_ptr<embedded_postgres> embedded_;
    std::string url_;
    owner_id owner_;
    batch_number last_batch_;
    engine engine_;  // sequencer thread, once it runs
    std::atomic<bool> at_once_{false};
    std::unique_ptr<pg_journal_store> store_;
    std::unique_ptr<journal_writer> journal_;
    std::unique_ptr<metered_journal> metered_;
    std::unique_ptr<io_delivery> delivery_;
    std::unique_ptr<sequencer> sequencer_;
    std::thread sequencer_thread_;
    std::atomic<bool> sequencer_done_{false};
    std::atomic<commit_outcome> fatal_{commit_outcome::committed};
    std::atomic<bool> stop_asked_{false};
    campgate::sequence season_followed_;                      // main thread
    std::chrono::steady_clock::time_point doubts_looked_at_;  // main thread
    std::mutex sweep_mutex_;
    login_sweep unswept_;  // under sweep_mutex_
    std::optional<asio::signal_set> signals_;
    std::vector<asio::executor_work_guard<executor>> guards_;
    std::vector<std::thread> threads_;
    std::vector<std::unique_ptr<tcp_acceptor>> acceptors_;
    std::unique_ptr<tcp_acceptor> metrics_acceptor_;
    std::unique_ptr<admin_listener> admin_;
};

}  // namespace

// What is in memory here must not be written to a disk by a crash.
void refuse_core_files() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

int serve(const config& settings) {
    start_log(settings.log);
    refuse_core_files();
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not work here");
    std::signal(SIGPIPE, SIG_IGN);
    server process{settings};
    return process.run();
}

}  // namespace campgate::server
