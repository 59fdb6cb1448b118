// What the calendar says of one week for one child, and how weeks are grouped. Pure.
// Opening minutes are judged here, in server time: were every page to ask the server again at the
// opening second, that second would be lost.
import type { Camp, Child, Item, Reason, Season, Week } from "./wire";

export type CellState =
    | { kind: "held"; hold: Held }
    | { kind: "refused"; reason: Reason }
    | { kind: "full" }
    | { kind: "free"; picked: boolean; opens_at: number | null };   // null: open now for this child

/** A seat that the family has: held, ordered or booked. */
export type Held = Item & { order?: number; booked?: boolean };

export interface CellFacts {
    season: Season;
    available: number;
    holds: readonly Held[];
    picks: readonly Item[];
    now: number;
}

export function cell_state(week: Week, camp: Camp, child: Child, facts: CellFacts): CellState {
    const hold = facts.holds.find((h) => h.week === week.id && h.child === child.id);
    if (hold) return { kind: "held", hold };
    const reason = refusal(week, camp, child, facts);
    if (reason) return { kind: "refused", reason };
    if (facts.available <= 0) return { kind: "full" };
    const opens = opening_for(week, child);
    return {
        kind: "free",
        picked: facts.picks.some((p) => p.week === week.id && p.child === child.id),
        opens_at: opens > facts.now ? opens : null,
    };
}

/** When this week opens for a child of this class (R5: residents may come first). */
export function opening_for(week: Week, child: Pick<Child, "class">): number {
    const all = Date.parse(week.opens_at);
    if (week.residents_opens_at === null || child.class !== "resident") return all;
    return Math.min(all, Date.parse(week.residents_opens_at));
}

/** The next opening still to come, of all weeks, and whether something is open already. */
export function openings(season: Season, now: number) {
    let everyone: number | null = null;
    let residents: number | null = null;
    let open_for_all = false;
    let open_for_residents = false;
    for (const week of season.weeks) {
        const all = Date.parse(week.opens_at);
        const first = week.residents_opens_at === null ? null : Date.parse(week.residents_opens_at);
        if (all <= now) open_for_all = true;
        else everyone = everyone === null ? all : Math.min(everyone, all);
        if (first === null || first >= all) continue;
        if (first <= now) open_for_residents ||= all > now;
        else residents = residents === null ? first : Math.min(residents, first);
    }
    return { everyone, residents, open_for_all, open_for_residents };
}

/** S21: a full week does not appear, unless one of the family holds it or the setting greys it. */
export function is_shown(week: Week, facts: CellFacts): boolean {
    return facts.available > 0
        || facts.season.full_weeks === "greyed"
        || facts.holds.some((h) => h.week === week.id);
}

export function completed_months(birth_date: string, day: string): number {
    const [by = 0, bm = 0, bd = 0] = birth_date.split("-").map(Number);
    const [y = 0, m = 0, d = 0] = day.split("-").map(Number);
    return (y - by) * 12 + (m - bm) - (d < bd ? 1 : 0);
}

export function iso_weeks(season: Season): { iso_week: string; weeks: Week[] }[] {
    const groups = new Map<string, Week[]>();
    for (const week of season.weeks) {
        const group = groups.get(week.iso_week);
        if (group) group.push(week);
        else groups.set(week.iso_week, [week]);
    }
    return [...groups.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([iso_week, weeks]) => ({ iso_week, weeks }));
}

/** The weekdays (Monday to Friday) of this week on which there is no camp: public holidays. */
export function days_off(week: Week): string[] {
    const monday = new Date(`${week.days[0] ?? week.first_day}T12:00:00Z`);
    monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
    const off: string[] = [];
    for (let i = 0; i < 5; i++) {
        const day = new Date(monday.getTime() + i * 86_400_000).toISOString().slice(0, 10);
        if (!week.days.includes(day)) off.push(day);
    }
    return off;
}

// Everything but the seats and the minute. The server's own word comes last: of its reasons those
// that pass with time or with the basket are judged here, on fresher facts.
function refusal(week: Week, camp: Camp, child: Child, facts: CellFacts): Reason | null {
    if (!child.invoiceable) return "no_invoiceable_parent";
    if (child.sheet === "missing") return "sheet_missing";
    if (child.sheet === "expired") return "sheet_expired";
    if (child.sheet_valid_until !== null && Date.parse(child.sheet_valid_until) <= facts.now) {
        return "sheet_expired";
    }
    const months = completed_months(child.birth_date, week.first_day);
    if (months < camp.ages.from_months || months >= camp.ages.below_months) return "age";
    const own = facts.holds.filter((h) => h.child === child.id);
    const iso = new Map(facts.season.weeks.map((w) => [w.id, w.iso_week]));
    if (own.some((h) => iso.get(h.week) === week.iso_week)) return "overlapping";
    if (own.length >= facts.season.limits.weeks_per_child) return "limit";
    if (facts.holds.length >= facts.season.limits.holds_per_family) return "limit";
    const said = child.weeks.find((w) => w.week === week.id)?.reason ?? null;
    switch (said) {
        case null: case "not_open": case "residents_only": case "overlapping": case "limit":
        case "sold_out": case "busy": case "not_tried":
            return null;
        case "age": case "sheet_missing": case "sheet_expired": case "no_invoiceable_parent":
            return said;
    }
}
