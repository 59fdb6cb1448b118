// S28: the order once more, the ways to pay that the organiser offers (R3), and "Payer".
import { useEffect, useState } from "preact/hooks";
import { announce, go } from "../actions";
import { FaultSummary } from "../form/form";
import { is_settled, type Method, type Order, type Payment } from "../model/order";
import { is_live, season } from "../store";
import { money, quantity, t as base } from "../text";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { ask_payment, doing, load_orders, load_quote, pay, quote, quote_load } from "./book";
import { Deadline, Failed, Failure, Offline, SumLine } from "./parts";
import { line_text, name_of } from "./wording";
import { t } from "./words";

export function PayPage({ order }: { order: Order }) {
    return (
        <div class="stack-wide" data-testid="pay-page">
            <p><a class="back-link" href={`#order/${order.id}`}><Icon name="back" />{t("order.title", { id: String(order.id) })}</a></p>
            <h1 tabIndex={-1}>{t("pay.title")}</h1>
            {order.state === "open" ? <Open order={order} /> : <Closed order={order} />}
        </div>
    );
}

function Closed({ order }: { order: Order }) {
    return (
        <div class="empty">
            <Icon name="sheet" large />
            <p>{t("pay.closed")}</p>
            <a class="button button-main" href={`#order/${order.id}`}>{t("basket.to_order")}</a>
        </div>
    );
}

function Open({ order }: { order: Order }) {
    return (
        <>
            {order.ends_at !== null && (
                <Deadline at={order.ends_at} label={t("order.deadline")} said={(time) => t("order.pay_before", { time })} />
            )}
            <section class="sum" aria-label={t("sum.total")}>
                <ul class="pay-lines">
                    {order.lines.map((l) => (
                        <li key={l.hold}>
                            <span><strong>{name_of(l.child)}</strong>, {line_text(l)}</span>
                            <span class="price">{money(l.amount)}</span>
                        </li>
                    ))}
                </ul>
                {order.adjustment !== 0 && <SumLine name={t("sum.adjustment")} amount={order.adjustment} />}
                <SumLine name={t("pay.due")} amount={order.total - order.paid} strong test_id="due" />
            </section>
            {quote.value === null ? (quote_load.value === "failed" ? <Failed again={() => void load_quote()} /> : <Loading />)
                : <Choice order={order} methods={quote.value.methods} />}
        </>
    );
}

function Choice({ order, methods }: { order: Order; methods: readonly { method: Method; patience_seconds: number }[] }) {
    const only = methods.length === 1 ? methods[0]?.method ?? null : null;
    const [method, choose] = useState<Method | null>(only ?? order.method);
    const [missing, set_missing] = useState(0);
    const [problem, set_problem] = useState<string | null>(null);
    const [leaving, set_leaving] = useState(false);
    const busy = leaving || doing.value?.what === `pay-${order.id}`;
    // Back from the bank by the browser's button: the page is as it was left, and the button is to work.
    useEffect(() => {
        const shown = (event: PageTransitionEvent) => {
            if (!event.persisted) return;
            set_leaving(false);
            void load_orders();
        };
        addEventListener("pageshow", shown);
        return () => removeEventListener("pageshow", shown);
    }, []);
    const submit = async (event: Event) => {
        event.preventDefault();
        if (busy) return;
        set_problem(null);
        if (method === null) return set_missing(missing + 1);
        const end = await pay(order.id, method);
        if (end.kind === "failed") {
            return set_problem(end.name === "order_not_open" ? t("pay.closed")
                : end.name === "payment_in_progress" ? t("pay.in_progress") : end.text);
        }
        if (end.kind === "gone") return;
        set_leaving(true);
        if (!(await to_bank(end.value))) set_leaving(false);
    };
    const chosen_faulty = missing > 0 && method === null;
    return (
        <form class="form" noValidate onSubmit={(e) => void submit(e)} data-testid="pay-form">
            <FaultSummary faults={chosen_faulty ? [{ field: "method-0", text: t("pay.choose_one") }] : []} turn={missing} />
            <fieldset class={chosen_faulty ? "field field-faulty" : "field"}>
                <legend>{t("pay.how")}</legend>
                {chosen_faulty && <p class="fault" id="method-fault"><Icon name="alert" />{t("pay.choose_one")}</p>}
                <div class="ways-to-pay">
                    {methods.map(({ method: each, patience_seconds }, n) => (
                        <label key={each} class="option side">
                            <input type="radio" name="method" id={`method-${n}`} value={each} checked={method === each}
                                aria-describedby={chosen_faulty ? "method-fault" : undefined}
                                onChange={() => choose(each)} data-testid={`method-${each}`} />
                            <span>
                                <strong>{t(`method.${each}`)}</strong>
                                <span class="hint">{t(`way.${each}`, { place: season.value?.organiser.address ?? "" })}</span>
                                {patience_seconds > 0 && <span class="hint">{t("pay.patience", { time: patience_text(patience_seconds) })}</span>}
                            </span>
                        </label>
                    ))}
                </div>
            </fieldset>
            <Failure text={problem} />
            <Offline />
            {doing.value?.slow && <p role="status">{t("do.slow")}</p>}
            <div class="form-go">
                <button type="submit" class="button button-main" aria-disabled={busy} disabled={!is_live.value} data-testid="pay">
                    {busy ? base("form.sending") : method === null || method === "online"
                        ? t("pay.pay", { amount: money(order.total - order.paid) }) : t(`paying.${method}`)}
                </button>
                <a class="button button-quiet" href={`#order/${order.id}`}>{t("pay.later")}</a>
            </div>
        </form>
    );
}

/** Where a payment goes on: at the bank, or on a page of ours that says what to do. */
async function to_bank(payment: Payment): Promise<boolean> {
    if (payment.method !== "online") {
        announce(t(`chosen.${payment.method}`));
        go(`order/${payment.order}`);
        return false;
    }
    let found = payment;
    // The bank's page may not be known yet: the order was answered before it was.
    if (!found.checkout_url && !is_settled(found)) {
        const answer = await ask_payment(payment.id);
        if (answer.status === 200) found = answer.body as Payment;
    }
    if (found.checkout_url && !is_settled(found)) {
        location.assign(found.checkout_url);
        return true;
    }
    go(`payment/${payment.id}`);
    return false;
}

function patience_text(seconds: number): string {
    return seconds >= 86_400 ? t("pay.days", { n: Math.floor(seconds / 86_400) }) : quantity(Math.ceil(seconds / 3600), "hour");
}
