// S22: what became of the request, item by item, in words; then S23's two ways on.
import { useEffect, useRef } from "preact/hooks";
import { go } from "../actions";
import type { Item, Outcome } from "../model/wire";
import { result, type Result } from "../store";
import { date_time, t } from "../text";
import { item_text, reason_text } from "../wording";
import { Icon } from "./icons";

/** Always in the page, so that a screen reader hears what comes into it. */
export function OutcomePanel() {
    const heading = useRef<HTMLHeadingElement>(null);
    const shown = result.value;
    useEffect(() => {
        if (!shown) return;
        heading.current?.scrollIntoView({ block: "center" });
        heading.current?.focus({ preventScroll: true });
    }, [shown]);
    return (
        <div aria-live="polite" class={shown ? undefined : "result-none"} data-testid="result" data-state={shown ? state_of_result(shown) : "none"}>
            {shown && (
                <section class={`outcome outcome-${state_of_result(shown)}`} aria-labelledby="outcome-title">
                    <h2 id="outcome-title" tabIndex={-1} ref={heading}>
                        <Icon name={state_of_result(shown) === "placed" ? "check" : "alert"} large />{title(shown)}
                    </h2>
                    {shown.kind === "outcome" ? <Items outcome={shown.outcome} mode={shown.mode} /> : <p>{failure(shown)}</p>}
                    <div class="outcome-next">
                        {shown.kind === "outcome" && shown.outcome.placed.length > 0 && (
                            <button type="button" class="button button-main" onClick={() => go("basket")} data-testid="finalise">
                                {t("outcome.finalise")}
                            </button>
                        )}
                        <button type="button" class="button" onClick={another} data-testid="another-child">
                            {shown.kind === "outcome" && shown.outcome.placed.length > 0 ? t("outcome.another") : t("action.close")}
                        </button>
                    </div>
                </section>
            )}
        </div>
    );
}

function Items({ outcome, mode }: { outcome: Outcome; mode: "all" | "each" }) {
    const sold_out = outcome.refused.some((r) => r.reason === "sold_out");
    return (
        <>
            <ul class="outcome-items">
                {outcome.placed.map((item) => (
                    <li key={`${item.week}-${item.child}`} class="outcome-placed" data-testid={`placed-${item.week}-${item.child}`}>
                        <Icon name="check" />
                        <Says item={item} text={t("outcome.placed", { seat: String(item.seat), time: date_time(Date.parse(item.deadline)) })} />
                    </li>
                ))}
                {outcome.refused.map((item) => (
                    <li key={`${item.week}-${item.child}`} class="outcome-refused"
                        data-testid={`refused-${item.week}-${item.child}`} data-reason={item.reason}>
                        <Icon name="cross" />
                        <Says item={item} text={reason_text(item.reason, item)} />
                    </li>
                ))}
            </ul>
            {mode === "all" && outcome.placed.length === 0 && <p>{t("outcome.nothing_all")}</p>}
            {sold_out && <p>{t("outcome.may_return")}</p>}
        </>
    );
}

function Says({ item, text }: { item: Item; text: string }) {
    const [before, after] = t("page.says", { what: "\n", text }).split("\n");
    return <span>{before}<strong>{item_text(item)}</strong>{after}</span>;
}

function state_of_result(shown: Result): "placed" | "partly" | "refused" | "failed" {
    if (shown.kind === "failed") return "failed";
    if (shown.outcome.placed.length === 0) return "refused";
    return shown.outcome.refused.length === 0 ? "placed" : "partly";
}

// In part is neither a success nor a failure: both numbers are said.
function title(shown: Result): string {
    if (shown.kind === "failed") return t("outcome.title_failed");
    const { placed, refused } = shown.outcome;
    if (placed.length === 0) return t("outcome.title_refused");
    const good = t("outcome.title_placed", { n: placed.length });
    return refused.length === 0 ? good : `${good}, ${t("outcome.title_also", { n: refused.length })}`;
}

function failure(shown: Result): string {
    return shown.kind === "failed" ? shown.problem?.detail ?? t("error.unknown") : "";
}

function another() {
    result.value = null;
    const heading = document.getElementById("children-title");
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
}
