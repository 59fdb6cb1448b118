# Writes a C++ source that holds the texts of mails. Use, at build time:
#   cmake -DOUT=file.cpp -DDIR=data/mails -P embed_mails.cmake
# Brackets and semicolons mean something to CMake's lists: the texts never pass through one.
file(GLOB files ${DIR}/*.txt ${DIR}/*.html)
list(SORT files)
set(count 0)
set(body "")
foreach(path IN LISTS files)
    get_filename_component(name ${path} NAME)
    file(READ ${path} text)
    string(APPEND body "    {\"${name}\", R\"embedded(${text})embedded\"},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "// Made from data/mails at build time.
#include \"server/mail/embedded_mails.hpp\"

#include <array>

namespace campgate::server {
namespace {
constexpr std::array<embedded_mail, ${count}> all{{
${body}}};
}  // namespace

std::span<const embedded_mail> embedded_mails() noexcept { return all; }

}  // namespace campgate::server
")
