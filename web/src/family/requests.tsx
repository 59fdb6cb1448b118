// Requests between parents and to the staff (R10): those that wait, with the answer that is ours to
// give, and for a while what became of them.
import { useState } from "preact/hooks";
import { announce } from "../actions";
import { decided_requests, open_requests, type Family, type FamilyRequest } from "../model/family";
import { is_live, weeks_by_id } from "../store";
import { day_text, t as base } from "../text";
import { week_text } from "../wording";
import { Icon } from "../view/icons";
import { change_file, child_of } from "./file";
import { t } from "./words";

export function Requests({ family }: { family: Family }) {
    const shown = open_requests(family);
    const decided = decided_requests(family);
    if (shown.length === 0 && decided.length === 0) return null;
    return (
        <section class="stack" aria-labelledby="requests-title" data-testid="requests">
            <h2 id="requests-title">{t("requests.title")}</h2>
            <ul class="stack">
                {shown.map((request) => <li key={request.id}><Line request={request} /></li>)}
                {decided.map((request) => <li key={request.id}><Decided request={request} /></li>)}
            </ul>
        </section>
    );
}

function Line({ request }: { request: FamilyRequest }) {
    const [busy, set_busy] = useState(false);
    const [problem, set_problem] = useState<string | null>(null);
    const answer = async (accept: boolean) => {
        set_busy(true);
        const { status, problem: said } = await change_file("POST", `/family/requests/${request.id}`, { accept });
        set_busy(false);
        if (status === 200) announce(t(accept ? "requests.accepted" : "requests.declined"));
        else set_problem(said?.detail ?? base("error.no_answer"));
    };
    const ours = !request.mine && request.kind === "attach";
    return (
        <div class="request" data-testid={`request-${request.id}`}>
            <Icon name={request.mine ? "waiting" : "person"} />
            <p>{t(request.mine ? `requests.mine_${request.kind}` : "requests.asked_attach", words_of(request))}</p>
            {problem !== null && <p class="fault" role="alert"><Icon name="alert" />{problem}</p>}
            {ours && (
                <p class="row">
                    <button type="button" class="button button-main button-small" disabled={busy || !is_live.value}
                        onClick={() => void answer(true)} data-testid={`accept-${request.id}`}>{t("requests.accept")}</button>
                    <button type="button" class="button button-small" disabled={busy || !is_live.value}
                        onClick={() => void answer(false)} data-testid={`refuse-${request.id}`}>{t("requests.decline")}</button>
                </p>
            )}
        </div>
    );
}

function Decided({ request }: { request: FamilyRequest }) {
    const refused = request.state === "refused";
    return (
        <div class="request" data-testid={`request-${request.id}`} data-state={request.state}>
            <Icon name={refused ? "cross" : "check"} />
            <p>{t(refused ? `requests.refused_${request.kind}` : `requests.accepted_${request.kind}`, words_of(request))}</p>
            {request.answer && <p class="staff-answer">{t("requests.answer")} <q>{request.answer}</q></p>}
        </div>
    );
}

function words_of(request: FamilyRequest) {
    const child = request.child === null ? null : child_of(request.child);
    const week = weeks_by_id.value.get(request.week ?? 0);
    return {
        child: child?.given_name ?? t("requests.a_child"),
        from: request.from ?? t("requests.somebody"),
        day: day_text(Date.parse(request.made_at)),
        week: week ? week_text(week) : base("week.unknown"),
    };
}
