// What is picked, what it costs, and the one button. Always at hand at the foot of the calendar;
// when the button cannot be pressed, the reason stands beside it.
import { ask_again, book, dismiss_unanswered, open_picks, toggle } from "../actions";
import type { Item } from "../model/wire";
import { all_or_nothing, booking, is_live, is_sending, live, me, now, picks, weeks_by_id } from "../store";
import { money, t } from "../text";
import { child_name, item_text } from "../wording";
import { Icon } from "./icons";

export function SelectionBar() {
    if (!me.value) return null;
    if (booking.value.kind === "unanswered") return <Unanswered />;
    if (picks.value.length === 0 && !is_sending.value) return null;
    const items = booking.value.kind === "sending" ? booking.value.intent.items : picks.value;
    const open = open_picks(now.value ?? 0);
    const blocked = blocked_text(open.length);
    return (
        <section class="bar" aria-label={t("bar.label")} data-testid="selection">
            <div class="bar-inner">
                <details class="bar-details">
                    <summary>
                        <span class="bar-count">{t("bar.count", { n: items.length })}</span>
                        <span class="bar-who">{children_text(items)}</span>
                        <span class="bar-more">{t("bar.details")}</span>
                    </summary>
                    <ul>
                        {items.map((item) => <PickLine key={`${item.week}-${item.child}`} item={item} />)}
                    </ul>
                </details>
                {items.length > 1 && (
                    <label class="bar-option">
                        <input type="checkbox" checked={all_or_nothing.value} disabled={is_sending.value}
                            onChange={(e) => { all_or_nothing.value = e.currentTarget.checked; }} data-testid="all-or-nothing" />
                        <span><strong>{t("bar.all")}</strong> {t("bar.all_hint")}</span>
                    </label>
                )}
                {blocked !== null && <p class="bar-reason" id="bar-reason"><Icon name="lock" />{blocked}</p>}
                {open.length > 0 && open.length < picks.value.length && !is_sending.value && (
                    <p class="bar-reason"><Icon name="clock" />{t("bar.later")}</p>
                )}
                {booking.value.kind === "sending" && booking.value.attempt > 0 && (
                    <p class="bar-reason"><Icon name="waiting" />{t("booking.retrying")}</p>
                )}
                {shortage(items).map((week) => (
                    <p class="bar-reason" key={week}><Icon name="alert" />{t("bar.shortage", { n: live.value.available.get(week) ?? 0 })}</p>
                ))}
                <div class="bar-go">
                    <p class="bar-total"><span class="muted">{t("bar.total")}</span> <strong>{money(total(items))}</strong></p>
                    <button type="button" class="button button-main" disabled={blocked !== null} aria-disabled={is_sending.value}
                        aria-describedby={blocked !== null ? "bar-reason" : undefined} onClick={book} data-testid="book">
                        {is_sending.value ? t("booking.sending") : t("bar.book")}
                    </button>
                </div>
            </div>
        </section>
    );
}

function blocked_text(open: number): string | null {
    if (is_sending.value) return null;
    if (!is_live.value) return t("bar.offline");
    if (open === 0) return t("bar.not_open");
    return null;
}

function PickLine({ item }: { item: Item }) {
    return (
        <li>
            <span>{item_text(item)}</span>
            <button type="button" class="icon-button" disabled={is_sending.value} onClick={() => toggle(item)}
                aria-label={t("page.says", { what: t("pick.remove"), text: item_text(item) })}>
                <Icon name="cross" />
            </button>
        </li>
    );
}

// The request is still open: nothing new is sent before it is known what became of it.
function Unanswered() {
    return (
        <section class="bar" aria-label={t("bar.label")} data-testid="unanswered">
            <div class="bar-inner">
                <p class="bar-reason"><Icon name="alert" />{t("booking.unanswered")}</p>
                <div class="bar-go">
                    <button type="button" class="button button-quiet" onClick={dismiss_unanswered}>{t("booking.drop")}</button>
                    <button type="button" class="button button-main" disabled={!is_live.value} onClick={ask_again}
                        data-testid="ask-again">{t("booking.ask_again")}</button>
                </div>
            </div>
        </section>
    );
}

function children_text(items: readonly Item[]): string {
    const counts = new Map<number, number>();
    for (const item of items) counts.set(item.child, (counts.get(item.child) ?? 0) + 1);
    if (counts.size === 1) return child_name([...counts.keys()][0] ?? 0);
    return [...counts].map(([id, n]) => `${child_name(id)} ${n}`).join(" · ");
}

function total(items: readonly Item[]): number {
    return items.reduce((sum, item) => {
        const child = me.value?.children.find((c) => c.id === item.child);
        const week = weeks_by_id.value.get(item.week);
        return sum + (child && week ? week.prices[child.class] : 0);
    }, 0);
}

// Weeks picked for more children than they have places.
function shortage(items: readonly Item[]): number[] {
    if (is_sending.value) return [];
    const wanted = new Map<number, number>();
    for (const item of items) wanted.set(item.week, (wanted.get(item.week) ?? 0) + 1);
    return [...wanted].filter(([week, n]) => n > (live.value.available.get(week) ?? 0)).map(([week]) => week);
}
