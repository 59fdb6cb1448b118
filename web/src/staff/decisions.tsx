// "À décider": all that waits for the staff. Changes of the invoiceable parent (R9), residences that
// only they may confirm (R8), cancellations (S30), money that is to settle, to look at or to give
// back (R3), mails that failed. Whoever of the staff is first has decided.
import { useState } from "preact/hooks";
import { announce, change } from "../actions";
import { TextField } from "../form/field";
import { new_key } from "../io/api";
import { problem_name } from "../model/booking";
import type { RequestKind } from "../model/family";
import { is_live } from "../store";
import { day_text, t as base } from "../text";
import { Icon } from "../view/icons";
import { CancellationCard, type Cancellation } from "./cancellation";
import { FailedMails } from "./failed_mails";
import { Shown, use_fetched } from "./fetched";
import { List } from "./orders";
import { t } from "./words";

interface Decision {
    id: number;
    kind: Exclude<RequestKind, "cancellation">;
    family: number;
    parent: string;
    child: string | null;
    note: string | null;
    made_at: string;
}

export function DecisionsPage() {
    const found = use_fetched<{ decisions: (Decision | Cancellation)[] }>("/staff/decisions");
    // The card goes away, and the focus with it.
    const decided = () => {
        found.again();
        document.getElementById("decide-requests")?.focus();
    };
    return (
        <>
            <h1 tabIndex={-1}>{t("staff.decisions")}</h1>
            <section class="stack" aria-labelledby="decide-requests">
                <h2 id="decide-requests" tabIndex={-1}>{t("decide.requests")}</h2>
                <Shown of={found}>
                    {({ decisions }) => (
                        <>
                            {decisions.length === 0 && <p class="muted" data-testid="decide-none">{t("decide.none")}</p>}
                            <ul class="stack">
                                {decisions.map((one) => (
                                    <li key={one.id}>
                                        {one.kind === "cancellation" ? <CancellationCard one={one} decided={decided} />
                                            : <Card one={one} decided={decided} />}
                                    </li>
                                ))}
                            </ul>
                        </>
                    )}
                </Shown>
            </section>
            <section class="stack apart" aria-labelledby="decide-money">
                <h2 id="decide-money">{t("decide.money")}</h2>
                <List state="attention" />
            </section>
            <div class="apart"><FailedMails /></div>
        </>
    );
}

function Card({ one, decided }: { one: Decision; decided: () => void }) {
    const [note, set_note] = useState("");
    const [busy, set_busy] = useState(false);
    const [problem, set_problem] = useState<string | null>(null);
    const decide = async (accept: boolean) => {
        set_busy(true);
        const answer = await change("POST", `/staff/decisions/${one.id}`, { accept, note: note.trim() === "" ? null : note.trim() },
            { "Idempotency-Key": new_key() });
        set_busy(false);
        if (answer.status === 200) announce(t(accept ? "decide.accepted" : "decide.refused"));
        else if (problem_name(answer.problem) === "decided_already") announce(t("decide.already"));
        else return set_problem(answer.problem?.detail ?? base("error.no_answer"));
        decided();
    };
    return (
        <article class="decision" aria-labelledby={`decision-${one.id}`} data-testid={`decision-${one.id}`}>
            <h3 id={`decision-${one.id}`}>{t(`decide.${one.kind}`, { child: one.child ?? "" })}</h3>
            <p><a href={`#staff/family/${one.family}`}>{one.parent}</a> <span class="muted">{day_text(Date.parse(one.made_at))}</span></p>
            {one.note && <blockquote>{one.note}</blockquote>}
            {problem !== null && <p class="fault" role="alert"><Icon name="alert" />{problem}</p>}
            <TextField id={`note-${one.id}`} label={t("decide.note_told")} optional value={note} type={set_note} length_max={500} />
            <p class="row">
                <button type="button" class="button button-main" disabled={busy || !is_live.value} onClick={() => void decide(true)}
                    data-testid={`accept-${one.id}`}>{t("decide.accept")}</button>
                <button type="button" class="button" disabled={busy || !is_live.value} onClick={() => void decide(false)}
                    data-testid={`refuse-${one.id}`}>{t("decide.refuse")}</button>
            </p>
        </article>
    );
}
