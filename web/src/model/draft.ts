// A sheet's draft between this page and the server: what is unsaved, and what becomes of two
// parents' changes. Pure. What both changed differently is never decided here: the parent chooses.
import { is_same_answer, type Answers, type Given } from "./sheet";

/** What is typed and not saved, question by question; null stands for an answer taken away. */
export type Unsaved = Readonly<Record<string, Given | null>>;

export interface Conflict {
    question: string;
    mine: Given | undefined;
    theirs: Given | undefined;
}

export function unsaved_of(saved: Answers, mine: Answers): Unsaved {
    const unsaved: Record<string, Given | null> = {};
    for (const question of names_of(saved, mine)) {
        if (!is_same_answer(saved[question], mine[question])) unsaved[question] = mine[question] ?? null;
    }
    return unsaved;
}

export function with_unsaved(saved: Answers, unsaved: Unsaved): Answers {
    const answers: Record<string, Given> = { ...saved };
    for (const [question, value] of Object.entries(unsaved)) {
        if (value === null) delete answers[question];
        else answers[question] = value;
    }
    return answers;
}

/**
 * Mine upon theirs, from what both began with. Who alone changed an answer has it; where both did,
 * and not alike, mine stands until the parent has chosen. Without `base`, all that differs is asked.
 */
export function merge(base: Answers | null, mine: Answers, theirs: Answers, touched: readonly string[] | null = null): {
    merged: Answers; conflicts: Conflict[];
} {
    const merged: Record<string, Given> = {};
    const conflicts: Conflict[] = [];
    for (const question of names_of(mine, theirs)) {
        const [a, b] = [mine[question], theirs[question]];
        const i_changed = base ? !is_same_answer(base[question], a) : touched?.includes(question) ?? true;
        const they_changed = base ? !is_same_answer(base[question], b) : true;
        if (i_changed && they_changed && !is_same_answer(a, b)) conflicts.push({ question, mine: a, theirs: b });
        const kept = i_changed ? a : b;
        if (kept !== undefined) merged[question] = kept;
    }
    return { merged, conflicts };
}

/** The answers after the parent has chosen theirs for some of the questions. */
export function choose_theirs(merged: Answers, conflicts: readonly Conflict[], theirs: readonly string[]): Answers {
    return with_unsaved(merged, Object.fromEntries(
        conflicts.filter((c) => theirs.includes(c.question)).map((c) => [c.question, c.theirs ?? null])));
}

function names_of(...all: Answers[]): string[] {
    return [...new Set(all.flatMap((answers) => Object.keys(answers)))];
}
