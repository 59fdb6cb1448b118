// An answer in words, for reading it again or beside another.
import type { Given, Item, Question } from "../model/sheet";
import { calendar_day, list, number, own_text } from "../text";
import { t } from "./words";

export function answer_text(question: Question, value: Given | undefined): string {
    if (value === undefined) return t("answer.none");
    switch (question.kind) {
        case "yes_no":
            return t(value === true ? "answer.yes" : "answer.no");
        case "consent":
            return t(value === true ? "answer.granted" : "answer.not_granted");
        case "choice":
            return choice_text(question, String(value));
        case "choices":
            return list((value as readonly string[]).map((v) => choice_text(question, v)));
        case "date":
            return calendar_day(String(value));
        case "number":
            return typeof value === "number" ? number(value) : String(value);
        case "list":
            return (value as readonly Item[]).map((item) => item_text(question, item)).join("\n") || t("answer.none");
        case "text": case "long_text": case "phone":
            return String(value);
    }
}

function item_text(question: Question, item: Item): string {
    return (question.fields ?? []).filter((f) => item[f.id] !== undefined && item[f.id] !== "")
        .map((f) => answer_text(f, item[f.id] as Given)).join(", ");
}

function choice_text(question: Question, id: string): string {
    const choice = question.choices?.find((c) => c.id === id);
    return choice ? own_text(choice.label) : id;
}
