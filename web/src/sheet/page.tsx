// S13 to S15: the health sheet of one child, in steps; each section of the questionnaire is one,
// the last is to read it all again and to validate.
import { useEffect, useState } from "preact/hooks";
import { announce, go } from "../actions";
import { FaultSummary } from "../form/form";
import type { FieldFault } from "../model/faults";
import { all_questions, progress, sheet_faults, type Section } from "../model/sheet";
import { me, place } from "../store";
import { clock_time, day_text, own_text, t as base } from "../text";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { CheckStep } from "./check";
import { ConflictPanel } from "./conflict";
import { close_sheet, load, open, open_sheet, others, saving, save_now, type_answer, type Open } from "./draft";
import { fault_text, server_faults, short_fault_text } from "./faults";
import { QuestionField, asked_of, field_id, is_followup } from "./question";
import { t } from "./words";

export function Page() {
    const child = Number(place.value.args[0]);
    useEffect(() => {
        server_faults.value = [];
        void open_sheet(child);
        return close_sheet;
    }, [child]);
    const sheet = open.value;
    if (sheet === null || sheet.child !== child) return load.value === "loading" ? <Loading /> : <NotThere child={child} />;
    if (sheet.conflicts.length > 0) return <ConflictPanel sheet={sheet} />;
    return <SheetSteps key={child} sheet={sheet} />;
}

function NotThere({ child }: { child: number }) {
    return (
        <div class="empty" role="alert">
            <Icon name="alert" large />
            <h1 tabIndex={-1}>{t(load.value === "gone" ? "sheet.gone" : "sheet.failed")}</h1>
            {load.value === "failed" && (
                <button type="button" class="button" onClick={() => void open_sheet(child)}>{base("action.retry")}</button>
            )}
            <a class="button button-quiet" href="#portal">{t("step.portal")}</a>
        </div>
    );
}

function SheetSteps({ sheet }: { sheet: Open }) {
    const { sections } = sheet.questionnaire;
    const [start] = useState(() => first_step(sheet));
    const step = place.value.args[1] ?? start;
    if (step === "done") return <Done sheet={sheet} />;
    const at = sections.findIndex((s) => s.id === step);
    const section = sections[at];
    const name = me.value?.children.find((c) => c.id === sheet.child)?.name ?? "";
    return (
        <>
            <div class="sheet-head">
                <p class="eyebrow">
                    {t("sheet.of", { child: name })} · {t("sheet.step", { n: section ? at + 1 : sections.length + 1, of: sections.length + 1 })}
                </p>
                <SaveState />
            </div>
            <progress class="progress" max={sections.length + 1} value={section ? at + 1 : sections.length + 1} aria-label={t("sheet.progress")} />
            <h1 tabIndex={-1}>{section ? own_text(section.title) : t(sheet.sheet.validated_at === null ? "check.title" : "check.title_again")}</h1>
            {sheet.was_kept && <p class="note" data-testid="found-again"><Icon name="check" />{t("sheet.found_again")}</p>}
            {others.value > 0 && <p class="note" data-testid="merged"><Icon name="person" />{t("conflict.merged", { n: others.value })}</p>}
            <div class="sheet-body">
                <Steps sheet={sheet} current={section?.id ?? "check"} />
                <div class="sheet-step">
                    {section ? <SectionStep key={section.id} sheet={sheet} section={section} next={sections[at + 1]?.id ?? "check"} previous={sections[at - 1]?.id ?? null} />
                        : <CheckStep sheet={sheet} />}
                </div>
            </div>
        </>
    );
}

// A sheet that was validated once is read again from its end; a new one begins where it stopped.
function first_step(sheet: Open): string {
    if (sheet.sheet.validated_at !== null && sheet.sheet.draft === null) return "check";
    return progress(sheet.questionnaire, sheet.mine).find((s) => s.missing > 0 || !s.begun)?.section ?? "check";
}

function Steps({ sheet, current }: { sheet: Open; current: string }) {
    const states = progress(sheet.questionnaire, sheet.mine);
    return (
        <nav class="steps" aria-label={t("sheet.steps")}>
            <ol>
                {sheet.questionnaire.sections.map((section, n) => {
                    const { missing = 0, begun = false } = states[n] ?? {};
                    const state = missing === 0 && begun ? "done" : begun ? "begun" : "open";
                    return (
                        <li key={section.id}>
                            <a href={`#sheet/${sheet.child}/${section.id}`} class={`step step-${state}`} data-testid={`step-${section.id}`}
                                aria-current={current === section.id ? "step" : undefined} data-state={state}>
                                <span class="step-sign">{state === "done" ? <Icon name="check" /> : n + 1}</span>
                                <span>{own_text(section.title)}{state === "done" && <span class="sr-only"> {t("sheet.step_done")}</span>}
                                    {missing > 0 && begun && <span class="muted"> {t("sheet.step_missing", { n: missing })}</span>}</span>
                            </a>
                        </li>
                    );
                })}
                <li>
                    <a href={`#sheet/${sheet.child}/check`} class="step" data-testid="step-check" aria-current={current === "check" ? "step" : undefined}>
                        <span class="step-sign">{sheet.questionnaire.sections.length + 1}</span><span>{t("check.title")}</span>
                    </a>
                </li>
            </ol>
        </nav>
    );
}

function SectionStep({ sheet, section, next, previous }: { sheet: Open; section: Section; next: string; previous: string | null }) {
    const [shown, set_shown] = useState(false);
    const [turn, set_turn] = useState(0);
    const among = all_questions(sheet.questionnaire);
    const own = section.questions.map((q) => q.id);
    const from_server = server_faults.value.filter((f) => own.includes(f.question));
    const found = [...sheet_faults(section.questions, among, sheet.mine), ...from_server];
    const visible = shown || from_server.length > 0 ? found : found.filter((f) => f.code !== "missing");
    const faults: FieldFault[] = visible.map((f) => ({ field: field_id(f.path), text: fault_text(among, f) }));
    const fault_at = (path: readonly (string | number)[]) => {
        const fault = visible.find((f) => field_id(f.path) === field_id(path));
        return fault ? short_fault_text(among, fault) : null;
    };
    const on = () => go(`sheet/${sheet.child}/${next}`);
    const submit = (event: Event) => {
        event.preventDefault();
        void save_now();
        if (found.length === 0 || shown) return on();
        set_shown(true);
        set_turn(turn + 1);
    };
    return (
        <form class="form" noValidate onSubmit={submit} data-testid="section">
            {shown && <FaultSummary faults={faults} turn={turn} />}
            {section.help && <p>{own_text(section.help)}</p>}
            {asked_of(section.questions, among, sheet.mine).map((question) => (
                <div key={question.id} class={is_followup(question) ? "followup" : undefined} data-testid={`question-${question.id}`}>
                    <QuestionField question={question} path={[question.id]} value={sheet.mine[question.id]} fault_at={fault_at}
                        answer={(value) => {
                            server_faults.value = server_faults.value.filter((f) => f.question !== question.id);
                            type_answer(question.id, value);
                        }} />
                </div>
            ))}
            <div class="form-go">
                <button type="submit" class="button button-main" data-testid="next">
                    {t(shown && found.length > 0 ? "step.anyway" : "step.next")}<Icon name="next" />
                </button>
                {previous !== null && <a class="button button-quiet" href={`#sheet/${sheet.child}/${previous}`}><Icon name="back" />{t("step.back")}</a>}
                <a class="button button-quiet" href="#portal">{t("step.later")}</a>
            </div>
        </form>
    );
}

function SaveState() {
    const state = saving.value;
    if (state.kind === "saved" && state.at === null) return <p class="save muted" data-testid="save-state" data-state="none">{t("saving.auto")}</p>;
    const text = state.kind === "saved" ? t("saving.saved", { time: clock_time(state.at ?? 0, false) })
        : state.kind === "refused" ? `${t("saving.refused")} ${state.text}` : t(`saving.${state.kind}`);
    const icon = state.kind === "saved" ? "check" : state.kind === "failed" || state.kind === "refused" ? "alert" : "waiting";
    return <p class={`save save-${state.kind}`} data-testid="save-state" data-state={state.kind}><Icon name={icon} />{text}</p>;
}

// S16, S17: on to the next child whose sheet is missing, or back to the portal.
function Done({ sheet }: { sheet: Open }) {
    const name = (id: number) => me.value?.children.find((c) => c.id === id)?.name ?? "";
    const other = me.value?.children.find((c) => c.id !== sheet.child && c.sheet !== "valid");
    const until = sheet.sheet.valid_until;
    useEffect(() => announce(t("done.title", { child: name(sheet.child) })), []);
    return (
        <div class="empty" data-testid="sheet-done" data-state={sheet.sheet.state}>
            <Icon name="check" large />
            <h1 tabIndex={-1}>{t("done.title", { child: name(sheet.child) })}</h1>
            {until !== null && <p>{t("done.until", { day: day_text(Date.parse(until)) })}</p>}
            <p class="row">
                {other && <a class="button button-main" href={`#sheet/${other.id}`} data-testid="next-sheet">{t("done.other", { child: other.name })}</a>}
                <a class={other ? "button" : "button button-main"} href="#portal" data-testid="to-portal">{t("step.portal")}</a>
                <a class="button button-quiet" href="#child/new">{t("done.add")}</a>
            </p>
        </div>
    );
}
