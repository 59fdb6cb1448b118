// B9 for the staff: the families that are not ready, and a mail to some or to all of them.
import { useState } from "preact/hooks";
import { announce, change } from "../actions";
import { new_key } from "../io/api";
import type { ChildGap, FamilyGap } from "../model/readiness";
import { is_live } from "../store";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { Pages, Shown, use_fetched } from "./fetched";
import { t } from "./words";

interface List {
    page: number;
    pages: number;
    not_ready: number;
    families: { family: number; parent: string; email: boolean; missing: (ChildGap | FamilyGap)[] }[];
}

export function ReadinessPage() {
    const [page, set_page] = useState(0);
    const found = use_fetched<List>(`/staff/readiness?page=${page}`);
    const [chosen, set_chosen] = useState<readonly number[]>([]);
    const [asking, set_asking] = useState(false);
    const [said, set_said] = useState<string | null>(null);
    const send = async (body: { families: readonly number[] } | { all: true }) => {
        set_asking(false);
        const answer = await change("POST", "/staff/readiness/mail", body, { "Idempotency-Key": new_key() });
        const text = answer.status === 202 ? t("unready.sent", { n: (answer.body as { mails: number }).mails })
            : answer.problem?.detail ?? base("error.no_answer");
        set_said(text);
        announce(text);
        if (answer.status === 202) set_chosen([]);
    };
    const toggle = (id: number) => set_chosen(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);
    return (
        <>
            <h1 tabIndex={-1}>{t("staff.readiness")}</h1>
            <Shown of={found}>
                {(list) => (
                    <>
                        <p class="lead" data-testid="not-ready">{t("unready.count", { n: list.not_ready })}</p>
                        {said !== null && <p class="note"><Icon name="mail" />{said}</p>}
                        <p class="row">
                            <button type="button" class="button button-main" disabled={chosen.length === 0 || !is_live.value}
                                onClick={() => void send({ families: chosen })} data-testid="mail-chosen">
                                <Icon name="mail" />{chosen.length === 0 ? t("unready.mail_none") : t("unready.mail_chosen", { n: chosen.length })}
                            </button>
                            {!asking && list.not_ready > 0 && (
                                <button type="button" class="button" disabled={!is_live.value} onClick={() => set_asking(true)} data-testid="mail-all">
                                    {t("unready.mail_all")}
                                </button>
                            )}
                        </p>
                        {asking && (
                            <div class="problem" role="alert">
                                <Icon name="mail" />
                                <div class="stack">
                                    <p>{t("unready.sure", { n: list.not_ready })}</p>
                                    <p class="row">
                                        <button type="button" class="button button-main" onClick={() => void send({ all: true })} data-testid="mail-all-yes">{t("unready.yes")}</button>
                                        <button type="button" class="button" onClick={() => set_asking(false)}>{t("unready.no")}</button>
                                    </p>
                                </div>
                            </div>
                        )}
                        <ul class="rows">
                            {list.families.map((f) => (
                                <li key={f.family} class="row-card" data-testid={`unready-${f.family}`}>
                                    <label class="option">
                                        <input type="checkbox" checked={chosen.includes(f.family)} disabled={!f.email} onChange={() => toggle(f.family)} />
                                        <span>
                                            <strong>{f.parent}</strong>{!f.email && <span class="muted"> {t("unready.no_email")}</span>}<br />
                                            <span class="muted">{[...new Set(f.missing)].map((code) => t(`missing.${code}`)).join(" · ")}</span>
                                        </span>
                                    </label>
                                    <a href={`#staff/family/${f.family}`} aria-label={t("unready.open", { parent: f.parent })}>{t("unready.see")}</a>
                                </li>
                            ))}
                        </ul>
                        <Pages page={list.page} pages={list.pages} go={set_page} />
                    </>
                )}
            </Shown>
        </>
    );
}
