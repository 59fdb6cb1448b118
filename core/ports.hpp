// The small ports behind which time, chance and the database sit, so that the engine and the
// sequencer can be run against simulated ones.
#pragma once

#include "core/batch.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <cstdint>

namespace campgate {

/// Time on the boot clock: counts through a suspend, never jumps.
using boot_instant = std::chrono::duration<std::int64_t, std::nano>;

class clock_port {
public:
    virtual ~clock_port() = default;
    virtual instant now() const = 0;        ///< wall clock, may jump
    virtual boot_instant boot() const = 0;  ///< boot clock
};

class random_port {
public:
    virtual ~random_port() = default;
    virtual std::uint64_t next() = 0;  ///< unpredictable in production
};

/// What became of a batch. Only `committed` lets answers out.
enum class commit_outcome : std::uint8_t {
    committed,
    lost_ownership,  ///< another process took over: answer nothing, end
    went_back,       ///< the database is older than what was acknowledged: stop with an
                     ///< alarm
    rejected,        ///< the database refused the same batch three times: memory is
                     ///< wrong, end
    stopping,        ///< still in doubt when the process was told to end at once
};

/// The durable journal as the sequencer sees it. Called by the sequencer thread alone.
class journal_port {
public:
    virtual ~journal_port() = default;
    /// Commits the batch, or resolves the doubt about it; blocks until there is a verdict.
    virtual commit_outcome commit(const batch& b) = 0;
    /// Renews the lease by an empty fenced send if the last one is old; commits batch number
    /// `b.number` without records when it does. `sent` tells whether that number was used.
    virtual commit_outcome renew(const batch& empty, bool& sent) = 0;
    /// Whether answers that decide something may leave without a commit of their own.
    virtual bool lease_holds() const = 0;
};

}  // namespace campgate
