#include "persistence/family_store.hpp"

#include "core/ensure.hpp"
#include "persistence/table_reader.hpp"

#include <algorithm>

namespace campgate {
namespace {

constexpr std::size_t families_a_statement = 2'000;

// Text travels as hex: array literals then never need quoting.
constexpr const char* insert_families = R"sql(
INSERT INTO family (id, postcode, version)
SELECT i, convert_from(decode(p, 'hex'), 'UTF8'), v
  FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS x(i, p, v))sql";

constexpr const char* insert_parents = R"sql(
INSERT INTO parent (id, family, given_name, family_name)
SELECT i, f, convert_from(decode(g, 'hex'), 'UTF8'), convert_from(decode(n, 'hex'), 'UTF8')
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS x(i, f, g, n))sql";

constexpr const char* insert_children = R"sql(
INSERT INTO child (id, family, given_name, birth_date, charged_as, sheet_validated_at,
                   invoiceable_parent)
SELECT i, f, convert_from(decode(g, 'hex'), 'UTF8'), date '1970-01-01' + b, c, s, p
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::integer[], $5::smallint[], $6::bigint[],
              $7::bigint[]) AS x(i, f, g, b, c, s, p))sql";

void write_some(pqxx::transaction_base& work, std::span<const family_row> families) {
    array_text f_id, f_postcode, f_version;
    array_text p_id, p_family, p_given, p_name;
    array_text c_id, c_family, c_given, c_birth, c_class, c_sheet, c_invoiceable;
    for (const family_row& f : families) {
        f_id.number(f.id.value);
        f_postcode.hex(f.postcode);
        f_version.number(f.version);
        for (const parent_row& p : f.parents) {
            p_id.number(p.id.value);
            p_family.number(f.id.value);
            p_given.hex(p.given_name);
            p_name.hex(p.family_name);
        }
        for (const child_row& c : f.children) {
            c_id.number(c.id.value);
            c_family.number(f.id.value);
            c_given.hex(c.given_name);
            c_birth.number(std::int64_t{c.birth_date.time_since_epoch().count()});
            c_class.number(std::int64_t{static_cast<std::uint8_t>(c.charged_as)});
            if (c.sheet_validated_at) {
                c_sheet.time(*c.sheet_validated_at);
            } else {
                c_sheet.null();
            }
            if (c.invoiceable_parent) {
                c_invoiceable.number(c.invoiceable_parent->value);
            } else {
                c_invoiceable.null();
            }
        }
    }
    work.exec_params("DELETE FROM family WHERE id = ANY ($1::bigint[])", f_id.done());
    work.exec_params(insert_families, f_id.done(), f_postcode.done(), f_version.done());
    work.exec_params(insert_parents, p_id.done(), p_family.done(), p_given.done(), p_name.done());
    work.exec_params(insert_children, c_id.done(), c_family.done(), c_given.done(), c_birth.done(),
                     c_class.done(), c_sheet.done(), c_invoiceable.done());
}

}  // namespace

void write_families(pg_connection& connection, std::span<const family_row> families) {
    as_database_error([&] {
        pqxx::work work(connection.raw().session);
        while (!families.empty()) {
            const std::size_t some = std::min(families.size(), families_a_statement);
            write_some(work, families.first(some));
            families = families.subspan(some);
        }
        work.commit();
    });
}

std::vector<family_row> load_families(pg_connection& connection) {
    return as_database_error([&] {
        std::vector<family_row> families;
        pqxx::work work(connection.raw().session);
        begin_snapshot(work);
        for_each_row(work, "SELECT id, postcode, version FROM family ORDER BY id",
                     [&](const pqxx::row& row) {
                         families.push_back({{packed_number<std::uint64_t>(row[0])},
                                             std::string(text_in(row[1])),
                                             packed_number<std::uint64_t>(row[2]),
                                             {},
                                             {}});
                     });
        // The others come in the order of their family, too: one walk along the list each.
        auto at = families.begin();
        const auto family_in = [&](const pqxx::field& f) -> family_row& {
            const family_id id{packed_number<std::uint64_t>(f)};
            while (at != families.end() && at->id < id) ++at;
            ensure(at != families.end() && at->id == id, "a parent or child has its family");
            return *at;
        };
        for_each_row(
            work, "SELECT family, id, given_name, family_name FROM parent ORDER BY family, id",
            [&](const pqxx::row& row) {
                family_in(row[0]).parents.push_back({{packed_number<std::uint64_t>(row[1])},
                                                     std::string(text_in(row[2])),
                                                     std::string(text_in(row[3]))});
            });
        at = families.begin();
        for_each_row(
            work,
            "SELECT family, id, given_name, birth_date - date '1970-01-01', charged_as, "
            "sheet_validated_at, invoiceable_parent FROM child ORDER BY family, id",
            [&](const pqxx::row& row) {
                child_row c;
                c.id = {packed_number<std::uint64_t>(row[1])};
                c.given_name = text_in(row[2]);
                c.birth_date = std::chrono::sys_days{std::chrono::days{packed_number<int>(row[3])}};
                c.charged_as = static_cast<price_class>(packed_number<std::uint8_t>(row[4]));
                if (!row[5].is_null()) c.sheet_validated_at = packed_instant(row[5]);
                if (!row[6].is_null()) {
                    c.invoiceable_parent = actor_id{packed_number<std::uint64_t>(row[6])};
                }
                family_in(row[0]).children.push_back(std::move(c));
            });
        return families;
    });
}

std::uint64_t count_families(pg_connection& connection) {
    return as_database_error([&] {
        pqxx::nontransaction work(connection.raw().session);
        const pqxx::result rows = work.exec("SELECT count(*) FROM family");
        return number_in<std::uint64_t>(rows[0][0]);
    });
}

}  // namespace campgate
