// The gate of every request's head: however its bytes arrive, it ends at one place; what is let
// through says one thing to every reader, shown by a second, naive one; and said again it is the
// same.
#include "server/http_gate.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace campgate;
using namespace campgate::server;
using campgate::fuzz::exact_bytes;

namespace {

constexpr std::uint64_t target_limit = 2048;

// Byte by byte, as from a slow client.
head_span find_slowly(std::string_view received) {
    std::size_t checked = 0;
    for (std::size_t size = 0; size <= received.size(); ++size) {
        const head_span found = find_head(received.substr(0, size), checked);
        ensure(checked <= size, "what is not there yet is not checked");
        if (found.is != head_span::state::incomplete) return found;
    }
    return {};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// As another reader of the stream would see the fields: a name, a colon, a value.
std::vector<std::pair<std::string, std::string>> fields_of(std::string_view head) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
        const std::size_t end = head.find("\r\n", at);
        const std::string_view line = head.substr(at, end - at);
        const std::size_t colon = line.find(':');
        ensure(colon != std::string_view::npos, "every line is a field");
        std::string name{line.substr(0, colon)};
        std::ranges::transform(name, name.begin(), lower);
        std::string_view value = line.substr(colon + 1);
        const std::size_t first = value.find_first_not_of(" \t");
        value = first == std::string_view::npos ? std::string_view{} : value.substr(first);
        value = value.substr(0, value.find_last_not_of(" \t") + 1);
        fields.emplace_back(std::move(name), value);
        at = end + 2;
    }
    return fields;
}

// Nothing in a head but printable characters, tabs, and whole line ends.
void check_characters(std::string_view head) {
    for (std::size_t i = 0; i < head.size(); ++i) {
        const auto c = static_cast<unsigned char>(head[i]);
        if (c == '\r') ensure(i + 1 < head.size() && head[i + 1] == '\n', "no bare CR");
        if (c == '\n') ensure(i > 0 && head[i - 1] == '\r', "no bare LF");
        ensure(c >= 0x20 || c == '\r' || c == '\n' || c == '\t', "no control character");
        ensure(c != 0x7f, "no DEL");
    }
}

void check_framing(const http_head& head, std::string_view bytes) {
    std::optional<std::string> length;
    std::size_t hosts = 0;
    for (const auto& [name, value] : fields_of(bytes)) {
        ensure(!name.empty(), "a field has a name");
        for (const char c : name) ensure(c > 0x20 && c < 0x7f, "a name is a token");
        ensure(name != "transfer-encoding", "nothing is let through that is not counted in bytes");
        if (name == "host") ++hosts;
        if (name != "content-length") continue;
        ensure(!length, "one length");
        length = value;
    }
    ensure(length.has_value() == head.has_content_length, "the length is seen");
    if (length) ensure(*length == std::to_string(head.content_length), "as digits alone");
    ensure(hosts <= 1, "one host");
    ensure(hosts == 1 || head.message.version() == 10, "a host");
    ensure(!head.expects_continue || head.message.version() == 11, "only 1.1 knows 100");
}

std::string said_again(const http_head& head) {
    const auto& m = head.message;
    std::string text = std::string{m.method_string()} + " " + std::string{m.target()} +
                       (m.version() == 11 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (const auto& field : m) {
        text += std::string{field.name_string()} + ": " + std::string{field.value()} + "\r\n";
    }
    return text + "\r\n";
}

void check_same(const http_head& a, const http_head& b) {
    ensure(a.message.target() == b.message.target(), "the same target");
    ensure(a.method == b.method, "the same method");
    ensure(a.content_length == b.content_length, "the same length");
    ensure(a.has_content_length == b.has_content_length, "a length in both");
    ensure(a.keep_alive == b.keep_alive, "the same end");
    ensure(a.expects_continue == b.expects_continue, "the same expectation");
    ensure(a.wants_websocket == b.wants_websocket, "the same upgrade");
    ensure(said_again(a) == said_again(b), "the same fields");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view received = fuzz::text_of(data, size);
    std::size_t checked = 0;
    const head_span found = find_head(received, checked);
    const head_span slowly = find_slowly(received);
    ensure(found.is == slowly.is, "the same however it arrives");
    ensure(found.bytes == slowly.bytes, "the same end however it arrives");
    if (found.is != head_span::state::complete) return 0;
    ensure(found.bytes <= size && received.substr(0, found.bytes).ends_with("\r\n\r\n"),
           "it ends with its empty line");
    ensure(received.find("\r\n\r\n") + 4 == found.bytes, "with the first one");

    const exact_bytes bytes{received.substr(0, found.bytes)};
    check_characters(bytes.view());
    const auto read = read_head(bytes.view(), target_limit);
    const auto* head = std::get_if<http_head>(&read);
    if (head == nullptr) return 0;
    ensure(head->message.target().starts_with('/'), "a path of ours");
    ensure(head->message.target().size() <= target_limit, "a target within its limit");
    check_framing(*head, bytes.view());

    const exact_bytes again{said_again(*head)};
    checked = 0;
    ensure(find_head(again.view(), checked).bytes == again.view().size(), "one head again");
    const auto reread = read_head(again.view(), target_limit);
    ensure(std::holds_alternative<http_head>(reread), "let through again");
    check_same(*head, std::get<http_head>(reread));
    return 0;
}
