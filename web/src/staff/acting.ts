// One act of the staff: sent once, its answer said aloud, or why it came to nothing.
import { useState } from "preact/hooks";
import { announce, change } from "../actions";
import { new_key } from "../io/api";
import { t as base } from "../text";

export interface Acting {
    busy: boolean;
    problem: string | null;
    act<T>(path: string, body: unknown, said: string): Promise<T | null>;
}

export function use_acting(): Acting {
    const [busy, set_busy] = useState(false);
    const [problem, set_problem] = useState<string | null>(null);
    return {
        busy, problem,
        async act<T>(path: string, body: unknown, said: string) {
            set_busy(true);
            const answer = await change("POST", path, body, { "Idempotency-Key": new_key() });
            set_busy(false);
            set_problem(answer.status === 200 ? null : answer.problem?.detail ?? base("error.no_answer"));
            if (answer.status !== 200) return null;
            announce(said);
            return answer.body as T;
        },
    };
}
