// Where the bank leads back to (S28, B4). The way back proves nothing: the server asks the bank, and
// the page shows what it answers, pushed live, and asked for again while nothing is pushed.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { end_session } from "../actions";
import { ask_payment_after, is_settled, payment_news, type Order, type Payment, type PaymentNews } from "../model/order";
import { family_news, is_live } from "../store";
import { date_time, money, t as base } from "../text";
import { Icon, type IconName } from "../view/icons";
import { ask_payment, load_orders, orders, was_over } from "./book";
import { ToBank, Transfer } from "./order";
import { Deadline, Failed, Line, Organiser } from "./parts";
import { name_of } from "./wording";
import { t } from "./words";

type Known = { id: number; payment: Payment | null; state: "asking" | "known" | "failed" | "unknown" };
const known = signal<Known>({ id: 0, payment: null, state: "asking" });

export function PaymentPage({ id }: { id: number }) {
    use_truth(id);
    const { payment, state } = known.value;
    const order = payment && orders.value?.find((o) => o.id === payment.order);
    const news = payment && order ? payment_news(payment, order, was_over(order.id)) : null;
    const shown = state === "known" ? news ?? "asking" : state;
    return (
        <div class="stack-wide" data-testid="payment" data-state={shown}>
            <h1 tabIndex={-1}>{base("nav.payment")}</h1>
            {/* Always there, so that a screen reader hears what comes into it. */}
            <div role="status" class="stack-wide">
                {shown === "asking" && <Asking />}
                {news !== null && state === "known" && order && payment && <Verdict news={news} order={order} payment={payment} />}
            </div>
            {state === "unknown" && <Unknown />}
            {state === "failed" && payment === null && <Failed again={() => { known.value = { ...known.value, state: "asking" }; void ask(id); }} />}
            {news !== null && state === "known" && order && payment && <Next news={news} order={order} payment={payment} />}
        </div>
    );
}

// Asked at once, at every news of the family, and by the clock as long as nothing is settled.
function use_truth(id: number): void {
    useEffect(() => {
        known.value = { id, payment: null, state: "asking" };
        let asked = 0;
        let timer: ReturnType<typeof setTimeout> | undefined;
        let over = false;
        const turn = async () => {
            clearTimeout(timer);
            await ask(id);
            if (over) return;
            const { payment, state } = known.value;
            if (state === "unknown" || (payment && is_settled(payment) && payment.state !== "review" && payment.state !== "failed")) return;
            timer = setTimeout(() => void turn(), ask_payment_after(asked++));
        };
        const stop = family_news.subscribe(() => void turn());
        const seen = () => { if (document.visibilityState === "visible") void turn(); };
        document.addEventListener("visibilitychange", seen);
        return () => {
            over = true;
            stop();
            clearTimeout(timer);
            document.removeEventListener("visibilitychange", seen);
        };
    }, [id]);
}

async function ask(id: number): Promise<void> {
    const answer = await ask_payment(id);
    if (known.value.id !== id) return;
    if (answer.status === 401) return end_session();
    if (answer.status === 404) {
        known.value = { id, payment: null, state: "unknown" };
        return;
    }
    if (answer.status !== 200) {
        if (known.value.payment === null) known.value = { ...known.value, state: is_live.value ? "failed" : "asking" };
        return;
    }
    const payment = answer.body as Payment;
    const order = orders.value?.find((o) => o.id === payment.order);
    // The order is to say the same as its payment, or the page would contradict itself.
    const stale = !order || order.state !== payment.order_state || order.payments.find((p) => p.id === id)?.state !== payment.state;
    if (stale) await load_orders();
    if (known.value.id === id) known.value = { id, payment, state: "known" };
}

function Asking() {
    return (
        <section class="state state-open">
            <span class="spin"><Icon name="waiting" large /></span>
            <div class="stack-tight">
                <p class="state-title">{t("payment_page.asking")}</p>
                <p>{t("payment_page.asking_text")}</p>
            </div>
        </section>
    );
}

const signs: Record<PaymentNews, { icon: IconName; tone: "good" | "open" | "bad" }> = {
    waiting: { icon: "waiting", tone: "open" },
    waiting_late: { icon: "waiting", tone: "bad" },
    paid: { icon: "check", tone: "good" },
    reseated: { icon: "check", tone: "good" },
    reseated_in_part: { icon: "alert", tone: "open" },
    refused: { icon: "cross", tone: "bad" },
    refused_late: { icon: "cross", tone: "bad" },
    review: { icon: "alert", tone: "open" },
    refunded_full: { icon: "back", tone: "bad" },
    refunded_twice: { icon: "back", tone: "open" },
    refunded: { icon: "back", tone: "bad" },
};

function Verdict({ news, order, payment }: { news: PaymentNews; order: Order; payment: Payment }) {
    const { icon, tone } = signs[news];
    const back = order.refunds.reduce((sum, r) => sum + r.amount, 0);
    return (
        <section class={`state state-${tone}`}>
            <Icon name={icon} large />
            <div class="stack-tight">
                <p class="state-title">{t(`news.${news}`)}</p>
                <p>{t(`told.${news}`, {
                    amount: money(payment.amount), received: money(payment.received), back: money(back),
                    time: order.ends_at === null ? "" : date_time(Date.parse(order.ends_at)),
                })}</p>
            </div>
        </section>
    );
}

function Next({ news, order, payment }: { news: PaymentNews; order: Order; payment: Payment }) {
    const to_order = <a class="button" href={`#order/${order.id}`} data-testid="to-order">{t("basket.to_order")}</a>;
    switch (news) {
        case "waiting":
            return (
                <>
                    {payment.method === "transfer" && <Transfer payment={payment} />}
                    {order.ends_at !== null && <Until order={order} />}
                    <div class="go">
                        {payment.method === "online" && <ToBank payment={payment} />}
                        {to_order}
                    </div>
                    <p class="muted">{t("payment_page.may_close")}</p>
                </>
            );
        case "refused":
            return (
                <>
                    {order.ends_at !== null && <Until order={order} />}
                    <div class="go">
                        <a class="button button-main" href={`#order/${order.id}/pay`} data-testid="pay-again">{t("payment_page.again")}</a>
                        {to_order}
                    </div>
                </>
            );
        case "waiting_late": case "refused_late": case "refunded_full": case "refunded":
            return (
                <>
                    <div class="go">
                        <a class="button button-main" href="#calendar">{t("order.to_calendar")}</a>
                        {to_order}
                    </div>
                    <Organiser />
                </>
            );
        case "paid": case "reseated": case "reseated_in_part":
            return (
                <>
                    <ul class="stack">
                        {order.lines.map((line) => (
                            <Line key={line.hold} line={line} test_id={`paid-${line.week}-${line.child}`} extra={
                                <p class={`line-state line-${line.state}`}>
                                    <Icon name={line.state === "booked" ? "check" : "cross"} />
                                    {base("page.says", { what: name_of(line.child), text: t(`line.${line.state}`) })}
                                </p>
                            } />
                        ))}
                    </ul>
                    <div class="go">
                        <a class="button button-main" href="#orders" data-testid="to-orders">{base("nav.orders")}</a>
                        {to_order}
                        <a class="button button-quiet" href="#calendar">{t("order.more_weeks")}</a>
                    </div>
                </>
            );
        case "review": case "refunded_twice":
            return (
                <>
                    <div class="go">{to_order}</div>
                    <Organiser />
                </>
            );
    }
}

function Until({ order }: { order: Order }) {
    return <Deadline at={order.ends_at ?? order.deadline} label={t("order.deadline")} said={(time) => t("order.pay_before", { time })} />;
}

function Unknown() {
    return (
        <div class="empty">
            <Icon name="alert" large />
            <p>{t("payment_page.unknown")}</p>
            <a class="button button-main" href="#orders">{base("nav.orders")}</a>
        </div>
    );
}
