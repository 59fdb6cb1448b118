#include "server/mail/mail_service.hpp"

#include "core/season.hpp"
#include "server/log.hpp"
#include "server/mail/mail_header.hpp"
#include "server/mail/smtp_delivery.hpp"

#include <sodium.h>
#include <stdexcept>

namespace campgate::server {

namespace {

// A claim outlives an attempt: a mail's time-out, as long again for the farewell, and some.
constexpr int lease_timeouts = 3;

mail_templates templates_of(const config& settings) {
    auto loaded = mail_templates::load(settings.mail_templates);
    if (auto* faults = std::get_if<std::vector<file_fault>>(&loaded))
        throw std::runtime_error(to_text(faults->front()));
    return std::get<mail_templates>(std::move(loaded));
}

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

// Who the Message-IDs and our greeting name: the part of our address after the @.
std::string domain_of(const config& settings) {
    const auto from = parse_mailbox(settings.mail_from);
    if (!from) return "campgate.invalid";  // RFC 2606: nobody's
    return from->address.substr(from->address.find('@') + 1);
}

std::int64_t seconds_since(instant then, instant now) {
    return std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
}

sending_rules rules_of(const config& settings) {
    return {settings.mail_retry, settings.mail_retry_max, settings.mail_attempts,
            lease_timeouts * settings.mail_timeout, settings.mail_retention};
}

}  // namespace

mail_service::mail_service(const config& settings, const std::string& database_url,
                           const master_key& key, metrics& counters, std::function<instant()> now,
                           std::function<std::shared_ptr<const season>()> published,
                           std::string public_url)
    : settings_(settings),
      counters_(counters),
      now_(std::move(now)),
      published_(std::move(published)),
      public_url_(without_slash(std::move(public_url))),
      master_(key),
      key_(secret_key::of(key.keyed_hash("key", "mails")).value()),
      outbox_(templates_of(settings), key_, domain_of(settings), [this] { return head(); }),
      rows_(database_url, key_),
      claimed_(database_url, key_),
      delivery_(make_delivery()) {
    if (!delivery_) return;
    sender_ = std::make_unique<mail_sender>(
        claimed_, *delivery_, rules_of(settings), now_, [] { return randombytes_random(); },
        observer());
}

mail_service::~mail_service() {
    stop();
}

void mail_service::write_sales(
    worker_database& database,
    std::function<std::shared_ptr<const family_view>(family_id)> holding) {
    writer_ = std::make_unique<sale_mails>(
        sale_mail_sources{database, master_, outbox_, now_, published_, std::move(holding)},
        writing_observer());
}

void mail_service::start() {
    if (writer_) writer_->start();
    if (sender_)
        sender_->start();
    else
        log_event(log_level::warning, "no_mail_server");
}

void mail_service::stop() {
    if (writer_) writer_->stop();
    if (sender_) sender_->stop();
}

void mail_service::wake() {
    if (sender_) sender_->wake();
}

void mail_service::owed() {
    if (writer_) writer_->wake();
}

letterhead mail_service::head() const {
    const auto season = published_();
    const auto zone = time_zone::find(season ? season->time_zone : "Europe/Brussels");
    letterhead made{{}, {}, {}, public_url_, zone ? *zone : *time_zone::find("UTC")};
    if (season) {
        made.organiser = season->by.name;
        made.address = season->by.address;
        made.email = season->by.email;
    }
    return made;
}

std::unique_ptr<mail_delivery> mail_service::make_delivery() const {
    if (settings_.mail_server.empty())
        return settings_.demo ? std::make_unique<keep_in_database>() : nullptr;
    smtp_settings s;
    s.server = settings_.mail_server;
    s.tls = mail_tls_of(settings_.mail_tls).value();
    s.port = settings_.mail_port != 0 ? settings_.mail_port : default_port(s.tls);
    s.ca_file = settings_.mail_ca_file;
    s.user = settings_.mail_user;
    s.password = settings_.mail_password;
    s.from = parse_mailbox(settings_.mail_from).value();
    s.greeting = domain_of(settings_);
    s.timeout = std::chrono::ceil<std::chrono::milliseconds>(settings_.mail_timeout);
    return std::make_unique<smtp_delivery>(std::move(s));
}

sale_mail_observer mail_service::writing_observer() {
    return {
        [this] {
            counters_.sale_mails_written.add();
            wake();
        },
        [this] {
            counters_.sale_mails_written.add();
            counters_.mails_failed.add();
            log_event(log_level::warning, "mail_failed",
                      {{"reason", campgate::name_of(mail_failure::no_address)}});
        },
        [this](not_owed why) { counters_.sale_mails_dropped[static_cast<std::size_t>(why)].add(); },
        [this](std::string_view what) {
            counters_.sale_mails_unwritten.add();
            log_event(log_level::error, "sale_mail_not_written", {{"cause", what}});
        },
        [this](const owed_mails& counts) {
            counters_.sale_mails_owed.set(static_cast<std::int64_t>(counts.count));
            counters_.sale_mails_oldest_owed.set(
                counts.oldest ? seconds_since(*counts.oldest, now_()) : 0);
        },
        [](std::string_view event) { log_event(log_level::warning, event); },
    };
}

sending_observer mail_service::observer() {
    return {
        [this] { counters_.mails_sent.add(); },
        [this](mail_failure why, bool for_good) {
            counters_.mail_attempts_failed[static_cast<std::size_t>(why)].add();
            if (for_good) counters_.mails_failed.add();
            log_event(log_level::warning, for_good ? "mail_failed" : "mail_not_sent",
                      {{"reason", campgate::name_of(why)}});
        },
        [this](const mail_counts& counts) {
            counters_.mails_waiting.set(static_cast<std::int64_t>(counts.waiting));
            counters_.mails_oldest_waiting.set(
                counts.oldest_waiting ? seconds_since(*counts.oldest_waiting, now_()) : 0);
        },
        [](std::string_view event) { log_event(log_level::warning, event); },
    };
}

}  // namespace campgate::server
