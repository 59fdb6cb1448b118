// Where a server of these settings keeps its things; the tools find it by the same rule.
#pragma once

#include "persistence/embedded_postgres.hpp"
#include "server/config.hpp"

#include <filesystem>

namespace campgate::server {

inline std::filesystem::path data_directory(const config& settings) {
    return settings.data.empty() ? default_data_directory() : std::filesystem::path{settings.data};
}

}  // namespace campgate::server
