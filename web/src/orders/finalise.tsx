// S27: the registrations by child, "Valider" makes an order of them, "Abandonner" leaves the holds
// as they are.
import { useState } from "preact/hooks";
import { announce, go } from "../actions";
import { unpaid } from "../model/order";
import { basket, is_live } from "../store";
import { money, t as base } from "../text";
import { item_text } from "../wording";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { UnpaidOrders } from "./basket";
import { doing, finalise, load_quote, orders, quote, quote_load } from "./book";
import { Deadline, Failed, Failure, LinesByChild, Offline, SumLine } from "./parts";
import { has_reductions } from "./wording";
import { t } from "./words";

export function FinalisePage() {
    const priced = quote.value;
    return (
        <div class="stack-wide" data-testid="finalise-page">
            <h1 tabIndex={-1}>{base("outcome.finalise")}</h1>
            {priced === null ? (quote_load.value === "failed" ? <Failed again={() => void load_quote()} /> : <Loading />)
                : priced.lines.length === 0 ? <Nothing /> : <Listing />}
        </div>
    );
}

// After a reload or in a second tab: what was there to finalise may be an order already.
function Nothing() {
    const open = unpaid(orders.value ?? []);
    return (
        <>
            <UnpaidOrders />
            <div class="empty">
                <Icon name="basket" large />
                <p>{t(open.length > 0 ? "finalise.done_already" : "basket.empty")}</p>
                <a class="button" href="#orders">{base("nav.orders")}</a>
                <a class="button button-quiet" href="#calendar">{t("basket.to_calendar")}</a>
            </div>
        </>
    );
}

function Listing() {
    const [problem, set_problem] = useState<string | null>(null);
    const { lines = [], total = 0, adjustment = 0, already_paid = 0, gives_back = 0, deadline = null } = quote.value ?? {};
    const busy = doing.value?.what === "finalise";
    const elsewhere = (basket.value?.holds ?? []).filter((h) => !lines.some((l) => l.hold === h.hold));
    const confirm = async () => {
        if (busy) return;
        set_problem(null);
        const end = await finalise(lines.map((l) => l.hold));
        if (end.kind === "done") {
            announce(t("finalise.done", { id: String(end.value.id) }));
            return go(`order/${end.value.id}`);
        }
        if (end.kind === "failed") {
            set_problem(end.name === "nothing_to_finalise" || end.name === "in_order" || end.name === "not_found"
                ? t("finalise.changed") : end.text);
        }
    };
    return (
        <>
            <p class="lead">{t("finalise.text")}</p>
            {deadline !== null && (
                <Deadline at={deadline} label={t("basket.earliest_label")} said={(time) => t("finalise.deadline", { time })} />
            )}
            <LinesByChild lines={lines} test_id={(line) => `line-${line.week}-${line.child}`} />
            {elsewhere.length > 0 && quote_load.value === "ready" && (
                <p class="early"><Icon name="person" /><span>{t("finalise.elsewhere", { items: elsewhere.map(item_text).join("; ") })}</span></p>
            )}
            <section class="sum" aria-label={t("sum.total")}>
                {has_reductions(lines) && (
                    <>
                        <SumLine name={t("sum.list")} amount={lines.reduce((sum, l) => sum + l.list, 0)} />
                        <SumLine name={t("sum.reductions")} amount={lines.reduce((sum, l) => sum + l.amount - l.list, 0)} />
                    </>
                )}
                {adjustment !== 0 && <SumLine name={t("sum.adjustment")} amount={adjustment} />}
                <SumLine name={t("sum.total")} amount={total} strong test_id="finalise-total" />
                {gives_back > 0 && <SumLine name={t("sum.gives_back")} amount={-gives_back} />}
                <p class="sum-note"><Icon name="family" /><span>{t("basket.degressive")}{already_paid > 0 && ` ${t("basket.with_paid")}`}</span></p>
                <Failure text={problem} />
                <Offline />
                {doing.value?.slow && busy && <p role="status">{t("do.slow")}</p>}
                <div class="go">
                    <button type="button" class="button button-main" aria-disabled={busy} disabled={!is_live.value}
                        onClick={() => void confirm()} data-testid="confirm-finalise">
                        {busy ? base("form.sending") : t("finalise.confirm")}
                    </button>
                    <a class="button button-quiet" href="#basket" data-testid="leave-finalise">{t("finalise.leave")}</a>
                </div>
                <p class="muted">{t("finalise.leave_hint")}</p>
                <p class="muted">{t("finalise.freeze", { total: money(total) })}</p>
            </section>
        </>
    );
}
