// S30: a booking that a family wants cancelled: why, with which document, what would be given back
// by the organiser's rules today, and what the staff decide instead.
import { useState } from "preact/hooks";
import { TextField } from "../form/field";
import { base as api_base } from "../io/api";
import { weeks_by_id } from "../store";
import { day_text, money, t as base } from "../text";
import { week_text } from "../wording";
import { Icon } from "../view/icons";
import { DecideButtons, use_decision } from "./decide";
import { t } from "./words";

export interface Cancellation {
    id: number;
    kind: "cancellation";
    family: number;
    parent: string | null;
    child: string | null;
    order: number;
    week: number;
    amount: number;
    percent: number;
    refund: number;
    motive: string;
    document: string | null;
    made_at: string;
}

export function CancellationCard({ one, decided }: { one: Cancellation; decided: () => void }) {
    const [percent, set_percent] = useState(String(one.percent));
    const { note, set_note, busy, problem, set_problem, send } = use_decision(one.id, decided);
    const week = weeks_by_id.value.get(one.week);
    const part = percent_of(percent);
    const decide = (accept: boolean) => {
        if (accept && part === null) return set_problem(t("cancel.percent_wrong"));
        void send(accept, accept && part !== one.percent ? { percent: part } : {});
    };
    return (
        <article class="decision" aria-labelledby={`decision-${one.id}`} data-testid={`decision-${one.id}`} data-kind="cancellation">
            <h3 id={`decision-${one.id}`}>{t("cancel.title", { child: one.child ?? "", week: week ? week_text(week) : base("week.unknown") })}</h3>
            <p><a href={`#staff/family/${one.family}`}>{one.parent}</a> <span class="muted">{t("order.title", { id: String(one.order) })} · {day_text(Date.parse(one.made_at))}</span></p>
            <blockquote>{one.motive}</blockquote>
            {one.document === null ? <p class="muted">{t("cancel.no_document")}</p> : (
                <p>
                    <a class="button button-small" href={`${api_base}/staff/documents/${one.document}`} download data-testid={`document-${one.id}`}>
                        <Icon name="sheet" />{t("cancel.document")}
                    </a>
                </p>
            )}
            <p>{t("cancel.by_rules", { amount: money(one.amount), percent: String(one.percent), refund: money(one.refund) })}</p>
            <TextField id={`percent-${one.id}`} kind="number" label={t("cancel.percent")} value={percent} type={set_percent} length_max={3}
                fault={part === null ? t("cancel.percent_wrong") : null}
                hint={part === null || part === one.percent ? null : t("cancel.would_give", { refund: money(Math.round(one.amount * part / 100)) })} />
            <TextField id={`note-${one.id}`} label={t("decide.note_told")} optional value={note} type={set_note} length_max={1000} />
            {problem !== null && <p class="fault" role="alert"><Icon name="alert" />{problem}</p>}
            <DecideButtons id={one.id} busy={busy} accept={t("cancel.accept")} decide={decide} />
        </article>
    );
}

function percent_of(text: string): number | null {
    const value = /^\d{1,3}$/.test(text.trim()) ? Number(text) : NaN;
    return value <= 100 ? value : null;
}
