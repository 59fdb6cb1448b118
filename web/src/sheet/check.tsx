// The last step: all answers to read again (at a renewal the old ones, to confirm), then "Valider".
import { useState } from "preact/hooks";
import { go } from "../actions";
import { FaultSummary, focus_field } from "../form/form";
import type { FieldFault } from "../model/faults";
import { all_questions, sheet_faults, type Section, type SheetFault } from "../model/sheet";
import { is_live } from "../store";
import { day_text, own_text } from "../text";
import { Icon } from "../view/icons";
import { answer_text } from "./answer_text";
import { validate, type Open } from "./draft";
import { fault_text, server_faults, section_of } from "./faults";
import { asked_of, field_id } from "./question";
import { t } from "./words";

export function CheckStep({ sheet }: { sheet: Open }) {
    const [turn, set_turn] = useState(0);
    const [busy, set_busy] = useState(false);
    const [stopped, set_stopped] = useState<string | null>(null);
    const [tried, set_tried] = useState(false);
    const { questionnaire, mine } = sheet;
    const among = all_questions(questionnaire);
    const found = [...sheet_faults(among, among, mine), ...server_faults.value];
    const faults: FieldFault[] = stopped !== null ? [{ field: "", text: stopped }]
        : found.map((f) => ({ field: field_id(f.path), text: fault_text(among, f) }));

    const submit = async () => {
        set_stopped(null);
        set_tried(true);
        if (sheet_faults(among, among, mine).length > 0) return set_turn(turn + 1);
        set_busy(true);
        const outcome = await validate();
        set_busy(false);
        if (outcome.kind === "valid") {
            server_faults.value = [];
            return go(`sheet/${sheet.child}/done`);
        }
        if (outcome.kind === "faults") server_faults.value = outcome.faults;
        else set_stopped(outcome.text);
        set_turn(turn + 1);
    };
    const renewal = sheet.sheet.validated_at;
    return (
        <>
            {(tried || found.length > 0) && (
                <FaultSummary faults={faults} turn={turn} title={stopped ?? t("check.faults", { n: found.length })}
                    follow={(fault) => follow(sheet, found, fault)} />
            )}
            {renewal !== null && sheet.sheet.draft === null && (
                <p class="note" data-testid="renewal"><Icon name="clock" />{t("check.renewal", { day: day_text(Date.parse(renewal)) })}</p>
            )}
            {questionnaire.sections.map((section) => <SectionAnswers key={section.id} sheet={sheet} section={section} faults={found} />)}
            <div class="form-go">
                <button type="button" class="button button-main" aria-disabled={busy || !is_live.value} data-testid="validate"
                    onClick={() => { if (!busy && is_live.value) void submit(); }}>
                    {busy ? t("check.busy") : t(renewal === null ? "check.validate" : "check.confirm")}
                </button>
                <a class="button button-quiet" href="#portal">{t("step.later")}</a>
            </div>
            <p class="hint">{t("check.six_months")}</p>
        </>
    );
}

function SectionAnswers({ sheet, section, faults }: { sheet: Open; section: Section; faults: readonly SheetFault[] }) {
    const among = all_questions(sheet.questionnaire);
    return (
        <section class="stack" aria-labelledby={`check-${section.id}`}>
            <div class="check-head">
                <h2 id={`check-${section.id}`}>{own_text(section.title)}</h2>
                <a class="button button-small" href={`#sheet/${sheet.child}/${section.id}`}
                    aria-label={t("check.change_section", { section: own_text(section.title) })} data-testid={`change-${section.id}`}>
                    {t("check.change")}
                </a>
            </div>
            <dl class="answers">
                {asked_of(section.questions, among, sheet.mine).map((question) => {
                    const faulty = faults.some((f) => f.question === question.id);
                    const none = sheet.mine[question.id] === undefined;
                    return (
                        <div key={question.id} class={faulty ? "answer answer-faulty" : "answer"}>
                            <dt>{own_text(question.label)}</dt>
                            <dd class={none && !faulty ? "lines none" : "lines"}>
                                {faulty && <Icon name="alert" />}
                                {faulty && none ? t("check.to_answer") : answer_text(question, sheet.mine[question.id])}
                            </dd>
                        </div>
                    );
                })}
            </dl>
        </section>
    );
}

// To the step of the question first, then to its field.
function follow(sheet: Open, faults: readonly SheetFault[], { field }: FieldFault): void {
    const fault = faults.find((f) => field_id(f.path) === field);
    const section = fault && section_of(sheet.questionnaire, fault.question);
    if (!section) return;
    go(`sheet/${sheet.child}/${section.id}`);
    setTimeout(() => focus_field(field), 60);
}
