// A real PostgreSQL for the tests of a program: one embedded server in a temporary directory, and a
// database of its own for whoever asks. Stopped and removed when the program ends.
#pragma once

#include "persistence/embedded_postgres.hpp"
#include "persistence/ownership.hpp"
#include "persistence/sealing.hpp"

#include <filesystem>
#include <string>

namespace campgate::test {

/// A directory under the system's temporary one that PostgreSQL's user can pass through.
class temporary_directory {
public:
    temporary_directory();
    ~temporary_directory();
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// The program's server, started at the first call.
embedded_postgres& server();

/// The connection string of a new, empty database.
std::string new_database();

/// Runs one statement; the first field of its first row, or "".
std::string sql(const std::string& url, const std::string& statement);

/// The SQLSTATE with which a statement fails, or "" when it does not.
std::string sqlstate_of(const std::string& url, const std::string& statement);

/// The program's master key.
const master_key& key();

/// Becomes the owner of a database, however alive the last one is.
ownership own(const std::string& url);

}  // namespace campgate::test
