// How long to wait before asking again. Pure: `random` is in [0, 1). Milliseconds.

const first_delay = 600;
const longest_delay = 20_000;

/** Before the attempt number `attempt` (0 is the first after a loss): half fixed, half jitter, so
 * that thousands of pages cut off by one restart do not all come back in the same instant. */
export function reconnect_delay(attempt: number, random: number): number {
    const ceiling = Math.min(longest_delay, first_delay * 2 ** Math.min(attempt, 16));
    return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** Retry-After is a floor the server sets (RFC 9110 §10.2.3: seconds or a date), never shortened. */
export function retry_delay(attempt: number, retry_after: number | null, random: number): number {
    const own = reconnect_delay(attempt, random);
    return retry_after === null ? own : Math.max(own, retry_after + Math.round(250 * random));
}

export function parse_retry_after(value: string | null, now: number): number | null {
    if (value === null) return null;
    const text = value.trim();
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
    const date = Date.parse(text);
    return Number.isNaN(date) ? null : Math.max(0, date - now);
}
