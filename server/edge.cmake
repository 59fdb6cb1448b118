# The edge: pure parts that the sessions use. Reading requests strictly, writing answers, settings.
# Included by this folder's CMakeLists.txt, which adds both lists to campgate_server.
set(CAMPGATE_EDGE_SOURCES
    command_line.cpp
    config.cpp
    http_fields.cpp
    idempotency_key.cpp
    ip_address.cpp
    json_reader.cpp
    language.cpp
    log.cpp
    meters.cpp
    metrics.cpp
    problem.cpp
    quality_list.cpp
    query_string.cpp
    request_schemas.cpp
    settings.cpp
    time_text.cpp)
set(CAMPGATE_EDGE_LIBS
    Boost::json
    CLI11::CLI11
    PkgConfig::sodium
    prometheus-cpp::core
    spdlog::spdlog
    tomlplusplus::tomlplusplus)
