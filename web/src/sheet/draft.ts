// The open health sheet: loaded, saved while one types, and kept in this tab as far as it is not
// saved, so that neither a reload nor a login that ended loses a word. What is saved is dropped
// from the tab at once: health data stays nowhere else.
import { signal } from "@preact/signals";
import { announce, change, end_session, refresh_family } from "../actions";
import * as api from "../io/api";
import { forget, keep, kept } from "../io/memory";
import { reconnect_delay } from "../model/backoff";
import { problem_name, type Answer } from "../model/booking";
import { choose_theirs, merge, unsaved_of, with_unsaved, type Conflict, type Unsaved } from "../model/draft";
import {
    asked_answers, draft_answers, fault_of_pointer, with_answer,
    type Answers, type Given, type Questionnaire, type SheetFault, type SheetFile,
} from "../model/sheet";
import { is_kept_for, type Typed } from "../model/typed";
import { family_news, is_live, me, server_time } from "../store";
import { t } from "./words";

export type Saving =
    | { kind: "saved"; at: number | null }           // null: nothing was typed yet
    | { kind: "waiting" | "saving" | "failed" }
    | { kind: "refused"; text: string };             // the server will not have it so

export interface Open {
    child: number;
    questionnaire: Questionnaire;
    sheet: SheetFile;
    saved: Answers;                                  // as the server has them
    mine: Answers;
    conflicts: readonly Conflict[];
    was_kept: boolean;                               // typed before a reload or a login, and found again
}

type Kept = Typed<{ etag: string; unsaved: Unsaved }>;

export const open = signal<Open | null>(null);
export const load = signal<"loading" | "failed" | "gone">("loading");
export const saving = signal<Saving>({ kind: "saved", at: null });
export const others = signal(0);                             // answers taken over from another parent

// As long as nothing else is typed, so long is waited before saving.
const quiet = 900;

let etag = "";
let timer: ReturnType<typeof setTimeout> | undefined;
let busy: Promise<void> | null = null;
let attempt = 0;
let turn = 0;                                        // which sheet is open; a late answer is for nobody

export async function open_sheet(child: number): Promise<void> {
    const mine = ++turn;
    clearTimeout(timer);
    open.value = null;
    load.value = "loading";
    others.value = 0;
    const [questions, sheet] = await Promise.all([api.get("/sheet/questions"), api.get(`/children/${child}/sheet`)]);
    if (mine !== turn) return;
    if (sheet.status === 401) return end_session();
    if (sheet.status === 404 || sheet.status === 400) {
        load.value = "gone";
        return;
    }
    if (questions.status !== 200 || sheet.status !== 200) {
        load.value = "failed";
        return;
    }
    take(child, questions.body as Questionnaire, sheet);
}

/** Saves what is not saved yet and lets go of the sheet. */
export function close_sheet(): void {
    void save_now();
    turn++;
    open.value = null;
    load.value = "loading";
}

function take(child: number, questionnaire: Questionnaire, answer: Answer): void {
    const sheet = answer.body as SheetFile;
    const saved = saved_of(sheet);
    etag = answer.etag ?? "";
    saving.value = { kind: "saved", at: sheet.draft_saved_at === null ? null : Date.parse(sheet.draft_saved_at) };
    const found = kept<Kept>(key_of(child));
    if (!is_kept_for(found, me.value?.family ?? 0, Date.now())) {
        open.value = { child, questionnaire, sheet, saved, mine: saved, conflicts: [], was_kept: false };
        return;
    }
    const { unsaved } = found.values;
    const typed = with_unsaved(saved, unsaved);
    // Nobody saved meanwhile: what was typed goes on top. Else the parent sees both.
    const conflicts = found.values.etag === etag ? []
        : merge(null, typed, saved, Object.keys(unsaved)).conflicts;
    const was_kept = Object.keys(unsaved_of(saved, typed)).length > 0;
    open.value = { child, questionnaire, sheet, saved, mine: typed, conflicts, was_kept };
    keep_unsaved();
    if (was_kept && conflicts.length === 0) save_later();
}

/** One answer, as it is typed; undefined takes it away. */
export function type_answer(question: string, value: Given | undefined): void {
    const now = open.value;
    if (!now) return;
    open.value = { ...now, mine: with_answer(now.mine, question, value) };
    keep_unsaved();
    save_later();
}

function save_later(): void {
    if (open.value === null || open.value.conflicts.length > 0) return;
    saving.value = { kind: "waiting" };
    clearTimeout(timer);
    timer = setTimeout(() => void save_now(), quiet);
}

/** Resolves when nothing that can be saved is unsaved, or saving it did not succeed. */
export async function save_now(): Promise<void> {
    clearTimeout(timer);
    while (busy !== null) await busy;
    const now = open.value;
    if (!now || now.conflicts.length > 0) return;
    const answers = draft_answers(now.questionnaire, now.mine);
    if (Object.keys(unsaved_of(now.saved, answers)).length === 0) {
        if (saving.value.kind === "waiting") saving.value = { kind: "saved", at: server_time() };
        return;
    }
    if (!is_live.value) {
        fail();
        return;
    }
    busy = save(now, answers, turn);
    await busy;
}

async function save(now: Open, answers: Answers, mine: number): Promise<void> {
    saving.value = { kind: "saving" };
    const answer = await change("PUT", `/children/${now.child}/sheet/draft`, { answers }, { "If-Match": etag });
    busy = null;
    if (mine !== turn) {
        // The page has gone on: what was just saved need not be kept any longer.
        if (answer.status === 200) drop_saved(now.child, answers);
        return;
    }
    if (answer.status === 200) {
        const body = answer.body as { etag: string; draft_saved_at: string };
        etag = body.etag;
        attempt = 0;
        const newer = open.value ?? now;
        open.value = { ...newer, saved: answers };
        keep_unsaved();
        const left = draft_answers(newer.questionnaire, newer.mine);
        const done = Object.keys(unsaved_of(answers, left)).length === 0;
        saving.value = done ? { kind: "saved", at: Date.parse(body.draft_saved_at) } : { kind: "waiting" };
        return;
    }
    if (answer.status === 401) return;                 // kept in the tab; the page asks for the login
    if (answer.status === 412 || answer.status === 428) return meet_other(mine);
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429 && answer.status !== 408) {
        saving.value = { kind: "refused", text: answer.problem?.detail ?? "" };
        announce(t("saving.refused"));
        return;
    }
    fail(answer.retry_after);
}

// Another parent (or another window) saved meanwhile: nothing of either is thrown away.
async function meet_other(mine: number): Promise<void> {
    const now = open.value;
    const answer = now === null ? null : await api.get(`/children/${now.child}/sheet`);
    const newer = open.value;
    if (mine !== turn || !newer) return;
    if (answer?.status === 401) return end_session();
    if (answer?.status !== 200) return fail(answer?.retry_after ?? null);
    const sheet = answer.body as SheetFile;
    const theirs = saved_of(sheet);
    etag = answer.etag ?? "";
    const { merged, conflicts } = merge(newer.saved, newer.mine, theirs);
    others.value = Object.keys(unsaved_of(newer.mine, merged)).length;
    open.value = { ...newer, sheet, saved: theirs, mine: merged, conflicts };
    keep_unsaved();
    if (conflicts.length > 0) announce(t("conflict.title"));
    else if (others.value > 0) announce(t("conflict.merged", { n: others.value }));
    save_later();
}

/** The parent has chosen for which questions the other's answer shall stand. */
export function settle(theirs: readonly string[]): void {
    const now = open.value;
    if (!now) return;
    open.value = { ...now, mine: choose_theirs(now.mine, now.conflicts, theirs), conflicts: [] };
    keep_unsaved();
    save_later();
    void save_now();
}

// Tried again by itself, later and later, and at once when the connection is back.
function fail(retry_after: number | null = null): void {
    if (saving.value.kind !== "failed") announce(t("saving.failed"));
    saving.value = { kind: "failed" };
    clearTimeout(timer);
    timer = setTimeout(() => void save_now(), Math.max(retry_after ?? 0, reconnect_delay(attempt++, Math.random())));
}

export type Validation = { kind: "valid" } | { kind: "faults"; faults: SheetFault[] } | { kind: "stopped"; text: string | null };

/** S14: validates what stands in the page, for the six months of S15. */
export async function validate(): Promise<Validation> {
    await save_now();
    const now = open.value;
    if (!now || now.conflicts.length > 0) return { kind: "stopped", text: null };
    clearTimeout(timer);
    const answers = asked_answers(now.questionnaire, now.mine);
    const answer = await change("POST", `/children/${now.child}/sheet/validation`, { answers }, { "If-Match": etag });
    if (answer.status === 200) {
        const sheet = answer.body as SheetFile;
        etag = answer.etag ?? etag;
        const saved = saved_of(sheet);
        open.value = { ...now, sheet, saved, mine: saved, was_kept: false };
        saving.value = { kind: "saved", at: null };
        keep_unsaved();
        family_news.value++;
        await refresh_family();
        return { kind: "valid" };
    }
    if (problem_name(answer.problem) === "sheet_incomplete") {
        return { kind: "faults", faults: (answer.problem?.faults ?? []).map(fault_of_pointer) };
    }
    if (answer.status === 412) {
        await meet_other(turn);
        return { kind: "stopped", text: null };
    }
    return { kind: "stopped", text: answer.status === 401 ? null : answer.problem?.detail ?? t("saving.no_answer") };
}

function saved_of(sheet: SheetFile): Answers {
    return sheet.draft ?? sheet.answers ?? {};
}

function key_of(child: number): string {
    return `typed.sheet.${child}`;
}

function keep_unsaved(): void {
    const now = open.value;
    if (!now) return;
    const unsaved = unsaved_of(now.saved, now.mine);
    if (Object.keys(unsaved).length === 0) return forget(key_of(now.child));
    const family = me.value?.family ?? 0;
    keep(key_of(now.child), { family, at: Date.now(), values: { etag, unsaved } } satisfies Kept);
}

function drop_saved(child: number, saved: Answers): void {
    const found = kept<Kept>(key_of(child));
    if (!found) return;
    const left = Object.entries(found.values.unsaved).filter(([q, value]) =>
        JSON.stringify(saved[q] ?? null) !== JSON.stringify(value));
    if (left.length === 0) forget(key_of(child));
}

// A page that is put aside may never come back; and a link that is back saves at once.
document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && saving.value.kind === "waiting") void save_now();
});
is_live.subscribe((live) => {
    if (live && saving.value.kind === "failed") void save_now();
});
