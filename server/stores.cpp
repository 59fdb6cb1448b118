#include "server/stores.hpp"

#include "persistence/family_store.hpp"
#include "persistence/instance_key.hpp"
#include "persistence/login_session_store.hpp"
#include "server/demo_families.hpp"

namespace campgate::server {

namespace {

class pg_login_store final : public login_store_port {
public:
    explicit pg_login_store(std::string url) : store_(std::move(url)) {}
    void insert(const login_session& s) override {
        store_.insert({s.id_hash, s.actor, s.family, s.csrf, s.created, s.created, s.expires});
    }
    void remove(const login_session& s) override { store_.remove(s.id_hash); }
    std::vector<login_session_row> load(instant now) { return store_.load(now); }

private:
    login_session_store store_;
};

family_row row_of(const demo_family& family) {
    family_row row;
    row.id = family.id;
    row.postcode = family.postcode;
    row.parents.push_back({family.parent, family.given_name, family.family_name});
    for (const demo_child& child : family.children) {
        row.children.push_back(
            {child.id, child.given_name, child.birth_date, child.charged_as,
             child.sheet_validated_at,
             child.has_invoiceable_parent ? std::optional{family.parent} : std::nullopt});
    }
    return row;
}

family_facts facts_of(const family_row& row) {
    family_facts facts;
    facts.id = row.id;
    facts.version = row.version;
    for (const parent_row& parent : row.parents) facts.parents.push_back(parent.id);
    for (const child_row& child : row.children) {
        facts.children.push_back({child.id, child.birth_date, child.charged_as,
                                  child.sheet_validated_at, child.invoiceable_parent.has_value()});
    }
    return facts;
}

family_file file_of(const family_row& row) {
    family_file file;
    file.id = row.id;
    file.postcode = row.postcode;
    if (!row.parents.empty()) {
        file.parent = row.parents.front().id;
        file.parent_given_name = row.parents.front().given_name;
        file.family_name = row.parents.front().family_name;
    }
    for (const child_row& child : row.children)
        file.children.push_back({child.id, child.given_name});
    return file;
}

}  // namespace

std::unique_ptr<login_store_port> make_login_store(std::string url) {
    return std::make_unique<pg_login_store>(std::move(url));
}

void load_logins(const std::string& url, application& app) {
    pg_login_store store{url};
    for (const login_session_row& row : store.load(app.time.now())) {
        app.logins.add(std::make_shared<const login_session>(
            login_session{row.id_hash, row.actor, row.family, row.csrf, row.created, row.expires}));
    }
}

void load_families(pg_connection& connection, application& app) {
    for (const family_row& row : campgate::load_families(connection)) {
        app.seen.facts.put(row.id, std::make_shared<const family_facts>(facts_of(row)));
        app.families.put(file_of(row));
    }
}

void write_demo_families(pg_connection& connection, const season& s, std::uint64_t count,
                         instant now) {
    const demo_reference reference = demo_reference_of(s, now);
    std::vector<family_row> rows;
    rows.reserve(count);
    for (const demo_family& family : make_demo_families(count, reference))
        rows.push_back(row_of(family));
    write_families(connection, rows);
}

std::unique_ptr<const hold_tokens> load_hold_tokens(pg_connection& connection) {
    return std::make_unique<const hold_tokens>(load_instance_key(connection));
}

}  // namespace campgate::server
