// The basket: what is held, for whom, until when; each hold can be given back, after one question.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { go, refresh_family, release } from "../actions";
import type { Child, Hold } from "../model/wire";
import { basket, basket_load, is_live, me, now, season, weeks_by_id, camps_by_id } from "../store";
import { date_time, day_range, money, own_text, t } from "../text";
import { item_text, remaining_text } from "../wording";
import { Icon, ThemeIcon } from "./icons";

export function BasketPage() {
    const [asking, ask] = useState<Hold | null>(null);
    const content = basket.value;
    return (
        <div data-testid="basket">
            <h1 tabIndex={-1}>{t("nav.basket")}</h1>
            {content === null && basket_load.value === "loading" && <p class="loading" role="status">{t("page.loading")}</p>}
            {content === null && basket_load.value === "failed" && <BasketFailed />}
            {content !== null && content.holds.length === 0 && <EmptyBasket />}
            {content !== null && content.holds.length > 0 && (
                <>
                    <Earliest deadline={content.earliest_deadline} />
                    {me.value?.children.map((child) => (
                        <ChildHolds key={child.id} child={child} holds={content.holds.filter((h) => h.child === child.id)} ask={ask} />
                    ))}
                    <Sum holds={content.holds} />
                </>
            )}
            {asking && <ReleaseDialog hold={asking} close={() => ask(null)} />}
        </div>
    );
}

function BasketFailed() {
    return (
        <div class="empty" role="alert">
            <p>{t("error.no_answer")}</p>
            <button type="button" class="button" onClick={() => void refresh_family()}>{t("action.retry")}</button>
        </div>
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

// S26: each hold keeps its own deadline, the page shows the earliest.
function Earliest({ deadline }: { deadline: string | null }) {
    if (deadline === null || now.value === null) return null;
    const at = Date.parse(deadline);
    return (
        <section class="earliest" aria-label={t("basket.earliest_label")} data-testid="earliest">
            <Icon name="clock" large />
            <p>
                <span class="earliest-words">{t("basket.earliest", { time: date_time(at) })}</span>
                <span class="earliest-left" role="timer">{t("basket.left", { time: remaining_text(at, now.value) })}</span>
            </p>
        </section>
    );
}

function ChildHolds({ child, holds, ask }: { child: Child; holds: Hold[]; ask: (hold: Hold) => void }) {
    if (holds.length === 0) return null;
    return (
        <section class="basket-child" aria-labelledby={`basket-${child.id}`}>
            <h2 id={`basket-${child.id}`}>{child.name}</h2>
            <ul>
                {[...holds].sort(by_week).map((hold) => <HoldLine key={hold.hold} hold={hold} ask={ask} />)}
            </ul>
        </section>
    );
}

function HoldLine({ hold, ask }: { hold: Hold; ask: (hold: Hold) => void }) {
    const week = weeks_by_id.value.get(hold.week);
    const camp = week && camps_by_id.value.get(week.camp);
    const at = Date.parse(hold.deadline);
    return (
        <li class="hold" data-testid={`hold-${hold.week}-${hold.child}`}>
            {camp && <ThemeIcon theme={camp.theme} />}
            <div class="hold-facts">
                <p class="hold-name"><strong>{camp ? own_text(camp.name) : t("week.unknown")}</strong></p>
                <p>{week ? day_range(week.days, "long") : ""} · {t("basket.seat", { seat: String(hold.seat) })}</p>
                <p class="muted" title={date_time(at)}>
                    <Icon name="clock" />{t("basket.left", { time: remaining_text(at, now.value ?? at) })}
                </p>
            </div>
            <p class="price">{money(hold.price)}</p>
            <button type="button" class="button button-quiet" disabled={!is_live.value} onClick={() => ask(hold)}
                title={is_live.value ? undefined : t("basket.offline")}
                aria-label={t("page.says", { what: t("basket.release"), text: item_text(hold) })} data-testid={`release-${hold.week}-${hold.child}`}>
                {t("basket.release")}
            </button>
        </li>
    );
}

// S24 before finalising; and no promise of a step that does not exist yet.
function Sum({ holds }: { holds: readonly Hold[] }) {
    const sum = holds.reduce((total, hold) => total + hold.price, 0);
    return (
        <section class="sum" aria-label={t("basket.sum")}>
            {!is_live.value && <p class="bar-reason"><Icon name="lock" />{t("basket.offline")}</p>}
            <p class="sum-line"><span>{t("basket.sum")}</span><strong>{money(sum)}</strong></p>
            <p>{t("basket.degressive")}</p>
            <p class="sum-later"><Icon name="alert" /><span>{t("basket.not_yet")}</span></p>
            <button type="button" class="button" onClick={() => go("calendar")}>{t("outcome.another")}</button>
            {season.value && <p class="muted">{t("basket.released_hint")}</p>}
        </section>
    );
}

function ReleaseDialog({ hold, close }: { hold: Hold; close: () => void }) {
    const dialog = useRef<HTMLDialogElement>(null);
    const [busy, set_busy] = useState(false);
    // Before the frame is drawn: between two frames the focus would be nowhere, and the next key lost.
    useLayoutEffect(() => {
        const element = dialog.current;
        const before = document.activeElement;
        element?.showModal();
        return () => {
            element?.close();
            // Back to the button, or, when its hold is gone, to the heading of the page.
            if (before instanceof HTMLElement && before.isConnected) before.focus();
            else document.querySelector<HTMLElement>("main h1")?.focus();
        };
    }, []);
    const confirm = () => {
        set_busy(true);
        void release(hold).then(close);
    };
    return (
        <dialog ref={dialog} aria-labelledby="release-title" onCancel={(e) => { e.preventDefault(); if (!busy) close(); }}>
            <h2 id="release-title">{t("release.title")}</h2>
            <p><strong>{item_text(hold)}</strong></p>
            <p>{t("release.text")}</p>
            {!is_live.value && <p class="bar-reason"><Icon name="lock" />{t("basket.offline")}</p>}
            <div class="dialog-go">
                <button type="button" class="button button-quiet" disabled={busy} onClick={close}>{t("release.keep")}</button>
                <button type="button" class="button button-danger" disabled={busy || !is_live.value} onClick={confirm}
                    data-testid="confirm-release">
                    {busy ? t("release.busy") : t("release.confirm")}
                </button>
            </div>
        </dialog>
    );
}

function by_week(a: Hold, b: Hold): number {
    const day = (hold: Hold) => weeks_by_id.value.get(hold.week)?.first_day ?? "";
    return day(a).localeCompare(day(b));
}
