#include "server/oidc/jose.hpp"

#include "server/json_reader.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cjose/cjose.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t token_bytes_max = 32 * 1024;
constexpr std::size_t keys_max = 64;
constexpr std::size_t rsa_bits_least = 2048;
constexpr std::array<std::string_view, 3> rsa_members{"kty", "n", "e"};
constexpr std::array<std::string_view, 4> ec_members{"kty", "crv", "x", "y"};

struct release {
    void operator()(cjose_jwk_t* key) const noexcept { cjose_jwk_release(key); }
    void operator()(cjose_jws_t* token) const noexcept { cjose_jws_release(token); }
};
using jwk_ptr = std::unique_ptr<cjose_jwk_t, release>;
using jws_ptr = std::unique_ptr<cjose_jws_t, release>;

std::optional<std::string> from_base64url(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

std::optional<std::string_view> string_in(const json::object& o, std::string_view name) {
    const json::value* found = o.if_contains(json::string_view{name.data(), name.size()});
    if (found == nullptr || !found->is_string()) return std::nullopt;
    const json::string& text = found->get_string();
    return std::string_view{text.data(), text.size()};
}

struct token_header {
    std::string algorithm;
    std::optional<std::string> kid;
};

// Nothing when it is malformed, or asks for what we do not know (RFC 7515 §4.1.11).
std::optional<token_header> read_header(std::string_view encoded) {
    const auto text = from_base64url(encoded);
    if (!text) return std::nullopt;
    json_document document{*text};
    if (document.faults().first() || !document.root().is_object()) return std::nullopt;
    const json::object& o = document.root().get_object();
    const auto algorithm = string_in(o, "alg");
    if (!algorithm || o.contains("crit") || o.contains("b64")) return std::nullopt;
    token_header header{std::string{*algorithm}, std::nullopt};
    if (o.contains("kid")) {
        const auto kid = string_in(o, "kid");
        if (!kid) return std::nullopt;
        header.kid = std::string{*kid};
    }
    return header;
}

// ES256 is for P-256 alone, and so on (RFC 7518 §3.4).
std::string_view curve_of(std::string_view algorithm) noexcept {
    if (algorithm == "ES256") return "P-256";
    if (algorithm == "ES384") return "P-384";
    if (algorithm == "ES512") return "P-521";
    return {};
}

bool says_signing(const json::object& jwk) {
    if (const auto use = string_in(jwk, "use"); use && *use != "sig") return false;
    const json::value* operations = jwk.if_contains("key_ops");
    if (operations == nullptr) return true;
    return operations->is_array() &&
           std::ranges::any_of(operations->get_array(), [](const json::value& each) {
               return each.is_string() && each.get_string() == "verify";
           });
}

}  // namespace

struct key_set::key {
    std::optional<std::string> kid;
    std::string kind;       ///< RSA or EC
    std::string curve;      ///< of EC
    std::string algorithm;  ///< the only one it is for, or empty
    jwk_ptr made;

    bool serves(std::string_view wanted) const noexcept {
        if (!algorithm.empty() && algorithm != wanted) return false;
        const std::string_view wanted_curve = curve_of(wanted);
        if (!wanted_curve.empty()) return kind == "EC" && curve == wanted_curve;
        return kind == "RSA" && (wanted.starts_with("RS") || wanted.starts_with("PS"));
    }

    static std::shared_ptr<const key> of(const json::object& jwk) {
        const auto kind = string_in(jwk, "kty");
        if (!kind || !says_signing(jwk)) return nullptr;
        std::span<const std::string_view> members;
        if (*kind == "RSA") members = rsa_members;
        if (*kind == "EC") members = ec_members;
        // Its public half alone, whatever else is there.
        json::object half;
        for (const std::string_view member : members) {
            const auto value = string_in(jwk, member);
            if (!value) return nullptr;
            half.emplace(json::string_view{member.data(), member.size()}, *value);
        }
        if (half.empty()) return nullptr;
        const std::string text = json::serialize(half);
        auto made = std::make_shared<key>();
        cjose_err error{};
        made->made.reset(cjose_jwk_import(text.data(), text.size(), &error));
        if (!made->made) return nullptr;
        made->kind = *kind;
        if (*kind == "EC") made->curve = *string_in(jwk, "crv");
        if (*kind == "RSA" && cjose_jwk_get_keysize(made->made.get(), &error) < rsa_bits_least)
            return nullptr;
        if (const auto kid = string_in(jwk, "kid")) made->kid = std::string{*kid};
        if (const auto algorithm = string_in(jwk, "alg")) made->algorithm = *algorithm;
        return made;
    }
};

std::string_view name_of(token_fault fault) noexcept {
    switch (fault) {
        case token_fault::malformed: return "malformed";
        case token_fault::algorithm: return "algorithm";
        case token_fault::unknown_key: return "unknown_key";
        case token_fault::signature: return "signature";
        case token_fault::issuer: return "issuer";
        case token_fault::audience: return "audience";
        case token_fault::party: return "party";
        case token_fault::expired: return "expired";
        case token_fault::not_yet_valid: return "not_yet_valid";
        case token_fault::nonce: return "nonce";
        case token_fault::subject: return "subject";
        case token_fault::assurance: return "assurance";
    }
    return {};
}

std::optional<key_set> key_set::parse(std::string_view jwks) {
    json_document document{jwks};
    if (document.faults().first() || !document.root().is_object()) return std::nullopt;
    const json::value* keys = document.root().get_object().if_contains("keys");
    if (keys == nullptr || !keys->is_array()) return std::nullopt;
    key_set made;
    for (const json::value& each : keys->get_array()) {
        if (!each.is_object() || made.keys_.size() == keys_max) continue;
        if (auto usable = key::of(each.get_object())) made.keys_.push_back(std::move(usable));
    }
    return made;
}

// By its name; without one only if there is no choice. Two keys of one name are nobody's.
result<const key_set::key*, token_fault> key_set::choose(const std::optional<std::string>& kid,
                                                         std::string_view algorithm) const {
    const key* found = nullptr;
    for (const auto& each : keys_) {
        if (kid && each->kid != kid) continue;
        if (!each->serves(algorithm)) continue;
        if (found != nullptr) return token_fault::unknown_key;
        found = each.get();
    }
    if (found == nullptr) return token_fault::unknown_key;
    return found;
}

result<std::string, token_fault> key_set::payload_of(
    std::string_view compact, std::span<const std::string> algorithms) const {
    if (compact.size() > token_bytes_max || std::ranges::count(compact, '.') != 2)
        return token_fault::malformed;
    const auto header = read_header(compact.substr(0, compact.find('.')));
    if (!header) return token_fault::malformed;
    if (std::ranges::find(algorithms, header->algorithm) == algorithms.end())
        return token_fault::algorithm;
    const auto with = choose(header->kid, header->algorithm);
    if (!with) return with.error();

    cjose_err error{};
    const jws_ptr token{cjose_jws_import(compact.data(), compact.size(), &error)};
    if (!token) return token_fault::malformed;
    if (!cjose_jws_verify(token.get(), (*with)->made.get(), &error)) return token_fault::signature;
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(token.get(), &bytes, &size, &error)) return token_fault::malformed;
    return std::string{reinterpret_cast<const char*>(bytes), size};
}

}  // namespace campgate::server
