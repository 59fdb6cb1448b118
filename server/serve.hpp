// `campgate serve` and `campgate demo`: from an empty process to a server that answers, and back.
// Start: address free → database → owner of the journal → state restored and compared → sequencer →
// season and families of the demo → listeners → ready. Each step that fails ends the process with
// one sentence; nothing was answered yet. End: SIGTERM or Ctrl-C drains: no new connections,
// answers finished, feeds told 1001, journal empty, ownership given back. A second one ends at
// once. A journal that is no longer ours ends the process with an alarm and no more answers.
#pragma once

#include "server/config.hpp"

namespace campgate::server {

/// The process's exit code: 0 after a drain, 1 otherwise.
int serve(const config& settings);

}  // namespace campgate::server
