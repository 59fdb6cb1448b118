#include "bench/bare_texts.hpp"

#include "server/time_text.hpp"

#include <chrono>

namespace campgate::bench {

namespace {

constexpr std::uint32_t seats_of_a_week = 1'000;

std::string season_text(std::uint32_t weeks) {
    const std::string now = server::rfc3339(
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
    std::string out =
        R"({"version":1,"sequence":1,"organiser":{"name":"bench","address":"","email":""},)"
        R"("name":{"fr":"bench","nl":"bench","de":"bench","en":"bench"},)"
        R"("demo":true,"hold_seconds":259200,)"
        R"("limits":{"weeks_per_child":53,"holds_per_family":32},"server_time":")";
    out += now;
    out +=
        R"(","camps":[{"id":1,"code":"all","ages":{"from_months":0,"below_months":240}}],"weeks":[)";
    for (std::uint32_t id = 1; id <= weeks; ++id) {
        if (id > 1) out += ',';
        const std::uint32_t week = 1 + (id - 1) % 52;
        out += R"({"id":)" + std::to_string(id) + R"(,"camp":1,"iso_week":"2027-W)" +
               (week < 10 ? "0" : "") + std::to_string(week) +
               R"(","first_day":"2027-07-05","opens_at":"2026-01-01T00:00:00Z",)"
               R"("residents_opens_at":null,"capacity":)" +
               std::to_string(seats_of_a_week) + '}';
    }
    return out + "]}";
}

std::string availability_text(std::uint32_t weeks) {
    std::string out = R"({"sequence":1,"weeks":[)";
    for (std::uint32_t id = 1; id <= weeks; ++id) {
        if (id > 1) out += ',';
        out += '[' + std::to_string(id) + ',' + std::to_string(seats_of_a_week) + ']';
    }
    return out + "]}";
}

// Any child may have any week: campgate-rush spreads its families over them itself.
std::string me_text(std::string_view family, std::uint32_t weeks) {
    std::string out = R"({"family":)";
    out.append(family).append(R"(,"csrf":"csrf","children":[{"id":)").append(family);
    out += R"(,"birth_date":"2018-05-02",)"
           R"("class":"resident","sheet":"valid","invoiceable":true,"weeks":[)";
    for (std::uint32_t id = 1; id <= weeks; ++id) {
        if (id > 1) out += ',';
        out += R"({"week":)" + std::to_string(id) + R"(,"reason":null})";
    }
    return out + "]}]}";
}

}  // namespace

std::string entrance_answer(std::string_view target, std::string_view cookie, std::string_view body,
                            std::uint32_t weeks) {
    if (target == "/api/v1/season") return answer_text(200, season_text(weeks));
    if (target == "/api/v1/weeks") return answer_text(200, availability_text(weeks));
    if (target == "/api/v1/me")
        return answer_text(200, me_text(cookie.substr(cookie.find('=') + 1), weeks));
    if (target == "/api/v1/demo/login") {
        // {"family":N}
        const std::size_t colon = body.find(':');
        const std::string family{body.substr(colon + 1, body.rfind('}') - colon - 1)};
        std::string answer = answer_text(200, R"({"family":)" + family + R"(,"csrf":"csrf"})");
        answer.insert(answer.find("\r\n") + 2, "Set-Cookie: family=" + family + "; Path=/\r\n");
        return answer;
    }
    return answer_text(404, R"({"type":"urn:campgate:problem:not_found"})", true);
}

std::string answer_text(int status, std::string_view body, bool problem) {
    std::string out = "HTTP/1.1 " + std::to_string(status);
    out += status == 200   ? " OK"
           : status == 201 ? " Created"
           : status == 204 ? " No Content"
           : status == 409 ? " Conflict"
           : status == 503 ? " Service Unavailable"
                           : " Not Found";
    out += "\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT";
    if (status != 204) {
        out += "\r\nContent-Length: " + std::to_string(body.size());
        out += problem ? "\r\nContent-Type: application/problem+json"
                       : "\r\nContent-Type: application/json";
    }
    out += "\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\r\n";
    return out.append(body);
}

std::string placed_text(std::uint64_t sequence, std::string_view hold, std::uint32_t week,
                        std::uint64_t child, std::uint32_t seat) {
    std::string out = R"({"sequence":)" + std::to_string(sequence) + R"(,"placed":[{"hold":")";
    out += hold;
    out += R"(","week":)" + std::to_string(week) + R"(,"child":)" + std::to_string(child) +
           R"(,"seat":)" + std::to_string(seat) +
           R"(,"deadline":"2027-03-23T09:00:00.000000Z"}],"refused":[]})";
    return out;
}

std::string refused_text(std::uint64_t sequence, std::uint32_t week, std::uint64_t child) {
    return R"({"type":"urn:campgate:problem:nothing_placed","title":"Aucune place obtenue",)"
           R"("status":409,"detail":"Aucune des places demandées n'a pu être obtenue.",)"
           R"("instance":"/api/v1/holds","sequence":)" +
           std::to_string(sequence) + R"(,"refused":[{"week":)" + std::to_string(week) +
           R"(,"child":)" + std::to_string(child) + R"(,"reason":"sold_out"}]})";
}

}  // namespace campgate::bench
