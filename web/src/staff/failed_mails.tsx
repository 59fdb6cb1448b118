// Mails that could not be sent: whom they were for, why they failed, and to send them again.
import { useState } from "preact/hooks";
import { is_live } from "../store";
import { date_time } from "../text";
import { Icon } from "../view/icons";
import { use_acting } from "./acting";
import { Shown, use_fetched } from "./fetched";
import { t } from "./words";

interface FailedMail {
    id: number;
    kind: string;
    family: number | null;
    state: "waiting" | "sent" | "failed";
    failure: string | null;
    attempts: number;
    made_at: string;
}

const kinds = [
    "email_confirmation", "readiness_reminder", "hold_reminder", "holds_ended", "recap", "booking_cancelled", "refund",
] as const;

const failures = [
    "recipient_refused", "message_refused", "sender_refused", "temporary", "unreachable", "insecure", "authentication",
    "timed_out", "cut", "too_late", "unwritten", "no_address",
] as const;

export function FailedMails() {
    const found = use_fetched<{ mails: FailedMail[] }>("/staff/mails?state=failed");
    return (
        <section class="stack" aria-labelledby="failed-mails">
            <h2 id="failed-mails">{t("failed.title")}</h2>
            <Shown of={found}>
                {({ mails }) => (
                    <>
                        {mails.length === 0 && <p class="muted">{t("failed.none")}</p>}
                        <ul class="rows">{mails.map((mail) => <li key={mail.id}><Line mail={mail} /></li>)}</ul>
                    </>
                )}
            </Shown>
        </section>
    );
}

function Line({ mail }: { mail: FailedMail }) {
    const { busy, problem, act } = use_acting();
    const [again, set_again] = useState(false);
    const kind = kinds.find((k) => k === mail.kind);
    return (
        <div class="row-card" data-testid={`failed-${mail.id}`} data-state={again ? "again" : "failed"}>
            <span>
                <strong>{kind ? t(`mail.${kind}`) : mail.kind.replaceAll("_", " ")}</strong>
                <span class="muted"> {[
                    date_time(Date.parse(mail.made_at)), mail.failure && t("failed.why", { why: why_text(mail.failure) }),
                    t("failed.attempts", { n: mail.attempts }),
                ].filter(Boolean).join(" · ")}</span>
                {mail.family !== null && <> <a href={`#staff/family/${mail.family}`}>{t("audit.family", { n: String(mail.family) })}</a></>}
            </span>
            {problem !== null && <p class="fault" role="alert"><Icon name="alert" />{problem}</p>}
            {again ? <p class="muted">{t("failed.sent_again")}</p> : (
                <button type="button" class="button button-small" disabled={busy || !is_live.value} data-testid={`retry-${mail.id}`}
                    onClick={() => void act(`/staff/mails/${mail.id}/retry`, {}, t("failed.sent_again")).then((done) => set_again(done !== null))}>
                    {t("failed.again")}
                </button>
            )}
        </div>
    );
}

// One that this page does not know yet is shown as it is called.
function why_text(failure: string): string {
    const known = failures.find((f) => f === failure);
    return known ? t(`why.${known}`) : failure.replaceAll("_", " ");
}
