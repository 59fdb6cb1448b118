// S22 to S24, S26: what is held, for whom, until when and at what price; each hold can be given
// back, after one question, and the basket finalised, after another: are all children in it?
import { useState } from "preact/hooks";
import { choose_child, go, refresh_family, release } from "../actions";
import { unpaid, type Order, type PricedLine } from "../model/order";
import type { Child, Hold } from "../model/wire";
import { basket, basket_load, is_live, me, now, weeks_by_id } from "../store";
import { date_time, money, t as base } from "../text";
import { item_text, remaining_text } from "../wording";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { orders, quote, quote_load } from "./book";
import { Dialog } from "./dialog";
import { Deadline, Failed, LinesByChild, SumLine } from "./parts";
import { has_reductions } from "./wording";
import { t } from "./words";

type Asking = { kind: "release"; hold: Hold } | { kind: "all_in" } | null;

export function BasketPage() {
    const [asking, ask] = useState<Asking>(null);
    const content = basket.value;
    return (
        <div data-testid="basket">
            <h1 tabIndex={-1}>{base("nav.basket")}</h1>
            <UnpaidOrders />
            {content === null && basket_load.value === "loading" && <Loading />}
            {content === null && basket_load.value === "failed" && <Failed again={() => void refresh_family()} />}
            {content !== null && content.holds.length === 0 && <EmptyBasket />}
            {content !== null && content.holds.length > 0 && (
                <>
                    {content.earliest_deadline !== null && (
                        <Deadline at={content.earliest_deadline} label={t("basket.earliest_label")}
                            said={(time) => t("basket.earliest", { time })} />
                    )}
                    <Holds holds={content.holds} ask={ask} />
                    <Sum holds={content.holds} ask={ask} />
                </>
            )}
            <p><a class="button button-quiet" href="#orders" data-testid="to-orders"><Icon name="sheet" />{base("nav.orders")}</a></p>
            {asking?.kind === "release" && <ReleaseDialog hold={asking.hold} close={() => ask(null)} />}
            {asking?.kind === "all_in" && <AllInDialog holds={content?.holds ?? []} close={() => ask(null)} />}
        </div>
    );
}

/** What is finalised and not yet paid comes first: its clock runs too. */
export function UnpaidOrders() {
    const open = unpaid(orders.value ?? []);
    if (open.length === 0) return null;
    return (
        <ul class="stack" data-testid="unpaid">
            {open.map((order) => <li key={order.id}><UnpaidOrder order={order} /></li>)}
        </ul>
    );
}

function UnpaidOrder({ order }: { order: Order }) {
    const amount = money(order.total - order.paid);
    return (
        <section class="next next-open" aria-label={t("order.title", { id: String(order.id) })}>
            <Icon name="clock" large />
            <div>
                <h2>{t("basket.unpaid", { id: String(order.id) })}</h2>
                <p>
                    {order.ends_at === null ? t("basket.unpaid_stopped", { amount })
                        : t("basket.unpaid_until", { amount, time: date_time(Date.parse(order.ends_at)) })}
                </p>
            </div>
            <a class="button button-main" href={`#order/${order.id}`} data-testid={`unpaid-${order.id}`}>{t("basket.to_order")}</a>
        </section>
    );
}

function EmptyBasket() {
    return (
        <div class="empty">
            <Icon name="basket" large />
            <p>{t("basket.empty")}</p>
            <button type="button" class="button button-main" onClick={() => go("calendar")}>{t("basket.to_calendar")}</button>
        </div>
    );
}

// The reasons of the price where it is known already; until then, and where it cannot be had, the
// week's own price: a price never costs a seat (R6).
function Holds({ holds, ask }: { holds: readonly Hold[]; ask: (asking: Asking) => void }) {
    const by_hold = new Map(holds.map((h) => [h.hold, h]));
    const hold_of = (line: PricedLine) => by_hold.get(line.hold);
    return (
        <LinesByChild lines={priced(holds)} test_id={(line) => `hold-${line.week}-${line.child}`}
            extra={(line) => <Left hold={hold_of(line)} />}
            aside={(line) => <Release hold={hold_of(line)} ask={ask} />} />
    );
}

function priced(holds: readonly Hold[]): PricedLine[] {
    const lines = new Map((quote.value?.lines ?? []).map((line) => [line.hold, line]));
    const children = me.value?.children.map((c) => c.id) ?? [];
    return [...holds].sort((a, b) => children.indexOf(a.child) - children.indexOf(b.child) || day_of(a).localeCompare(day_of(b)))
        .map((h) => lines.get(h.hold) ?? { hold: h.hold, child: h.child, week: h.week, list: h.price, reductions: [], amount: h.price });
}

function day_of(hold: Hold): string {
    return weeks_by_id.value.get(hold.week)?.first_day ?? "";
}

function Left({ hold }: { hold: Hold | undefined }) {
    if (!hold) return null;
    const at = Date.parse(hold.deadline);
    return (
        <p class="muted" title={date_time(at)}>
            <Icon name="clock" />{t("basket.left", { time: remaining_text(at, now.value ?? at) })} · {t("basket.seat", { seat: String(hold.seat) })}
        </p>
    );
}

function Release({ hold, ask }: { hold: Hold | undefined; ask: (asking: Asking) => void }) {
    if (!hold) return null;
    return (
        <button type="button" class="button button-quiet" disabled={!is_live.value} onClick={() => ask({ kind: "release", hold })}
            title={is_live.value ? undefined : t("basket.offline")}
            aria-label={base("page.says", { what: t("basket.release"), text: item_text(hold) })}
            data-testid={`release-${hold.week}-${hold.child}`}>
            {t("basket.release")}
        </button>
    );
}

function Sum({ holds, ask }: { holds: readonly Hold[]; ask: (asking: Asking) => void }) {
    const lines = priced(holds);
    const known = quote.value !== null && lines.every((l) => quote.value?.lines.some((q) => q.hold === l.hold));
    const list = lines.reduce((sum, l) => sum + l.list, 0);
    const amount = lines.reduce((sum, l) => sum + l.amount, 0);
    const adjustment = known ? quote.value?.adjustment ?? 0 : 0;
    const back = known ? quote.value?.gives_back ?? 0 : 0;
    return (
        <section class="sum" aria-label={t("basket.sum")} data-testid="sum" data-state={known ? "priced" : quote_load.value}>
            {!is_live.value && <p class="bar-reason"><Icon name="lock" />{t("basket.offline")}</p>}
            {has_reductions(lines) && (
                <>
                    <SumLine name={t("sum.list")} amount={list} />
                    <SumLine name={t("sum.reductions")} amount={amount - list} />
                </>
            )}
            {adjustment !== 0 && <SumLine name={t("sum.adjustment")} amount={adjustment} />}
            <SumLine name={t("basket.sum")} amount={amount + adjustment} strong test_id="basket-total" />
            {back > 0 && <SumLine name={t("sum.gives_back")} amount={-back} />}
            <p class="sum-note">
                <Icon name="family" />
                <span>{t("basket.degressive")}{(quote.value?.already_paid ?? 0) > 0 && ` ${t("basket.with_paid")}`}</span>
            </p>
            {!known && <p class="muted" role="status">{t(quote_load.value === "failed" ? "basket.price_later" : "basket.pricing")}</p>}
            <div class="go">
                <button type="button" class="button button-main" onClick={() => ask({ kind: "all_in" })} data-testid="to-finalise">
                    {base("outcome.finalise")}
                </button>
                <button type="button" class="button" onClick={() => go("calendar")} data-testid="basket-another">{base("outcome.another")}</button>
            </div>
            <p class="muted">{t("basket.released_hint")}</p>
        </section>
    );
}

function ReleaseDialog({ hold, close }: { hold: Hold; close: () => void }) {
    const [busy, set_busy] = useState(false);
    const confirm = () => {
        set_busy(true);
        void release(hold).then(close);
    };
    return (
        <Dialog id="release" title={t("release.title")} busy={busy} close={close} actions={
            <>
                <button type="button" class="button button-quiet" disabled={busy} onClick={close}>{t("release.keep")}</button>
                <button type="button" class="button button-danger" disabled={busy || !is_live.value} onClick={confirm}
                    data-testid="confirm-release">
                    {busy ? t("release.busy") : t("release.confirm")}
                </button>
            </>
        }>
            <p><strong>{item_text(hold)}</strong></p>
            <p>{t("release.text")}</p>
            {!is_live.value && <p class="bar-reason"><Icon name="lock" />{t("basket.offline")}</p>}
        </Dialog>
    );
}

// S24: the price counts all children of the basket, so who is missing is asked before.
function AllInDialog({ holds, close }: { holds: readonly Hold[]; close: () => void }) {
    const children = me.value?.children ?? [];
    const count = (child: Child) => holds.filter((h) => h.child === child.id).length;
    const missing = children.filter((c) => count(c) === 0);
    const another = () => {
        const first = missing[0];
        if (first) choose_child(first.id);
        close();
        go("calendar");
    };
    const on = () => {
        close();
        go("finalise");
    };
    return (
        <Dialog id="all-in" title={t("all_in.title")} close={close} actions={
            <>
                <button type="button" class="button" onClick={another} data-testid="all-in-another">{base("outcome.another")}</button>
                <button type="button" class="button button-main" onClick={on} data-testid="all-in-yes">{t("all_in.yes")}</button>
            </>
        }>
            <p>{t("all_in.text")}</p>
            <ul class="all-in">
                {children.map((child) => (
                    <li key={child.id} class={count(child) > 0 ? "all-in-yes" : "all-in-no"}>
                        <Icon name={count(child) > 0 ? "check" : "cross"} />
                        <span><strong>{child.name}</strong> {count(child) > 0 ? t("all_in.weeks", { n: count(child) }) : t("all_in.none")}</span>
                    </li>
                ))}
            </ul>
        </Dialog>
    );
}
