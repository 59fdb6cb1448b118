// Family files: families, parents, children, who is attached to whom, what is asked of whom. All
// that names or finds a person is sealed under the record's own key (persistence/sealing): names
// too, because a copy of the tables must tell nobody whose children these are. Opened here, shown
// to the family and the staff, never logged. Called by workers and at start; every function throws
// database_error. Thread safety: that of the transaction or connection.
#pragma once

#include "core/ids.hpp"
#include "core/niss.hpp"
#include "core/residence.hpp"
#include "persistence/pg_connection.hpp"
#include "persistence/sealing.hpp"
#include "persistence/worker_database.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace campgate {

using request_id = strong<std::uint64_t, struct request_tag>;

struct postal_address {
    std::string street, number, box;
    std::string postcode;
    std::string city;
    std::string country;  ///< ISO 3166, e.g. "BE"
    friend bool operator==(const postal_address&, const postal_address&) = default;
};

struct parent_row {
    actor_id id;
    std::string given_name;
    std::string family_name;
    std::optional<campgate::niss> niss;
    std::optional<std::chrono::sys_days> birth_date;
    std::optional<postal_address> address;
    std::string phone;
    std::string email;
    std::string language = "fr";
    bool email_confirmed = false;
    std::optional<instant> registered_at;  ///< S9
    friend bool operator==(const parent_row&, const parent_row&) = default;
};

struct child_row {
    child_id id;
    std::string given_name;
    std::string family_name;
    std::chrono::sys_days birth_date;
    std::optional<campgate::niss> niss;
    std::string site;                            ///< a code of the season's sites, or empty
    std::string school_year;                     ///< or empty
    std::optional<instant> sheet_validated_at;   ///< last validation of the health sheet (S15)
    std::optional<instant> sheet_draft_at;       ///< when its draft was last kept
    std::optional<actor_id> invoiceable_parent;  ///< R9
    friend bool operator==(const child_row&, const child_row&) = default;
};

/// A child of another family that a parent of this one sees and acts on (R10).
struct attached_child {
    child_id child;
    family_id family;  ///< the child's own
    actor_id parent;
    friend bool operator==(const attached_child&, const attached_child&) = default;
};

enum class request_kind : std::uint8_t {
    attach = 1,
    change_invoiceable = 2,
    residence = 3,
    cancellation = 4,  ///< of a booking (S30)
};
enum class request_state : std::uint8_t { pending = 0, accepted = 1, refused = 2 };

struct request_row {
    request_id id;
    request_kind kind{};
    family_id family;  ///< who asks
    actor_id parent;
    std::optional<child_id> child;
    std::string note;
    request_state state{};
    instant made_at;
    std::optional<hold_id> hold{};      ///< of a cancellation: the booking
    std::string answer{};               ///< what the staff say to whoever asked
    std::optional<bits128> document{};  ///< that goes with it; not in family_row
    friend bool operator==(const request_row&, const request_row&) = default;
};

struct family_row {
    family_id id;
    std::uint64_t version = 1;
    residence home;
    std::vector<parent_row> parents;       ///< ascending id
    std::vector<child_row> children;       ///< ascending id
    std::vector<attached_child> attached;  ///< ascending child
    std::vector<request_row> requests;     ///< its own, ascending id
    std::vector<request_row> asked_of;     ///< of others, about its children, while undecided:
                                           ///< attach and cancellation
    friend bool operator==(const family_row&, const family_row&) = default;
};

/// Writes the families whole, with their parents and children, in one transaction; those that are
/// there already are replaced, attachments and requests with them.
void write_families(pg_connection& connection, const master_key& key,
                    std::span<const family_row> families);

/// Every family, ascending id. Erased parents and children are left out.
std::vector<family_row> load_families(pg_connection& connection, const master_key& key);

/// One family as the transaction sees it, or nothing.
std::optional<family_row> load_family(worker_transaction& work, const master_key& key,
                                      family_id family);

std::uint64_t count_families(pg_connection& connection);

/// Ids of the families that have changed since they were written whole.
std::vector<family_id> changed_families(pg_connection& connection);

/// Locks the family's row until the transaction ends; its version, or nothing when there is none.
std::optional<std::uint64_t> lock_family(worker_transaction& work, family_id family);
void raise_family_version(worker_transaction& work, family_id family);

// ---- changes, inside family_files::change
family_id new_family(worker_transaction& work);  ///< the row, empty, with version 1
child_id new_child_id(worker_transaction& work);
/// Adds a parent with a record key of its own; its id is the family's (one parent a family).
void insert_parent(worker_transaction& work, const master_key& key, family_id family,
                   const parent_row& parent);
/// Replaces all of a parent's file but its ids and keys.
void update_parent(worker_transaction& work, const master_key& key, const parent_row& parent);
void insert_child(worker_transaction& work, const master_key& key, family_id family,
                  const child_row& child);
/// Replaces a child's file; sheet dates and the invoiceable parent stay as they are.
void update_child(worker_transaction& work, const master_key& key, const child_row& child);
void delete_child(worker_transaction& work, child_id child);
void update_residence(worker_transaction& work, family_id family, const residence& home);
/// The child goes over to another family, whose parent is invoiceable from now on (R10).
void move_child(worker_transaction& work, child_id child, family_id family, actor_id invoiceable);
void set_invoiceable(worker_transaction& work, child_id child, std::optional<actor_id> parent);
/// The dates of a child's health sheet; nothing leaves a date as it is.
void set_sheet_dates(worker_transaction& work, child_id child, std::optional<instant> validated_at,
                     std::optional<instant> draft_at);

/// The key that a record's other parts are sealed under; nothing when it is erased or not there.
std::optional<secret_key> record_key_of(worker_transaction& work, const master_key& key,
                                        const sealed_record& record);

// ---- finding by national register number
struct found_parent {
    actor_id id;
    family_id family;
    bool registered = false;
};
struct found_child {
    child_id id;
    family_id family;
    std::chrono::sys_days birth_date;
    std::optional<actor_id> invoiceable_parent;
};
std::optional<found_parent> find_parent(worker_transaction& work, const master_key& key,
                                        const niss& number);
std::optional<found_child> find_child(worker_transaction& work, const master_key& key,
                                      const niss& number);

/// Whether a key (null: none) can open what a database has, if it has anything sealed; changes
/// nothing, and may be asked before the database is ours or has this program's schema.
bool master_key_fits(pg_connection& connection, const master_key* key);

/// Whether the stored fingerprint is this key's; stores it when there is none yet.
bool check_master_key(pg_connection& connection, const master_key& key);

}  // namespace campgate
