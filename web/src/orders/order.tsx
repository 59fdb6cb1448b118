// S28: one order: its lines with the frozen price and the reasons, until when it is to be paid, what
// became of its payments, refunds and cancellations, and what can be done next.
import { useState } from "preact/hooks";
import { announce, go } from "../actions";
import {
    going_payment, is_pinned, is_settled, situation, type Order, type OrderLine, type Payment, type Situation,
} from "../model/order";
import { is_live, now, season } from "../store";
import { clock_time, date_time, day_text, money, t as base } from "../text";
import { Icon, type IconName } from "../view/icons";
import { abandon, ask_payment, doing } from "./book";
import { Copy } from "./copy";
import { Dialog } from "./dialog";
import { Deadline, Failure, LinesByChild, Offline, Organiser, SumLine } from "./parts";
import { line_state_text, line_text, refund_text } from "./wording";
import { t } from "./words";

export function OrderPage({ order }: { order: Order }) {
    const state = situation(order);
    return (
        <div class="stack-wide" data-testid="order" data-state={state}>
            <p><a class="back-link" href="#orders"><Icon name="back" />{base("nav.orders")}</a></p>
            <h1 tabIndex={-1}>{t("order.title", { id: String(order.id) })}</h1>
            <Verdict order={order} state={state} />
            <Clock order={order} />
            <NextSteps order={order} state={state} />
            <LinesByChild lines={order.lines} test_id={(line) => `line-${line.week}-${line.child}`}
                extra={(line) => <LineState line={line} />} aside={(line) => <Cancel order={order} line={line} />} />
            <Sums order={order} />
            <Payments order={order} />
            <Organiser />
        </div>
    );
}

export const signs: Record<Situation, { icon: IconName; tone: "good" | "open" | "bad" }> = {
    to_pay: { icon: "clock", tone: "open" },
    at_bank: { icon: "waiting", tone: "open" },
    awaits_transfer: { icon: "waiting", tone: "open" },
    awaits_counter: { icon: "waiting", tone: "open" },
    awaits_invoice: { icon: "waiting", tone: "open" },
    review: { icon: "alert", tone: "open" },
    paid: { icon: "check", tone: "good" },
    paid_in_part: { icon: "alert", tone: "open" },
    invoiced: { icon: "check", tone: "good" },
    cancelled: { icon: "cross", tone: "bad" },
    refunded: { icon: "back", tone: "bad" },
    abandoned: { icon: "back", tone: "bad" },
    expired: { icon: "cross", tone: "bad" },
};

function Verdict({ order, state }: { order: Order; state: Situation }) {
    const { icon, tone } = signs[state];
    return (
        <section class={`state state-${tone}`} aria-label={t("order.state")} data-testid="order-state">
            <Icon name={icon} large />
            <div class="stack-tight">
                <p class="state-title">{t(`situation.${state}`)}</p>
                <p>{t(`verdict.${state}`, { amount: money(order.total - order.paid), total: money(order.total) })}</p>
            </div>
        </section>
    );
}

// R4: staff may have stopped the clock; B4: under the bank's open page nothing ends.
function Clock({ order }: { order: Order }) {
    if (order.state !== "open") return null;
    if (order.clock_stopped) {
        return <p class="note" data-testid="clock-stopped"><Icon name="check" /><span>{t("order.clock_stopped")}</span></p>;
    }
    return (
        <>
            {order.ends_at !== null && (
                <Deadline at={order.ends_at} label={t("order.deadline")} said={(time) => t("order.pay_before", { time })} />
            )}
            {is_pinned(order, now.value ?? 0) && order.pinned_until !== null && (
                <p class="note"><Icon name="lock" /><span>{t("order.pinned", { time: clock_time(Date.parse(order.pinned_until), false) })}</span></p>
            )}
        </>
    );
}

function NextSteps({ order, state }: { order: Order; state: Situation }) {
    const payment = going_payment(order);
    if (order.state !== "open") return <AfterTheEnd order={order} state={state} />;
    return (
        <div class="stack">
            {payment?.method === "transfer" && <Transfer payment={payment} />}
            {payment && (payment.method === "counter" || payment.method === "deferred") && (
                <p class="note"><Icon name="person" /><span>{t(`then.${payment.method}`, { amount: money(payment.amount), place: season.value?.organiser.address ?? "" })}</span></p>
            )}
            {payment?.method === "online" && <AtBank payment={payment} />}
            <Offline />
            <div class="go">
                {state !== "review" && payment === null && (
                    <a class="button button-main" href={`#order/${order.id}/pay`} data-testid="to-pay">{t("order.pay")}</a>
                )}
                {state !== "review" && payment !== null && payment.method !== "online" && (
                    <a class="button" href={`#order/${order.id}/pay`} data-testid="to-pay">{t("order.pay_otherwise")}</a>
                )}
                {state !== "review" && <Abandon order={order} />}
            </div>
        </div>
    );
}

function AfterTheEnd({ order, state }: { order: Order; state: Situation }) {
    switch (state) {
        case "abandoned":
            return <p><a class="button button-main" href="#basket">{t("order.to_basket")}</a></p>;
        case "expired": case "refunded": case "cancelled":
            return <p><a class="button button-main" href="#calendar">{t("order.to_calendar")}</a></p>;
        default:
            return order.state === "paid" ? <p class="row"><a class="button" href="#calendar">{t("order.more_weeks")}</a></p> : null;
    }
}

// The bank's page can be reached again; or one asks what became of it.
function AtBank({ payment }: { payment: Payment }) {
    return (
        <p class="row">
            <ToBank payment={payment} />
            <a class="button" href={`#payment/${payment.id}`} data-testid="ask-bank">{t("order.ask_bank")}</a>
        </p>
    );
}

export function ToBank({ payment }: { payment: Payment }) {
    const [problem, set_problem] = useState<string | null>(null);
    const [busy, set_busy] = useState(false);
    const back = async () => {
        set_busy(true);
        const answer = await ask_payment(payment.id);
        set_busy(false);
        const found = answer.status === 200 ? answer.body as Payment : null;
        if (found?.checkout_url && !is_settled(found)) return location.assign(found.checkout_url);
        if (found) return go(`payment/${payment.id}`);
        set_problem(answer.problem?.detail ?? base("error.no_answer"));
    };
    return (
        <>
            <button type="button" class="button button-main" aria-disabled={busy} disabled={!is_live.value} onClick={() => { if (!busy) void back(); }}
                data-testid="to-bank">{t("order.to_bank")}</button>
            {problem !== null && <Failure text={problem} />}
        </>
    );
}

function by_fours(iban: string): string {
    return iban.replace(/\s/g, "").replace(/(.{4})(?=.)/g, "$1 ");
}

export function Transfer({ payment }: { payment: Payment }) {
    return (
        <section class="transfer" aria-labelledby="transfer-title" data-testid="transfer">
            <h2 id="transfer-title">{t("transfer.title")}</h2>
            <dl>
                <Copy label={t("transfer.amount")} text={money(payment.amount)} />
                {payment.account && <Copy label={t("transfer.account")} text={by_fours(payment.account)} copied_as={payment.account} id="account" />}
                {payment.communication && <Copy label={t("transfer.communication")} text={payment.communication} id="communication" />}
            </dl>
            <p>{t("transfer.text")}</p>
        </section>
    );
}

function Abandon({ order }: { order: Order }) {
    const [asking, ask] = useState(false);
    const [problem, set_problem] = useState<string | null>(null);
    const pinned = is_pinned(order, now.value ?? 0);
    const busy = doing.value?.what === `abandon-${order.id}`;
    const confirm = async () => {
        const end = await abandon(order.id);
        ask(false);
        if (end.kind === "done") {
            announce(t("abandon.done"));
            return go("basket");
        }
        if (end.kind === "failed") set_problem(end.text);
    };
    return (
        <>
            <button type="button" class="button button-quiet" disabled={!is_live.value || pinned} onClick={() => ask(true)} data-testid="abandon">
                {t("abandon.ask")}
            </button>
            {pinned && <p class="muted">{t("abandon.pinned")}</p>}
            <Failure text={problem} />
            {asking && (
                <Dialog id="abandon-dialog" title={t("abandon.title")} busy={busy} close={() => ask(false)} actions={
                    <>
                        <button type="button" class="button button-quiet" disabled={busy} onClick={() => ask(false)}>{t("abandon.keep")}</button>
                        <button type="button" class="button button-main" disabled={busy || !is_live.value} onClick={() => void confirm()}
                            data-testid="confirm-abandon">{busy ? base("form.sending") : t("abandon.confirm")}</button>
                    </>
                }>
                    <p>{t("abandon.text")}</p>
                </Dialog>
            )}
        </>
    );
}

const line_signs: Record<OrderLine["state"], IconName> = {
    held: "clock", booked: "check", returned: "back", ended: "cross", cancelled: "cross",
};

function LineState({ line }: { line: OrderLine }) {
    return (
        <>
            <p class={`line-state line-${line.state}`} data-testid={`state-${line.week}-${line.child}`} data-state={line.state}>
                <Icon name={line_signs[line.state]} />{line_state_text(line)}
            </p>
            {line.cancellation && (
                <p class="line-state" data-testid={`cancellation-${line.week}-${line.child}`} data-state={line.cancellation.state}>
                    <Icon name={line.cancellation.state === "pending" ? "waiting" : line.cancellation.state === "accepted" ? "check" : "cross"} />
                    {t(`cancellation.${line.cancellation.state}`)}
                </p>
            )}
        </>
    );
}

function Cancel({ order, line }: { order: Order; line: OrderLine }) {
    if (line.state !== "booked" || line.cancellation?.state === "pending") return null;
    return (
        <a class="button button-quiet" href={`#cancellation/${order.id}/${encodeURIComponent(line.hold)}`}
            aria-label={base("page.says", { what: t("line.cancel"), text: line_text(line) })}
            data-testid={`cancel-${line.week}-${line.child}`}>{t("line.cancel")}</a>
    );
}

function Sums({ order }: { order: Order }) {
    const list = order.lines.reduce((sum, l) => sum + l.list, 0);
    const amount = order.lines.reduce((sum, l) => sum + l.amount, 0);
    return (
        <section class="sum" aria-label={t("sum.total")}>
            {amount !== list && (
                <>
                    <SumLine name={t("sum.list")} amount={list} />
                    <SumLine name={t("sum.reductions")} amount={amount - list} />
                </>
            )}
            {order.adjustment !== 0 && <SumLine name={t("sum.adjustment")} amount={order.adjustment} />}
            <SumLine name={t(order.state === "open" ? "sum.frozen" : "sum.total")} amount={order.total} strong test_id="order-total" />
            {order.paid > 0 && <SumLine name={t("sum.paid")} amount={order.paid} test_id="order-paid" />}
        </section>
    );
}

function Payments({ order }: { order: Order }) {
    if (order.payments.length === 0 && order.refunds.length === 0) return null;
    return (
        <section class="stack" aria-labelledby="payments-title">
            <h2 id="payments-title">{t("payments.title")}</h2>
            <ul class="rows">
                {[...order.payments].sort((a, b) => b.id - a.id).map((p) => (
                    <li key={p.id} class="row-card" data-testid={`payment-${p.id}`} data-state={p.state}>
                        <span>{base("page.says", { what: t(`method.${p.method}`), text: t(`payment.${p.state}`) })}</span>
                        <span class="muted">{date_time(Date.parse(p.made_at))}</span>
                        <span class="price">{money(p.state === "review" || p.state === "returned" ? p.received : p.amount)}</span>
                    </li>
                ))}
                {order.refunds.map((r) => (
                    <li key={`r${r.id}`} class="row-card" data-testid={`refund-${r.id}`} data-state={r.state}>
                        <span>{base("page.says", { what: t("refund.title"), text: `${refund_text(r)} ${t(`return.${r.state}`)}` })}</span>
                        <span class="muted">{day_text(Date.parse(r.made_at))}</span>
                        <span class="price">{money(r.amount)}</span>
                    </li>
                ))}
            </ul>
        </section>
    );
}
