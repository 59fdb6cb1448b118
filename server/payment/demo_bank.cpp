#include "server/payment/demo_bank.hpp"

#include "server/log.hpp"
#include "server/oidc/web_address.hpp"
#include "server/random_text.hpp"

#include <algorithm>

namespace campgate::server {

namespace {

constexpr int attempts_max = 5;
constexpr std::chrono::milliseconds first_pause{200};
constexpr std::int64_t other_amount_less = 100;

std::string origin_of(std::string_view url) {
    constexpr std::string_view mark{"://"};
    const auto host = url.find(mark);
    if (host == std::string_view::npos) return {};
    return std::string{url.substr(0, url.find('/', host + mark.size()))};
}

std::string page_of(const bank_account_row& row) {
    return origin_of(row.return_url) + std::string{demo_bank::path} + row.reference;
}

[[noreturn]] void unknown() {
    throw provider_error(provider_trouble::refused, "no such payment");
}

// The books are in a database that may be away.
template <class Work>
auto asked(Work work) {
    try {
        return work();
    } catch (const database_error& e) {
        throw provider_error(provider_trouble::unreachable, e.what());
    }
}

}  // namespace

demo_bank::demo_bank(worker_database& books)
    : books_(books),
      client_(make_web_client({}, ended_)),
      courier_([this] { work(); }) {
}

demo_bank::~demo_bank() {
    stop();
}

checkout demo_bank::create(const new_checkout& wanted) {
    return asked([&] {
        bank_account_row row;
        row.reference = "demo_" + random_hex();
        row.idempotency = wanted.idempotency;
        row.amount = wanted.amount;
        row.description = wanted.description;
        row.language = code_of(wanted.asked);
        row.return_url = wanted.return_url;
        row.webhook_url = wanted.webhook_url;
        books_.change([&](worker_transaction& work) {
            const std::string there = put_bank_row(work, row);
            row = *find_bank_row(work, there);
            return true;
        });
        return checkout{row.reference, page_of(row)};
    });
}

std::optional<bank_account_row> demo_bank::find(std::string_view reference) {
    return asked([&] {
        std::optional<bank_account_row> row;
        books_.read([&](worker_transaction& work) { row = find_bank_row(work, reference); });
        return row;
    });
}

provider_payment demo_bank::fetch(std::string_view reference) {
    const auto row = find(reference);
    if (!row) unknown();
    provider_payment said;
    said.received = row->received;
    said.right_currency = row->currency == "EUR";
    said.refunded = row->refunded;
    switch (row->state) {
        case bank_state::open:
            said.state = provider_state::open;
            said.checkout_url = page_of(*row);
            break;
        case bank_state::paid: said.state = provider_state::paid; break;
        case bank_state::refused: said.state = provider_state::failed; break;
    }
    return said;
}

refund_outcome demo_bank::refund(std::string_view reference, refund_id refund, cents amount) {
    return asked([&] {
        bool paid_out = false;
        books_.change([&](worker_transaction& work) {
            paid_out = put_bank_refund(work, reference, refund, amount);
            return paid_out;
        });
        return paid_out ? refund_outcome::done : refund_outcome::refused;
    });
}

std::optional<bank_account_row> demo_bank::choose(std::string_view reference, choice made) {
    std::optional<bank_account_row> row;
    bool changed = false;
    asked([&] {
        books_.change([&](worker_transaction& work) {
            changed = false;
            row = find_bank_row(work, reference);
            if (!row || made == choice::wait) return false;
            const bool other = made == choice::pay_other_amount;
            // Somewhat less, but something.
            const cents less{std::max<std::int64_t>(1, row->amount.value - other_amount_less)};
            const bool refused = made == choice::refuse;
            changed =
                settle_bank_row(work, reference, refused ? bank_state::refused : bank_state::paid,
                                refused ? cents{}
                                : other ? less
                                        : row->amount,
                                made == choice::pay_other_currency ? "USD" : "EUR");
            return changed;
        });
        return true;
    });
    if (changed) tell(*row);
    return row;
}

void demo_bank::tell(const bank_account_row& row) {
    call next;
    next.request.url = row.webhook_url;
    next.request.form = form_text({{"id", row.reference}});
    next.due = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock{mutex_};
        calls_.push_back(std::move(next));
    }
    changed_.notify_one();
}

void demo_bank::work() {
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        const auto next = std::ranges::min_element(calls_, {}, &call::due);
        if (next == calls_.end()) {
            changed_.wait(lock);
            continue;
        }
        if (next->due > std::chrono::steady_clock::now()) {
            const auto due = next->due;
            changed_.wait_until(lock, due);
            continue;
        }
        call now = std::move(*next);
        calls_.erase(next);
        lock.unlock();
        const auto answer = client_->ask(now.request);
        const bool heard = answer && answer->status / 100 == 2;
        lock.lock();
        if (heard) continue;
        if (++now.attempt >= attempts_max) {
            log_event(log_level::warning, "demo_bank_not_heard");
            continue;
        }
        now.due = std::chrono::steady_clock::now() + first_pause * (1 << now.attempt);
        calls_.push_back(std::move(now));
    }
}

void demo_bank::stop() {
    ended_.store(true);
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (courier_.joinable()) courier_.join();
}

}  // namespace campgate::server
