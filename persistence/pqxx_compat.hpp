// libpqxx, and the subset of it that both 6.4 and 7 compile. Only sources of persistence/ include
// it.
#pragma once

#include "persistence/pg_connection.hpp"

#include <cstddef>
#include <pqxx/pqxx>

namespace campgate {

/// Counts what the server says beside its answers. With client_min_messages = warning, a notice
/// during a commit is a reason to doubt it, in whatever language it is written.
class notice_counter final : public pqxx::errorhandler {
public:
    explicit notice_counter(pqxx::connection& session) : pqxx::errorhandler(session) {}
    bool operator()(const char text[]) noexcept override;
    std::size_t count() const noexcept { return count_; }
    const std::string& last() const noexcept { return last_; }

private:
    std::size_t count_ = 0;
    std::string last_;
};

struct pg_connection::impl {
    explicit impl(const std::string& conninfo) : session(conninfo), notices(session) {
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        session.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
    }
    pqxx::connection session;
    notice_counter notices;
};

/// What a connection was opened with, to open another beside it.
inline std::string options_of(pqxx::connection& session) {
#if PQXX_VERSION_MAJOR < 7
    return session.options();
#else
    return session.connection_string();
#endif
}

/// Runs a piece of work with libpqxx and gives its failures as database_error.
template <class F>
decltype(auto) as_database_error(F&& work) {
    try {
        return work();
    } catch (const pqxx::sql_error& e) {
        throw database_error(e.what(), e.sqlstate());
    } catch (const pqxx::failure& e) {
        throw database_error(e.what());
    } catch (const pqxx::usage_error& e) {
        throw database_error(e.what());
    }
}

}  // namespace campgate
