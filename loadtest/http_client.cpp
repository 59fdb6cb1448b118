#include "loadtest/http_client.hpp"

#include <boost/asio/post.hpp>

#include <charconv>
#include <cstring>
#include <utility>

namespace campgate::rush {

namespace {

bool is(std::string_view name, std::string_view lower) {
    if (name.size() != lower.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if ((name[i] | 0x20) != lower[i]) return false;
    }
    return true;
}

template <class Number>
Number number_of(std::string_view text) {
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

struct head {
    http_answer answer;
    std::size_t body_bytes{};
};

// `text` is the head without its empty line.
head read_head(std::string_view text) {
    head h;
    if (text.size() > 12) h.answer.status = number_of<int>(text.substr(9, 3));
    std::size_t at = text.find("\r\n");
    while (at != std::string_view::npos) {
        const std::size_t begin = at + 2;
        at = text.find("\r\n", begin);
        const std::string_view line = text.substr(begin, at - begin);
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = line.substr(colon + 2);
        // Names of these lengths only: a look at the length is cheaper than at the name.
        switch (colon) {
            case 14:
                if (is(name, "content-length")) h.body_bytes = number_of<std::size_t>(value);
                break;
            case 11:
                if (is(name, "retry-after")) h.answer.retry_after = number_of<int>(value);
                break;
            case 10:
                if (is(name, "set-cookie")) h.answer.set_cookie = value.substr(0, value.find(';'));
                if (is(name, "connection")) h.answer.closes = is(value, "close");
                break;
            default: break;
        }
    }
    if (h.answer.status == 204 || h.answer.status == 304) h.body_bytes = 0;
    return h;
}

}  // namespace

http_client::http_client(asio::io_context& io, const target& to,
                         std::optional<asio::ip::address_v4> from)
    : io_(io),
      to_(to),
      from_(from) {
}

http_client::~http_client() {
    drop();
}

void http_client::ask(std::string_view request, handler then) {
    then_ = std::move(then);
    request_.assign(request);
    partial_.clear();
    if (!wire_) {
        connected_ = false;
        fresh_ = true;
        wire_ = std::make_shared<wire>(io_, static_cast<wire_user&>(*this));
        wire_->connect(to_.endpoint, from_);
        return;
    }
    if (connected_) wire_->send(request_);
}

void http_client::drop(bool abruptly) {
    if (wire_) wire_->leave(abruptly);
    wire_.reset();
    connected_ = false;
    then_ = nullptr;
}

void http_client::on_connected() {
    connected_ = true;
    if (then_) wire_->send(request_);
}

void http_client::on_bytes(std::string_view bytes) {
    if (partial_.empty()) {
        if (take(bytes) == 0) partial_.assign(bytes);
        return;
    }
    partial_ += bytes;
    // The handler may ask again and clear it.
    const std::string whole = std::move(partial_);
    partial_.clear();
    if (take(whole) == 0) partial_ = whole;
}

std::size_t http_client::take(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    head h = read_head(bytes.substr(0, end));
    const std::size_t size = end + 4 + h.body_bytes;
    if (bytes.size() < size) return 0;
    h.answer.body = bytes.substr(end + 4, h.body_bytes);
    fresh_ = false;
    if (h.answer.closes) {
        wire_->leave();
        wire_.reset();
        connected_ = false;
    }
    finish(h.answer);
    return size;
}

void http_client::finish(const http_answer& answer) {
    const handler then = std::exchange(then_, nullptr);
    if (then) then(answer);
}

void http_client::on_ended(error_code) {
    const bool was_kept = !fresh_;
    wire_.reset();
    connected_ = false;
    if (!then_) return;
    // A kept connection that the server had closed before it saw this request: ask again, once.
    if (was_kept && partial_.empty()) {
        const std::string request = std::move(request_);
        return ask(request, std::exchange(then_, nullptr));
    }
    finish({});
}

}  // namespace campgate::rush
