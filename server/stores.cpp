#include "server/stores.hpp"

#include "core/ensure.hpp"
#include "persistence/family_store.hpp"
#include "persistence/instance_key.hpp"
#include "persistence/login_session_store.hpp"
#include "server/data_directory.hpp"
#include "server/demo_families.hpp"
#include "server/log.hpp"

#include <algorithm>
#include <cstdlib>

namespace campgate::server {

namespace {

class pg_login_store final : public login_store_port {
public:
    explicit pg_login_store(std::string url) : store_(std::move(url)) {}
    void insert(const login_session& s) override {
        store_.insert({s.id_hash, s.actor, s.family, s.csrf, s.created, s.created, s.expires,
                       s.staff, s.by_provider});
    }
    void remove(const login_session& s) override { store_.remove(s.id_hash); }
    void sweep(const login_sweep& news) override {
        std::vector<login_seen> seen;
        seen.reserve(news.touched.size());
        for (const login_touch& each : news.touched) seen.push_back({each.id_hash, each.seen});
        store_.sweep(seen, news.over);
    }
    std::vector<login_session_row> load(instant oldest) { return store_.load(oldest); }

private:
    login_session_store store_;
};

family_row row_of(const demo_family& family) {
    family_row row;
    row.id = family.id;
    row.home.postcode = family.postcode;
    parent_row parent;
    parent.id = family.parent;
    parent.given_name = family.given_name;
    parent.family_name = family.family_name;
    parent.niss = family.niss;
    parent.birth_date = family.birth_date;
    parent.address =
        postal_address{family.street, family.house_number, "", family.postcode, family.city, "BE"};
    parent.phone = family.phone;
    parent.email = family.email;
    parent.email_confirmed = family.registered;
    if (family.registered) parent.registered_at = instant{};
    row.parents.push_back(std::move(parent));
    for (const demo_child& child : family.children) {
        child_row made;
        made.id = child.id;
        made.given_name = child.given_name;
        made.family_name = family.family_name;
        made.birth_date = child.birth_date;
        made.niss = child.niss;
        made.site = child.site;
        made.school_year = child.school_year;
        made.sheet_validated_at = child.sheet_validated_at;
        if (child.has_invoiceable_parent) made.invoiceable_parent = family.parent;
        row.children.push_back(std::move(made));
    }
    return row;
}

}  // namespace

std::unique_ptr<login_store_port> make_login_store(std::string url) {
    return std::make_unique<pg_login_store>(std::move(url));
}

void load_logins(const std::string& url, application& app) {
    // Which of them are over, the table says: it knows the openings.
    constexpr std::chrono::days kept_around_openings{2};
    pg_login_store store{url};
    for (const login_session_row& row : store.load(app.time.now() - kept_around_openings)) {
        app.logins.add(std::make_shared<const login_session>(
            login_session{row.id_hash, row.actor, row.family, row.csrf, row.created, row.expires,
                          row.staff, row.by_provider, last_seen{row.seen}, last_seen{row.seen}}));
    }
}

void write_demo_families(pg_connection& connection, const master_key& key, const season& s,
                         std::uint64_t count, instant now) {
    const std::vector<family_id> changed = changed_families(connection);
    const demo_reference reference = demo_reference_of(s, now);
    std::vector<family_row> rows;
    rows.reserve(count);
    for (const demo_family& family : make_demo_families(count, reference)) {
        if (!std::ranges::binary_search(changed, family.id)) rows.push_back(row_of(family));
    }
    write_families(connection, key, rows);
}

void refuse_other_master_key(pg_connection& connection, const std::filesystem::path& file) {
    const auto secret = read_master_key(file);
    const auto key = secret ? std::optional<master_key>{*secret} : std::nullopt;
    if (master_key_fits(connection, key ? &*key : nullptr)) return;
    if (!key)
        throw master_key_error("the families in the database are sealed, and their master key " +
                               file.string() + " is missing: bring it back from its copy");
    throw master_key_error("the master key " + file.string() +
                           " is not the one that the families in the database are sealed with");
}

std::unique_ptr<const master_key> load_master_key(pg_connection& connection,
                                                  const std::filesystem::path& file) {
    refuse_other_master_key(connection, file);
    auto secret = read_master_key(file);
    if (!secret) {
        secret = make_master_key(file);
        log_event(log_level::warning, "master_key_made",
                  {{"file", file.string()}, {"text", "keep a copy of it apart from the database"}});
    }
    auto key = std::make_unique<const master_key>(*secret);
    ensure(check_master_key(connection, *key), "the key fits, or is the first one");
    return key;
}

std::filesystem::path master_key_file(const config& settings) {
    if (!settings.master_key.empty()) return settings.master_key;
    if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY")) {
        const auto file = std::filesystem::path{credentials} / "campgate-master-key";
        std::error_code ec;
        if (std::filesystem::exists(file, ec)) return file;
    }
    return data_directory(settings) / "master.key";
}

std::unique_ptr<const hold_tokens> load_hold_tokens(pg_connection& connection) {
    return std::make_unique<const hold_tokens>(load_instance_key(connection));
}

}  // namespace campgate::server
