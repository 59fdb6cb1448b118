// One order as the staff see and settle it (R3, R4): its weeks, what was paid and what was not, what
// is to be given back, its clock. What changes money is asked for twice.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Payment, Refund } from "../model/order";
import { is_due, is_to_follow, is_to_settle, type StaffOrder } from "../model/staff_orders";
import { is_live, weeks_by_id } from "../store";
import { date_time, day_text, money, t as base } from "../text";
import { week_text } from "../wording";
import { Icon } from "../view/icons";
import { use_acting, type Acting } from "./acting";
import { t } from "./words";

export function OrderCard({ order, changed }: { order: StaffOrder; changed: (order: StaffOrder) => void }) {
    const acting = use_acting();
    const heading = useRef<HTMLHeadingElement>(null);
    const send = async (path: string, body: unknown, said: string) => {
        const after = await acting.act<StaffOrder>(path, body, said);
        if (after === null) return;
        changed(after);
        heading.current?.focus();
    };
    return (
        <article class="decision" aria-labelledby={`order-${order.id}`} data-testid={`order-${order.id}`} data-state={order.state}>
            <div class="decision-head">
                <h3 id={`order-${order.id}`} tabIndex={-1} ref={heading}>{t("order.title", { id: String(order.id) })}</h3>
                <span class="muted">{t(`order.${order.state}`)} · {day_text(Date.parse(order.made_at))}</span>
            </div>
            <p><a href={`#staff/family/${order.family}`}>{order.parent ?? t("order.nobody")}</a></p>
            <ul class="plain-list">
                {order.lines.map((line) => (
                    <li key={line.hold}>
                        <span>{weeks_by_id.value.has(line.week) ? week_text(weeks_by_id.value.get(line.week)!) : base("week.unknown")}</span>
                        <span class="muted"> {t("order.seat", { n: String(line.seat) })} · {t(`line.${line.state}`)} · {money(line.amount)}</span>
                    </li>
                ))}
            </ul>
            <p><strong>{t("order.sum", { total: money(order.total), paid: money(order.paid) })}</strong></p>
            {order.payments.map((payment) => <PaymentLine key={payment.id} order={order} payment={payment} acting={acting} send={send} />)}
            {order.refunds.map((refund) => <RefundLine key={refund.id} order={order} refund={refund} acting={acting} send={send} />)}
            {order.state === "open" && <Clock order={order} acting={acting} send={send} />}
            {acting.problem !== null && <p class="fault" role="alert"><Icon name="alert" />{acting.problem}</p>}
        </article>
    );
}

type Send = (path: string, body: unknown, said: string) => Promise<void>;
type LineFacts = { order: StaffOrder; acting: Acting; send: Send };

function PaymentLine({ order, payment, acting, send }: LineFacts & { payment: Payment }) {
    const settle = is_to_settle(order, payment);
    const path = `/staff/payments/${payment.id}`;
    return (
        <div class="money" data-testid={`payment-${payment.id}`} data-state={payment.state}>
            <p>
                <strong>{t(`method.${payment.method}`)}</strong> {money(payment.amount)} · {t(`payment.${payment.state}`)}
                {payment.received > 0 && payment.received !== payment.amount && ` · ${t("payment.received", { amount: money(payment.received) })}`}
                {payment.communication && <><br /><span class="communication">{payment.communication}</span></>}
            </p>
            {settle && (
                <Sure label={t("payment.settle")} question={t("payment.settle_sure", { amount: money(payment.amount) })} yes={t("payment.settle_yes")}
                    busy={acting.busy} act={() => send(`${path}/settle`, {}, t("payment.settled"))} test_id={`settle-${payment.id}`} />
            )}
            {payment.state === "review" && (
                <>
                    <p class="money-words">{t("payment.review_text", { received: money(payment.received), amount: money(is_due(order)) })}</p>
                    <div class="row">
                        <Sure label={t("payment.accept")} question={t("payment.accept_sure", { received: money(payment.received) })}
                            yes={t("payment.accept_yes")} busy={acting.busy} test_id={`review-accept-${payment.id}`}
                            act={() => send(`${path}/review`, { accept: true }, t("payment.accepted"))} />
                        <Sure label={t("payment.return")} question={t("payment.return_sure", { received: money(payment.received) })}
                            yes={t("payment.return_yes")} busy={acting.busy} test_id={`review-return-${payment.id}`}
                            act={() => send(`${path}/review`, { accept: false }, t("payment.returned_now"))} />
                    </div>
                </>
            )}
        </div>
    );
}

function RefundLine({ order, refund, acting, send }: LineFacts & { refund: Refund }) {
    const path = `/staff/refunds/${refund.id}`;
    return (
        <div class="money" data-testid={`refund-${refund.id}`} data-state={refund.state}>
            <p>
                <strong>{t("refund.title")}</strong> {money(refund.amount)} · {t(`refund.${refund.reason}`)} · {t(`refund.${refund.state}`)}
            </p>
            {is_to_follow(order, refund) && (
                <div class="row">
                    <Sure label={t("refund.say_done")} question={t("refund.done_sure", { amount: money(refund.amount) })} yes={t("refund.done_yes")}
                        busy={acting.busy} test_id={`refund-done-${refund.id}`}
                        act={() => send(path, { state: "done" }, t("refund.noted"))} />
                    {refund.state === "failed" && (
                        <button type="button" class="button button-small" disabled={acting.busy || !is_live.value}
                            onClick={() => void send(path, { state: "due" }, t("refund.again_said"))} data-testid={`refund-again-${refund.id}`}>
                            {t("refund.again")}
                        </button>
                    )}
                </div>
            )}
        </div>
    );
}

/** R4: an order whose clock stands still does not expire, and keeps its seats. */
function Clock({ order, acting, send }: LineFacts) {
    const stopped = order.clock_stopped;
    return (
        <div class="money" data-testid={`clock-${order.id}`} data-state={stopped ? "stopped" : "running"}>
            <p>
                <Icon name={stopped ? "lock" : "clock"} />{" "}
                {stopped ? t("clock.stopped") : t("clock.running", { time: order.ends_at === null ? "–" : date_time(Date.parse(order.ends_at)) })}
            </p>
            <button type="button" class="button button-small" disabled={acting.busy || !is_live.value}
                onClick={() => void send(`/staff/orders/${order.id}/clock`, { stopped: !stopped }, t(stopped ? "clock.started_now" : "clock.stopped_now"))}
                data-testid={`clock-turn-${order.id}`}>
                {t(stopped ? "clock.start" : "clock.stop")}
            </button>
        </div>
    );
}

/** An act that is not taken back by a click: asked once more, in place, where the focus goes too. */
export function Sure({ label, question, yes, busy, act, test_id }: {
    label: string; question: ComponentChildren; yes: string; busy: boolean; act: () => Promise<void>; test_id: string;
}) {
    const [asking, set_asking] = useState(false);
    const box = useRef<HTMLDivElement>(null);
    const button = useRef<HTMLButtonElement>(null);
    const was_asking = useRef(false);
    useLayoutEffect(() => {
        if (asking) box.current?.focus();
        else if (was_asking.current) button.current?.focus();
        was_asking.current = asking;
    }, [asking]);
    if (!asking) {
        return (
            <button type="button" class="button button-small" disabled={busy || !is_live.value} ref={button}
                onClick={() => set_asking(true)} data-testid={test_id}>{label}</button>
        );
    }
    return (
        <div class="sure" role="group" tabIndex={-1} ref={box} aria-label={label}>
            <p>{question}</p>
            <p class="row">
                <button type="button" class="button button-main button-small" disabled={busy || !is_live.value}
                    onClick={() => void act().then(() => set_asking(false))} data-testid={`${test_id}-yes`}>{yes}</button>
                <button type="button" class="button button-small" onClick={() => set_asking(false)} data-testid={`${test_id}-no`}>{t("sure.no")}</button>
            </p>
        </div>
    );
}
