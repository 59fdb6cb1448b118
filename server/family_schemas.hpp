// The bodies of requests about family files, read strictly: shapes, national numbers, dates,
// addresses. Whether a child or a site exists is the handler's question. Thread safety: any thread.
#pragma once

#include "core/ids.hpp"
#include "core/niss.hpp"
#include "persistence/family_store.hpp"
#include "server/json_reader.hpp"
#include "server/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::server {

/// {"address":{"street","number","box"|null,"postcode","city","country"},"phone","email","language"}
/// (S7); an e-mail may be null.
struct profile_request {
    postal_address address;
    std::string phone;
    std::string email;
    std::string language;
};

/// {"given_name","family_name","birth_date","niss"|null,"site"|null,"school_year"|null} (S12).
/// Site and school year are of the season's lists, birth dates not after `today`.
struct child_request {
    std::string given_name;
    std::string family_name;
    std::chrono::sys_days birth_date;
    std::optional<campgate::niss> niss;
    std::string site;
    std::string school_year;
};

/// {"niss","birth_date"} (R10)
struct attachment_request {
    campgate::niss niss;
    std::chrono::sys_days birth_date;
};

/// {"accept":true,"note":"…"|null,"percent":0…100}; note and percent may be absent.
struct decision_request {
    bool accept = false;
    std::string note;
    std::optional<std::uint32_t> percent;  ///< of a cancellation: instead of the organiser's rules
};

/// {"motive":"…","document":"…"|null} (S30)
struct cancellation_request {
    std::string motive;
    std::optional<bits128> document;
};

/// {"q":"…","page":0}; the page may be absent.
struct search_request {
    std::string text;
    std::uint64_t page = 0;
};

/// {"families":[1,2]} or {"all":true}; empty: all.
struct reminder_request {
    std::vector<family_id> families;
};

result<profile_request, json_fault> read_profile_request(std::string_view body);
result<child_request, json_fault> read_child_request(std::string_view body, const season* s,
                                                     std::chrono::sys_days today);
result<attachment_request, json_fault> read_attachment_request(std::string_view body);
result<decision_request, json_fault> read_decision_request(std::string_view body);
result<cancellation_request, json_fault> read_cancellation_request(std::string_view body);
result<search_request, json_fault> read_search_request(std::string_view body);
result<bool, json_fault> read_accept_request(std::string_view body);        ///< {"accept":true}
result<std::string, json_fault> read_note_request(std::string_view body);   ///< {"note":"…"|null}
result<std::string, json_fault> read_token_request(std::string_view body);  ///< {"token":"…"}
result<reminder_request, json_fault> read_reminder_request(std::string_view body);
/// {}, and nothing else.
std::optional<json_fault> fault_of_empty_request(std::string_view body);

}  // namespace campgate::server
