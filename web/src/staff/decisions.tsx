// "À décider": all that waits for the staff. Changes of the invoiceable parent (R9), residences that
// only they may confirm (R8), cancellations (S30), money that is to settle, to look at or to give
// back (R3), mails that failed. Whoever of the staff is first has decided.
import { TextField } from "../form/field";
import type { RequestKind } from "../model/family";
import { day_text } from "../text";
import { Icon } from "../view/icons";
import { CancellationCard, type Cancellation } from "./cancellation";
import { DecideButtons, use_decision } from "./decide";
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
    const { note, set_note, busy, problem, send } = use_decision(one.id, decided);
    return (
        <article class="decision" aria-labelledby={`decision-${one.id}`} data-testid={`decision-${one.id}`}>
            <h3 id={`decision-${one.id}`}>{t(`decide.${one.kind}`, { child: one.child ?? "" })}</h3>
            <p><a href={`#staff/family/${one.family}`}>{one.parent}</a> <span class="muted">{day_text(Date.parse(one.made_at))}</span></p>
            {one.note && <blockquote>{one.note}</blockquote>}
            {problem !== null && <p class="fault" role="alert"><Icon name="alert" />{problem}</p>}
            <TextField id={`note-${one.id}`} label={t("decide.note_told")} optional value={note} type={set_note} length_max={500} />
            <DecideButtons id={one.id} busy={busy} accept={t("decide.accept")} decide={(accept) => void send(accept)} />
        </article>
    );
}
