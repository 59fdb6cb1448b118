// Phrases that several parts of the page share: what an item, an age range, a price or a time left
// is called.
import { child as active, me, camps_by_id, weeks_by_id, season } from "./store";
import { completed_months, days_off } from "./model/calendar";
import { remaining } from "./model/clock";
import type { Camp, Child, Item, Reason, Week } from "./model/wire";
import { date_time, day_range, list, money, number, own_text, quantity, t, weekday } from "./text";

/** "Léa, Petits explorateurs, 5–9 juillet" */
export function item_text(item: Item): string {
    const child = me.value?.children.find((c) => c.id === item.child);
    const week = weeks_by_id.value.get(item.week);
    if (!week) return child?.name ?? t("week.unknown");
    return [child?.name, week_text(week)].filter(Boolean).join(", ");
}

export function week_text(week: Week): string {
    const camp = camps_by_id.value.get(week.camp);
    return t("week.of", { camp: camp ? own_text(camp.name) : "", dates: day_range(week.days, "long") });
}

export function ages_text(camp: Camp): string {
    const from = camp.ages.from_months;
    const below = camp.ages.below_months;
    if (below % 12 !== 0) return t("ages.below", { from: years(from), below: years(below) });
    return t("ages.range", { from: years(from), to: years(below - 12) });
}

export function age_text(birth_date: string): string {
    const today = season.value?.server_time.slice(0, 10) ?? new Date().toISOString().slice(0, 10);
    return age_at(birth_date, today);
}

/** "8 ans, 9 ans le 5 juillet": what counts is the age at the camp, not today's. */
export function age_then_text(birth_date: string): string {
    const now = age_text(birth_date);
    const day = season.value?.weeks.map((w) => w.first_day).sort()[0];
    const then = day === undefined ? now : age_at(birth_date, day);
    return day === undefined || now === then ? now : t("age.then", { now, then, date: day_range([day], "long") });
}

function age_at(birth_date: string, day: string): string {
    const months = completed_months(birth_date, day);
    return months < 24 ? t("age.months", { n: months }) : t("age.years", { n: Math.floor(months / 12) });
}

export function price_text(week: Week, child: Child | null): string {
    if (child) return money(week.prices[child.class]);
    const prices = Object.values(week.prices);
    return t("price.from", { price: money(Math.min(...prices)) });
}

export function days_off_text(week: Week): string | null {
    const off = days_off(week);
    if (off.length === 0) return null;
    return t("week.except", { days: list(off.map(weekday)) });
}

export function reason_text(reason: Reason, item: Item | null = null): string {
    const week = item && weeks_by_id.value.get(item.week);
    const camp = week && camps_by_id.value.get(week.camp);
    switch (reason) {
        case "age":
            return camp ? t("reason.age", { ages: ages_text(camp) }) : t("reason.age_plain");
        case "not_open":
            return week ? t("reason.not_open_at", { time: date_time(Date.parse(week.opens_at)) }) : t("reason.not_open");
        case "limit":
            return t("reason.limit", { n: season.value?.limits.weeks_per_child ?? 0 });
        case "sold_out": case "busy": case "residents_only": case "sheet_missing": case "sheet_expired":
        case "overlapping": case "no_invoiceable_parent": case "not_tried":
            return t(`reason.${reason}`);
    }
}

/** "2 j 23 h 59 min", and seconds only in the last hour. */
export function remaining_text(until: number, now: number): string {
    const left = remaining(until, now);
    const parts: string[] = [];
    if (left.days > 0) parts.push(quantity(left.days, "day"));
    if (left.days > 0 || left.hours > 0) parts.push(quantity(left.hours, "hour"));
    parts.push(quantity(left.minutes, "minute"));
    if (left.days === 0 && left.hours === 0) parts.push(quantity(left.seconds, "second"));
    return parts.join("\u00a0");
}

export function child_name(id: number): string {
    return me.value?.children.find((c) => c.id === id)?.name ?? "";
}

export function active_name(): string {
    return active.value?.name ?? "";
}

function years(months: number): string {
    const whole = Math.floor(months / 12);
    return months % 12 === 6 ? `${number(whole)}½` : number(Math.round((months / 12) * 10) / 10);
}
