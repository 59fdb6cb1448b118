#include "loadtest/server_probe.hpp"

#include "loadtest/input_fault.hpp"
#include "loadtest/wall_clock.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace campgate::rush {

namespace {

struct process {
    std::int64_t parent{};
    double cpu_seconds{};
    std::uint64_t bytes{};
};

std::optional<process> look_at(std::int64_t pid) {
    const std::string folder = "/proc/" + std::to_string(pid);
    std::ifstream file(folder + "/stat");
    std::string text;
    if (!std::getline(file, text)) return std::nullopt;
    // The name may hold anything; what follows it does not (proc(5)).
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    std::string skipped;
    process p;
    double user = 0;
    double system = 0;
    std::int64_t pages = 0;
    rest >> skipped >> p.parent;
    for (int i = 0; i < 9; ++i) rest >> skipped;
    rest >> user >> system;
    for (int i = 0; i < 8; ++i) rest >> skipped;
    rest >> pages;
    p.cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    std::int64_t shared = 0;
    std::ifstream memory(folder + "/statm");
    memory >> skipped >> pages >> shared;
    // Shared memory counts with the first process only: what is a process's own is summed.
    p.bytes = static_cast<std::uint64_t>(pages - shared) *
              static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return p;
}

std::map<std::int64_t, process> all_processes() {
    std::map<std::int64_t, process> out;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename();
        std::int64_t pid = 0;
        const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) continue;
        if (const auto p = look_at(pid)) out.emplace(pid, *p);
    }
    return out;
}

}  // namespace

server_probe::server_probe(std::int64_t pid) : pid_(pid) {
    if (pid_ != 0 && !look_at(pid_))
        throw input_fault("--pid: there is no process " + std::to_string(pid_));
    sample();
    samples_.clear();
}

void server_probe::sample() {
    if (pid_ == 0) return;
    const auto all = all_processes();
    const auto server = all.find(pid_);
    if (server == all.end()) return;
    double database = 0;
    std::uint64_t database_bytes = 0;
    for (const auto& [pid, p] : all) {
        for (std::int64_t up = p.parent; up > 1;) {
            if (up == pid_) {
                database += p.cpu_seconds;
                database_bytes += p.bytes;
                break;
            }
            const auto above = all.find(up);
            up = above == all.end() ? 0 : above->second.parent;
        }
    }
    const std::int64_t at = unix_micros(now());
    const double seconds = static_cast<double>(at - before_) / 1e6;
    if (before_ != 0 && seconds > 0)
        samples_.push_back({at, (server->second.cpu_seconds - server_before_) / seconds,
                            (database - database_before_) / seconds, server->second.bytes,
                            database_bytes});
    before_ = at;
    server_before_ = server->second.cpu_seconds;
    database_before_ = database;
}

}  // namespace campgate::rush
