// How a hold is named outside: its id with a keyed tag over id and family, so that it can be
// neither guessed nor used by another family, and an ended one is still recognised without any
// memory of it (DESIGN §3: hold ids are unguessable and never reused). 26 characters of [0-9a-z].
// Thread safety: any thread, after construction.
#pragma once

#include "core/ids.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

class hold_tokens {
public:
    static constexpr std::size_t key_bytes = 32;
    explicit hold_tokens(const std::array<unsigned char, key_bytes>& key) : key_(key) {}

    std::string token_of(hold_id hold, family_id family) const;
    /// The hold of a token made for that family; nothing for any other text.
    std::optional<hold_id> hold_of(std::string_view token, family_id family) const;

private:
    std::uint64_t tag(hold_id hold, family_id family) const;
    const std::array<unsigned char, key_bytes> key_;
};

}  // namespace campgate::server
