// The health sheet: its questions as the organiser's data (R11), what of it is shown, what is still
// wrong in it, and how two versions of its answers become one. Pure.
import type { Fault, Sheet as SheetColour, Texts } from "./wire";

export type Kind =
    | "text" | "long_text" | "yes_no" | "choice" | "choices" | "date" | "number" | "phone" | "list" | "consent";

export interface Question {
    id: string;
    kind: Kind;
    label: Texts;
    help?: Texts | null;
    mandatory: boolean;
    past?: boolean;                                  // a date: not after today
    when?: { question: string; is: Value | Value[] } | null;
    choices?: { id: string; label: Texts }[];
    length_max?: number;
    minimum?: number;
    maximum?: number;
    items_max?: number;
    fields?: Question[];                             // of one item of a list
}

export interface Section {
    id: string;
    title: Texts;
    help?: Texts | null;
    questions: Question[];
}

export interface Questionnaire {
    version: number;
    sections: Section[];
}

export type Value = string | number | boolean;
export type Item = Readonly<Record<string, Value | string[]>>;
export type Given = Value | readonly string[] | readonly Item[];
export type Answers = Readonly<Record<string, Given>>;

export interface SheetFile {
    child: number;
    questions: number;
    state: SheetColour;
    validated_at: string | null;
    valid_until: string | null;
    answers: Answers | null;
    draft: Answers | null;
    draft_saved_at: string | null;
}

export interface SheetFault {
    question: string;
    path: readonly (string | number)[];              // from the question on: ["medicines", 0, "name"]
    code: Fault["code"];
}

/** Blank is no answer; "no" is one. */
export function is_given(value: Given | undefined): boolean {
    if (value === undefined) return false;
    if (typeof value === "string") return value.trim() !== "";
    return !Array.isArray(value) || value.length > 0;
}

/** A follow-up is asked when what it hangs on is asked itself and answered so. */
export function is_asked(question: Question, among: readonly Question[], answers: Answers | Item): boolean {
    const { when } = question;
    if (!when) return true;
    const cause = among.find((q) => q.id === when.question);
    if (!cause || !is_asked(cause, among, answers)) return false;
    const given = answers[cause.id];
    const wanted = Array.isArray(when.is) ? when.is : [when.is];
    return wanted.some((w) => given === w || (Array.isArray(given) && (given as readonly unknown[]).includes(w)));
}

export function all_questions(questionnaire: Questionnaire): Question[] {
    return questionnaire.sections.flatMap((s) => s.questions);
}

/** With one value set; an empty one is no answer at all. */
export function with_answer(answers: Answers, question: string, value: Given | undefined): Answers {
    if (value !== undefined && value !== "") return { ...answers, [question]: value };
    const { [question]: _, ...others } = answers;
    return others;
}

/** What is to be validated: only what is asked, without empty items. */
export function asked_answers(questionnaire: Questionnaire, answers: Answers): Answers {
    const questions = all_questions(questionnaire);
    const asked: Record<string, Given> = {};
    for (const question of questions) {
        const value = answers[question.id];
        if (!is_given(value) || !is_asked(question, questions, answers)) continue;
        asked[question.id] = question.kind === "list"
            ? (value as readonly Item[]).map((item) => asked_item(question.fields ?? [], item)).filter((i) => Object.keys(i).length > 0)
            : value as Given;
    }
    return asked;
}

function asked_item(fields: readonly Question[], item: Item): Item {
    return Object.fromEntries(Object.entries(item).filter(([id, value]) => {
        const field = fields.find((f) => f.id === id);
        return field !== undefined && is_given(value) && is_asked(field, fields, item);
    }));
}

/** What a draft may hold: all that was typed except what is not (yet) of its kind. */
export function draft_answers(questionnaire: Questionnaire, answers: Answers): Answers {
    const good: Record<string, Given> = {};
    for (const question of all_questions(questionnaire)) {
        const value = answers[question.id];
        if (value === undefined) continue;
        if (question.kind !== "list") {
            if (is_of_kind(question, value)) good[question.id] = value;
            continue;
        }
        good[question.id] = (value as readonly Item[]).map((item) => Object.fromEntries(
            (question.fields ?? []).filter((f) => item[f.id] !== undefined && is_of_kind(f, item[f.id] as Given))
                .map((f) => [f.id, item[f.id] as Value])));
    }
    return good;
}

export function is_of_kind(question: Question, value: Given, today = new Date().toISOString().slice(0, 10)): boolean {
    switch (question.kind) {
        case "text": case "long_text":
            return typeof value === "string" && value.length <= (question.length_max ?? Infinity);
        case "phone":
            return typeof value === "string" && /^\+?[\d ./()-]*$/.test(value) && /^(\D*\d){8,15}\D*$/.test(value)
                && value.length <= (question.length_max ?? 30);
        case "yes_no": case "consent":
            return typeof value === "boolean";
        case "choice":
            return question.choices?.some((c) => c.id === value) ?? false;
        case "choices":
            return Array.isArray(value) && value.every((v) => question.choices?.some((c) => c.id === v));
        case "date":
            return typeof value === "string" && /^(19|2[01])\d{2}-\d{2}-\d{2}$/.test(value)
                && !(question.past === true && value > today);
        case "number":
            return Number.isInteger(value) && typeof value === "number" && value >= (question.minimum ?? -Infinity) && value <= (question.maximum ?? Infinity);
        case "list":
            return Array.isArray(value) && value.length <= (question.items_max ?? Infinity);
    }
}

/** What stands in the way of validating; in the order of the questions. */
export function sheet_faults(questions: readonly Question[], among: readonly Question[], answers: Answers): SheetFault[] {
    const faults: SheetFault[] = [];
    for (const question of questions) {
        if (!is_asked(question, among, answers)) continue;
        const value = answers[question.id];
        const refused = question.kind === "consent" && value !== true;
        if (!is_given(value) || refused) {
            if (question.mandatory) faults.push({ question: question.id, path: [question.id], code: "missing" });
        } else if (!is_of_kind(question, value as Given)) {
            faults.push({ question: question.id, path: [question.id], code: "invalid" });
        } else if (question.kind === "list") {
            faults.push(...item_faults(question, value as readonly Item[]));
        }
    }
    return faults;
}

function item_faults(question: Question, items: readonly Item[]): SheetFault[] {
    const fields = question.fields ?? [];
    return items.flatMap((item, n) => sheet_faults(fields, fields, item)
        .map((fault) => ({ question: question.id, path: [question.id, n, ...fault.path], code: fault.code })));
}

/** A fault of the server: "/answers/medicines/0/name". */
export function fault_of_pointer(fault: Fault): SheetFault {
    const [, , question = "", ...rest] = fault.pointer.split("/");
    return { question, path: [question, ...rest.map((p) => (/^\d+$/.test(p) ? Number(p) : p))], code: fault.code };
}

/** How far each step is: what of its mandatory questions is still missing. */
export function progress(questionnaire: Questionnaire, answers: Answers): { section: string; missing: number; begun: boolean }[] {
    const among = all_questions(questionnaire);
    return questionnaire.sections.map((section) => ({
        section: section.id,
        missing: sheet_faults(section.questions, among, answers).length,
        begun: section.questions.some((q) => is_given(answers[q.id])),
    }));
}

export function is_same_answer(a: Given | undefined, b: Given | undefined): boolean {
    return JSON.stringify(in_order(a)) === JSON.stringify(in_order(b));
}

function in_order(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(in_order);
    if (value === null || typeof value !== "object") return value ?? null;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)).map(([k, v]) => [k, in_order(v)]));
}
