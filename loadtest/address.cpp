#include "loadtest/address.hpp"

#include "loadtest/input_fault.hpp"

#include <boost/url/parse.hpp>

namespace campgate::rush {

target resolve_url(asio::io_context& io, const std::string& url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->scheme() != "http" || parsed->host().empty() ||
        (!parsed->path().empty() && parsed->path() != "/"))
        throw input_fault("--url: must be like http://127.0.0.1:8080, found '" + url + "'");
    const std::string port = parsed->has_port() ? std::string{parsed->port()} : "80";
    error_code ec;
    asio::ip::basic_resolver<asio::ip::tcp, executor> resolver{io};
    std::string host = parsed->host_address();
    const auto found = resolver.resolve(host, port, ec);
    if (ec || found.empty()) throw input_fault(url + ": the host cannot be found");
    target to;
    to.endpoint = found.begin()->endpoint();
    for (const auto& entry : found) {
        if (entry.endpoint().address().is_v4()) to.endpoint = entry.endpoint();
    }
    to.host = std::string{parsed->encoded_host()};
    if (port != "80") to.host += ":" + port;
    return to;
}

}  // namespace campgate::rush
