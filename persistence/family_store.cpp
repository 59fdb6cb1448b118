#include "persistence/family_store.hpp"

#include "core/ensure.hpp"
#include "persistence/table_reader.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace campgate {
namespace {

namespace json = boost::json;

constexpr std::size_t families_a_statement = 2'000;
constexpr std::string_view part_file = "file";
constexpr std::string_view part_note = "note";
constexpr std::string_view part_answer = "answer";

// Bytes travel as hex: array literals then never need quoting.
constexpr const char* insert_families = R"sql(
INSERT INTO family (id, postcode, postcode_since, postcode_before, residence_confirmed, version)
SELECT i, convert_from(decode(p, 'hex'), 'UTF8'), s, convert_from(decode(b, 'hex'), 'UTF8'),
       c <> 0, v
  FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::smallint[], $6::bigint[])
       AS x(i, p, s, b, c, v))sql";

constexpr const char* insert_parents = R"sql(
INSERT INTO parent (id, family, wrapped_key, file, niss_hash, registered_at, email_confirmed)
SELECT i, f, decode(k, 'hex'), decode(d, 'hex'), decode(n, 'hex'), r, e <> 0
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[],
              $7::smallint[]) AS x(i, f, k, d, n, r, e))sql";

constexpr const char* insert_children = R"sql(
INSERT INTO child (id, family, birth_date, wrapped_key, file, niss_hash, site, school_year,
                   sheet_validated_at, sheet_draft_at, invoiceable_parent)
SELECT i, f, date '1970-01-01' + b, decode(k, 'hex'), decode(d, 'hex'), decode(n, 'hex'),
       convert_from(decode(s, 'hex'), 'UTF8'), convert_from(decode(y, 'hex'), 'UTF8'), v, t, p
  FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[],
              $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[])
       AS x(i, f, b, k, d, n, s, y, v, t, p))sql";

constexpr const char* update_parent_file = R"sql(
UPDATE parent SET file = $2::bytea, niss_hash = $3::bytea, registered_at = $4,
                  email_confirmed = $5::boolean
 WHERE id = $1)sql";

constexpr const char* update_child_file = R"sql(
UPDATE child SET birth_date = date '1970-01-01' + $2::integer, file = $3::bytea,
                 niss_hash = $4::bytea, site = $5, school_year = $6
 WHERE id = $1)sql";

sealed_record record_of(actor_id parent) {
    return {record_kind_sealed::parent, parent.value};
}
sealed_record record_of(child_id child) {
    return {record_kind_sealed::child, child.value};
}

// ---- what is sealed, as JSON: members can be added

std::string day_text(std::chrono::sys_days day) {
    return std::to_string(day.time_since_epoch().count());
}

std::string file_of(const parent_row& p) {
    json::object file{{"given_name", p.given_name},
                      {"family_name", p.family_name},
                      {"phone", p.phone},
                      {"email", p.email},
                      {"language", p.language}};
    if (p.niss) file["niss"] = p.niss->digits();
    if (p.birth_date) file["born"] = day_text(*p.birth_date);
    if (p.address) {
        const postal_address& a = *p.address;
        file["address"] =
            json::object{{"street", a.street},     {"number", a.number}, {"box", a.box},
                         {"postcode", a.postcode}, {"city", a.city},     {"country", a.country}};
    }
    return json::serialize(file);
}

std::string file_of(const child_row& c) {
    json::object file{{"given_name", c.given_name}, {"family_name", c.family_name}};
    if (c.niss) file["niss"] = c.niss->digits();
    return json::serialize(file);
}

std::string text_of(const json::object& file, std::string_view member) {
    const json::value* v = file.if_contains(member);
    return v != nullptr && v->is_string() ? std::string{v->get_string()} : std::string{};
}

std::optional<niss> niss_of(const json::object& file) {
    return niss::parse(text_of(file, "niss"));
}

json::object opened(const std::optional<secret_key>& key, const sealed_record& record,
                    std::string_view sealed) {
    const auto plain = key ? open_sealed(*key, record.part(part_file), sealed) : std::nullopt;
    if (!plain)
        throw database_error("a record cannot be opened with this master key: " +
                             record.part(part_file));
    return json::parse(*plain).as_object();
}

void read_file(parent_row& p, const json::object& file) {
    p.given_name = text_of(file, "given_name");
    p.family_name = text_of(file, "family_name");
    p.niss = niss_of(file);
    if (const auto day = number_of<int>(text_of(file, "born")))
        p.birth_date = std::chrono::sys_days{std::chrono::days{*day}};
    p.phone = text_of(file, "phone");
    p.email = text_of(file, "email");
    p.language = text_of(file, "language");
    const json::value* at = file.if_contains("address");
    if (at == nullptr || !at->is_object()) return;
    const json::object& a = at->get_object();
    p.address = postal_address{text_of(a, "street"),   text_of(a, "number"), text_of(a, "box"),
                               text_of(a, "postcode"), text_of(a, "city"),   text_of(a, "country")};
}

// ---- parameters of one statement

// A parameter that may be NULL: libpqxx takes a null pointer for one.
class nullable {
public:
    nullable() = default;
    explicit nullable(std::string text) : text_(std::move(text)) {}
    const char* get() const { return text_ ? text_->c_str() : nullptr; }

private:
    std::optional<std::string> text_;
};

nullable hash_of(const master_key& key, const std::optional<niss>& number_of_person) {
    return number_of_person ? nullable{bytea_text(key.niss_hash(*number_of_person))} : nullable{};
}
nullable text_or_null(const std::string& text) {
    return text.empty() ? nullable{} : nullable{text};
}
nullable time_or_null(const std::optional<instant>& at) {
    return at ? nullable{bigint_text(*at)} : nullable{};
}

void put_time(array_text& to, const std::optional<instant>& at) {
    if (at) {
        to.time(*at);
    } else {
        to.null();
    }
}
void put_hash(array_text& to, const master_key& key, const std::optional<niss>& person) {
    if (person) {
        to.hex(key.niss_hash(*person));
    } else {
        to.null();
    }
}
void put_text(array_text& to, const std::string& text) {
    if (!text.empty()) {
        to.hex(text);
    } else {
        to.null();
    }
}

class parents_of_statement {
public:
    void add(const master_key& key, family_id family, const parent_row& p) {
        const secret_key own = secret_key::random();
        id_.number(p.id.value);
        family_.number(family.value);
        key_.hex(key.wrap(record_of(p.id), own));
        file_.hex(seal(own, record_of(p.id).part(part_file), file_of(p)));
        put_hash(niss_, key, p.niss);
        put_time(registered_, p.registered_at);
        confirmed_.number(std::int64_t{p.email_confirmed ? 1 : 0});
    }
    void insert(pqxx::transaction_base& work) {
        work.exec_params(insert_parents, id_.done(), family_.done(), key_.done(), file_.done(),
                         niss_.done(), registered_.done(), confirmed_.done());
    }

private:
    array_text id_, family_, key_, file_, niss_, registered_, confirmed_;
};

class children_of_statement {
public:
    void add(const master_key& key, family_id family, const child_row& c) {
        const secret_key own = secret_key::random();
        id_.number(c.id.value);
        family_.number(family.value);
        born_.number(std::int64_t{c.birth_date.time_since_epoch().count()});
        key_.hex(key.wrap(record_of(c.id), own));
        file_.hex(seal(own, record_of(c.id).part(part_file), file_of(c)));
        put_hash(niss_, key, c.niss);
        put_text(site_, c.site);
        put_text(year_, c.school_year);
        put_time(sheet_, c.sheet_validated_at);
        put_time(draft_, c.sheet_draft_at);
        if (c.invoiceable_parent) {
            invoiceable_.number(c.invoiceable_parent->value);
        } else {
            invoiceable_.null();
        }
    }
    void insert(pqxx::transaction_base& work) {
        work.exec_params(insert_children, id_.done(), family_.done(), born_.done(), key_.done(),
                         file_.done(), niss_.done(), site_.done(), year_.done(), sheet_.done(),
                         draft_.done(), invoiceable_.done());
    }

private:
    array_text id_, family_, born_, key_, file_, niss_, site_, year_, sheet_, draft_, invoiceable_;
};

void write_some(pqxx::transaction_base& work, const master_key& key,
                std::span<const family_row> families) {
    array_text id, postcode, since, before, confirmed, version;
    parents_of_statement parents;
    children_of_statement children;
    for (const family_row& f : families) {
        id.number(f.id.value);
        postcode.hex(f.home.postcode);
        since.time(f.home.since);
        before.hex(f.home.before);
        confirmed.number(std::int64_t{f.home.confirmed ? 1 : 0});
        version.number(f.version);
        for (const parent_row& p : f.parents) parents.add(key, f.id, p);
        for (const child_row& c : f.children) children.add(key, f.id, c);
    }
    work.exec_params("DELETE FROM family WHERE id = ANY ($1::bigint[])", id.done());
    work.exec_params(insert_families, id.done(), postcode.done(), since.done(), before.done(),
                     confirmed.done(), version.done());
    parents.insert(work);
    children.insert(work);
}

// ---- reading: all families, or one

std::optional<instant> packed_time(const pqxx::field& f) {
    return f.is_null() ? std::nullopt : std::optional{packed_instant(f)};
}

class family_reader {
public:
    family_reader(pqxx::transaction_base& work, const master_key& key, std::string condition)
        : work_(work),
          key_(key),
          condition_(std::move(condition)) {}

    std::vector<family_row> read() {
        read_heads();
        read_parents();
        read_children();
        read_attached();
        read_requests();
        read_asked();
        return std::move(families_);
    }

private:
    // The others come in the order of their family: one walk along the list each.
    family_row& family_in(const pqxx::field& f) {
        const family_id id{packed_number<std::uint64_t>(f)};
        while (at_ != families_.end() && at_->id < id) ++at_;
        ensure(at_ != families_.end() && at_->id == id, "a parent or child has its family");
        return *at_;
    }

    template <class Each>
    void each(const std::string& columns, const std::string& table, const std::string& order,
              Each read_one) {
        at_ = families_.begin();
        for_each_row(work_,
                     "SELECT " + columns + " FROM " + table + condition_ + " ORDER BY " + order,
                     read_one);
    }

    void read_heads() {
        std::string condition = condition_;
        if (const auto at = condition.find("family"); at != std::string::npos)
            condition.replace(at, 6, "id");
        for_each_row(work_,
                     "SELECT id, version, postcode, postcode_since, postcode_before, "
                     "residence_confirmed::int FROM family" +
                         condition + " ORDER BY id",
                     [&](const pqxx::row& row) {
                         family_row f;
                         f.id = {packed_number<std::uint64_t>(row[0])};
                         f.version = packed_number<std::uint64_t>(row[1]);
                         f.home.postcode = text_in(row[2]);
                         f.home.since = packed_instant(row[3]);
                         f.home.before = text_in(row[4]);
                         f.home.confirmed = packed_number<int>(row[5]) != 0;
                         families_.push_back(std::move(f));
                     });
    }

    void read_parents() {
        each("family, id, wrapped_key, file, registered_at, email_confirmed::int", "parent",
             "family, id", [&](const pqxx::row& row) {
                 if (row[2].is_null()) return;  // erased
                 parent_row p;
                 p.id = {packed_number<std::uint64_t>(row[1])};
                 const sealed_record record = record_of(p.id);
                 read_file(p,
                           opened(key_.unwrap(record, text_in(row[2])), record, text_in(row[3])));
                 p.registered_at = packed_time(row[4]);
                 p.email_confirmed = packed_number<int>(row[5]) != 0;
                 family_in(row[0]).parents.push_back(std::move(p));
             });
    }

    void read_children() {
        each(
            "family, id, wrapped_key, file, birth_date - date '1970-01-01', site, school_year, "
            "sheet_validated_at, sheet_draft_at, invoiceable_parent",
            "child", "family, id", [&](const pqxx::row& row) {
                if (row[2].is_null()) return;  // erased
                child_row c;
                c.id = {packed_number<std::uint64_t>(row[1])};
                const sealed_record record = record_of(c.id);
                const json::object file =
                    opened(key_.unwrap(record, text_in(row[2])), record, text_in(row[3]));
                c.given_name = text_of(file, "given_name");
                c.family_name = text_of(file, "family_name");
                c.niss = niss_of(file);
                c.birth_date = std::chrono::sys_days{std::chrono::days{packed_number<int>(row[4])}};
                if (!row[5].is_null()) c.site = text_in(row[5]);
                if (!row[6].is_null()) c.school_year = text_in(row[6]);
                c.sheet_validated_at = packed_time(row[7]);
                c.sheet_draft_at = packed_time(row[8]);
                if (!row[9].is_null())
                    c.invoiceable_parent = actor_id{packed_number<std::uint64_t>(row[9])};
                family_in(row[0]).children.push_back(std::move(c));
            });
    }

    void read_attached() {
        each("family, child, parent, (SELECT c.family FROM child c WHERE c.id = child) AS owner",
             "attachment", "family, child", [&](const pqxx::row& row) {
                 family_in(row[0]).attached.push_back({{packed_number<std::uint64_t>(row[1])},
                                                       {packed_number<std::uint64_t>(row[3])},
                                                       {packed_number<std::uint64_t>(row[2])}});
             });
    }

    void read_requests() {
        each(
            "family, id, kind, parent, child, state, made_at, note, "
            "(SELECT p.wrapped_key FROM parent p WHERE p.id = parent) AS own_key, hold, answer",
            "family_request", "family, id", [&](const pqxx::row& row) {
                request_row r;
                r.family = {packed_number<std::uint64_t>(row[0])};
                r.id = {packed_number<std::uint64_t>(row[1])};
                r.kind = static_cast<request_kind>(packed_number<std::uint8_t>(row[2]));
                r.parent = {packed_number<std::uint64_t>(row[3])};
                if (!row[4].is_null()) r.child = child_id{packed_number<std::uint64_t>(row[4])};
                r.state = static_cast<request_state>(packed_number<std::uint8_t>(row[5]));
                r.made_at = packed_instant(row[6]);
                if (!row[8].is_null()) {
                    const auto own = key_.unwrap(record_of(r.parent), text_in(row[8]));
                    r.note = opened_text(own, record_of(r.parent).part(part_note), row[7]);
                    r.answer = opened_text(own, record_of(r.parent).part(part_answer), row[10]);
                }
                if (!row[9].is_null()) r.hold = hold_id{packed_number<std::uint64_t>(row[9])};
                family_in(row[0]).requests.push_back(std::move(r));
            });
    }

    static std::string opened_text(const std::optional<secret_key>& key, const std::string& as,
                                   const pqxx::field& sealed) {
        if (!key || sealed.is_null()) return {};
        return open_sealed(*key, as, text_in(sealed)).value_or("");
    }

    // Requests of other families about a child of this one, without their notes.
    void read_asked() {
        std::string condition = condition_;
        if (const auto at = condition.find("family"); at != std::string::npos)
            condition.replace(0, at, " AND c.");
        at_ = families_.begin();
        for_each_row(
            work_,
            "SELECT c.family, r.id, r.kind, r.family, r.parent, r.child, r.made_at, r.hold "
            "FROM family_request r JOIN child c ON c.id = r.child "
            "WHERE r.state = 0 AND r.kind IN (1, 4) AND r.family <> c.family" +
                condition + " ORDER BY c.family, r.id",
            [&](const pqxx::row& row) {
                request_row r;
                r.id = {packed_number<std::uint64_t>(row[1])};
                r.kind = static_cast<request_kind>(packed_number<std::uint8_t>(row[2]));
                r.family = {packed_number<std::uint64_t>(row[3])};
                r.parent = {packed_number<std::uint64_t>(row[4])};
                r.child = child_id{packed_number<std::uint64_t>(row[5])};
                r.made_at = packed_instant(row[6]);
                if (!row[7].is_null()) r.hold = hold_id{packed_number<std::uint64_t>(row[7])};
                family_in(row[0]).asked_of.push_back(std::move(r));
            });
    }

    pqxx::transaction_base& work_;
    const master_key& key_;
    const std::string condition_;
    std::vector<family_row> families_;
    std::vector<family_row>::iterator at_;
};

}  // namespace

void write_families(pg_connection& connection, const master_key& key,
                    std::span<const family_row> families) {
    as_database_error([&] {
        pqxx::work work(connection.raw().session);
        while (!families.empty()) {
            const std::size_t some = std::min(families.size(), families_a_statement);
            write_some(work, key, families.first(some));
            families = families.subspan(some);
        }
        work.commit();
    });
}

std::vector<family_row> load_families(pg_connection& connection, const master_key& key) {
    return as_database_error([&] {
        pqxx::work work(connection.raw().session);
        begin_snapshot(work);
        return family_reader{work, key, ""}.read();
    });
}

std::optional<family_row> load_family(worker_transaction& work, const master_key& key,
                                      family_id family) {
    return as_database_error([&]() -> std::optional<family_row> {
        auto found =
            family_reader{work.raw(), key, " WHERE family = " + bigint_text(family.value)}.read();
        if (found.empty()) return std::nullopt;
        return std::move(found.front());
    });
}

std::uint64_t count_families(pg_connection& connection) {
    return as_database_error([&] {
        pqxx::nontransaction work(connection.raw().session);
        const pqxx::result rows = work.exec("SELECT count(*) FROM family");
        return number_in<std::uint64_t>(rows[0][0]);
    });
}

std::vector<family_id> changed_families(pg_connection& connection) {
    return as_database_error([&] {
        std::vector<family_id> changed;
        pqxx::nontransaction work(connection.raw().session);
        for (const auto& row : work.exec("SELECT id FROM family WHERE version > 1 ORDER BY id"))
            changed.push_back({number_in<std::uint64_t>(row[0])});
        return changed;
    });
}

std::optional<std::uint64_t> lock_family(worker_transaction& work, family_id family) {
    const pqxx::result rows = work.raw().exec_params(
        "SELECT version FROM family WHERE id = $1 FOR UPDATE", bigint_text(family.value));
    if (rows.empty()) return std::nullopt;
    return number_in<std::uint64_t>(rows[0][0]);
}

void raise_family_version(worker_transaction& work, family_id family) {
    work.raw().exec_params("UPDATE family SET version = version + 1 WHERE id = $1",
                           bigint_text(family.value));
}

family_id new_family(worker_transaction& work) {
    const pqxx::result rows = work.raw().exec(
        "INSERT INTO family (id, postcode) VALUES (nextval('family_number'), '') RETURNING id");
    return {number_in<std::uint64_t>(rows[0][0])};
}

child_id new_child_id(worker_transaction& work) {
    return {number_in<std::uint64_t>(work.raw().exec("SELECT nextval('child_number')")[0][0])};
}

void insert_parent(worker_transaction& work, const master_key& key, family_id family,
                   const parent_row& parent) {
    parents_of_statement one;
    one.add(key, family, parent);
    one.insert(work.raw());
}

void update_parent(worker_transaction& work, const master_key& key, const parent_row& parent) {
    const auto own = record_key_of(work, key, record_of(parent.id));
    if (!own) throw database_error("a parent is not there");
    work.raw().exec_params(
        update_parent_file, bigint_text(parent.id.value),
        bytea_text(seal(*own, record_of(parent.id).part(part_file), file_of(parent))),
        hash_of(key, parent.niss).get(), time_or_null(parent.registered_at).get(),
        parent.email_confirmed ? "true" : "false");
}

void insert_child(worker_transaction& work, const master_key& key, family_id family,
                  const child_row& child) {
    children_of_statement one;
    one.add(key, family, child);
    one.insert(work.raw());
}

void update_child(worker_transaction& work, const master_key& key, const child_row& child) {
    const auto own = record_key_of(work, key, record_of(child.id));
    if (!own) throw database_error("a child is not there");
    work.raw().exec_params(
        update_child_file, bigint_text(child.id.value), day_text(child.birth_date),
        bytea_text(seal(*own, record_of(child.id).part(part_file), file_of(child))),
        hash_of(key, child.niss).get(), text_or_null(child.site).get(),
        text_or_null(child.school_year).get());
}

void delete_child(worker_transaction& work, child_id child) {
    work.raw().exec_params("DELETE FROM child WHERE id = $1", bigint_text(child.value));
}

void update_residence(worker_transaction& work, family_id family, const residence& home) {
    work.raw().exec_params(
        "UPDATE family SET postcode = $2, postcode_since = $3, postcode_before = $4, "
        "residence_confirmed = $5::boolean WHERE id = $1",
        bigint_text(family.value), home.postcode, bigint_text(home.since), home.before,
        home.confirmed ? "true" : "false");
}

void move_child(worker_transaction& work, child_id child, family_id family, actor_id invoiceable) {
    work.raw().exec_params("UPDATE child SET family = $2, invoiceable_parent = $3 WHERE id = $1",
                           bigint_text(child.value), bigint_text(family.value),
                           bigint_text(invoiceable.value));
}

void set_invoiceable(worker_transaction& work, child_id child, std::optional<actor_id> parent) {
    work.raw().exec_params("UPDATE child SET invoiceable_parent = $2 WHERE id = $1",
                           bigint_text(child.value),
                           (parent ? nullable{bigint_text(parent->value)} : nullable{}).get());
}

void set_sheet_dates(worker_transaction& work, child_id child, std::optional<instant> validated_at,
                     std::optional<instant> draft_at) {
    work.raw().exec_params(
        "UPDATE child SET sheet_validated_at = coalesce($2, sheet_validated_at), "
        "sheet_draft_at = coalesce($3, sheet_draft_at) WHERE id = $1",
        bigint_text(child.value), time_or_null(validated_at).get(), time_or_null(draft_at).get());
}

std::optional<secret_key> record_key_of(worker_transaction& work, const master_key& key,
                                        const sealed_record& record) {
    const char* const query = record.kind == record_kind_sealed::parent
                                  ? "SELECT wrapped_key FROM parent WHERE id = $1"
                                  : "SELECT wrapped_key FROM child WHERE id = $1";
    const pqxx::result rows = work.raw().exec_params(query, bigint_text(record.id));
    if (rows.empty() || rows[0][0].is_null()) return std::nullopt;
    return key.unwrap(record, bytes_in(rows[0][0]));
}

std::optional<found_parent> find_parent(worker_transaction& work, const master_key& key,
                                        const niss& number_of_parent) {
    const pqxx::result rows = work.raw().exec_params(
        "SELECT id, family, (registered_at IS NOT NULL)::int FROM parent "
        "WHERE niss_hash = $1::bytea",
        bytea_text(key.niss_hash(number_of_parent)));
    if (rows.empty()) return std::nullopt;
    return found_parent{{number_in<std::uint64_t>(rows[0][0])},
                        {number_in<std::uint64_t>(rows[0][1])},
                        number_in<int>(rows[0][2]) != 0};
}

std::optional<found_child> find_child(worker_transaction& work, const master_key& key,
                                      const niss& number_of_child) {
    const pqxx::result rows = work.raw().exec_params(
        "SELECT id, family, birth_date - date '1970-01-01', invoiceable_parent FROM child "
        "WHERE niss_hash = $1::bytea",
        bytea_text(key.niss_hash(number_of_child)));
    if (rows.empty()) return std::nullopt;
    found_child found;
    found.id = {number_in<std::uint64_t>(rows[0][0])};
    found.family = {number_in<std::uint64_t>(rows[0][1])};
    found.birth_date = std::chrono::sys_days{std::chrono::days{number_in<int>(rows[0][2])}};
    if (!rows[0][3].is_null())
        found.invoiceable_parent = actor_id{number_in<std::uint64_t>(rows[0][3])};
    return found;
}

bool master_key_fits(pg_connection& connection, const master_key* key) {
    return as_database_error([&] {
        pqxx::work work(connection.raw().session);
        const bool sealed_once =
            !work.exec(
                     "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('instance') "
                     "AND attname = 'master_key_fingerprint' AND NOT attisdropped")
                 .empty();
        if (!sealed_once) return true;
        const pqxx::result rows = work.exec("SELECT master_key_fingerprint FROM instance");
        if (rows.empty() || rows[0][0].is_null()) return true;
        return key != nullptr && bytes_in(rows[0][0]) == key->fingerprint();
    });
}

bool check_master_key(pg_connection& connection, const master_key& key) {
    return as_database_error([&] {
        pqxx::work work(connection.raw().session);
        const std::string print = key.fingerprint();
        work.exec_params(
            "UPDATE instance SET master_key_fingerprint = coalesce(master_key_fingerprint, "
            "$1::bytea)",
            bytea_text(print));
        const pqxx::result rows = work.exec("SELECT master_key_fingerprint FROM instance");
        ensure(rows.size() == 1, "the instance has its secret");
        const bool same = bytes_in(rows[0][0]) == print;
        if (same) work.commit();
        return same;
    });
}

}  // namespace campgate
