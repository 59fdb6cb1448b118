// The key that makes a repeated change recognisable, where a route requires one.
#include "server/handlers/handlers.hpp"
#include "server/idempotency_key.hpp"

namespace campgate::server {

result<bits128, http_response> required_key(const request_context& c) {
    if (c.request.fields.idempotency_key.empty())
        return c.refuse(header_problem(problem_kind::missing_header, "Idempotency-Key"));
    const auto key = parse_idempotency_key(c.request.fields.idempotency_key);
    if (!key) return c.refuse(header_problem(problem_kind::invalid_header, "Idempotency-Key"));
    return *key;
}

}  // namespace campgate::server
