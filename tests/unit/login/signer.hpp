// A provider's signing keys, made for a test: the public half as a JWK, and tokens.
#pragma once

#include "server/oidc/web_address.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cjose/cjose.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace campgate::server::test {

class signer {
public:
    enum class kind { ec, rsa, rsa_weak, shared };

    explicit signer(kind of, std::string kid = {}) {
        cjose_err error{};
        constexpr std::uint8_t exponent[]{1, 0, 1};
        switch (of) {
            case kind::ec: key_ = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error); break;
            case kind::rsa:
                key_ = cjose_jwk_create_RSA_random(2048, exponent, sizeof exponent, &error);
                break;
            case kind::rsa_weak:
                key_ = cjose_jwk_create_RSA_random(1024, exponent, sizeof exponent, &error);
                break;
            case kind::shared: key_ = cjose_jwk_create_oct_random(256, &error); break;
        }
        if (key_ == nullptr) throw std::runtime_error("no key");
        if (!kid.empty()) cjose_jwk_set_kid(key_, kid.data(), kid.size(), &error);
        kid_ = std::move(kid);
    }
    // A shared secret that anybody can make of a public key's bytes.
    explicit signer(std::string_view secret) {
        cjose_err error{};
        key_ = cjose_jwk_create_oct_spec(reinterpret_cast<const std::uint8_t*>(secret.data()),
                                         secret.size(), &error);
    }
    ~signer() { cjose_jwk_release(key_); }
    signer(const signer&) = delete;
    signer& operator=(const signer&) = delete;

    boost::json::object jwk(bool with_private = false) const {
        cjose_err error{};
        char* const text = cjose_jwk_to_json(key_, with_private, &error);
        auto read = boost::json::parse(text).as_object();
        cjose_get_dealloc()(text);
        return read;
    }

    std::string sign(std::string_view payload, const char* algorithm) const {
        return sign_as(payload, algorithm, kid_);
    }
    std::string sign_as(std::string_view payload, const char* algorithm,
                        const std::string& kid) const {
        cjose_err error{};
        cjose_header_t* const header = cjose_header_new(&error);
        cjose_header_set(header, CJOSE_HDR_ALG, algorithm, &error);
        if (!kid.empty()) cjose_header_set(header, CJOSE_HDR_KID, kid.c_str(), &error);
        cjose_jws_t* const token =
            cjose_jws_sign(key_, header, reinterpret_cast<const std::uint8_t*>(payload.data()),
                           payload.size(), &error);
        if (token == nullptr) throw std::runtime_error(error.message);
        const char* text = nullptr;
        cjose_jws_export(token, &text, &error);
        std::string made{text};
        cjose_jws_release(token);
        cjose_header_release(header);
        return made;
    }

private:
    cjose_jwk_t* key_ = nullptr;
    std::string kid_;
};

inline std::string jwks_of(std::initializer_list<boost::json::object> keys) {
    boost::json::array list;
    for (const auto& key : keys) list.push_back(key);
    return boost::json::serialize(boost::json::object{{"keys", std::move(list)}});
}

// Header and payload as they are, with nothing behind the second dot, or with `signature`.
inline std::string raw_token(std::string_view header, std::string_view payload,
                             std::string_view signature = {}) {
    return base64url(header) + "." + base64url(payload) + "." + base64url(signature);
}

}  // namespace campgate::server::test
