// One click on "Réserver" is one intent with one key; this decides what an answer to it means.
// Pure. Whatever leaves the outcome open is asked again with the same key, so that a lost answer
// never becomes a second seat, and never a lost one.
import { retry_delay } from "./backoff";
import type { Item, Mode, Outcome, Problem } from "./wire";

export interface Intent {
    readonly key: string;
    readonly family: number;
    readonly mode: Mode;
    readonly items: readonly Item[];
}

export interface Answer {
    status: number;                                  // 0: no answer came
    body: unknown;
    problem: Problem | null;
    retry_after: number | null;                      // ms
    etag?: string | null;
}

export type Step<T = Outcome> = { kind: "done"; outcome: T } | NotDone;
export type NotDone =
    | { kind: "again"; delay: number; in_doubt: boolean }
    | { kind: "renew_csrf" }
    | { kind: "login" }
    | { kind: "failed"; problem: Problem | null };

export function next_step(answer: Answer, attempt: number, random: number): Step {
    const name = problem_name(answer.problem);
    if (answer.status === 201) return { kind: "done", outcome: answer.body as Outcome };
    if (answer.status === 409 && name === "nothing_placed") {
        const { sequence = 0, refused = [] } = answer.problem ?? {};
        return { kind: "done", outcome: { sequence, placed: [], refused } };
    }
    return step_without_success(answer, attempt, random);
}

/** The same for any other request that may be made again alike: every success ends it. */
export function next_step_of_any(answer: Answer, attempt: number, random: number): Step<Answer> {
    if (answer.status >= 200 && answer.status < 300) return { kind: "done", outcome: answer };
    return step_without_success(answer, attempt, random);
}

function step_without_success(answer: Answer, attempt: number, random: number): NotDone {
    const name = problem_name(answer.problem);
    if (answer.status === 401) return { kind: "login" };
    if (answer.status === 403 && name === "csrf_token") return { kind: "renew_csrf" };
    if (!is_passing(answer.status, name)) return { kind: "failed", problem: answer.problem };
    return {
        kind: "again",
        delay: retry_delay(attempt, answer.retry_after, random),
        in_doubt: is_in_doubt(answer.status, name),
    };
}

export function problem_name(problem: Problem | null): string | null {
    const prefix = "urn:campgate:problem:";
    return problem?.type?.startsWith(prefix) ? problem.type.slice(prefix.length) : null;
}

function is_passing(status: number, name: string | null): boolean {
    if (status === 409) return name === "key_undecided";
    return status === 0 || status === 408 || status === 429 || status >= 500;
}

// Nothing was touched when the server refused before its queue; else a seat may already be ours.
function is_in_doubt(status: number, name: string | null): boolean {
    if (status === 429 || status === 408) return false;
    if (status !== 503) return true;
    return name === null || name === "outcome_unknown";
}
