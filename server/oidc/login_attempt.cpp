#include "server/oidc/login_attempt.hpp"

#include "server/login_sessions.hpp"
#include "server/oidc/web_address.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <sodium.h>

#include <algorithm>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t sealed_bytes_max = 4096;
constexpr int base64_variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::string_view about{"campgate login attempts 1"};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const json::value& value) {
    return std::string{value.as_string().data(), value.as_string().size()};
}

}  // namespace

std::string random_text() {
    std::array<char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return base64url({bytes.data(), bytes.size()});
}

login_attempt login_attempt::begin(std::string return_to, std::string redirect_uri, instant now) {
    return {random_text(),        random_text(),           random_text(),
            std::move(return_to), std::move(redirect_uri), now};
}

std::string login_attempt::challenge() const {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), bytes_of(verifier), verifier.size());
    return base64url({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

login_attempt_box::login_attempt_box(const std::array<unsigned char, 32>& secret) {
    crypto_generichash(key_.data(), key_.size(), bytes_of(about), about.size(), secret.data(),
                       secret.size());
}

std::string login_attempt_box::seal(std::vector<login_attempt> attempts) const {
    if (attempts.size() > login_attempts_max)
        attempts.erase(attempts.begin(), attempts.end() - login_attempts_max);
    json::array list;
    for (const login_attempt& a : attempts)
        list.push_back(json::array{a.state, a.nonce, a.verifier, a.return_to, a.redirect_uri,
                                   a.begun.time_since_epoch().count()});
    const std::string plain = json::serialize(list);
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());
    randombytes_buf(out, nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + nonce_bytes, nullptr, bytes_of(plain),
                                               plain.size(), bytes_of(about), about.size(), nullptr,
                                               out, key_.data());
    return base64url(sealed);
}

std::vector<login_attempt> login_attempt_box::open(std::string_view text, instant now) const {
    if (text.size() > sealed_bytes_max) return {};
    std::string sealed(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(sealed.data()), sealed.size(),
                          text.data(), text.size(), nullptr, &size, &end, base64_variant) != 0 ||
        end != text.data() + text.size() || size < nonce_bytes + tag_bytes)
        return {};
    sealed.resize(size);
    std::string plain(size - nonce_bytes - tag_bytes, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr,
            bytes_of(sealed) + nonce_bytes, size - nonce_bytes, bytes_of(about), about.size(),
            bytes_of(sealed), key_.data()) != 0)
        return {};
    // Ours: what was sealed is what `seal` wrote.
    std::vector<login_attempt> attempts;
    const json::value list = json::parse(plain);
    for (const json::value& each : list.as_array()) {
        const json::array& a = each.as_array();
        login_attempt read{text_of(a.at(0)), text_of(a.at(1)),
                           text_of(a.at(2)), text_of(a.at(3)),
                           text_of(a.at(4)), instant{instant::duration{a.at(5).as_int64()}}};
        if (now < read.begun + login_attempt_lifetime) attempts.push_back(std::move(read));
    }
    return attempts;
}

std::optional<login_attempt> take_attempt(std::vector<login_attempt>& attempts,
                                          std::string_view state) {
    const auto found = std::ranges::find_if(
        attempts, [state](const login_attempt& each) { return same_token(each.state, state); });
    if (found == attempts.end()) return std::nullopt;
    login_attempt taken = std::move(*found);
    attempts.erase(found);
    return taken;
}

}  // namespace campgate::server
