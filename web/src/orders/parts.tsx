// What several of these pages show: lines by child with their prices and reasons, a deadline that
// runs, sums, and why nothing can be sent just now.
import type { ComponentChildren } from "preact";
import { by_child, type PricedLine } from "../model/order";
import { camps_by_id, is_live, now, season, weeks_by_id } from "../store";
import { date_time, day_range, money, own_text, t as base } from "../text";
import { remaining_text } from "../wording";
import { Icon, ThemeIcon } from "../view/icons";
import { less, name_of, reduction_text } from "./wording";
import { t } from "./words";

/** `extra` is what stands under a line, `aside` after its price. */
export function LinesByChild<L extends PricedLine>({ lines, level = 2, extra, aside, test_id }: {
    lines: readonly L[]; level?: 2 | 3; extra?: (line: L) => ComponentChildren; aside?: (line: L) => ComponentChildren;
    test_id: (line: L) => string;
}) {
    const Heading = level === 2 ? "h2" : "h3";
    return (
        <>
            {by_child(lines).map(({ child, lines: own }) => (
                <section key={child} class="basket-child" aria-label={name_of(child)}>
                    <Heading>{name_of(child)}</Heading>
                    <ul>
                        {own.map((line) => (
                            <Line key={line.hold} line={line} extra={extra?.(line)} aside={aside?.(line)} test_id={test_id(line)} />
                        ))}
                    </ul>
                </section>
            ))}
        </>
    );
}

export function Line({ line, extra, aside, test_id }: {
    line: PricedLine; extra?: ComponentChildren; aside?: ComponentChildren; test_id: string;
}) {
    const week = weeks_by_id.value.get(line.week);
    const camp = week && camps_by_id.value.get(week.camp);
    return (
        <li class="hold" data-testid={test_id}>
            {camp && <ThemeIcon theme={camp.theme} />}
            <div class="hold-facts">
                <p class="hold-name"><strong>{camp ? own_text(camp.name) : base("week.unknown")}</strong></p>
                <p>{week ? day_range(week.days, "long") : ""}</p>
                {extra}
                <Reasons line={line} />
            </div>
            <Price line={line} />
            {aside}
        </li>
    );
}

function Price({ line }: { line: PricedLine }) {
    if (line.amount === line.list) return <p class="price">{money(line.amount)}</p>;
    return (
        <p class="price price-cut">
            <span class="sr-only">{t("price.instead_of")} </span><s>{money(line.list)}</s>{" "}
            <strong>{money(line.amount)}</strong>
        </p>
    );
}

function Reasons({ line }: { line: PricedLine }) {
    if (line.reductions.length === 0) return null;
    return (
        <ul class="reasons" aria-label={t("price.reasons")}>
            {line.reductions.map((r) => <li key={r.kind}><Icon name="check" />{reduction_text(r)}</li>)}
        </ul>
    );
}

/** S26: until when, and how long that is still. */
export function Deadline({ at, label, test_id = "earliest", said }: { at: string; label: string; test_id?: string; said: (time: string) => string }) {
    if (now.value === null) return null;
    const end = Date.parse(at);
    return (
        <section class="earliest" aria-label={label} data-testid={test_id}>
            <Icon name="clock" large />
            <p>
                <span class="earliest-words">{said(date_time(end))}</span>
                <span class="earliest-left" role="timer">{t("basket.left", { time: remaining_text(end, now.value) })}</span>
            </p>
        </section>
    );
}

export function SumLine({ name, amount, strong = false, test_id }: { name: string; amount: number; strong?: boolean; test_id?: string }) {
    const text = amount < 0 ? less(-amount) : money(amount);
    return (
        <p class={strong ? "sum-line" : "sum-line sum-part"} data-testid={test_id}>
            <span>{name}</span>{strong ? <strong>{text}</strong> : <span class="price">{text}</span>}
        </p>
    );
}

/** Why nothing can be sent just now. */
export function Offline() {
    if (is_live.value) return null;
    return <p class="bar-reason" data-testid="offline-reason"><Icon name="lock" />{t("do.offline")}</p>;
}

export function Failure({ text }: { text: string | null }) {
    return (
        <div role="alert">
            {text !== null && <p class="problem" data-testid="failure"><Icon name="alert" /><span>{text}</span></p>}
        </div>
    );
}

export function Failed({ again }: { again: () => void }) {
    return (
        <div class="empty" role="alert" data-testid="failed">
            <Icon name="alert" large />
            <p>{base("error.no_answer")}</p>
            <button type="button" class="button" onClick={again}>{base("action.retry")}</button>
        </div>
    );
}

// S30: the address for deregistrations.
export function Organiser() {
    const organiser = season.value?.organiser;
    if (!organiser) return null;
    return (
        <p class="muted" data-testid="organiser">
            {t("order.organiser")}{" "}
            <strong>{organiser.name}</strong>, {organiser.address}, <a href={`mailto:${organiser.email}`}>{organiser.email}</a>
        </p>
    );
}
