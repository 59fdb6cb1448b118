// Starts programs without leaking anything into them: no descriptor but the given output, no
// inherited PG… variables, another user if wished. Thread safety: no state.
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace campgate {

struct unix_user {
    uid_t uid{};
    gid_t gid{};
    std::string name;
};

struct launch {
    std::vector<std::string> arguments;  ///< the first is the program's path
    std::optional<unix_user> user;       ///< root only: drop to it
    std::filesystem::path output;        ///< both stdout and stderr are appended to it
    bool own_session = false;            ///< away from our terminal: Ctrl-C does not reach it
};

/// The new process. Throws std::system_error when there is none; a program that cannot be run ends
/// with status 127.
pid_t start_process(const launch& what);

/// Waits for it; its exit status, or 128 + signal.
int wait_for_process(pid_t pid);

/// The first of the paths that the user cannot enter or, failing that, nothing. Checked as that
/// user.
std::optional<std::filesystem::path> first_unreachable(
    const unix_user& user, const std::vector<std::filesystem::path>& directories);

}  // namespace campgate
