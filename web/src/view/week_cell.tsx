// One camp week in the calendar, for the chosen child: places left, price, and the button that
// picks it, or the reason why it cannot be picked.
import { useRef } from "preact/hooks";
import type { CellState, Held } from "../model/calendar";
import { is_at_limit } from "../model/picks";
import { go, toggle } from "../actions";
import { child, is_sending, picks, season, seats, type Cell } from "../store";
import { clock_time, date_time, day_range, own_text, t } from "../text";
import { ages_text, child_name, days_off_text, price_text, reason_text, week_text } from "../wording";
import { Icon, ThemeIcon } from "./icons";

type Layout = "grid" | "camp" | "week";              // what the cell itself must name

export function WeekCell({ cell, layout }: { cell: Cell; layout: Layout }) {
    const { week, state, available } = cell;
    const held_for = seats.value.filter((h) => h.week === week.id);
    const kind = state?.kind === "free" && state.picked ? "picked" : state?.kind ?? "open";
    return (
        <article class={`cell cell-${layout} cell-${kind}`} data-testid={`week-${week.id}`} data-available={available}
            data-state={kind} aria-label={week_text(week)}>
            {layout !== "grid" && <CellName cell={cell} layout={layout} />}
            <p class="cell-facts">
                <Places available={available} capacity={week.capacity} />
                {state?.kind !== "refused" && <span class="price">{price_text(week, child.value)}</span>}
            </p>
            {state && <CellAction cell={cell} state={state} />}
            <HeldForOthers others={held_for.filter((h) => h.child !== child.value?.id)} />
        </article>
    );
}

function CellName({ cell, layout }: { cell: Cell; layout: Layout }) {
    const { camp, week } = cell;
    if (layout === "camp") {
        return (
            <div class="cell-name">
                <ThemeIcon theme={camp.theme} />
                <p><strong>{own_text(camp.name)}</strong><span class="muted">{ages_text(camp)} · {camp.place}</span></p>
            </div>
        );
    }
    const except = days_off_text(week);
    return (
        <div class="cell-name">
            <p>
                <strong>{day_range(week.days, "long")}</strong>
                <span class="muted">
                    {t("week.number", { n: week.iso_week.slice(-2) })}
                    {except !== null && <> · {t("week.days", { n: week.days.length })} {except}</>}
                </span>
            </p>
        </div>
    );
}

// The bar repeats the words for the eye; keyed by the number, so that a change, and only a change,
// draws the eye.
function Places({ available, capacity }: { available: number; capacity: number }) {
    const first = useRef(available);
    const changed = useRef(false);
    changed.current ||= first.current !== available;
    const level = available <= 0 ? "none" : available <= 5 ? "few" : "many";
    return (
        <span class={`places places-${level}${changed.current ? " places-changed" : ""}`} key={available}>
            {available <= 0 ? t("places.none") : t(available <= 5 ? "places.few" : "places.left", { n: available })}
            <meter aria-hidden="true" min={0} max={Math.max(capacity, 1)} value={Math.max(0, available)} />
        </span>
    );
}

function CellAction({ cell, state }: { cell: Cell; state: CellState }) {
    switch (state.kind) {
        case "held": return <HeldByChild hold={state.hold} />;
        case "refused":
            return (
                <p class="cell-reason"><Icon name="lock" /><span>{reason_text(state.reason, { week: cell.week.id, child: 0 })}</span></p>
            );
        case "full": return <p class="cell-reason"><Icon name="cross" /><span>{t("calendar.full_may_return")}</span></p>;
        case "free": return <PickButton cell={cell} picked={state.picked} opens_at={state.opens_at} />;
    }
}

function PickButton({ cell, picked, opens_at }: { cell: Cell; picked: boolean; opens_at: number | null }) {
    const one = child.value;
    if (!one || !season.value) return null;
    const item = { week: cell.week.id, child: one.id };
    if (!picked && is_at_limit(picks.value, seats.value, item, season.value)) {
        return <p class="cell-reason"><Icon name="lock" /><span>{reason_text("limit")}</span></p>;
    }
    const word = picked ? t("pick.picked") : t("pick.pick");
    return (
        <>
            <button type="button" class="pick" aria-pressed={picked} disabled={is_sending.value}
                aria-label={t("page.says", { what: word, text: `${week_text(cell.week)}, ${one.name}` })}
                onClick={() => toggle(item)} data-testid={`pick-${cell.week.id}`}>
                <Icon name={picked ? "check" : "plus"} />{word}
            </button>
            {opens_at !== null && <OpensAt at={opens_at} cell={cell} />}
        </>
    );
}

// Only said here when it is not the opening that the countdown already shows.
function OpensAt({ at, cell }: { at: number; cell: Cell }) {
    const residents_first = cell.week.residents_opens_at !== null && child.value?.class !== "resident";
    if (!residents_first) return null;
    return <p class="cell-note" title={date_time(at)}>{t("week.opens_for_you", { time: clock_time(at, false) })}</p>;
}

function HeldByChild({ hold }: { hold: Held }) {
    const to = hold.order === undefined ? "basket" : `order/${hold.order}`;
    return (
        <p class="held" data-testid={`held-${hold.week}-${hold.child}`}>
            <Icon name="check" />
            <span>
                {t(hold.booked ? "held.booked" : "held.yours", { child: child_name(hold.child) })}{" "}
                <a href={`#${to}`} onClick={() => go(to)}>{t(hold.order === undefined ? "held.see" : "held.see_order")}</a>
            </span>
        </p>
    );
}

function HeldForOthers({ others }: { others: readonly Held[] }) {
    if (others.length === 0) return null;
    return (
        <p class="cell-note">
            <Icon name="basket" />{t("held.other", { child: others.map((h) => child_name(h.child)).join(", ") })}
        </p>
    );
}
