#include "persistence/embedded_postgres.hpp"

#include "persistence/child_process.hpp"
#include "persistence/pg_connection.hpp"
#include "persistence/pg_text.hpp"
#include "persistence/pqxx_compat.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace campgate {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::chrono::seconds start_within{120};  // it may have a crash to recover from
constexpr std::chrono::seconds stop_within{60};
constexpr std::uintmax_t log_bytes_max = 16 << 20;
constexpr const char* socket_file = ".s.PGSQL.5432";
constexpr std::size_t socket_path_max = sizeof(sockaddr_un::sun_path) - 1;

[[noreturn]] void fail(const std::string& sentence) {
    throw startup_error(sentence);
}

std::string first_line_of(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

std::string last_lines_of(const fs::path& file, std::size_t most) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
        if (lines.size() > most) lines.erase(lines.begin());
    }
    std::string text;
    for (const std::string& line : lines) text += "\n  " + line;
    return text;
}

// --- Which user, which binaries ---

unix_user user_for_postgres() {
    if (::geteuid() != 0) {
        const passwd* const self = ::getpwuid(::geteuid());
        return {::geteuid(), ::getegid(), self != nullptr ? self->pw_name : "this user"};
    }
    for (const char* const name : {"postgres", "nobody"}) {
        if (const passwd* const found = ::getpwnam(name)) {
            return {found->pw_uid, found->pw_gid, name};
        }
    }
    fail("PostgreSQL does not run as root, and there is neither a user postgres nor nobody");
}

struct installation {
    fs::path binaries;
    unsigned major{};
};

std::optional<installation> installed_in(const fs::path& binaries) {
    std::error_code ignored;
    if (!fs::exists(binaries / "postgres", ignored) || !fs::exists(binaries / "initdb", ignored)) {
        return std::nullopt;
    }
    // "postgres (PostgreSQL) 15.18 (Debian …)"
    const std::string command = "'" + (binaries / "postgres").string() + "' --version";
    FILE* const pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr) return std::nullopt;
    char line[256] = "";
    const char* const read = std::fgets(line, sizeof line, pipe);
    ::pclose(pipe);
    if (read == nullptr) return std::nullopt;
    const char* const digits = std::strpbrk(line, "0123456789");
    if (digits == nullptr) return std::nullopt;
    return installation{binaries, static_cast<unsigned>(std::strtoul(digits, nullptr, 10))};
}

std::vector<installation> installations() {
    std::vector<fs::path> candidates;
    std::error_code ignored;
    for (const fs::path root : {"/usr/lib/postgresql", "/usr/local/lib/postgresql"}) {
        for (const auto& entry : fs::directory_iterator(root, ignored)) {
            candidates.push_back(entry.path() / "bin");
        }
    }
    for (const fs::path root : {"/usr/local/pgsql/bin", "/usr/pgsql/bin"})
        candidates.push_back(root);
    if (const char* const path = std::getenv("PATH")) {
        std::istringstream words(path);
        for (std::string word; std::getline(words, word, ':');) {
            if (fs::path(word).is_absolute()) candidates.emplace_back(word);
        }
    }
    std::vector<installation> found;
    for (const fs::path& candidate : candidates) {
        if (const auto one = installed_in(candidate)) found.push_back(*one);
    }
    std::ranges::stable_sort(found, std::greater{}, &installation::major);
    return found;
}

installation installation_for(const fs::path& cluster) {
    const std::vector<installation> found = installations();
    if (found.empty()) {
        fail(
            "no PostgreSQL is installed here: install it (Debian: apt-get install postgresql), or "
            "name a running one with --database URL");
    }
    const std::string written_by = first_line_of(cluster / "PG_VERSION");
    if (written_by.empty()) return found.front();
    const auto major = number_of<unsigned>(written_by);
    for (const installation& one : found) {
        if (one.major == major) return one;
    }
    fail("the data in " + cluster.string() + " was written by PostgreSQL " + written_by +
         ", and only version " + std::to_string(found.front().major) +
         " is installed: install that version, or begin anew with --fresh");
}

// --- The server process ---

// The postmaster that serves this cluster, by its own working directory: a number alone may be
// another process by now.
pid_t postmaster_of(const fs::path& cluster) {
    const auto pid = number_of<pid_t>(first_line_of(cluster / "postmaster.pid"));
    if (!pid || *pid <= 1) return 0;
    std::error_code error;
    const fs::path at = fs::read_symlink("/proc/" + std::to_string(*pid) + "/cwd", error);
    if (error || !fs::equivalent(at, cluster, error) || error) return 0;
    return *pid;
}

std::string conninfo_quoted(const std::string& value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text += '\'';
}

std::string conninfo_for(const fs::path& sockets, const char* database) {
    return "host=" + conninfo_quoted(sockets.string()) +
           " port=5432 user=campgate dbname=" + database;
}

void make_directory(const fs::path& directory, mode_t mode) {
    if (::mkdir(directory.c_str(), mode) != 0 && errno != EEXIST) {
        fail("cannot make " + directory.string() + ": " + std::strerror(errno));
    }
}

// A directory that only the user can enter. One in a place where others write must be ours already.
void make_private(const fs::path& directory, const unix_user& user) {
    make_directory(directory, 0700);
    struct stat now {};
    if (::lstat(directory.c_str(), &now) != 0 || !S_ISDIR(now.st_mode)) {
        fail(directory.string() + " is not a directory");
    }
    if (now.st_uid != user.uid) {
        if (now.st_uid != ::geteuid() || ::lchown(directory.c_str(), user.uid, user.gid) != 0) {
            fail(directory.string() + " belongs to somebody else");
        }
    }
    if (::chmod(directory.c_str(), 0700) != 0) {
        fail("cannot change the mode of " + directory.string() + ": " + std::strerror(errno));
    }
}

fs::path sockets_of(const fs::path& data) {
    fs::path beside = data / "socket";
    if ((beside / socket_file).string().size() <= socket_path_max) return beside;
    const std::uint64_t name = std::hash<std::string>{}(data.string());
    return fs::path("/tmp") / ("campgate-" + std::to_string(name));
}

}  // namespace

fs::path default_data_directory() {
    if (::geteuid() == 0) return "/var/lib/campgate";
    if (const char* const given = std::getenv("XDG_DATA_HOME"); given != nullptr && *given == '/') {
        return fs::path(given) / "campgate";
    }
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home != '/') {
        const passwd* const self = ::getpwuid(::geteuid());
        if (self == nullptr) fail("no home directory is known: name a directory with --data");
        home = self->pw_dir;
    }
    return fs::path(home) / ".local/share/campgate";
}

std::optional<std::string> running_embedded_database(const fs::path& data) {
    std::error_code error;
    const fs::path absolute = fs::weakly_canonical(data, error);
    if (error || postmaster_of(absolute / "postgres") == 0) return std::nullopt;
    return conninfo_for(sockets_of(absolute), "campgate");
}

struct embedded_postgres::impl {
    explicit impl(embedded_options given) : options(std::move(given)) {
        std::error_code error;
        data = fs::weakly_canonical(fs::absolute(options.data), error);
        if (error) fail("cannot use " + options.data.string() + ": " + error.message());
        user = user_for_postgres();
        cluster = data / "postgres";
        log = data / "postgres.log";
        sockets = sockets_of(data);
        url = conninfo_for(sockets, "campgate");
    }
    ~impl() {
        if (lock >= 0) ::close(lock);
    }
    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;

    void say(std::string_view text) const {
        if (options.progress) options.progress(text);
    }

    void make_data_directory() {
        std::vector<fs::path> chain;
        for (fs::path at = data; at.has_relative_path(); at = at.parent_path()) chain.push_back(at);
        std::ranges::reverse(chain);
        // PostgreSQL's user only passes through; what it owns is inside.
        const mode_t mode = ::geteuid() == 0 ? 0711 : 0700;
        for (const fs::path& directory : chain) {
            if (::access(directory.c_str(), F_OK) != 0) make_directory(directory, mode);
        }
        if (!fs::is_directory(data)) fail(data.string() + " is not a directory");
        if (::access(data.c_str(), W_OK | X_OK) != 0) {
            fail("cannot write in " + data.string() + ": " + std::strerror(errno));
        }
        if (const auto closed = first_unreachable(user, chain)) {
            fail("PostgreSQL runs as the user " + user.name + ", who cannot enter " +
                 closed->string() + ": name another directory with --data, or leave it out for " +
                 default_data_directory().string());
        }
    }

    void take_lock() {
        const fs::path file = data / "lock";
        lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (lock < 0) fail("cannot open " + file.string() + ": " + std::strerror(errno));
        if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
            const std::string holder = first_line_of(file);
            fail("the data directory " + data.string() + " is in use by campgate process " +
                 (holder.empty() ? "(starting)" : holder) +
                 ": stop it, or name another directory with --data");
        }
        const std::string self = std::to_string(::getpid()) + "\n";
        if (::ftruncate(lock, 0) != 0 ||
            ::pwrite(lock, self.data(), self.size(), 0) != static_cast<ssize_t>(self.size())) {
            fail("cannot write " + file.string() + ": " + std::strerror(errno));
        }
    }

    void clear() {
        say("clearing the data of before");
        if (const pid_t found = postmaster_of(cluster)) {
            pid = found;
            stop();
        }
        for (const char* const name : {"postgres", "postgres.new", "socket", "postgres.log"}) {
            std::error_code error;
            fs::remove_all(data / name, error);
            if (error) fail("cannot remove " + (data / name).string() + ": " + error.message());
        }
    }

    // Made beside and renamed: a cluster that is there is whole.
    void make_cluster() {
        say("preparing a private PostgreSQL in " + data.string());
        const fs::path unfinished = data / "postgres.new";
        std::error_code error;
        fs::remove_all(unfinished, error);
        make_private(unfinished, user);
        const fs::path said = data / "initdb.log";
        fs::remove(said, error);
        const int status = wait_for_process(start_process(
            {{(installed.binaries / "initdb").string(), "-D", unfinished.string(), "-U", "campgate",
              "--auth=trust", "--encoding=UTF8", "--locale=C", "--data-checksums"},
             dropped_user(),
             said,
             false}));
        if (status != 0) fail("PostgreSQL's initdb failed:" + last_lines_of(said, 5));
        fs::remove(said, error);
        // Who reaches the socket is decided by its directory.
        install(unfinished / "pg_hba.conf", "local all campgate trust\n");
        fs::rename(unfinished, cluster, error);
        if (error) fail("cannot rename " + unfinished.string() + ": " + error.message());
    }

    // Puts a file into the cluster. It is written in our own directory and renamed: root does not
    // follow what PostgreSQL's user may have put there.
    void install(const fs::path& file, const std::string& text) const {
        const fs::path draft = data / ("." + file.filename().string());
        std::error_code error;
        fs::remove(draft, error);
        const int out = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        bool good =
            out >= 0 && ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        if (::geteuid() == 0) good = good && ::fchown(out, user.uid, user.gid) == 0;
        if (out >= 0) ::close(out);
        if (good) good = ::rename(draft.c_str(), file.c_str()) == 0;
        if (!good) fail("cannot write " + file.string() + ": " + std::strerror(errno));
    }

    void write_settings() const {
        std::string directory;
        for (const char c : sockets.string()) {
            if (c == '\'' || c == '\\') directory += c;
            directory += c;
        }
        install(cluster / "postgresql.conf",
                "# Written by campgate at every start; what ALTER SYSTEM sets stays.\n"
                "listen_addresses = ''\n"
                "port = 5432\n"
                "unix_socket_directories = '" +
                    directory +
                    "'\n"
                    "unix_socket_permissions = 0700\n"
                    "max_connections = 40\n"
                    "shared_buffers = 128MB\n"
                    "fsync = on\n"
                    "synchronous_commit = on\n"
                    "full_page_writes = on\n"
                    "wal_buffers = 16MB\n"
                    "min_wal_size = 256MB\n"
                    "max_wal_size = 2GB\n"
                    "checkpoint_timeout = 15min\n"
                    "random_page_cost = 1.1\n"
                    "log_destination = stderr\n"
                    "logging_collector = off\n"
                    "log_line_prefix = '%m [%p] %a '\n"
                    "log_timezone = UTC\n"
                    "timezone = UTC\n"
                    "lc_messages = 'C'\n");
    }

    std::optional<unix_user> dropped_user() const {
        if (::geteuid() != 0) return std::nullopt;
        return user;
    }

    void launch_postgres() {
        std::error_code ignored;
        if (fs::exists(log, ignored) && fs::file_size(log, ignored) > log_bytes_max) {
            fs::rename(log, data / "postgres.log.1", ignored);
        }
        pid = start_process({{(installed.binaries / "postgres").string(), "-D", cluster.string()},
                             dropped_user(),
                             log,
                             true});
        is_child = true;
    }

    bool alive() {
        if (pid == 0) return false;
        if (is_child) {
            int status = 0;
            if (::waitpid(pid, &status, WNOHANG) == 0) return true;
        } else if (postmaster_of(cluster) == pid) {
            return true;
        }
        pid = 0;
        return false;
    }

    // Whether it answers; what it said instead otherwise.
    std::optional<std::string> complaint() const {
        try {
            pg_options tools;
            tools.application_name = "campgate start";
            pg_connection connection(conninfo_for(sockets, "postgres"), tools);
            as_database_error([&] {
                pqxx::nontransaction work(connection.raw().session);
                if (work.exec("SELECT 1 FROM pg_database WHERE datname = 'campgate'").empty()) {
                    work.exec("CREATE DATABASE campgate");
                }
            });
            return std::nullopt;
        } catch (const database_error& e) {
            return e.what();
        }
    }

    void start() {
        if (alive()) return;
        is_child = false;
        make_private(sockets, user);
        // One that is being stopped is waited for; one that runs is adopted.
        const auto until = std::chrono::steady_clock::now() + start_within;
        pid = postmaster_of(cluster);
        was_running = pid != 0;
        if (pid == 0) {
            write_settings();
            launch_postgres();
        }
        int launches = 1;
        for (std::string said; std::chrono::steady_clock::now() < until;) {
            if (const auto why = complaint()) {
                said = *why;
            } else {
                return;
            }
            if (!alive()) {
                // A predecessor's last processes may be about to leave; more than that is a fault.
                if (launches == 4) {
                    fail("PostgreSQL does not start in " + data.string() + ":" +
                         last_lines_of(log, 5));
                }
                if (++launches > 2) std::this_thread::sleep_for(1s);
                was_running = false;
                write_settings();
                launch_postgres();
            }
            std::this_thread::sleep_for(20ms);
        }
        fail("PostgreSQL in " + data.string() + " does not answer:" + last_lines_of(log, 5));
    }

    void stop() noexcept {
        // SIGINT: fast, sessions end and everything is written. SIGQUIT: at once, recovered later.
        for (const int signal : {SIGINT, SIGQUIT}) {
            if (alive()) ::kill(pid, signal);
            const auto until = std::chrono::steady_clock::now() + stop_within;
            while (alive() && std::chrono::steady_clock::now() < until) {
                std::this_thread::sleep_for(10ms);
            }
        }
        if (sockets.parent_path() != data) ::rmdir(sockets.c_str());
    }

    const embedded_options options;
    fs::path data, cluster, log, sockets;
    std::string url;
    unix_user user;
    installation installed;
    int lock = -1;
    pid_t pid = 0;
    bool is_child = false;
    bool was_running = false;
};

embedded_postgres::embedded_postgres(embedded_options options)
    : impl_(std::make_unique<impl>(std::move(options))) {
    try {
        impl_->make_data_directory();
        impl_->take_lock();
        if (impl_->options.fresh) impl_->clear();
        impl_->installed = installation_for(impl_->cluster);
        if (!fs::exists(impl_->cluster / "PG_VERSION")) impl_->make_cluster();
        impl_->start();
    } catch (const startup_error&) {
        impl_->stop();
        throw;
    } catch (const std::exception& e) {
        impl_->stop();
        fail("cannot start PostgreSQL: " + std::string(e.what()));
    }
}

embedded_postgres::~embedded_postgres() {
    stop();
}

const std::string& embedded_postgres::url() const noexcept {
    return impl_->url;
}
bool embedded_postgres::adopted() const noexcept {
    return impl_->was_running;
}
pid_t embedded_postgres::pid() const noexcept {
    return impl_->pid;
}
bool embedded_postgres::running() noexcept {
    return impl_->alive();
}
void embedded_postgres::start() {
    impl_->start();
}
void embedded_postgres::stop() noexcept {
    impl_->stop();
}

}  // namespace campgate
