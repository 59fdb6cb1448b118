// A provider's public keys, and the check of what they signed (RFC 7515, RFC 7517). What a token
// says of itself is only used to choose among what is allowed: the algorithm must be in our list,
// the key must be made for it, and only public RSA and EC keys are ever kept, so that no key can be
// taken for a shared secret. Thread safety: any thread; key sets are immutable.
#pragma once

#include "server/oidc/token_fault.hpp"
#include "server/result.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

class key_set {
public:
    /// Keys of kinds that we do not use, and weak ones (RSA below 2048 bits), are left out.
    /// Nothing when the text is no JWK set.
    static std::optional<key_set> parse(std::string_view jwks);

    std::size_t size() const noexcept { return keys_.size(); }

    /// The payload of a compact JWS by one of these keys, with one of these algorithms.
    result<std::string, token_fault> payload_of(std::string_view compact,
                                                std::span<const std::string> algorithms) const;

private:
    struct key;
    result<const key*, token_fault> choose(const std::optional<std::string>& kid,
                                           std::string_view algorithm) const;

    std::vector<std::shared_ptr<const key>> keys_;
};

}  // namespace campgate::server
