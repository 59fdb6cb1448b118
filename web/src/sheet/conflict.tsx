// Two parents at once: where both answered differently, both answers stand side by side, and the
// parent chooses. Nothing is saved before that.
import { useState } from "preact/hooks";
import { FaultSummary, Form } from "../form/form";
import type { FieldFault } from "../model/faults";
import type { Conflict } from "../model/draft";
import { all_questions, type Question } from "../model/sheet";
import { own_text } from "../text";
import { answer_text } from "./answer_text";
import { settle, type Open } from "./draft";
import { t } from "./words";

type Side = "mine" | "theirs";

export function ConflictPanel({ sheet }: { sheet: Open }) {
    const [chosen, set_chosen] = useState<Record<string, Side>>({});
    const [faults, set_faults] = useState<readonly FieldFault[]>([]);
    const [turn, set_turn] = useState(0);
    const questions = all_questions(sheet.questionnaire);
    const shown = sheet.conflicts.flatMap((conflict) => {
        const question = questions.find((q) => q.id === conflict.question);
        return question ? [{ conflict, question }] : [];
    });
    const submit = () => {
        const open = shown.filter(({ question }) => chosen[question.id] === undefined)
            .map(({ question }) => ({ field: `mine-${question.id}`, text: t("conflict.choose", { question: own_text(question.label) }) }));
        set_faults(open);
        set_turn(turn + 1);
        if (open.length === 0) settle(Object.keys(chosen).filter((id) => chosen[id] === "theirs"));
    };
    return (
        <section class="stack" data-testid="conflict" aria-labelledby="conflict-title">
            <h1 id="conflict-title" tabIndex={-1}>{t("conflict.title")}</h1>
            <p class="lead">{t("conflict.text")}</p>
            <FaultSummary faults={faults} turn={turn} />
            <Form submit={submit} busy={false} label={t("conflict.go")}>
                {shown.map(({ conflict, question }) => (
                    <Pair key={question.id} question={question} conflict={conflict} chosen={chosen[question.id]}
                        choose={(side) => set_chosen({ ...chosen, [question.id]: side })} />
                ))}
            </Form>
        </section>
    );
}

function Pair({ question, conflict, chosen, choose }: {
    question: Question; conflict: Conflict; chosen: Side | undefined; choose: (side: Side) => void;
}) {
    const side = (name: Side) => (
        <label class="option side">
            <input type="radio" name={`side-${question.id}`} id={`${name}-${question.id}`} checked={chosen === name}
                onChange={() => choose(name)} />
            <span><span class="muted">{t(`conflict.${name}`)}</span><strong class="lines">{answer_text(question, conflict[name])}</strong></span>
        </label>
    );
    return (
        <fieldset class="field" data-testid={`conflict-${question.id}`}>
            <legend>{own_text(question.label)}</legend>
            <div class="sides">{side("mine")}{side("theirs")}</div>
        </fieldset>
    );
}
