// One question of the sheet, rendered from data: the field of its kind, or a list of items whose
// fields are questions again.
import { CheckField, ChecksField, RadioField, SelectField, TextField, type TextKind } from "../form/field";
import { focus_field } from "../form/form";
import { is_asked, type Answers, type Given, type Item, type Question } from "../model/sheet";
import { own_text } from "../text";
import { Icon } from "../view/icons";
import { t } from "./words";

/** The id of an answer's input, from its path: "q-medicines-0-name". */
export function field_id(path: readonly (string | number)[]): string {
    return `q-${path.join("-")}`;
}

interface Asked {
    question: Question;
    path: readonly (string | number)[];
    value: Given | undefined;
    fault_at(path: readonly (string | number)[]): string | null;
    answer(value: Given | undefined): void;
}

// So many choices are seen at once; more fold into a list.
const seen_choices = 6;

export function QuestionField(asked: Asked) {
    const { question, path, value, answer } = asked;
    const common = {
        id: field_id(path),
        label: own_text(question.label),
        hint: question.help ? own_text(question.help) : null,
        fault: asked.fault_at(path),
        optional: !question.mandatory,
    };
    const choices = (question.choices ?? []).map((c) => ({ id: c.id, label: own_text(c.label) }));
    switch (question.kind) {
        case "yes_no": {
            const shown = value === undefined ? null : value === true ? "yes" : "no";
            return <RadioField {...common} value={shown} choose={(v) => answer(v === "yes")}
                choices={[{ id: "yes", label: t("answer.yes") }, { id: "no", label: t("answer.no") }]} />;
        }
        case "choice":
            return choices.length <= seen_choices
                ? <RadioField {...common} value={(value as string | undefined) ?? null} choose={answer} choices={choices} />
                : <SelectField {...common} value={String(value ?? "")} choose={(v) => answer(v === "" ? undefined : v)} choices={choices} />;
        case "choices":
            return <ChecksField {...common} values={(value as string[] | undefined) ?? []} choose={answer} choices={choices} />;
        case "consent":
            return <CheckField {...common} value={value === true} choose={answer} />;
        case "number":
            return <TextField {...common} kind="number" value={number_text(value)} type={(text) => answer(number_of(text))} />;
        case "list":
            return <ListField {...asked} />;
        case "text": case "long_text": case "date": case "phone":
            return <TextField {...common} kind={question.kind satisfies TextKind} value={String(value ?? "")} type={answer}
                {...(question.length_max === undefined ? {} : { length_max: question.length_max })} />;
    }
}

function ListField({ question, path, value, fault_at, answer }: Asked) {
    const items = (value as readonly Item[] | undefined) ?? [];
    const fields = question.fields ?? [];
    const id = field_id(path);
    const fault = fault_at(path);
    const set = (n: number, item: Item) => answer(items.map((old, k) => (k === n ? item : old)));
    const add = () => {
        answer([...items, {}]);
        requestAnimationFrame(() => focus_field(field_id([...path, items.length, fields[0]?.id ?? ""])));
    };
    const remove = (n: number) => {
        answer(items.filter((_, k) => k !== n));
        requestAnimationFrame(() => document.getElementById(id)?.focus());
    };
    return (
        <fieldset class={fault ? "field list field-faulty" : "field list"}>
            <legend>{own_text(question.label)}{!question.mandatory && <span class="optional"> {t("list.optional")}</span>}</legend>
            {question.help && <p class="hint">{own_text(question.help)}</p>}
            {fault && <p class="fault"><Icon name="alert" />{fault}</p>}
            <ol class="stack">
                {items.map((item, n) => (
                    <li key={n} class="list-item">
                        <p class="list-head">
                            <strong>{own_text(question.label)} {n + 1}</strong>
                            <button type="button" class="button button-quiet button-small" onClick={() => remove(n)}
                                aria-label={t("list.remove_one", { n: n + 1, what: own_text(question.label) })}>{t("list.remove")}</button>
                        </p>
                        {fields.filter((f) => is_asked(f, fields, item)).map((field) => (
                            <QuestionField key={field.id} question={field} path={[...path, n, field.id]} value={item[field.id]}
                                fault_at={fault_at} answer={(v) => set(n, with_field(item, field.id, v))} />
                        ))}
                    </li>
                ))}
            </ol>
            {items.length < (question.items_max ?? Infinity) && (
                <p>
                    <button type="button" class="button button-small" id={id} onClick={add} data-testid={`add-${question.id}`}>
                        <Icon name="plus" />{t(items.length === 0 ? "list.add" : "list.add_more")}
                        <span class="sr-only">{own_text(question.label)}</span>
                    </button>
                </p>
            )}
        </fieldset>
    );
}

export function is_followup(question: Question): boolean {
    return Boolean(question.when);
}

export function asked_of(questions: readonly Question[], among: readonly Question[], answers: Answers): Question[] {
    return questions.filter((q) => is_asked(q, among, answers));
}

function with_field(item: Item, field: string, value: Given | undefined): Item {
    const { [field]: _, ...others } = item;
    return value === undefined || value === "" ? others : { ...others, [field]: value as Item[string] };
}

function number_text(value: Given | undefined): string {
    return typeof value === "number" ? String(value).replace(".", ",") : String(value ?? "");
}

// What is not (yet) a number stays as it was typed, and is a fault until it is one.
function number_of(text: string): Given | undefined {
    const plain = text.trim().replace(",", ".");
    if (plain === "") return undefined;
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : text;
}
