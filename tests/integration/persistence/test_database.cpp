#include "tests/integration/persistence/test_database.hpp"

#include "persistence/pqxx_compat.hpp"

#include <sys/stat.h>
#include <cstdlib>
#include <memory>
#include <stdexcept>

// libpqxx 6.4 forgets the result that says a connection was lost, in calls of every kind: a few
// hundred bytes each time, not ours to free. Read by LeakSanitizer alone.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libpqxx\n";
}

namespace campgate::test {

temporary_directory::temporary_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "campgate-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    ::chmod(name.c_str(), 0711);
    path_ = name;
}

temporary_directory::~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

embedded_postgres& server() {
    static temporary_directory directory;
    static embedded_postgres postgres({directory.path(), false, {}});
    return postgres;
}

std::string new_database() {
    static int count = 0;
    const std::string name = "test" + std::to_string(++count);
    sql(server().url(), "CREATE DATABASE " + name);
    std::string url = server().url();
    const auto at = url.rfind("dbname=");
    return url.substr(0, at) + "dbname=" + name;
}

std::string sql(const std::string& url, const std::string& statement) {
    pg_connection connection(url);
    return as_database_error([&] {
        pqxx::nontransaction work(connection.raw().session);
        const pqxx::result rows = work.exec(statement);
        return rows.empty() || rows.columns() == 0 ? std::string()
                                                   : std::string(rows[0][0].c_str());
    });
}

std::string sqlstate_of(const std::string& url, const std::string& statement) {
    try {
        sql(url, statement);
        return {};
    } catch (const database_error& e) {
        return e.sqlstate();
    }
}

const master_key& key() {
    static const master_key made{secret_key::random()};
    return made;
}

ownership own(const std::string& url) {
    pg_connection connection(url);
    take_options options;
    options.owner_is_dead = true;
    return take_ownership(connection, make_owner_id(), options).owned.value();
}

}  // namespace campgate::test
