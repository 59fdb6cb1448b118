#include "persistence/pg_journal_store.hpp"

#include "core/ensure.hpp"
#include "core/faults.hpp"
#include "persistence/migrations.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"
#include "persistence/socket_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace campgate {
namespace {

constexpr std::size_t zombies_max = 64;

constexpr const char* commit_call = R"sql(
SELECT commit_batch($1::uuid, $2, $3, $4, $5,
    $6, $7, $8, $9,
    $10, $11, $12,
    $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22, $23,
    $24, $25, $26,
    $27, $28, $29, $30, $31, $32, $33, $34, $35, $36,
    $37, $38, $39, $40, $41, $42, $43, $44, $45,
    $46, $47, $48, $49, $50,
    $51, $52,
    $53, $54, $55, $56, $57, $58, $59,
    $60, $61, $62, $63, $64, $65, $66,
    $67, $68, $69))sql";

constexpr const char* bump_call = R"sql(
UPDATE writer SET epoch = epoch + 1, seen = clock_timestamp()
 WHERE owner = $1::uuid AND NOT signed_off RETURNING epoch, last_batch)sql";

const char* bump_statement() {
    if (mutated(mutation::epoch_bump_without_owner))
        return "UPDATE writer SET owner = $1::uuid, epoch = epoch + 1, seen = clock_timestamp() "
               "RETURNING epoch, last_batch";
    if (mutated(mutation::doubt_resolved_by_read))
        return "SELECT epoch, last_batch FROM writer WHERE owner = $1::uuid AND NOT signed_off";
    return bump_call;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
}

// The newest commit_batch without its fence, or without looking at how many rows it touched.
std::string wrong_commit_batch() {
    std::string text;
    for (const migration& m : embedded_migrations()) {
        if (m.sql.find("FUNCTION commit_batch(") != std::string_view::npos) text = m.sql;
    }
    replace_all(text, "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION");
    if (mutated(mutation::no_fence)) {
        replace_all(text, "owner = p_owner AND epoch = p_epoch AND last_batch = p_batch - 1",
                    "true");
    } else {
        for (const char* wanted : {"cardinality", "wanted", "p_forgotten", "0 "}) {
            replace_all(text, std::string{"IF n <> "} + wanted,
                        std::string{"IF false AND n <> "} + wanted);
        }
    }
    return text;
}

pg_options writer_options(std::chrono::seconds connect_timeout) {
    pg_options options;
    options.application_name = "campgate journal";
    options.read_write = true;
    options.connect_timeout = connect_timeout;
    options.settings = {
        {"synchronous_commit", "on"},
        {"default_transaction_isolation", "read committed"},
        {"default_transaction_read_only", "off"},
        // The writer waits as long as it takes; its own time-outs would be verdicts of nobody.
        {"statement_timeout", "0"},
        {"lock_timeout", "0"},
        {"idle_in_transaction_session_timeout", "0"},
        {"client_min_messages", "warning"},
        {"client_connection_check_interval", "5000"},
        {"timezone", "UTC"},
        {"datestyle", "ISO"},
        // Rows are found by key, whatever the statistics of a young table say.
        {"plan_cache_mode", "force_generic_plan"},
        {"enable_seqscan", "off"},
        {"enable_hashjoin", "off"},
        {"enable_mergejoin", "off"},
        {"jit", "off"},
    };
    return options;
}

}  // namespace

struct pg_journal_store::session {
    explicit session(const std::string& url, const pg_options& options)
        : connection(url, options),
          socket(::fcntl(connection.raw().session.sock(), F_DUPFD_CLOEXEC, 0)) {}
    ~session() {
        if (socket >= 0) ::close(socket);
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    pg_connection connection;
    const int socket;
    backend self;
};

/// The text of every array argument, kept for its memory.
struct pg_journal_store::arrays {
    array_text j_kind, j_at, j_actor, j_body;
    array_text s_version, s_sequence, s_body;
    array_text w_id, w_iso, w_before, w_capacity, w_total, w_all, w_residents;
    array_text f_week, f_seat, f_hold, f_sequence;
    array_text r_week, r_seat, r_state;
    array_text c_week, c_seat, c_hold, c_before, c_state, c_child, c_family, c_deadline, c_sequence,
        c_order;
    array_text t_week, t_seat, t_state, t_hold, t_child, t_family, t_deadline, t_sequence, t_order;
    array_text k_actor, k_key, k_body, k_sequence, k_at;
    array_text o_kind, o_id, o_family, o_state, o_before, o_sequence, o_body;
    array_text m_sequence, m_account, m_amount, m_family, m_payer, m_order, m_activity;
    array_text l_sequence, l_family, l_cause;

    void fill(const batch& b) {
        *this = {};
        std::uint64_t expected = b.last.value - b.records.size();
        for (const encoded_record& e : b.records) {
            ensure(e.sequence.value == ++expected, "a batch's records end with its last sequence");
            j_kind.number(std::int64_t{static_cast<std::uint8_t>(e.kind)});
            j_at.time(e.at);
            j_actor.number(e.actor.value);
            j_body.hex(e.body);
        }
        for (const season_row& s : b.rows.seasons) {
            s_version.number(s.version);
            s_sequence.number(s.sequence.value);
            s_body.hex(s.body);
        }
        for (const week_change& w : b.rows.weeks) {
            w_id.number(w.after.id.value);
            w_iso.number(w.after.iso.value);
            w_before.number(w.total_before);
            w_capacity.number(w.after.capacity);
            w_total.number(w.after.total);
            w_all.time(w.after.opens.all);
            if (w.after.opens.residents) {
                w_residents.time(*w.after.opens.residents);
            } else {
                w_residents.null();
            }
        }
        for (const seat_change& s : b.rows.seats) add(s);
        for (const key_row& k : b.rows.keys) {
            k_actor.number(k.actor.value);
            k_key.uuid(k.key);
            k_body.uuid(k.body);
            k_sequence.number(k.sequence.value);
            k_at.time(k.at);
        }
        for (const sale_change& s : b.rows.sales) {
            o_kind.number(static_cast<std::int64_t>(s.after.kind));
            o_id.number(s.after.id);
            o_family.number(s.after.family.value);
            o_state.number(std::int64_t{s.after.state});
            o_before.number(s.before.value);
            o_sequence.number(s.after.changed.value);
            o_body.hex(s.after.body);
        }
        for (const money_row& m : b.rows.money) {
            m_sequence.number(m.sequence.value);
            m_account.number(static_cast<std::int64_t>(m.entry.account));
            m_amount.number(m.entry.amount.value);
            m_family.number(m.entry.family.value);
            m_payer.number(m.entry.payer.value);
            m_order.number(m.entry.order.value);
            m_activity.number(m.entry.activity.value);
        }
        for (const owed_mail& l : b.rows.mails) {
            l_sequence.number(l.sequence.value);
            l_family.number(l.family.value);
            l_cause.number(static_cast<std::int64_t>(l.cause));
        }
    }

    static bool is_taken(seat_state state) {
        return state == seat_state::held || state == seat_state::booked;
    }
    static void deadline(array_text& list, const seat_row& row) {
        if (row.state == seat_state::booked) {
            list.null();
        } else {
            list.time(row.deadline);
        }
    }
    static void order(array_text& list, const seat_row& row) {
        if (row.order == order_id{}) {
            list.null();
        } else {
            list.number(row.order.value);
        }
    }

    // From any state to any other over free: given back, retired or restored, taken.
    void add(const seat_change& s) {
        const bool was_held = is_taken(s.before.state);
        const bool is_held = is_taken(s.after.state);
        if (was_held && is_held && s.before.hold == s.after.hold) {
            c_week.number(s.week.value);
            c_seat.number(s.seat.value);
            c_hold.number(s.after.hold.value);
            c_before.number(s.before.sequence.value);
            c_state.number(static_cast<std::int64_t>(s.after.state));
            c_child.number(s.after.child.value);
            c_family.number(s.after.family.value);
            deadline(c_deadline, s.after);
            c_sequence.number(s.after.sequence.value);
            order(c_order, s.after);
            return;
        }
        if (was_held) {
            f_week.number(s.week.value);
            f_seat.number(s.seat.value);
            f_hold.number(s.before.hold.value);
            f_sequence.number(s.before.sequence.value);
        }
        const bool was_retired = s.before.state == seat_state::retired;
        const bool is_retired = s.after.state == seat_state::retired;
        if (was_retired != is_retired) {
            r_week.number(s.week.value);
            r_seat.number(s.seat.value);
            r_state.number(std::int64_t{is_retired ? 2 : 0});
        }
        if (is_held) {
            t_week.number(s.week.value);
            t_seat.number(s.seat.value);
            t_state.number(static_cast<std::int64_t>(s.after.state));
            t_hold.number(s.after.hold.value);
            t_child.number(s.after.child.value);
            t_family.number(s.after.family.value);
            deadline(t_deadline, s.after);
            t_sequence.number(s.after.sequence.value);
            order(t_order, s.after);
        }
    }
};

pg_journal_store::pg_journal_store(std::string url, pg_journal_options options)
    : url_(std::move(url)),
      options_(options),
      arrays_(std::make_unique<arrays>()),
      watch_(std::make_unique<socket_watch>()) {
}

pg_journal_store::~pg_journal_store() = default;

int pg_journal_store::backend_pid() const noexcept {
    return session_ ? session_->connection.backend_pid() : 0;
}

pg_journal_store::session& pg_journal_store::connected() {
    if (session_) return *session_;
    auto fresh = std::make_unique<session>(url_, writer_options(options_.connect_timeout));
    const socket_watch::guard watched(*watch_, fresh->socket, options_.answer_within);
    as_database_error([&] {
        pqxx::connection& s = fresh->connection.raw().session;
        pqxx::nontransaction work(s);
        if (mutated(mutation::no_fence) || mutated(mutation::row_counts_unchecked))
            work.exec(wrong_commit_batch());
        s.prepare("commit_batch", commit_call);
        s.prepare("bump", bump_statement());
        const pqxx::result started =
            work.exec("SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()");
        fresh->self.pid = s.backendpid();
        if (!started.empty()) fresh->self.started = started[0][0].c_str();
    });
    session_ = std::move(fresh);
    return *session_;
}

// After anything but a clear answer the session is not used again.
void pg_journal_store::abandon(bool unanswered) {
    if (!session_) return;
    if (unanswered && zombies_.size() < zombies_max) zombies_.push_back(session_->self);
    if (session_->socket >= 0) ::shutdown(session_->socket, SHUT_RDWR);
    session_.reset();
}

send_result pg_journal_store::send(const fence& by, const batch& b) {
    arrays_->fill(b);
    arrays& a = *arrays_;
    std::optional<std::string> forget_before;
    if (b.rows.forget_before) forget_before = std::to_string(as_bigint(*b.rows.forget_before));
    try {
        session& s = connected();
        const socket_watch::guard watched(*watch_, s.socket, options_.answer_within);
        const std::size_t notices = s.connection.raw().notices.count();
        as_database_error([&] {
            pqxx::nontransaction work(s.connection.raw().session);
            work.exec_prepared(
                "commit_batch", uuid_text(by.owner), std::to_string(as_bigint(by.epoch)),
                std::to_string(as_bigint(b.number.value)), std::to_string(as_bigint(b.last.value)),
                std::to_string(as_bigint(b.digest)), a.j_kind.done(), a.j_at.done(),
                a.j_actor.done(), a.j_body.done(), a.s_version.done(), a.s_sequence.done(),
                a.s_body.done(), a.w_id.done(), a.w_iso.done(), a.w_before.done(),
                a.w_capacity.done(), a.w_total.done(), a.w_all.done(), a.w_residents.done(),
                a.f_week.done(), a.f_seat.done(), a.f_hold.done(), a.f_sequence.done(),
                a.r_week.done(), a.r_seat.done(), a.r_state.done(), a.c_week.done(),
                a.c_seat.done(), a.c_hold.done(), a.c_before.done(), a.c_state.done(),
                a.c_child.done(), a.c_family.done(), a.c_deadline.done(), a.c_sequence.done(),
                a.c_order.done(), a.t_week.done(), a.t_seat.done(), a.t_state.done(),
                a.t_hold.done(), a.t_child.done(), a.t_family.done(), a.t_deadline.done(),
                a.t_sequence.done(), a.t_order.done(), a.k_actor.done(), a.k_key.done(),
                a.k_body.done(), a.k_sequence.done(), a.k_at.done(),
                forget_before ? forget_before->c_str() : nullptr,
                std::to_string(as_bigint(b.rows.forgotten)), a.o_kind.done(), a.o_id.done(),
                a.o_family.done(), a.o_state.done(), a.o_before.done(), a.o_sequence.done(),
                a.o_body.done(), a.m_sequence.done(), a.m_account.done(), a.m_amount.done(),
                a.m_family.done(), a.m_payer.done(), a.m_order.done(), a.m_activity.done(),
                a.l_sequence.done(), a.l_family.done(), a.l_cause.done());
        });
        // The wait for a synchronous standby was cut short: a warning, and then success.
        if (s.connection.raw().notices.count() != notices) {
            std::string said = s.connection.raw().notices.last();
            abandon(false);
            return {send_verdict::doubt, {}, std::move(said)};
        }
        return {send_verdict::committed, {}, {}};
    } catch (const database_error& e) {
        if (verdict_of(e.sqlstate()) == error_verdict::rejected) {
            return {send_verdict::rejected, e.sqlstate(), e.what()};
        }
        abandon(true);
        return {send_verdict::doubt, e.sqlstate(), e.what()};
    } catch (const std::exception& e) {
        abandon(true);
        return {send_verdict::doubt, {}, e.what()};
    }
}

bump_result pg_journal_store::bump_epoch(owner_id owner) {
    try {
        session& s = connected();
        const socket_watch::guard watched(*watch_, s.socket, options_.answer_within);
        const std::size_t notices = s.connection.raw().notices.count();
        const pqxx::result rows = as_database_error([&] {
            pqxx::nontransaction work(s.connection.raw().session);
            return work.exec_prepared("bump", uuid_text(owner));
        });
        if (s.connection.raw().notices.count() != notices) {
            std::string said = s.connection.raw().notices.last();
            abandon(false);
            return {bump_verdict::unreachable, 0, 0, std::move(said)};
        }
        if (rows.empty()) return {bump_verdict::not_owner, 0, 0, {}};
        const auto epoch = number_of<std::uint64_t>(rows[0][0].c_str());
        const auto last_batch = number_of<std::uint64_t>(rows[0][1].c_str());
        ensure(epoch && last_batch, "the writer row holds numbers");
        return {bump_verdict::bumped, *epoch, *last_batch, {}};
    } catch (const std::exception& e) {
        abandon(true);
        return {bump_verdict::unreachable, 0, 0, e.what()};
    }
}

void pg_journal_store::terminate_zombies() {
    if (zombies_.empty()) return;
    try {
        session& s = connected();
        const socket_watch::guard watched(*watch_, s.socket, options_.answer_within);
        as_database_error([&] {
            pqxx::nontransaction work(s.connection.raw().session);
            for (const backend& z : zombies_) {
                if (z.started.empty()) continue;
                work.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = " +
                          std::to_string(z.pid) + " AND backend_start = " + work.quote(z.started) +
                          "::timestamptz");
            }
        });
        zombies_.clear();
    } catch (const std::exception&) {
        abandon(true);
    }
}

}  // namespace campgate
