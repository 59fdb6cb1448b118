// The faults of a sheet in words, and those the server found that this page did not.
import { signal } from "@preact/signals";
import type { Question, Questionnaire, Section, SheetFault } from "../model/sheet";
import { own_text } from "../text";
import { t } from "./words";

export const server_faults = signal<readonly SheetFault[]>([]);

/** At the field itself, whose label stands above. */
export function short_fault_text(questions: readonly Question[], fault: SheetFault): string {
    const question = questions.find((q) => q.id === fault.question);
    return t(fault.code === "missing" && question?.kind === "consent" ? "faulty.consent" : `faulty.${fault.code}`);
}

export function fault_text(questions: readonly Question[], fault: SheetFault): string {
    const label = label_of(questions, fault.path);
    const question = questions.find((q) => q.id === fault.question);
    if (fault.code === "missing" && question?.kind === "consent") return t("fault.consent", { label });
    return t(`fault.${fault.code}`, { label });
}

export function section_of(questionnaire: Questionnaire, question: string): Section | undefined {
    return questionnaire.sections.find((s) => s.questions.some((q) => q.id === question));
}

function label_of(questions: readonly Question[], path: readonly (string | number)[]): string {
    const question = questions.find((q) => q.id === path[0]);
    if (!question) return String(path[0] ?? "");
    const label = own_text(question.label).replace(/\s*\?$/, "");
    const [, n, field] = path;
    if (typeof n !== "number") return label;
    const inner = question.fields?.find((f) => f.id === field);
    return inner ? `${label} ${n + 1}, ${own_text(inner.label)}` : `${label} ${n + 1}`;
}
