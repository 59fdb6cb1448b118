#include "persistence/instance_key.hpp"

#include "core/ensure.hpp"
#include "persistence/table_reader.hpp"

#include <sodium.h>
#include <algorithm>

namespace campgate {

instance_key load_instance_key(pg_connection& connection) {
    ensure(sodium_init() >= 0, "libsodium starts");
    return as_database_error([&] {
        pqxx::nontransaction work(connection.raw().session);
        pqxx::result rows = work.exec("SELECT secret FROM instance");
        if (rows.empty()) {
            instance_key fresh;
            randombytes_buf(fresh.data(), fresh.size());
            work.exec_params(
                "INSERT INTO instance (secret) VALUES ($1::bytea) "
                "ON CONFLICT DO NOTHING",
                bytea_text({reinterpret_cast<const char*>(fresh.data()), fresh.size()}));
            rows = work.exec("SELECT secret FROM instance");
        }
        instance_key key{};
        const std::string bytes = bytes_in(rows[0][0]);
        ensure(bytes.size() == key.size(), "the instance's secret has 32 bytes");
        std::ranges::copy(bytes, key.begin());
        return key;
    });
}

}  // namespace campgate
