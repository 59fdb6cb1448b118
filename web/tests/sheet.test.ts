// The health sheet from its data: what is asked, what is wrong, how far one is.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
    asked_answers, draft_answers, fault_of_pointer, is_of_kind, progress, sheet_faults, with_answer,
    type Answers, type Question, type Questionnaire,
} from "../src/model/sheet";

const texts = { fr: "x", nl: "x", de: "x", en: "x" };
const question = (id: string, kind: Question["kind"], more: Partial<Question> = {}): Question =>
    ({ id, kind, label: texts, mandatory: false, ...more });
const choices = [{ id: "nuts", label: texts }, { id: "other", label: texts }];

const sheet: Questionnaire = {
    version: 1,
    sections: [
        { id: "health", title: texts, questions: [
            question("tetanus", "yes_no", { mandatory: true }),
            question("tetanus_date", "date", { mandatory: true, past: true, when: { question: "tetanus", is: true } }),
            question("weight", "number", { minimum: 5, maximum: 150 }),
            question("allergies", "choices", { choices }),
            question("allergy_other", "text", { mandatory: true, length_max: 5, when: { question: "allergies", is: "other" } }),
            question("how_other", "text", { mandatory: true, when: { question: "allergy_other", is: "cats" } }),
        ] },
        { id: "people", title: texts, questions: [
            question("contacts", "list", { mandatory: true, items_max: 2, fields: [
                question("name", "text", { mandatory: true }), question("phone", "phone", { mandatory: true })] }),
            question("urgent_care", "consent", { mandatory: true }),
            question("photos", "consent"),
        ] },
    ],
};
const all = sheet.sections.flatMap((s) => s.questions);
const good: Answers = { tetanus: false, contacts: [{ name: "Marie", phone: "0470 12 34 56" }], urgent_care: true };
const faults = (answers: Answers) => sheet_faults(all, all, answers).map((f) => `${f.path.join("/")} ${f.code}`);

test("a complete sheet has no faults", () => assert.deepEqual(faults(good), []));

test("no is an answer, nothing and blanks are none", () => {
    assert.deepEqual(faults({ ...good, tetanus: "  " }), ["tetanus missing"]);
    assert.deepEqual(faults(with_answer(good, "tetanus", undefined)), ["tetanus missing"]);
});

test("a follow-up is asked when its cause is asked and so answered", () => {
    assert.deepEqual(faults({ ...good, tetanus: true }), ["tetanus_date missing"]);
    assert.deepEqual(faults({ ...good, allergies: ["nuts"] }), []);
    assert.deepEqual(faults({ ...good, allergies: ["nuts", "other"] }), ["allergy_other missing"]);
    assert.deepEqual(faults({ ...good, allergies: ["other"], allergy_other: "cats" }), ["how_other missing"]);
    assert.deepEqual(faults({ ...good, allergy_other: "cats" }), []);
});

test("a mandatory consent is given, an optional one need not be", () => {
    assert.deepEqual(faults({ ...good, urgent_care: false, photos: false }), ["urgent_care missing"]);
});

test("faults in an item name it", () => {
    const contacts = [{ name: "Marie", phone: "0470 12 34 56" }, { name: "Luc", phone: "12" }];
    assert.deepEqual(faults({ ...good, contacts }), ["contacts/1/phone invalid"]);
    assert.deepEqual(faults({ ...good, contacts: [] }), ["contacts missing"]);
    assert.deepEqual(fault_of_pointer({ pointer: "/answers/contacts/1/phone", code: "missing", detail: "" }),
        { question: "contacts", path: ["contacts", 1, "phone"], code: "missing" });
});

test("kinds: whole numbers in range, days that may lie in the past only, phones of enough digits", () => {
    const of = (id: string, value: Answers[string]) => is_of_kind(all.find((q) => q.id === id)!, value, "2027-05-01");
    assert.ok(of("weight", 24) && !of("weight", 24.5) && !of("weight", 4) && !of("weight", "24,"));
    assert.ok(of("tetanus_date", "2027-05-01") && !of("tetanus_date", "2027-05-02") && !of("tetanus_date", "0002-05-01"));
    assert.ok(of("allergy_other", "cats") && !of("allergy_other", "kittens"));
    assert.ok(of("allergies", ["nuts"]) && !of("allergies", ["bees"]));
});

test("a draft leaves out what is not yet of its kind, and keeps what is not asked", () => {
    const typed: Answers = { tetanus: false, tetanus_date: "2020-01-01", weight: "24,", contacts: [{ name: "Ma", phone: "04" }] };
    assert.deepEqual(draft_answers(sheet, typed), { tetanus: false, tetanus_date: "2020-01-01", contacts: [{ name: "Ma" }] });
});

test("validated is what is asked, without empty items", () => {
    const typed: Answers = { ...good, tetanus_date: "2020-01-01", contacts: [{ name: "Ma" }, {}, { phone: " " }] };
    assert.deepEqual(asked_answers(sheet, typed), { tetanus: false, contacts: [{ name: "Ma" }], urgent_care: true });
});

test("progress counts what is missing a step", () => {
    assert.deepEqual(progress(sheet, { tetanus: true }), [
        { section: "health", missing: 1, begun: true }, { section: "people", missing: 2, begun: false }]);
});
