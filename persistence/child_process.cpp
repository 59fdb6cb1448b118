#include "persistence/child_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

extern char** environ;

namespace campgate {
namespace {

// Between fork and exec only plain system calls: other threads may have held any lock.
bool become(const unix_user& user) noexcept {
    return ::setgroups(1, &user.gid) == 0 && ::setgid(user.gid) == 0 && ::setuid(user.uid) == 0;
}

std::vector<std::string> clean_environment() {
    std::vector<std::string> kept;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        if (text.starts_with("PG") || text.starts_with("LC_") || text.starts_with("LANG") ||
            text.starts_with("TZ=") || text.starts_with("HOME=")) {
            continue;
        }
        kept.emplace_back(text);
    }
    kept.emplace_back("LC_ALL=C");
    kept.emplace_back("TZ=UTC");
    return kept;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

pid_t start_process(const launch& what) {
    std::vector<std::string> words = what.arguments;
    std::vector<std::string> variables = clean_environment();
    const std::vector<char*> argv = pointers_to(words);
    const std::vector<char*> envp = pointers_to(variables);
    const int output = ::open(what.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (output < 0) throw std::system_error(errno, std::generic_category(), what.output.string());

    const pid_t pid = ::fork();
    if (pid < 0) {
        const int error = errno;
        ::close(output);
        throw std::system_error(error, std::generic_category(), "fork");
    }
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        for (int number = 1; number < 32; ++number) ::signal(number, SIG_DFL);
        if (what.own_session) ::setsid();
        const int nothing = ::open("/dev/null", O_RDONLY);
        if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(output, 1) < 0 ||
            ::dup2(output, 2) < 0) {
            ::_exit(126);
        }
        ::close_range(3, ~0U, 0);
        ::umask(077);
        if (what.user && !become(*what.user)) ::_exit(126);
        if (::chdir("/") != 0) ::_exit(126);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(output);
    return pid;
}

int wait_for_process(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::optional<std::filesystem::path> first_unreachable(
    const unix_user& user, const std::vector<std::filesystem::path>& directories) {
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
        if (::geteuid() == 0 && !become(user)) ::_exit(255);
        int at = 0;
        for (const auto& directory : directories) {
            if (++at == 255 || ::access(directory.c_str(), X_OK) != 0) ::_exit(at);
        }
        ::_exit(0);
    }
    const int status = wait_for_process(pid);
    if (status == 0) return std::nullopt;
    const auto at = static_cast<std::size_t>(status) - 1;
    return at < directories.size() ? directories[at] : directories.back();
}

}  // namespace campgate
