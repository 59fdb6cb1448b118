// The query of a target, its escapes and numbers: what was decoded is clean UTF-8, and encoded
// again it is read as the same.
#include "server/query_string.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <string>

using namespace campgate;
using namespace campgate::server;

namespace {

std::string encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        made += '%';
        made += digits[byte >> 4];
        made += digits[byte & 0x0fU];
    }
    return made;
}

void check_decoding(std::string_view text) {
    const auto decoded = percent_decoded(text);
    if (!decoded) return;
    ensure(decoded->size() <= text.size(), "decoding adds nothing");
    ensure(is_utf8(*decoded), "UTF-8");
    for (const char c : *decoded) {
        ensure(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no control characters");
    }
    ensure(percent_decoded(encoded(*decoded)) == decoded, "the same again");
}

void check_query(std::string_view text) {
    const auto read = query_string::parse(text, {"since", "page", "é"});
    if (!read) {
        ensure(is_utf8(read.error().parameter), "a fault that can be told");
        return;
    }
    std::ptrdiff_t found = 0;
    std::string again;
    for (const std::string_view name : {"since", "page", "é"}) {
        const auto value = read->find(name);
        if (!value) continue;
        ++found;
        again += (again.empty() ? "" : "&") + encoded(name) + "=" + encoded(*value);
    }
    ensure(found == (text.empty() ? 0 : std::ranges::count(text, '&') + 1), "none twice");
    const auto reread = query_string::parse(again, {"since", "page", "é"});
    ensure(reread.has_value(), "taken again");
    for (const std::string_view name : {"since", "page", "é", "other"}) {
        ensure(reread->find(name) == read->find(name), "the same parameters again");
    }
}

void check_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
    const auto number = parse_unsigned(text, least, most);
    if (!number) return;
    ensure(*number >= least && *number <= most, "within its range");
    ensure(std::to_string(*number) == text, "written in one way only");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    check_decoding(text);
    check_query(text);
    check_number(text, 0, UINT64_MAX);
    check_number(text, 7, 65'535);
    check_number(text, 0, 3);
    return 0;
}
