// The journal in PostgreSQL: one prepared call of commit_batch per batch, outside any transaction
// block, so that the call's own answer is the verdict. Owner: the sequencer thread.
#pragma once

#include "persistence/journal_store.hpp"
#include "persistence/pg_connection.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace campgate {

struct pg_journal_options {
    /// A call without an answer for this long has its socket shut down, and is in doubt.
    std::chrono::milliseconds answer_within = std::chrono::seconds{15};
    std::chrono::seconds connect_timeout{5};
};

class socket_watch;

class pg_journal_store final : public journal_store {
public:
    /// Does not connect yet: the first call does.
    explicit pg_journal_store(std::string url, pg_journal_options options = {});
    ~pg_journal_store() override;

    send_result send(const fence& by, const batch& b) override;
    bump_result bump_epoch(owner_id owner) override;
    void terminate_zombies() override;

    /// Of the session in use, 0 when there is none (tests).
    int backend_pid() const noexcept;

private:
    struct session;
    struct arrays;

    session& connected();
    void abandon(bool unanswered);

    const std::string url_;
    const pg_journal_options options_;
    std::unique_ptr<arrays> arrays_;
    std::unique_ptr<socket_watch> watch_;
    std::unique_ptr<session> session_;
    struct backend {
        int pid{};
        std::string started;
    };
    std::vector<backend> zombies_;  // sessions of ours that may still run
};

}  // namespace campgate
