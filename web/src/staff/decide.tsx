// What every decision of the staff has: a note that is told, a button for each answer, and what the
// server said of it.
import { useState } from "preact/hooks";
import { announce, change } from "../actions";
import { new_key } from "../io/api";
import { problem_name } from "../model/booking";
import { is_live } from "../store";
import { t as base } from "../text";
import { t } from "./words";

/** `decided` is called when there is nothing left to decide, by us or by somebody before us. */
export function use_decision(id: number, decided: () => void) {
    const [note, set_note] = useState("");
    const [busy, set_busy] = useState(false);
    const [problem, set_problem] = useState<string | null>(null);
    const send = async (accept: boolean, more: object = {}) => {
        set_busy(true);
        const said = note.trim() === "" ? null : note.trim();
        const answer = await change("POST", `/staff/decisions/${id}`, { accept, note: said, ...more }, { "Idempotency-Key": new_key() });
        set_busy(false);
        if (answer.status === 200) announce(t(accept ? "decide.accepted" : "decide.refused"));
        else if (problem_name(answer.problem) === "decided_already") announce(t("decide.already"));
        else return set_problem(answer.problem?.detail ?? base("error.no_answer"));
        decided();
    };
    return { note, set_note, busy, problem, set_problem, send };
}

export function DecideButtons({ id, busy, accept, decide }: {
    id: number; busy: boolean; accept: string; decide: (accept: boolean) => void;
}) {
    return (
        <p class="row">
            <button type="button" class="button button-main" disabled={busy || !is_live.value} onClick={() => decide(true)}
                data-testid={`accept-${id}`}>{accept}</button>
            <button type="button" class="button" disabled={busy || !is_live.value} onClick={() => decide(false)}
                data-testid={`refuse-${id}`}>{t("decide.refuse")}</button>
        </p>
    );
}
