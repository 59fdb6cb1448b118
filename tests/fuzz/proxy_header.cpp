// The header of the PROXY protocol: it ends at one place however its bytes arrive, and what follows
// is not read.
#include "server/proxy_protocol.hpp"

#include "tests/fuzz/fuzz_target.hpp"

using namespace campgate;
using namespace campgate::server;
using state = proxy_header::state;

namespace {

proxy_header read(std::string_view bytes) {
    const fuzz::exact_bytes kept{bytes};
    return read_proxy_header(std::as_bytes(std::span{kept.view()}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view received = fuzz::text_of(data, size);
    const proxy_header whole = read(received);
    if (whole.status == state::need_more) {
        ensure(size < proxy_header_max, "a header has an end");
    }
    if (whole.status == state::complete) {
        ensure(whole.size <= size && whole.size <= proxy_header_max, "within what came");
        const proxy_header alone = read(received.substr(0, whole.size));
        ensure(alone.status == state::complete && alone.size == whole.size, "alone the same");
        ensure(alone.source == whole.source, "the same source");
        ensure(alone.source_port == whole.source_port, "the same port");
        ensure(alone.https == whole.https, "the same TLS");
    }
    // Once decided it stays so; before that there was only too little.
    const std::size_t end = whole.status == state::complete ? whole.size : size;
    bool refused = false;
    for (std::size_t cut = 0; cut < std::min(end, proxy_header_max); ++cut) {
        const state so_far = read(received.substr(0, cut)).status;
        ensure(so_far != state::complete, "not complete before its end");
        if (so_far == state::malformed) refused = true;
        ensure(!refused || so_far == state::malformed, "what was refused stays refused");
    }
    ensure(!refused || whole.status == state::malformed, "what was refused stays refused");
    return 0;
}
