// The readers of single fields: cookies, validators, media types, lists, languages, keys. The first
// line of an input is a name or value to look for, the second is the field.
#include "server/http_fields.hpp"
#include "server/idempotency_key.hpp"
#include "server/language.hpp"
#include "server/quality_list.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <string>

using namespace campgate;
using namespace campgate::server;

namespace {

void check_cookie(std::string_view field, std::string_view name) {
    const auto value = find_cookie(field, name);
    if (!value) return;
    ensure(fuzz::lies_within(*value, field), "a part of the field");
    ensure(value->find(';') == std::string_view::npos, "one cookie's value");
    ensure(field.find(name) != std::string_view::npos, "it is there");
    // Another one of that name makes it doubtful; the same once more does not.
    const std::string more = std::string{field} + "; " + std::string{name} + "=";
    if (name.find_first_of("=; \t") != std::string_view::npos) return;
    ensure(find_cookie(more + std::string{*value}, name) == *value ||
               value->find_first_of(" \t\"") != std::string_view::npos,
           "the same twice");
    ensure(!find_cookie(more + "another" + std::string{*value}, name), "two of one name");
}

void check_list(std::string_view field, std::string_view token) {
    const quality_list list{field};
    std::size_t count = 0;
    for (const quality_item& item : list) {
        ++count;
        ensure(item.weight >= 0 && item.weight <= 1000, "a weight in thousandths");
        ensure(!item.token.empty() && fuzz::lies_within(item.token, field), "a part of the field");
    }
    ensure(count <= quality_list::items_max, "within the limit");
    ensure(list.empty() == (count == 0), "empty when nothing is in it");
    ensure(fuzz::lies_within(trimmed(field), field), "trimming keeps a part");
    if (list_names(field, token)) {
        ensure(list_names(std::string{field} + ", more", token), "still in a longer list");
    }
    const language chosen = choose_language(field);
    ensure(code_of(chosen).size() == 2, "one of four languages");
}

void check_etag(std::string_view field, std::string_view etag) {
    const bool matches = etag_matches(field, etag);
    const std::string quoted = "\"" + std::string{etag} + "\"";
    if (etag.find('"') == std::string_view::npos) {
        ensure(etag_matches("W/\"other\", " + quoted, quoted), "one of several");
    }
    if (matches) ensure(!etag.empty(), "nothing matches no tag");
}

void check_key(std::string_view field) {
    const auto key = parse_idempotency_key(field);
    ensure(key == parse_idempotency_key(field), "the same each time");
    if (key) ensure(field.size() <= idempotency_key_length_max, "within the limit");
    ensure(body_hash(field) == body_hash(field), "a body's hash is its own");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto [sought, field] = fuzz::lines_of<2>(fuzz::text_of(data, size));
    check_cookie(field, sought);
    check_cookie(field, "campgate_demo");
    check_list(field, sought);
    check_etag(field, sought);
    check_key(sought);
    (void)is_json_content_type(field);
    return 0;
}
