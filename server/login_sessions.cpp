#include "server/login_sessions.hpp"

#include "server/random_text.hpp"

#include <sodium.h>
#include <algorithm>
#include <cstring>

namespace campgate::server {

namespace {

constexpr std::size_t id_bytes = 16;

}  // namespace

std::vector<kept_time> kept_times_of(std::vector<instant> openings) {
    std::ranges::sort(openings);
    std::vector<kept_time> kept;
    for (const instant opening : openings) {
        const kept_time around{opening - login_kept_before_opening,
                               opening + login_kept_after_opening};
        if (!kept.empty() && around.from <= kept.back().until)
            kept.back().until = around.until;
        else
            kept.push_back(around);
    }
    return kept;
}

instant end_of_login(instant end, std::span<const kept_time> kept) noexcept {
    const auto next = std::ranges::upper_bound(kept, end, {}, &kept_time::until);
    return next != kept.end() && next->from <= end ? next->until : end;
}

std::vector<instant> openings_of(const season_view& view) {
    std::vector<instant> openings;
    if (!view.published) return openings;
    for (const camp_week& week : view.published->weeks) {
        const opening& opens = view.row(week.id).opens;
        openings.push_back(opens.all);
        if (opens.residents) openings.push_back(*opens.residents);
    }
    return openings;
}

new_login login_sessions::make(const login_grant& grant, instant now,
                               std::chrono::microseconds lifetime) {
    new_login made;
    made.id = random_hex();
    made.session = std::make_shared<const login_session>(login_session{
        hash_of(made.id), grant.actor, grant.family, random_hex(), now, now + lifetime, grant.staff,
        grant.by_provider, last_seen{now}, last_seen{now}});
    return made;
}

void login_sessions::add(std::shared_ptr<const login_session> session) {
    const bits128 key = key_of(session->id_hash);
    table_.put(key, std::move(session));
}

void login_sessions::remove(const login_session& session) {
    table_.erase(key_of(session.id_hash));
}

void login_sessions::remove_family(family_id family) {
    table_.erase_if([&](const login_session& session) { return session.family == family; });
}

std::shared_ptr<const login_session> login_sessions::find(std::string_view id, instant now) const {
    if (id.size() != 2 * id_bytes) return nullptr;
    const session_hash hash = hash_of(id);
    auto found = table_.find(key_of(hash));
    if (!found || found->id_hash != hash || !lives(*found, now)) return nullptr;
    found->seen.touch(now);
    return found;
}

bool login_sessions::keep(const login_session& session, instant now) const {
    const auto found = table_.find(key_of(session.id_hash));
    if (found.get() != &session || !lives(session, now)) return false;
    session.seen.touch(now);
    return true;
}

// The openings are only looked at for a login that would be over without them.
bool login_sessions::lives(const login_session& session, instant now) const {
    const instant end = std::min(session.expires, session.seen.at() + idle_);
    return now < end || now < end_of_login(end, *kept_.load());
}

void login_sessions::set_openings(std::vector<instant> openings) {
    kept_.store(std::make_shared<const std::vector<kept_time>>(kept_times_of(std::move(openings))));
}

login_sweep login_sessions::sweep(instant now) {
    login_sweep found;
    table_.erase_if([&](const login_session& session) {
        if (!lives(session, now)) {
            found.over.push_back(session.id_hash);
            return true;
        }
        const instant seen = session.seen.at();
        if (seen - session.stored.at() >= std::chrono::seconds{1}) {
            session.stored.touch(seen);
            found.touched.push_back({session.id_hash, seen});
        }
        return false;
    });
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
