// From the sequencer's thread to the io threads: answers by one post per thread and batch, news by
// the hub. Owner: the sequencer's thread.
#pragma once

#include "core/sequencer.hpp"
#include "server/application.hpp"

namespace campgate::server {

class io_delivery final : public delivery_port {
public:
    explicit io_delivery(application& app) : app_(app) {}
    void publish(const publication& news) override;
    void deliver(std::uint32_t lane, std::vector<reply>&& replies) override;

private:
    application& app_;
};

/// The journal with its times and sizes counted; `owed` hears of commits that owe somebody a mail.
class metered_journal final : public journal_port {
public:
    metered_journal(journal_port& journal, metrics& counters, std::function<void()> owed)
        : journal_(journal),
          counters_(counters),
          owed_(std::move(owed)) {}
    commit_outcome commit(const batch& b) override;
    commit_outcome renew(const batch& empty, bool& sent) override;
    bool lease_holds() const override { return journal_.lease_holds(); }

private:
    journal_port& journal_;
    metrics& counters_;
    const std::function<void()> owed_;
};

}  // namespace campgate::server
