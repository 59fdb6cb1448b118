// The subcommands that are not a server: they speak to a running one through its admin socket, or
// to its database. Data goes to stdout, sentences to stderr. Each returns the process's exit code.
#pragma once

#include "server/command_line.hpp"

namespace campgate::server {

int run_tool(const command_line& line);

}  // namespace campgate::server
