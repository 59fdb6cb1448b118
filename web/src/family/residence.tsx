// R8: where the family counts as living, and until when a move counts by itself. Who moved later
// tells the staff here, who confirm it or not.
import { useState } from "preact/hooks";
import { announce } from "../actions";
import { TextField } from "../form/field";
import { FaultSummary } from "../form/form";
import { new_key } from "../io/api";
import { open_requests, type Family } from "../model/family";
import { is_live } from "../store";
import { day_text, t as base } from "../text";
import { Icon } from "../view/icons";
import { change_file } from "./file";
import { t } from "./words";

export function Residence({ family }: { family: Family }) {
    const { resident, fixed_at, confirmed } = family.residence;
    if (family.parent.address === null) return null;
    const asked = open_requests(family).some((r) => r.mine && r.kind === "residence");
    return (
        <section class="stack apart" aria-labelledby="residence-title" data-testid="residence" data-state={asked ? "asked" : "open"}>
            <h2 id="residence-title">{t("residence.title")}</h2>
            <p>
                <Icon name={resident ? "check" : "person"} /> {t(resident ? "residence.resident" : "residence.other")}
                {confirmed && ` ${t("residence.confirmed")}`}
            </p>
            {asked && <p class="note"><Icon name="waiting" />{t("residence.asked")}</p>}
            {!asked && fixed_at !== null && <Moved day={day_text(Date.parse(fixed_at))} />}
        </section>
    );
}

function Moved({ day }: { day: string }) {
    const [open, set_open] = useState(false);
    const [note, set_note] = useState("");
    const [busy, set_busy] = useState(false);
    const [problem, set_problem] = useState<string | null>(null);
    const [turn, set_turn] = useState(0);
    const ask = async (event: Event) => {
        event.preventDefault();
        if (busy) return;
        set_busy(true);
        const answer = await change_file("POST", "/family/residence", { note: note.trim() }, { keyed: new_key() });
        set_busy(false);
        if (answer.status === 202) return announce(t("residence.asked"));
        set_problem(answer.problem?.detail ?? base("error.no_answer"));
        set_turn(turn + 1);
    };
    return (
        <>
            <p>{t("residence.fixed", { day })}</p>
            {!open ? (
                <p>
                    <button type="button" class="button button-quiet" onClick={() => set_open(true)} data-testid="moved">
                        {t("residence.moved")}
                    </button>
                </p>
            ) : (
                <form class="form" noValidate onSubmit={(event) => void ask(event)}>
                    <FaultSummary faults={problem === null ? [] : [{ field: "", text: problem }]} turn={turn} />
                    <TextField id="moved-note" kind="long_text" label={t("residence.note")} hint={t("residence.note_hint")} optional
                        value={note} type={set_note} length_max={500} />
                    <p class="row">
                        <button type="submit" class="button button-main" disabled={busy || !is_live.value} data-testid="moved-ask">
                            {t("residence.ask")}
                        </button>
                        <button type="button" class="button" onClick={() => set_open(false)}>{t("form.cancel")}</button>
                    </p>
                </form>
            )}
        </>
    );
}
