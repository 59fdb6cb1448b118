// Why a token is not believed. Thread safety: any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace campgate::server {

enum class token_fault : std::uint8_t {
    malformed,      ///< no compact JWS, or a claim of the wrong type
    algorithm,      ///< none, symmetric, or not in our list
    unknown_key,    ///< no key of the provider has its name
    signature,      ///< the key did not make it
    issuer,         ///< of somebody else
    audience,       ///< for somebody else
    party,          ///< asked for by somebody else (azp)
    expired,        ///< over
    not_yet_valid,  ///< of the future
    nonce,          ///< of another login
    subject,        ///< about nobody, or about somebody else than the ID token
    assurance,      ///< of a weaker way to log in than what is required (acr)
};

/// For the log: "unknown_key".
std::string_view name_of(token_fault fault) noexcept;

}  // namespace campgate::server
