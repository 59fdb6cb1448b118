// Waiting on a worker until the sequencer has dealt with everything that was pushed before: what
// was on its way is there to be seen then, or was refused. Thread safety: worker threads only; it
// waits for an io thread, and for the journal.
#pragma once

#include "server/application.hpp"

namespace campgate::server {

/// False: no answer in time.
bool pass_sequencer(application& app);

}  // namespace campgate::server
