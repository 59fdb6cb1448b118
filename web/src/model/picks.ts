// The selection before it is sent: which child in which weeks. Pure.
// Invariant: a child is picked at most once an ISO week (the server takes it for bad input else).
import type { Item, Outcome, Reason, Season } from "./wire";

export type Picks = readonly Item[];

export const items_max = 32;

export function is_same(a: Item, b: Item): boolean {
    return a.week === b.week && a.child === b.child;
}

/** Picks or unpicks; another camp of the same ISO week gives way and is told as `replaced`. */
export function toggle_pick(picks: Picks, item: Item, season: Season): { picks: Picks; replaced: Item | null } {
    if (picks.some((p) => is_same(p, item))) {
        return { picks: picks.filter((p) => !is_same(p, item)), replaced: null };
    }
    const iso = new Map(season.weeks.map((w) => [w.id, w.iso_week]));
    const replaced = picks.find((p) => p.child === item.child && iso.get(p.week) === iso.get(item.week));
    const kept = picks.filter((p) => p !== replaced);
    return { picks: in_order([...kept, item], iso), replaced: replaced ?? null };
}

/** Whether one more week of this child would pass the limits, the basket counted. */
export function is_at_limit(picks: Picks, held: Picks, item: Item, season: Season): boolean {
    const iso = new Map(season.weeks.map((w) => [w.id, w.iso_week]));
    const others = picks.filter((p) => p.child !== item.child || iso.get(p.week) !== iso.get(item.week));
    const of_child = [...others, ...held].filter((p) => p.child === item.child).length;
    return others.length >= items_max
        || of_child >= season.limits.weeks_per_child
        || others.length + held.length >= season.limits.holds_per_family;
}

/** Takes out what is full now (S25). Items being booked this very moment are left alone: it may
 * be this family that took the last seat, and the answer will say. */
export function drop_full(picks: Picks, available: ReadonlyMap<number, number>, in_flight: Picks) {
    const lost = picks.filter(
        (p) => (available.get(p.week) ?? 0) <= 0 && !in_flight.some((f) => is_same(f, p)),
    );
    return { picks: lost.length === 0 ? picks : picks.filter((p) => !lost.includes(p)), lost };
}

/** After an answer stays only what asking again can still win. */
export function after_outcome(picks: Picks, outcome: Pick<Outcome, "placed" | "refused">): Picks {
    return picks.filter((p) => {
        if (outcome.placed.some((o) => is_same(o, p))) return false;
        const refused = outcome.refused.find((o) => is_same(o, p));
        return refused === undefined || may_win_later(refused.reason);
    });
}

export function may_win_later(reason: Reason): boolean {
    switch (reason) {
        case "busy": case "not_open": case "residents_only": case "not_tried":
            return true;
        case "sold_out": case "age": case "sheet_missing": case "sheet_expired":
        case "overlapping": case "limit": case "no_invoiceable_parent":
            return false;
    }
}

function in_order(picks: Item[], iso: ReadonlyMap<number, string>): Picks {
    return picks.sort((a, b) =>
        a.child - b.child || (iso.get(a.week) ?? "").localeCompare(iso.get(b.week) ?? "") || a.week - b.week);
}
