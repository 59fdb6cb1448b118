# The edge: pure parts that the sessions use. Reading requests strictly, writing answers, settings.
set(CAMPGATE_EDGE_SOURCES
    http_fields.cpp
    idempotency_key.cpp
    json_reader.cpp
    language.cpp
    problem.cpp
    quality_list.cpp
    query_string.cpp
    request_schemas.cpp
    time_text.cpp)
