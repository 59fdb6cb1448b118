// Phrases that these pages share: a child, a reduction, what a line or an order has become.
import { ordinal, type OrderLine, type PricedLine, type Reduction, type Refund } from "../model/order";
import { weeks_by_id, camps_by_id } from "../store";
import { day_range, language, money, own_text, t as base } from "../text";
import { child_name } from "../wording";
import { t } from "./words";

export function name_of(child: number): string {
    return child_name(child) || t("child.unknown");
}

/** "La Plaine des 6-8 ans, 5–9 juillet" */
export function line_text(line: { week: number }): string {
    const week = weeks_by_id.value.get(line.week);
    const camp = week && camps_by_id.value.get(week.camp);
    if (!week || !camp) return base("week.unknown");
    return base("week.of", { camp: own_text(camp.name), dates: day_range(week.days, "long") });
}

/** Why a line costs less, in words, and by how much. */
export function reduction_text(reduction: Reduction): string {
    const { kind, number, amount } = reduction;
    const off = less(amount);
    switch (kind) {
        case "rank": return t("reduction.rank", { place: ordinal(number, language.value), off });
        case "weeks": return t("reduction.weeks", { place: ordinal(number, language.value, true), off });
        case "child_cap": return t("reduction.child_cap", { cap: money(number), off });
        case "family_cap": return t("reduction.family_cap", { cap: money(number), off });
    }
}

/** With a true minus, never broken from its number. */
export function less(amount: number): string {
    return `−\u2060${money(amount)}`;
}

export function line_state_text(line: OrderLine): string {
    return t(`line.${line.state}`);
}

export function refund_text(refund: Refund): string {
    return t(`refund.${refund.reason}`, { amount: money(refund.amount) });
}

export function has_reductions(lines: readonly PricedLine[]): boolean {
    return lines.some((line) => line.reductions.length > 0);
}
