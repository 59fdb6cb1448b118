#include "server/login_sessions.hpp"

#include <sodium.h>
#include <cstring>

namespace campgate::server {

namespace {

constexpr std::size_t id_bytes = 16;

std::string random_hex() {
    std::array<unsigned char, id_bytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 2 * id_bytes + 1> text{};
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    return text.data();
}

}  // namespace

new_login login_sessions::make(actor_id actor, family_id family, instant now,
                               std::chrono::microseconds lifetime) {
    new_login made;
    made.id = random_hex();
    made.session = std::make_shared<const login_session>(
        login_session{hash_of(made.id), actor, family, random_hex(), now, now + lifetime});
    return made;
}

void login_sessions::add(std::shared_ptr<const login_session> session) {
    const bits128 key = key_of(session->id_hash);
    table_.put(key, std::move(session));
}

void login_sessions::remove(const login_session& session) {
    table_.erase(key_of(session.id_hash));
}

std::shared_ptr<const login_session> login_sessions::find(std::string_view id, instant now) const {
    if (id.size() != 2 * id_bytes) return nullptr;
    const session_hash hash = hash_of(id);
    auto found = table_.find(key_of(hash));
    if (!found || found->id_hash != hash || found->expires <= now) return nullptr;
    return found;
}

session_hash login_sessions::hash_of(std::string_view id) {
    session_hash hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(id.data()),
                       id.size(), nullptr, 0);
    return hash;
}

bits128 login_sessions::key_of(const session_hash& hash) {
    bits128 key;
    std::memcpy(&key.high, hash.data(), sizeof key.high);
    std::memcpy(&key.low, hash.data() + sizeof key.high, sizeof key.low);
    return key;
}

bool same_token(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace campgate::server
