// The journal's rows: the first byte of an input is the kind, the rest the record. What is read at
// all has exactly these bytes; so no two rows mean the same. Seasons of a former format are written
// in today's: their bytes differ, what they say does not.
#include "core/record_codec.hpp"

#include "tests/fuzz/fuzz_target.hpp"

using namespace campgate;

namespace {

constexpr char season_format = 2;  // today's, the first byte

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    const encoded_record row{sequence{7}, static_cast<record_kind>(data[0]), instant{}, actor_id{3},
                             std::string{bytes}};
    if (const auto read = decode(row)) {
        ensure(read->kind() == row.kind, "of the kind it says");
        const bool former = row.kind == record_kind::season && bytes[0] != season_format;
        ensure(former ? decode(encode(*read)) == read : encode(*read) == row,
               "the same bytes again");
    }
    if (const auto read = decode_season(bytes)) {
        const std::string again = encode_season(*read);
        ensure(bytes[0] == season_format ? again == bytes : decode_season(again) == read,
               "the same season again");
    }
    return 0;
}
