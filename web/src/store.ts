// The state of the page, as signals, and nothing that changes it but the actions in actions.ts.
import { computed, signal } from "@preact/signals";
import { keep, kept, remembered } from "./io/memory";
import type { LinkState } from "./io/live_link";
import type { Intent } from "./model/booking";
import { cell_state, is_shown, type CellFacts, type CellState, type Held } from "./model/calendar";
import { clock_start, server_now, type Clock } from "./model/clock";
import { live_start, type LiveState } from "./model/live";
import { parse_place, type Place } from "./model/place";
import type { Basket, Camp, Child, Item, Me, Mode, Outcome, Problem, Season, Week } from "./model/wire";
import type { Picks } from "./model/picks";

export type Load = "loading" | "ready" | "failed";

export interface Notice {
    id: number;
    kind: "vanished" | "returned" | "expired" | "gone" | "cancelled" | "session" | "error";
    item: Item | null;
    text: string | null;                             // a problem's own words, already in the language
}

export type Booking =
    | { kind: "idle" }
    | { kind: "sending"; intent: Intent; attempt: number; in_doubt: boolean }
    | { kind: "unanswered"; intent: Intent };

export type Result =
    | { kind: "outcome"; outcome: Outcome; mode: Mode }
    | { kind: "failed"; problem: Problem | null };

export const season = signal<Season | null>(null);
export const season_load = signal<Load>("loading");
export const live = signal<LiveState>(live_start);
export const link = signal<LinkState>({ state: "connecting", retry_at: null, transport: "socket" });
export const is_lost = signal(false);                         // from a loss until live again
export const heard_at = signal<number | null>(null);         // server time of the last frame
export const me = signal<Me | null>(null);
export const me_load = signal<Load>("loading");
export const basket = signal<Basket | null>(null);
export const basket_load = signal<Load>("loading");
export const active_child = signal<number | null>(null);
export const picks = signal<Picks>(kept<Picks>("picks") ?? []);
export const all_or_nothing = signal(false);
export const booking = signal<Booking>({ kind: "idle" });
export const result = signal<Result | null>(null);
export const notices = signal<readonly Notice[]>([]);
export const announcement = signal("");
export const place = signal<Place>(parse_place(""));
export const family_news = signal(0);                        // counts what was heard of this family
export const clock = signal<Clock>(clock_start);
export const now = signal<number | null>(null);              // server time, moves once a second
export const grouping = signal<"week" | "camp">(remembered("grouping") === "camp" ? "camp" : "week");
export const wide = signal(false);

picks.subscribe((value) => keep("picks", value));

export const route = computed(() => place.value.page);
export const is_live = computed(() => link.value.state === "live");
export const is_sending = computed(() => booking.value.kind === "sending");
export const holds = computed(() => basket.value?.holds ?? []);
export const taken = computed(() => basket.value?.taken ?? []);
export const seats = computed<readonly Held[]>(() => [...holds.value, ...taken.value]);
export const camps_by_id = computed(() => new Map(season.value?.camps.map((c) => [c.id, c]) ?? []));
export const weeks_by_id = computed(() => new Map(season.value?.weeks.map((w) => [w.id, w]) ?? []));
export const child = computed<Child | null>(
    () => me.value?.children.find((c) => c.id === active_child.value) ?? null,
);

export function server_time(): number {
    return server_now(clock.value, performance.now()) ?? Date.now();
}

export interface Cell {
    week: Week;
    camp: Camp;
    available: number;
    state: CellState | null;                         // null: nobody is chosen yet
}

/** Every week the calendar shows now; a full one is missing from it unless S21 keeps it. */
export const cells = computed<ReadonlyMap<number, Cell>>(() => {
    const shown = new Map<number, Cell>();
    if (season.value === null || live.value.sequence === null) return shown;
    for (const week of season.value.weeks) {
        const camp = camps_by_id.value.get(week.camp);
        const facts = facts_of(week, season.value);
        if (!camp || !is_shown(week, facts)) continue;
        const state = child.value ? cell_state(week, camp, child.value, facts) : null;
        shown.set(week.id, { week, camp, available: facts.available, state });
    }
    return shown;
});

/** What the calendar would say of this week for this child, whoever is chosen now. */
export function state_of(item: Item): CellState | null {
    const week = weeks_by_id.value.get(item.week);
    const camp = week && camps_by_id.value.get(week.camp);
    const whose = me.value?.children.find((c) => c.id === item.child);
    if (!season.value || !week || !camp || !whose) return null;
    return cell_state(week, camp, whose, facts_of(week, season.value));
}

function facts_of(week: Week, from: Season): CellFacts {
    return {
        season: from,
        available: live.value.available.get(week.id) ?? 0,
        holds: seats.value,
        picks: picks.value,
        now: latest_turn.value,
    };
}

// The latest instant that changed something (an opening, a sheet's end): the calendar is drawn
// again at those, not each second.
const latest_turn = computed(() => {
    const at = now.value ?? 0;
    let latest = 0;
    const note = (text: string | null) => {
        const instant = text === null ? Infinity : Date.parse(text);
        if (instant <= at) latest = Math.max(latest, instant);
    };
    for (const week of season.value?.weeks ?? []) {
        note(week.opens_at);
        note(week.residents_opens_at);
    }
    for (const one of me.value?.children ?? []) note(one.sheet_valid_until);
    return latest;
});
