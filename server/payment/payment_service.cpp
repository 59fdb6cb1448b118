#include "server/payment/payment_service.hpp"

#include "server/log.hpp"
#include "server/order_json.hpp"
#include "server/payment/payment_desk.hpp"

#include <algorithm>
#include <chrono>

namespace campgate::server {

namespace {

constexpr std::chrono::milliseconds tick{100};
constexpr std::chrono::seconds browser_interval{2};
// At the provider at the same time; the other threads are for browsers that wait.
constexpr std::size_t under_way_max = payment_service::threads / 2;

constexpr texts description_text{"Plaines de vacances, commande ", "Vakantiekampen, bestelling ",
                                 "Ferienspiele, Bestellung ", "Holiday camps, order "};

}  // namespace

payment_service::payment_service(const config& settings, std::unique_ptr<payment_provider> provider,
                                 const views& seen, metrics& counters, std::function<instant()> now,
                                 std::string return_base, std::string webhook_base, push ask)
    : provider_(std::move(provider)),
      seen_(seen),
      counters_(counters),
      now_(std::move(now)),
      return_base_(std::move(return_base)),
      webhook_base_(std::move(webhook_base)),
      ask_(std::move(ask)),
      watch_({settings.payment_poll, settings.payment_poll_max}),
      workers_(std::make_unique<worker_pool>(threads)) {
}

payment_service::~payment_service() {
    stop();
}

void payment_service::restore(const engine& rules) {
    std::vector<family_id> families;
    rules.sales().each_payment([&](const payment& p) { families.push_back(p.family); });
    heard(families);
}

void payment_service::start() {
    if (provider_) thread_ = std::thread([this] { work(); });
}

void payment_service::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    workers_->stop();
}

std::vector<offered_method> payment_service::methods(const sale_rules& rules) const {
    std::vector<offered_method> offered = rules.methods;
    if (!provider_)
        std::erase_if(offered,
                      [](const offered_method& m) { return m.method == payment_method::online; });
    return offered;
}

void payment_service::heard(const std::vector<family_id>& families) {
    if (!provider_ || families.empty()) return;
    const std::lock_guard lock{news_mutex_};
    news_.insert(news_.end(), families.begin(), families.end());
}

void payment_service::look_at_news() {
    std::vector<family_id> families;
    {
        const std::lock_guard lock{news_mutex_};
        families.swap(news_);
    }
    std::ranges::sort(families);
    families.erase(std::ranges::unique(families).begin(), families.end());
    for (const family_id family : families) {
        if (const auto view = seen_.families.find(family)) watch_.see(family, view->sales, now_());
    }
    counters_.payments_waiting.set(static_cast<std::int64_t>(watch_.payments()));
    counters_.refunds_due.set(static_cast<std::int64_t>(watch_.refunds()));
}

void payment_service::work() {
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        look_at_news();
        const std::size_t room = under_way_max - std::min(under_way_, under_way_max);
        const auto due = watch_.take_due(now_(), room);
        under_way_ += due.size();
        for (const payment_watch::due_task& task : due) {
            if (!workers_->submit([this, task] { run(task); })) --under_way_;
        }
        changed_.wait_for(lock, tick);
    }
}

void payment_service::hint(std::string_view reference) {
    const std::lock_guard lock{mutex_};
    if (stopping_ || !provider_) return;
    look_at_news();
    const auto task = watch_.hint(reference);
    if (!task) return;
    counters_.payment_hints.add();
    ++under_way_;
    if (!workers_->submit([this, task = *task] { run(task); })) --under_way_;
}

bool payment_service::ask_now(payment_id id) {
    const std::lock_guard lock{mutex_};
    look_at_news();
    return watch_.ask_now(id, now_(), browser_interval);
}

std::optional<std::string> payment_service::page_of(payment_id id) {
    const std::lock_guard lock{mutex_};
    return watch_.page_of(id);
}

checkout payment_service::create(const payment& p, language asked, std::string_view return_base) {
    const std::string id = std::to_string(p.id.value);
    new_checkout wanted;
    wanted.payment = p.id;
    wanted.amount = p.amount;
    wanted.description = std::string{text_in(description_text, asked)} + std::to_string(p.of.value);
    wanted.asked = asked;
    wanted.return_url =
        std::string{return_base.empty() ? return_base_ : return_base} + "/#payment/" + id;
    wanted.webhook_url =
        webhook_base_ + "/api/v1/payments/webhook/" + std::string{provider_->name()};
    wanted.idempotency = "campgate-p" + id;
    checkout made = provider_->create(wanted);
    if (!is_reference(made.reference))
        throw provider_error(provider_trouble::unreachable, "a reference that cannot be kept");
    const std::lock_guard lock{mutex_};
    look_at_news();
    watch_.note_page(p.id, made.url);
    return made;
}

provider_payment payment_service::fetch(const payment& p) {
    provider_payment said = provider_->fetch(p.reference);
    const std::lock_guard lock{mutex_};
    look_at_news();
    watch_.note_page(p.id, said.checkout_url);
    return said;
}

// ---- on workers, by the watch
// ----------------------------------------------------------------------------

void payment_service::run(const payment_watch::due_task& task) {
    try {
        if (task.what.refund) {
            look_at_refund(task);
        } else {
            look_at_payment(task);
        }
    } catch (const provider_error& e) {
        counters_.provider_failures.add();
        log_event(
            log_level::warning,
            e.why() == provider_trouble::refused ? "provider_refused" : "provider_unreachable",
            {{task.what.refund ? "refund" : "payment", task.what.id}});
        done(task);
    } catch (const std::exception&) {
        log_event(log_level::error, "payment_not_looked_at");
        done(task);
    }
}

void payment_service::look_at_payment(const payment_watch::due_task& task) {
    const auto view = seen_.families.find(task.family);
    const payment* known = view ? find_payment(view->sales, payment_id{task.what.id}) : nullptr;
    if (known == nullptr) return done(task);
    if (known->state != payment_state::wanted) return tell(task, step_after(*known, fetch(*known)));
    const order* of = find_order(view->sales, known->of);
    if (of == nullptr || of->state != order_state::open) return tell(task, give_up(*known));
    try {
        tell(task, step_after(*known, create(*known, language::fr, {})));
    } catch (const provider_error& e) {
        if (e.why() != provider_trouble::refused) throw;
        counters_.provider_failures.add();
        log_event(log_level::error, "checkout_refused", {{"payment", known->id.value}});
        tell(task, give_up(*known));
    }
}

void payment_service::look_at_refund(const payment_watch::due_task& task) {
    const auto view = seen_.families.find(task.family);
    if (!view) return done(task);
    const auto due = std::ranges::find(view->sales.refunds, refund_id{task.what.id}, &refund::id);
    if (due == view->sales.refunds.end() || due->state != refund_state::due) return done(task);
    const payment* of = find_payment(view->sales, due->of);
    if (of == nullptr || of->reference.empty()) return done(task);
    refund_outcome outcome{};
    try {
        outcome = provider_->refund(of->reference, due->id, due->amount);
    } catch (const provider_error& e) {
        if (e.why() != provider_trouble::refused) throw;
        outcome = refund_outcome::refused;
    }
    if (outcome == refund_outcome::refused) {
        counters_.provider_failures.add();
        log_event(log_level::error, "refund_refused", {{"refund", due->id.value}});
    }
    tell(task, step_after(*due, outcome));
}

void payment_service::tell(const payment_watch::due_task& task, std::optional<sale_command> step) {
    if (!step) return done(task);
    ask_(*std::move(step), [this, task] { done(task); });
}

void payment_service::done(const payment_watch::due_task& task) {
    const std::lock_guard lock{mutex_};
    look_at_news();
    // Again, for what its time alone makes uninteresting.
    if (const auto view = seen_.families.find(task.family))
        watch_.see(task.family, view->sales, now_());
    watch_.done(task.what, now_());
    if (under_way_ > 0) --under_way_;
}

}  // namespace campgate::server
