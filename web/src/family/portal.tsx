// S8: the family's home page. What to do next, the children with the tabs of their health sheet and
// of the camps (S18), the requests that wait, and the ways to everything else.
import { choose_child, go } from "../actions";
import { lock_of, next_step, type Family, type FileChild, type NextStep } from "../model/family";
import { child_fix, type ChildGap } from "../model/readiness";
import { is_live } from "../store";
import { day_text, t as base } from "../text";
import { age_text } from "../wording";
import { Icon } from "../view/icons";
import { readiness } from "./file";
import { Requests } from "./requests";
import { t } from "./words";

export function PortalPage({ family }: { family: Family }) {
    return (
        <>
            <h1 tabIndex={-1}>{t("portal.title")}</h1>
            <p class="lead">{t("portal.hello", { name: family.parent.given_name })}</p>
            <Next step={next_step(family)} />
            <Requests family={family} />
            <section class="stack" aria-labelledby="portal-children">
                <h2 id="portal-children">{t("portal.children")}</h2>
                {family.children.length === 0 && <p class="empty">{t("portal.no_children")}</p>}
                <ul class="folders">
                    {family.children.map((child) => <li key={child.id}><Folder child={child} /></li>)}
                </ul>
                <p class="row">
                    <a class="button" href="#child/new" data-testid="add-child"><Icon name="plus" />{t("portal.add_child")}</a>
                    <a class="button button-quiet" href="#attach">{t("portal.attach")}</a>
                </p>
            </section>
            <section class="stack" aria-labelledby="portal-more">
                <h2 id="portal-more">{t("portal.more")}</h2>
                <ul class="ways">
                    <Way to="orders" name={base("nav.orders")} text={t("portal.orders_text")} icon="basket" />
                    <Way to="readiness" name={t("ready.title")} text={t("portal.readiness_text")} icon="clock" />
                    <Way to="profile" name={t("profile.title")} text={profile_text(family)} icon="person" />
                    <Way to="privacy" name={t("privacy.title")} text={t("portal.privacy_text")} icon="lock" />
                </ul>
            </section>
        </>
    );
}

function Next({ step }: { step: NextStep }) {
    const to = step.kind === "sheet" ? `sheet/${step.child.id}` : next_pages[step.kind];
    const name = step.kind === "sheet" ? step.child.given_name : "";
    return (
        <section class={`next next-${step.kind === "calendar" ? "done" : "open"}`} aria-labelledby="next-title" data-testid="next"
            data-state={step.kind}>
            <Icon name={step.kind === "calendar" ? "check" : "next"} large />
            <div>
                <h2 id="next-title">{t("next.title")}</h2>
                <p>{t(`next.${step.kind}`, { child: name })}</p>
            </div>
            <a class="button button-main" href={`#${to}`} data-testid="next-go">{t(`next.go_${step.kind}`, { child: name })}</a>
        </section>
    );
}

const next_pages: Record<Exclude<NextStep["kind"], "sheet">, string> = {
    register: "register", profile: "profile", add_child: "child/new", confirm_email: "profile", calendar: "calendar",
};

function Folder({ child }: { child: FileChild }) {
    const name = `${child.given_name} ${child.family_name}`;
    const lock = lock_of(child);
    return (
        <article class="folder" aria-labelledby={`folder-${child.id}`} data-testid={`folder-${child.id}`} data-state={child.sheet}>
            <div class="folder-head">
                <div>
                    <h3 id={`folder-${child.id}`}>{name}</h3>
                    <p class="muted">
                        {[age_text(child.birth_date), child.school_year, t(`role.${child.role}`)].filter(Boolean).join(" · ")}
                    </p>
                </div>
                <a class="button button-quiet button-small" href={`#child/${child.id}`}
                    aria-label={t("portal.edit_child", { child: name })}>{t("portal.edit")}</a>
            </div>
            <div class="tabs">
                <SheetTab child={child} />
                <CampsTab child={child} lock={lock} />
            </div>
            <Early child={child} />
        </article>
    );
}

// S18: green or red, and the sign and the words say the same without any colour.
function SheetTab({ child }: { child: FileChild }) {
    const good = child.sheet === "valid";
    const until = child.sheet_valid_until === null ? "" : day_text(Date.parse(child.sheet_valid_until));
    return (
        <a class={`tab ${good ? "tab-green" : "tab-red"}`} href={`#sheet/${child.id}`} data-testid={`sheet-tab-${child.id}`}
            data-state={child.sheet}>
            <span class="tab-name"><Icon name={good ? "check" : "cross"} />{t("tab.sheet")}</span>
            <span class="tab-text">
                {good ? t("tab.valid_until", { day: until })
                    : child.sheet === "expired" ? t("tab.expired", { day: until }) : t("tab.missing")}
            </span>
            {child.sheet_draft && <span class="tab-text"><strong>{t("tab.draft")}</strong></span>}
            <span class="tab-do">{t(good ? "tab.see" : child.sheet === "expired" ? "tab.renew" : child.sheet_draft ? "tab.resume" : "tab.fill")}</span>
        </a>
    );
}

// S17, S18: to the camps when all is well, and locked with its reason when not.
function CampsTab({ child, lock }: { child: FileChild; lock: ReturnType<typeof lock_of> }) {
    if (lock !== null) {
        return (
            <div class="tab tab-locked" data-testid={`camps-tab-${child.id}`} data-state="locked">
                <span class="tab-name"><Icon name="lock" />{t("tab.camps")}</span>
                <span class="tab-text">{t(`lock.${lock}`)}</span>
            </div>
        );
    }
    const enter = (event: Event) => {
        event.preventDefault();
        choose_child(child.id);
        go("calendar");
    };
    return (
        <a class="tab tab-open" href="#calendar" onClick={enter} data-testid={`camps-tab-${child.id}`} data-state="open">
            <span class="tab-name"><Icon name="calendar" />{t("tab.camps")}</span>
            <span class="tab-text">{child.holds > 0 ? t("tab.holds", { n: child.holds }) : t("tab.ready")}</span>
            <span class="tab-do">{t("tab.book")}</span>
        </a>
    );
}

const early_codes: readonly ChildGap[] = ["sheet_lapses_before_opening", "sheet_lapses_before_camp"];

// What will have lapsed by then is said early, while the tab is still green.
function Early({ child }: { child: FileChild }) {
    const gap = readiness.value?.children.find((c) => c.child === child.id)?.missing.find((g) => early_codes.includes(g.code));
    if (!gap || child.sheet !== "valid") return null;
    const fix = child_fix(gap.code, child.id);
    return (
        <p class="early" data-testid={`early-${child.id}`}>
            <Icon name="clock" />
            <span>
                {t(`gap.${gap.code}`, { day: gap.at ? day_text(Date.parse(gap.at)) : "" })}{" "}
                {fix !== null && is_live.value && <a href={`#${fix}`}>{t("tab.renew")}</a>}
            </span>
        </p>
    );
}

function Way({ to, name, text, icon }: { to: string; name: string; text: string; icon: "basket" | "clock" | "person" | "lock" }) {
    return (
        <li>
            <a class="way" href={`#${to}`} data-testid={`way-${to}`}>
                <Icon name={icon} large /><span><strong>{name}</strong><span class="muted">{text}</span></span>
            </a>
        </li>
    );
}

function profile_text(family: Family): string {
    const { email, email_confirmed } = family.parent;
    if (email === null) return t("portal.no_email");
    return email_confirmed ? email : t("portal.email_waits", { email });
}
