#include "server/oidc/web_client.hpp"

#include "server/oidc/web_address.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <string_view>

namespace campgate::server {

namespace {

struct cleanup {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using handle_ptr = std::unique_ptr<CURL, cleanup>;
using list_ptr = std::unique_ptr<curl_slist, cleanup>;

struct answer_under_way {
    std::string body;
    std::size_t most{};
};

std::size_t take_bytes(char* bytes, std::size_t one, std::size_t count, void* to) {
    auto& answer = *static_cast<answer_under_way*>(to);
    const std::size_t size = one * count;
    if (answer.body.size() + size > answer.most) return 0;  // ends the transfer
    answer.body.append(bytes, size);
    return size;
}

int watch(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(stop)->load() ? 1 : 0;
}

std::string media_type(const char* field) {
    if (field == nullptr) return {};
    std::string_view text{field};
    text = text.substr(0, text.find(';'));
    while (text.ends_with(' ')) text.remove_suffix(1);
    std::string made{text};
    std::ranges::transform(made, made.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return made;
}

class curl_client final : public web_client {
public:
    curl_client(web_limits limits, const std::atomic<bool>& stop) : limits_(limits), stop_(stop) {
        static std::once_flag once;
        std::call_once(once, [] {
            if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                throw std::runtime_error("libcurl does not work here");
        });
    }

    std::optional<web_answer> ask(const web_request& request) override {
        if (stop_.load() || !is_safe_url(request.url)) return std::nullopt;
        // Each thread keeps its connections.
        thread_local const handle_ptr kept{curl_easy_init()};
        CURL* const curl = kept.get();
        if (curl == nullptr) return std::nullopt;
        curl_easy_reset(curl);
        answer_under_way answer{{}, limits_.body_bytes_max};
        const bool open = request.url.starts_with("http://");
        const auto set = [curl](CURLoption option, auto value) {
            curl_easy_setopt(curl, option, value);
        };
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, open ? "http" : "https");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.whole.count()));
        set(CURLOPT_MAXFILESIZE, static_cast<long>(limits_.body_bytes_max));
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_USERAGENT, "campgate");
        set(CURLOPT_WRITEFUNCTION, &take_bytes);
        set(CURLOPT_WRITEDATA, &answer);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &watch);
        set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&stop_));
        if (open) set(CURLOPT_NOPROXY, "*");

        list_ptr headers{curl_slist_append(nullptr, "Accept: application/json, application/jwt")};
        if (!request.bearer.empty()) {
            const std::string field = "Authorization: Bearer " + request.bearer;
            headers.reset(curl_slist_append(headers.release(), field.c_str()));
        }
        set(CURLOPT_HTTPHEADER, headers.get());
        const std::string user = url_encoded(request.user);
        const std::string password = url_encoded(request.password);
        if (!user.empty()) {
            set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
            set(CURLOPT_USERNAME, user.c_str());
            set(CURLOPT_PASSWORD, password.c_str());
        }
        if (!request.form.empty()) {
            set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form.size()));
            set(CURLOPT_POSTFIELDS, request.form.c_str());
        }
        if (curl_easy_perform(curl) != CURLE_OK) return std::nullopt;

        long status = 0;
        const char* type = nullptr;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
        return web_answer{static_cast<int>(status), media_type(type), std::move(answer.body)};
    }

private:
    const web_limits limits_;
    const std::atomic<bool>& stop_;
};

}  // namespace

std::unique_ptr<web_client> make_web_client(web_limits limits, const std::atomic<bool>& stop) {
    return std::make_unique<curl_client>(limits, stop);
}

}  // namespace campgate::server
