// Batches as the sequencer makes them, sent to a real PostgreSQL without a server around them: to
// measure the database alone, and to fill one. One thread.
#pragma once

#include "bench/bench_season.hpp"
#include "core/record_codec.hpp"
#include "persistence/ownership.hpp"
#include "persistence/pg_journal_store.hpp"

#include <stdexcept>
#include <string>

namespace campgate::bench {

class journal_scene {
public:
    /// Takes an empty database of this URL over and publishes forty weeks.
    journal_scene(const std::string& url, std::uint32_t capacity) : store_(url) {
        pg_connection connection{url};
        const taken got = take_ownership(connection, make_owner_id(), {true, true, {}});
        if (!got.owned || got.owned->last_batch.value != 0)
            throw std::runtime_error("the database is not empty");
        owned_ = *got.owned;
        accept(import_of(rules, capacity));
        send(opened);
    }

    /// Applies the record that a command makes; it goes with the next batch.
    void accept(const command& c, instant now) {
        no_seats none;
        const decision d = rules.decide(c, now, none, false);
        ensure(d.made.has_value(), "what a benchmark asks is granted");
        accept(*d.made);
    }

    void send(instant now) {
        make_net(next_.rows);
        next_.number = {++owned_.last_batch.value};
        next_.at = now;
        next_.last = rules.last_sequence();
        next_.digest = rules.digest();
        const send_result answer = store_.send({owned_.owner, owned_.epoch}, next_);
        if (answer.verdict != send_verdict::committed)
            throw std::runtime_error("the database refused a batch: " + answer.text);
        next_ = {};
    }

    engine rules;

private:
    void accept(const record& r) {
        rules.apply(r, &next_.rows);
        next_.records.push_back(encode(r));
    }

    pg_journal_store store_;
    ownership owned_;
    batch next_;
};

}  // namespace campgate::bench
