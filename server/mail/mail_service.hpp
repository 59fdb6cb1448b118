// Mails as the rest of the server knows them: the outbox to put them into, the rows for staff, and
// the sender behind both. Made at start; thread safety: any thread for `put`, workers for `rows`.
#pragma once

#include "persistence/mail_store.hpp"
#include "server/config.hpp"
#include "server/mail/mail_outbox.hpp"
#include "server/mail/mail_sender.hpp"
#include "server/mail/sale_mails.hpp"
#include "server/metrics.hpp"

#include <functional>
#include <memory>
#include <string>

namespace campgate::server {

class mail_service {
public:
    /// `published`: the season as it is, or null. `public_url`: where the pages are.
    mail_service(const config& settings, const std::string& database_url, const master_key& key,
                 metrics& counters, std::function<instant()> now,
                 std::function<std::shared_ptr<const season>()> published, std::string public_url);
    ~mail_service();

    /// Mails that the journal's records owe are written as well, once it has started. `holding`:
    /// what a family holds, or null.
    void write_sales(worker_database& database,
                     std::function<std::shared_ptr<const family_view>(family_id)> holding);

    /// Writing begins, and sending where there is anything to send with.
    void start();
    /// Ends both; what waits, waits for the next start.
    void stop();

    /// As mail_outbox::put. The caller's change is committed by the caller; then `wake` sends it
    /// without delay, and without `wake` it leaves within a second or two.
    bool put(worker_transaction& work, const mail& m) const { return outbox_.put(work, m, now_()); }
    void wake();
    /// A record owes a mail; without this word it is written within a second or two.
    void owed();

    const mail_outbox& outbox() const noexcept { return outbox_; }
    mail_store& rows() noexcept { return rows_; }
    std::chrono::microseconds retention() const noexcept { return settings_.mail_retention; }
    const std::string& public_url() const noexcept { return public_url_; }

private:
    letterhead head() const;
    std::unique_ptr<mail_delivery> make_delivery() const;
    sending_observer observer();
    sale_mail_observer writing_observer();

    const config& settings_;
    metrics& counters_;
    const std::function<instant()> now_;
    const std::function<std::shared_ptr<const season>()> published_;
    const std::string public_url_;
    const master_key& master_;
    const secret_key key_;
    const mail_outbox outbox_;
    mail_store rows_;     // workers
    mail_store claimed_;  // sender's thread
    std::unique_ptr<mail_delivery> delivery_;
    std::unique_ptr<mail_sender> sender_;  // null: nothing to send with
    std::unique_ptr<sale_mails> writer_;   // null: nothing owes a mail
};

}  // namespace campgate::server
