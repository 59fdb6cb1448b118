# Writes a C++ source with files as texts. Use, at build time:
#   cmake -DOUT=file.cpp "-DNAMES=a;b" "-DFILES=x;y" -P embed_text.cmake
# Long texts are cut into pieces: compilers bound a literal's length.
set(body "")
list(LENGTH NAMES count)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
    list(GET NAMES ${i} name)
    list(GET FILES ${i} path)
    file(READ ${path} text)
    string(LENGTH "${text}" length)
    set(pieces "")
    set(at 0)
    while(at LESS length)
        string(SUBSTRING "${text}" ${at} 8000 piece)
        string(APPEND pieces "    R\"embedded(${piece})embedded\"\n")
        math(EXPR at "${at} + 8000")
    endwhile()
    string(APPEND body "const std::string_view ${name} =\n${pieces};\n\n")
endforeach()
file(WRITE ${OUT} "// Made at build time.
#include \"server/embedded_texts.hpp\"

namespace campgate::server {

${body}}  // namespace campgate::server
")
