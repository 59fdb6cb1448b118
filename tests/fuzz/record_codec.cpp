// The journal's rows: the first byte of an input is the kind, the rest the record. What is read at
// all has exactly these bytes; so no two rows mean the same.
#include "core/record_codec.hpp"

#include "tests/fuzz/fuzz_target.hpp"

using namespace campgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    const encoded_record row{sequence{7}, static_cast<record_kind>(data[0]), instant{}, actor_id{3},
                             std::string{bytes}};
    if (const auto read = decode(row)) {
        ensure(read->kind() == row.kind, "of the kind it says");
        ensure(encode(*read) == row, "the same bytes again");
    }
    if (const auto read = decode_season(bytes)) {
        ensure(encode_season(*read) == bytes, "the same season again");
    }
    return 0;
}
