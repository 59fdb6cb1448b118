# Writes a C++ source that holds the migrations. Use, at build time:
#   cmake -DOUT=file.cpp -DDIR=sql -P embed_sql.cmake
# Files are named NNNN_name.sql; their version is NNNN, from 0001 without a gap.
file(GLOB files ${DIR}/*.sql)
list(SORT files)
set(expected 0)
set(body "")
foreach(path IN LISTS files)
    get_filename_component(stem ${path} NAME_WE)
    if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z_]+)$")
        message(FATAL_ERROR "${path}: not named NNNN_name.sql")
    endif()
    set(name ${CMAKE_MATCH_2})
    math(EXPR expected "${expected} + 1")
    string(REGEX REPLACE "^0+" "" version ${CMAKE_MATCH_1})
    if(NOT version EQUAL expected)
        message(FATAL_ERROR "${path}: version ${expected} was expected")
    endif()
    file(SHA256 ${path} checksum)
    file(READ ${path} text)
    string(APPEND body
        "    {${version}, \"${name}\", \"${checksum}\", R\"sql_text(${text})sql_text\"},\n")
endforeach()
file(WRITE ${OUT}
"// Made from persistence/sql at build time.
#include \"persistence/migrations.hpp\"

#include <array>

namespace campgate {
namespace {
constexpr std::array<migration, ${expected}> all{{
${body}}};
}  // namespace

std::span<const migration> embedded_migrations() noexcept { return all; }

}  // namespace campgate
")
