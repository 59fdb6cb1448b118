// Carries one request to its end: sends it, and sends it again with the same key while the outcome
// is open. The world it needs comes as an argument, so a test is a script of answers.
import { next_step, type Answer, type Intent, type Step } from "../model/booking";
import type { Outcome, Problem } from "../model/wire";

export interface World {
    send(intent: Intent): Promise<Answer>;
    renew_csrf(): Promise<boolean>;
    wait_live(): Promise<void>;                      // nothing is booked offline, retries included
    wait(ms: number): Promise<void>;
    now(): number;
    random(): number;
    on_retry(attempt: number, in_doubt: boolean): void;
}

export type Ending<T = Outcome> =
    | { kind: "done"; outcome: T }
    | { kind: "login"; in_doubt: boolean }
    | { kind: "failed"; problem: Problem | null }
    | { kind: "unanswered" };                        // still open: the same key may be asked again

const patience = 180_000;

export function carry_out(intent: Intent, world: World, in_doubt = false): Promise<Ending> {
    return persevere(() => world.send(intent), next_step, world, in_doubt);
}

export async function persevere<T>(
    send: () => Promise<Answer>, judge: (answer: Answer, attempt: number, random: number) => Step<T>,
    world: Omit<World, "send">, in_doubt = false,
): Promise<Ending<T>> {
    const started = world.now();
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
        const step = judge(await send(), attempt, world.random());
        switch (step.kind) {
            case "done":
                return step;
            case "failed":
                return step;
            case "login":
                return { kind: "login", in_doubt };
            case "renew_csrf":
                if (renewed) return { kind: "failed", problem: null };
                renewed = true;
                if (!(await world.renew_csrf())) return { kind: "login", in_doubt };
                break;
            case "again":
                in_doubt ||= step.in_doubt;
                if (world.now() - started + step.delay > patience) return { kind: "unanswered" };
                world.on_retry(attempt + 1, in_doubt);
                await world.wait(step.delay);
                await world.wait_live();
                break;
        }
    }
}
