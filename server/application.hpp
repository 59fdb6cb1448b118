// Everything that the io threads share, made once at start and alive until the last of them has
// ended. Members say who may touch them; "any thread" where nothing is said.
#pragma once

#include "core/clock_guard.hpp"
#include "core/intake_queue.hpp"
#include "core/ledger_table.hpp"
#include "core/sequencer.hpp"
#include "core/views.hpp"
#include "server/config.hpp"
#include "server/family_directory.hpp"
#include "server/family_files.hpp"
#include "server/hold_token.hpp"
#include "server/ip_address.hpp"
#include "server/live_hub.hpp"
#include "server/login_service.hpp"
#include "server/login_sessions.hpp"
#include "server/mail/mail_service.hpp"
#include "server/metrics.hpp"
#include "server/payment/payment_service.hpp"
#include "server/questions_view.hpp"
#include "server/rate_limit.hpp"
#include "server/static_files.hpp"
#include "server/system_ports.hpp"
#include "server/undecided_requests.hpp"
#include "server/worker_pool.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace campgate::server {

/// Keeps login sessions where a restart finds them. Called on worker threads; throws on failure.
class login_store_port {
public:
    virtual ~login_store_port() = default;
    virtual void insert(const login_session& session) = 0;
    virtual void remove(const login_session& session) = 0;
    virtual void sweep(const login_sweep& news) = 0;
};

struct application {
    explicit application(const config& settings_)
        : settings(settings_),
          time(clock),
          queue(settings_.intake_records_max, settings_.intake_headroom),
          logins(settings_.login_idle),
          limits(settings_),
          proxied(settings_.connections_max, settings_.connections_max),
          documents(settings_.documents_at_once, settings_.documents_at_once),
          lookups({settings_.lookups_per_hour, std::chrono::hours{1}, settings_.lookups_per_hour},
                  settings_.rate_entries_max),
          uploads(
              {settings_.documents_per_hour, std::chrono::hours{1}, settings_.documents_per_hour},
              settings_.rate_entries_max) {}

    const config& settings;
    system_clock_port clock;
    clock_guard time;
    views seen;
    ledger_table ledgers;
    intake_queue queue;
    login_sessions logins;
    family_directory families;
    published<questions_view> questions;  ///< of the health sheet
    address_limits limits;
    concurrency_limiter proxied;    ///< connections of trusted proxies
    concurrency_limiter documents;  ///< bodies of supporting documents, under way
    rate_limiter lookups;           ///< of national numbers, by account
    rate_limiter uploads;           ///< of supporting documents, by account
    undecided_requests deciding;    ///< cancellations that were sent to the sequencer
    metrics counters;
    ip_networks trusted_proxies;                    // constant after start
    std::optional<static_files> pages;              // constant after start
    std::string openapi, asyncapi;                  // constant after start
    std::unique_ptr<const hold_tokens> tokens;      // constant after start
    std::unique_ptr<login_store_port> login_store;  // constant after start; used by workers
    std::unique_ptr<const master_key> sealing;      // constant after start
    std::unique_ptr<worker_database> database;      // constant after start; used by workers
    std::unique_ptr<family_files> files;            // constant after start; used by workers
    std::unique_ptr<mail_service> mails;            // constant after start
    std::unique_ptr<payment_service> payments;      // constant after start
    std::unique_ptr<worker_pool> workers;           // constant after start
    std::unique_ptr<login_service> login;           // constant after start
    std::vector<std::unique_ptr<io_lane>> lanes;    // constant after start
    std::unique_ptr<live_hub> hub;                  // constant after start
    std::function<bool()> lease_holds;              // constant after start
    std::function<bool()> journal_ready;            // constant after start
    std::atomic<bool> draining{false};

    /// Where transfers go; may be empty.
    std::string_view transfer_account() const noexcept {
        // In the demo the account of every description of an IBAN: nobody's.
        if (settings.transfer_account.empty() && settings.demo) return "BE68539007547034";
        return settings.transfer_account;
    }
};

}  // namespace campgate::server
