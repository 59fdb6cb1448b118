// Say who you are: by eID or itsme; in the demo also as one of its invented families, twenty a page.
import { useEffect, useState } from "preact/hooks";
import { log_in } from "../actions";
import * as api from "../io/api";
import type { DemoFamily, DemoPage, Sheet } from "../model/wire";
import { login_address } from "../model/place";
import { is_live, place, season } from "../store";
import { language, number, t } from "../text";
import { age_text } from "../wording";
import { Icon, type IconName } from "./icons";

type Families = { kind: "loading" } | { kind: "failed" } | { kind: "ready"; page: DemoPage };

const login_errors = ["cancelled", "provider", "identity", "expired", "refused", "busy"] as const;
const sheet_signs: Record<Sheet, IconName> = { valid: "check", expired: "clock", missing: "cross" };

export function SheetState({ sheet }: { sheet: Sheet }) {
    return <span class={`sheet sheet-${sheet}`}><Icon name={sheet_signs[sheet]} />{t(`sheet.${sheet}`)}</span>;
}

export function ChoosePage() {
    return (
        <>
            <h1 tabIndex={-1}>{t("choose.title")}</h1>
            <LoginFailed />
            <section class="login" aria-labelledby="login-title">
                <h2 id="login-title">{t("login.title")}</h2>
                <p>{t("login.text")}</p>
                <a class="button button-main" href={login_address(place.value, location.hash, language.value)}
                    data-testid="login">
                    <Icon name="lock" />{t("login.button")}
                </a>
                <p class="muted">{t("login.own_card")}</p>
            </section>
            {season.value?.demo && <DemoFamilies />}
        </>
    );
}

// What became of a login that the provider or the parent ended: said once, and no loop.
function LoginFailed() {
    if (place.value.page !== "login") return null;
    const { error } = place.value.query;
    const known = login_errors.find((e) => e === error) ?? "provider";
    return (
        <div class="problem" role="alert" data-testid="login-error">
            <Icon name="alert" /><p><strong>{t(`login.error_${known}`)}</strong> {t("login.nothing_lost")}</p>
        </div>
    );
}

function DemoFamilies() {
    const [wanted, want] = useState(0);
    const [tries, set_tries] = useState(0);
    const [families, set_families] = useState<Families>({ kind: "loading" });
    const [entering, set_entering] = useState<number | null>(null);
    const [problem, set_problem] = useState<string | null>(null);

    useEffect(() => {
        let current = true;
        set_families((f) => (f.kind === "ready" ? f : { kind: "loading" }));
        void api.get(`/demo/families?page=${wanted}`).then((answer) => {
            if (!current) return;
            set_families(answer.status === 200
                ? { kind: "ready", page: answer.body as DemoPage } : { kind: "failed" });
        });
        return () => { current = false; };
    }, [wanted, tries, is_live.value]);

    const enter = (family: DemoFamily) => {
        set_entering(family.family);
        set_problem(null);
        void log_in(family.family).then((answer) => {
            set_entering(null);
            if (answer.status !== 200) set_problem(answer.problem?.detail ?? t("error.no_answer"));
        });
    };

    return (
        <>
            <h2>{t("choose.demo")}</h2>
            <p>{t("choose.text")}</p>
            <div aria-live="assertive">{problem && <p class="problem"><Icon name="alert" />{problem}</p>}</div>
            {families.kind === "loading" && <p class="loading" role="status">{t("page.loading")}</p>}
            {families.kind === "failed" && (
                <div class="empty" role="alert">
                    <p>{t("error.no_answer")}</p>
                    <button type="button" class="button" onClick={() => set_tries(tries + 1)}>{t("action.retry")}</button>
                </div>
            )}
            {families.kind === "ready" && (
                <>
                    <ul class="families">
                        {families.page.families.map((family) => (
                            <li key={family.family}>
                                <FamilyCard family={family} busy={entering === family.family}
                                    disabled={entering !== null} enter={() => enter(family)} />
                            </li>
                        ))}
                    </ul>
                    {families.page.families.length === 0 && <p class="empty">{t("choose.none")}</p>}
                    <Pager page={families.page.page} pages={families.page.pages} go={want} />
                </>
            )}
        </>
    );
}

function FamilyCard({ family, busy, disabled, enter }: {
    family: DemoFamily; busy: boolean; disabled: boolean; enter: () => void;
}) {
    return (
        <article class="family" aria-labelledby={`family-name-${family.family}`}>
            <div>
                <h3 id={`family-name-${family.family}`}>{family.name}</h3>
                <p class="muted">{family.parent} · {family.postcode}</p>
            </div>
            <ul class="family-children">
                {family.children.map((child) => (
                    <li key={child.name}>
                        <span><strong>{child.name}</strong>, {age_text(child.birth_date)}</span>
                        <SheetState sheet={child.sheet} />
                    </li>
                ))}
            </ul>
            <button type="button" class="button" disabled={disabled} onClick={enter}
                data-testid={`family-${family.family}`} aria-label={t("page.says", { what: t("choose.enter"), text: family.name })}>
                {busy ? t("choose.entering") : t("choose.enter")}
            </button>
        </article>
    );
}

function Pager({ page, pages, go }: { page: number; pages: number; go: (page: number) => void }) {
    if (pages <= 1) return null;
    const to = (next: number) => {
        go(Math.min(pages - 1, Math.max(0, next)));
        scrollTo(0, 0);
    };
    return (
        <nav class="pager" aria-label={t("pager.label")}>
            <button type="button" class="button button-quiet" disabled={page === 0} onClick={() => to(page - 1)}>
                <Icon name="back" />{t("pager.previous")}
            </button>
            <label>
                {t("pager.page")}{" "}
                <input type="number" inputMode="numeric" min={1} max={pages} value={page + 1}
                    onChange={(e) => to(Number(e.currentTarget.value) - 1)} />
                {" "}/ {number(pages)}
            </label>
            <button type="button" class="button button-quiet" disabled={page >= pages - 1} onClick={() => to(page + 1)}>
                {t("pager.next")}<Icon name="next" />
            </button>
        </nav>
    );
}
