// The seats of each camp week, and to change how many there are: more go out to everybody at once.
import { useEffect, useState } from "preact/hooks";
import { TextField } from "../form/field";
import { focus_field } from "../form/form";
import type { Camp, Week } from "../model/wire";
import { is_live, live, season } from "../store";
import { day_range, own_text } from "../text";
import { ages_text, week_text } from "../wording";
import { Icon } from "../view/icons";
import { use_acting } from "./acting";
import { t } from "./words";

export function WeeksPage() {
    return (
        <>
            <h1 tabIndex={-1}>{t("staff.weeks")}</h1>
            <p class="lead">{t("weeks.text")}</p>
            {season.value?.camps.map((camp) => <CampWeeks key={camp.id} camp={camp} />)}
        </>
    );
}

function CampWeeks({ camp }: { camp: Camp }) {
    const weeks = season.value?.weeks.filter((w) => w.camp === camp.id) ?? [];
    return (
        <section class="stack" aria-labelledby={`camp-${camp.id}`}>
            <h2 id={`camp-${camp.id}`}>{own_text(camp.name)} <span class="muted">{ages_text(camp)}</span></h2>
            <ul class="rows">{weeks.map((week) => <li key={week.id}><WeekLine week={week} /></li>)}</ul>
        </section>
    );
}

function WeekLine({ week }: { week: Week }) {
    const { busy, problem, act } = use_acting();
    const [open, set_open] = useState(false);
    const [text, set_text] = useState("");
    const [known, set_known] = useState<number | null>(null);
    useEffect(() => {
        if (open) focus_field(`capacity-${week.id}`);
    }, [open]);
    const capacity = known ?? week.capacity;
    const left = live.value.available.get(week.id) ?? 0;
    const wanted = /^\d{1,6}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 100_000 ? Number(text) : null;
    const send = async (event: Event) => {
        event.preventDefault();
        if (busy || wanted === null) return;
        const after = await act<{ capacity: number }>(`/staff/weeks/${week.id}/capacity`, { capacity: wanted }, t("weeks.changed", { n: wanted }));
        if (after === null) return;
        set_known(after.capacity);
        set_open(false);
    };
    return (
        <div class="row-card row-tight" data-testid={`seats-${week.id}`} data-capacity={capacity}>
            <span>
                <strong>{day_range(week.days, "long")}</strong>
                <span class="muted"> {t("weeks.left", { left, n: capacity })}</span>
            </span>
            {!open && (
                <button type="button" class="button button-small" aria-label={t("weeks.change_of", { week: week_text(week) })}
                    onClick={() => { set_text(String(capacity)); set_open(true); }} data-testid={`seats-change-${week.id}`}>{t("weeks.change")}</button>
            )}
            {open && (
                <form class="search" noValidate onSubmit={(event) => void send(event)}>
                    <TextField id={`capacity-${week.id}`} kind="number" label={t("weeks.capacity")} value={text} type={set_text} length_max={6}
                        fault={wanted === null ? t("weeks.wrong") : null}
                        hint={wanted !== null && wanted < capacity - left ? t("weeks.fewer") : null} />
                    <button type="submit" class="button button-main" disabled={busy || !is_live.value || wanted === null}
                        data-testid={`seats-save-${week.id}`}>{t("weeks.save")}</button>
                    <button type="button" class="button" onClick={() => set_open(false)}>{t("weeks.cancel")}</button>
                    {problem !== null && <p class="fault" role="alert"><Icon name="alert" />{problem}</p>}
                </form>
            )}
        </div>
    );
}
