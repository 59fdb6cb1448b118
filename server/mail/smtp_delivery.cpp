#include "server/mail/smtp_delivery.hpp"

#include "server/mail/mail_header.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <stdexcept>

namespace campgate::server {

namespace {

constexpr long connection_age_max = 30;  // seconds; mail servers close idle ones after a minute
constexpr int class_permanent = 5;       // RFC 5321 §4.2.1
constexpr int class_transient = 4;

/// How far the conversation is: libcurl names the code of a refusal, but not of what.
enum class phase : std::uint8_t { greeting, sender, recipient, data };

/// A list of libcurl's, built and freed.
class string_list {
public:
    string_list() = default;
    string_list(const string_list&) = delete;
    string_list& operator=(const string_list&) = delete;
    ~string_list() { curl_slist_free_all(list_); }

    void add(const std::string& text) {
        curl_slist* longer = curl_slist_append(list_, text.c_str());
        if (longer == nullptr) throw std::bad_alloc{};
        list_ = longer;
    }
    curl_slist* get() const noexcept { return list_; }
    /// For an owner that frees it.
    curl_slist* release() noexcept { return std::exchange(list_, nullptr); }

private:
    curl_slist* list_ = nullptr;
};

struct mime_free {
    void operator()(curl_mime* mime) const noexcept { curl_mime_free(mime); }
};
using mime_parts = std::unique_ptr<curl_mime, mime_free>;

void check(CURLcode code) {
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

// RFC 5322 §2.3: lines of a mail end with CRLF.
std::string with_line_ends(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

void fill_text(curl_mimepart* part, const char* type, std::string_view text) {
    const std::string lines = with_line_ends(text);
    check(curl_mime_data(part, lines.data(), lines.size()));
    check(curl_mime_type(part, type));
    check(curl_mime_encoder(part, "quoted-printable"));
}

// A file's name goes into a header: letters, digits and little else.
std::string file_name(std::string_view name) {
    std::string out{name};
    std::ranges::replace_if(
        out,
        [](char c) {
            const bool ours = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
            return !ours;
        },
        '_');
    return out;
}

void fill_attachment(curl_mimepart* part, const mail_attachment& a) {
    check(curl_mime_data(part, a.bytes.data(), a.bytes.size()));
    check(curl_mime_type(part, a.type.c_str()));
    check(curl_mime_filename(part, file_name(a.name).c_str()));
    check(curl_mime_encoder(part, "base64"));
}

constexpr const char* alternative = "multipart/alternative";

void fill_alternative(curl_mime* mime, const mail_content& content) {
    fill_text(curl_mime_addpart(mime), "text/plain; charset=utf-8", content.text);
    fill_text(curl_mime_addpart(mime), "text/html; charset=utf-8", content.html);
}

mime_parts parts_of(CURL* curl, const mail_content& content) {
    mime_parts whole{curl_mime_init(curl)};
    if (content.attachments.empty()) {
        fill_alternative(whole.get(), content);
        return whole;
    }
    mime_parts letter{curl_mime_init(curl)};
    fill_alternative(letter.get(), content);
    curl_mimepart* first = curl_mime_addpart(whole.get());
    check(curl_mime_subparts(first, letter.get()));
    letter.release();  // it is the part's now
    string_list type;
    type.add(std::string{"Content-Type: "} + alternative);
    check(curl_mime_headers(first, type.get(), 1));
    type.release();
    for (const mail_attachment& a : content.attachments)
        fill_attachment(curl_mime_addpart(whole.get()), a);
    return whole;
}

void add_headers(string_list& headers, const outgoing_mail& m, const mailbox& from) {
    headers.add("Date: " + date_text(m.made));
    headers.add(mailbox_header("From", from));
    headers.add(mailbox_header("To", m.content.to));
    headers.add(text_header("Subject", m.content.subject));
    headers.add("Message-ID: <" + m.message_id + ">");
    headers.add("Content-Language: " + m.content.in);
    headers.add("Auto-Submitted: auto-generated");  // RFC 3834: nobody's holiday answers it
    if (m.content.attachments.empty()) headers.add(std::string{"Content-Type: "} + alternative);
}

}  // namespace

std::optional<mail_tls> mail_tls_of(std::string_view text) noexcept {
    if (text == "required") return mail_tls::required;
    if (text == "if_offered") return mail_tls::if_offered;
    if (text == "implicit") return mail_tls::implicit;
    if (text == "never") return mail_tls::never;
    return std::nullopt;
}

std::uint16_t default_port(mail_tls tls) noexcept {
    switch (tls) {
        case mail_tls::required:
        case mail_tls::if_offered: return 587;
        case mail_tls::implicit: return 465;
        case mail_tls::never: return 25;
    }
    return 25;
}

struct smtp_delivery::session {
    explicit session(const smtp_settings& s, const std::atomic<bool>& hurried_)
        : hurried(hurried_) {
        static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
        check(started);
        curl = curl_easy_init();
        if (curl == nullptr) throw std::bad_alloc{};
        const bool v6 = s.server.find(':') != std::string::npos;
        const std::string url = std::string{s.tls == mail_tls::implicit ? "smtps://" : "smtp://"} +
                                (v6 ? "[" + s.server + "]" : s.server) + ":" +
                                std::to_string(s.port) + "/" + s.greeting;
        const auto timeout = static_cast<long>(s.timeout.count());
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        set(CURLOPT_PROXY, "");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT_MS, timeout);
        set(CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, timeout / 2));
        // Bounds the farewell, too, which the time-out of the whole does not.
        const auto reply = std::chrono::ceil<std::chrono::seconds>(s.timeout);
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(reply.count()));
        set(CURLOPT_MAXAGE_CONN, connection_age_max);
        set(CURLOPT_USE_SSL, static_cast<long>(use_of(s.tls)));
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        // Who takes what is offered could be led to no TLS at all: a certificate proves nothing.
        const bool strict = s.tls != mail_tls::if_offered;
        set(CURLOPT_SSL_VERIFYPEER, strict ? 1L : 0L);
        set(CURLOPT_SSL_VERIFYHOST, strict ? 2L : 0L);
        if (!s.ca_file.empty()) set(CURLOPT_CAINFO, s.ca_file.c_str());
        if (!s.user.empty()) {
            set(CURLOPT_USERNAME, s.user.c_str());
            set(CURLOPT_PASSWORD, s.password.c_str());
        }
        set(CURLOPT_VERBOSE, 1L);
        set(CURLOPT_DEBUGFUNCTION, &note_phase);
        set(CURLOPT_DEBUGDATA, this);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &go_on);
        set(CURLOPT_XFERINFODATA, this);
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() { curl_easy_cleanup(curl); }

    template <class T>
    void set(CURLoption option, T value) {
        check(curl_easy_setopt(curl, option, value));
    }

    static curl_usessl use_of(mail_tls tls) {
        switch (tls) {
            case mail_tls::required:
            case mail_tls::implicit: return CURLUSESSL_ALL;
            case mail_tls::if_offered: return CURLUSESSL_TRY;
            case mail_tls::never: return CURLUSESSL_NONE;
        }
        return CURLUSESSL_ALL;
    }

    // Sees every command of ours, passwords too: looks at the verb and keeps nothing.
    static int note_phase(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
        if (type != CURLINFO_HEADER_OUT) return 0;
        const std::string_view command{data, size};
        phase& now = static_cast<session*>(self)->at;
        if (command.starts_with("MAIL ")) now = phase::sender;
        if (command.starts_with("RCPT ")) now = phase::recipient;
        if (command.starts_with("DATA")) now = phase::data;
        return 0;
    }

    static int go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        return static_cast<session*>(self)->hurried.load() ? 1 : 0;
    }

    CURL* curl = nullptr;
    const std::atomic<bool>& hurried;
    phase at{};
};

namespace {

delivery_outcome of_server(mail_failure why) {
    return {why, false, true};
}

delivery_outcome of_reply(phase at, long code) {
    constexpr long must_authenticate = 530;  // RFC 4954 §6
    const bool permanent = code / 100 == class_permanent;
    if (code == must_authenticate) return of_server(mail_failure::authentication);
    if (at == phase::greeting) return of_server(mail_failure::unreachable);
    if (!permanent) return {mail_failure::temporary, false, false};
    switch (at) {
        case phase::recipient: return {mail_failure::recipient_refused, true, false};
        case phase::data: return {mail_failure::message_refused, true, false};
        case phase::sender: return of_server(mail_failure::sender_refused);
        case phase::greeting: break;
    }
    return of_server(mail_failure::unreachable);
}

delivery_outcome outcome_of(CURLcode result, phase at, long code) {
    switch (result) {
        case CURLE_OK: return {};
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT: return of_server(mail_failure::unreachable);
        case CURLE_OPERATION_TIMEDOUT: return of_server(mail_failure::timed_out);
        case CURLE_LOGIN_DENIED: return of_server(mail_failure::authentication);
        case CURLE_USE_SSL_FAILED:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_PEER_FAILED_VERIFICATION: return of_server(mail_failure::insecure);
        default: break;
    }
    if (code / 100 == class_permanent || code / 100 == class_transient) return of_reply(at, code);
    return of_server(at == phase::greeting ? mail_failure::unreachable : mail_failure::cut);
}

}  // namespace

smtp_delivery::smtp_delivery(smtp_settings settings) : settings_(std::move(settings)) {
}

smtp_delivery::~smtp_delivery() = default;

delivery_outcome smtp_delivery::deliver(const outgoing_mail& m) {
    try {
        if (!session_) session_ = std::make_unique<session>(settings_, hurried_);
        session& s = *session_;
        string_list recipients;
        recipients.add("<" + m.content.to.address + ">");
        string_list headers;
        add_headers(headers, m, settings_.from);
        const mime_parts parts = parts_of(s.curl, m.content);
        const std::string from = "<" + settings_.from.address + ">";
        s.set(CURLOPT_MAIL_FROM, from.c_str());
        s.set(CURLOPT_MAIL_RCPT, recipients.get());
        s.set(CURLOPT_HTTPHEADER, headers.get());
        s.set(CURLOPT_MIMEPOST, parts.get());
        s.at = phase::greeting;
        const CURLcode result = curl_easy_perform(s.curl);
        long code = 0;
        curl_easy_getinfo(s.curl, CURLINFO_RESPONSE_CODE, &code);
        const phase reached = s.at;
        s.set(CURLOPT_MIMEPOST, static_cast<curl_mime*>(nullptr));
        s.set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
        s.set(CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
        if (result != CURLE_OK) session_.reset();  // the next mail has a conversation of its own
        return outcome_of(result, reached, code);
    } catch (const std::exception&) {
        session_.reset();
        return {mail_failure::unwritten, true, false};
    }
}

}  // namespace campgate::server
