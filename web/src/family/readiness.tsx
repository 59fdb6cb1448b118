// B9: what is missing for the opening day, for the family and per child, with the way to put each
// thing right.
import type { ComponentChildren } from "preact";
import { lock_of, type Family } from "../model/family";
import { by_weight, child_fix, family_fix, type Gap } from "../model/readiness";
import { date_time, day_text, t as base } from "../text";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { load_file, readiness, readiness_load } from "./file";
import { t } from "./words";

export function ReadinessPage({ family }: { family: Family }) {
    const known = readiness.value;
    return (
        <>
            <h1 tabIndex={-1}>{t("ready.title")}</h1>
            {known?.opens_at && <p class="lead">{t("ready.opens", { time: date_time(Date.parse(known.opens_at)) })}</p>}
            {known === null && readiness_load.value === "failed" && (
                <div class="empty" role="alert">
                    <p>{base("error.no_answer")}</p>
                    <button type="button" class="button" onClick={() => void load_file()}>{base("action.retry")}</button>
                </div>
            )}
            {known === null && readiness_load.value === "loading" && <Loading />}
            {known && (
                <>
                    <p class={known.ready ? "verdict verdict-good" : "verdict verdict-bad"} data-testid="verdict"
                        data-state={known.ready ? "ready" : "missing"}>
                        <Icon name={known.ready ? "check" : "alert"} large />{t(known.ready ? "ready.yes" : "ready.no")}
                    </p>
                    {known.family.length > 0 && (
                        <Block name={t("ready.family")} id="family">
                            {by_weight(known.family).map((gap) => (
                                <GapLine key={gap.code} gap={gap} text={t(`gap.${gap.code}`)}
                                    fix={family_fix(gap.code)} label={t(gap.code === "not_registered" ? "ready.fix_register" : "ready.fix_profile")} />
                            ))}
                        </Block>
                    )}
                    {known.children.length === 0 && (
                        <p class="row">{t("portal.no_children")} <a class="button" href="#child/new">{t("portal.add_child")}</a></p>
                    )}
                    {known.children.map(({ child: id, missing }) => {
                        const child = family.children.find((c) => c.id === id);
                        if (!child) return null;
                        return (
                            <Block key={id} name={`${child.given_name} ${child.family_name}`} id={String(id)}>
                                {missing.length === 0 && <li class="gap gap-good"><Icon name="check" /><span>{t("ready.child_yes")}</span></li>}
                                {by_weight(missing).map((gap) => (
                                    <GapLine key={gap.code} gap={gap} fix={child_fix(gap.code, id)}
                                        text={t(`gap.${gap.code}`, { day: gap.at ? day_text(Date.parse(gap.at)) : "" })}
                                        label={t(gap.code.startsWith("sheet") ? (lock_of(child) === "sheet_missing" ? "tab.fill" : "tab.renew") : "ready.fix_child")} />
                                ))}
                            </Block>
                        );
                    })}
                </>
            )}
            <p><a class="button button-quiet" href="#portal">{t("form.back")}</a></p>
        </>
    );
}

function Block({ name, id, children }: { name: string; id: string; children: ComponentChildren }) {
    return (
        <section class="stack" aria-labelledby={`ready-${id}`} data-testid={`ready-${id}`}>
            <h2 id={`ready-${id}`}>{name}</h2>
            <ul class="stack">{children}</ul>
        </section>
    );
}

function GapLine({ gap, text, fix, label }: { gap: Gap<string>; text: string; fix: string | null; label: string }) {
    return (
        <li class={gap.blocking ? "gap gap-blocking" : "gap"} data-testid={`gap-${gap.code}`}>
            <Icon name={gap.blocking ? "lock" : "alert"} />
            <span>{text} <strong>{t(gap.blocking ? "ready.blocking" : "ready.warning")}</strong></span>
            {fix !== null && <a class="button button-small" href={`#${fix}`}>{label}</a>}
        </li>
    );
}
