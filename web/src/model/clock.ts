// The server's time, estimated here, and what is left until an instant. Pure: the local
// (monotonic) time is an argument. Milliseconds throughout.

export interface Clock {
    readonly offsets: readonly number[];             // server − local, the latest samples
}

export const clock_start: Clock = { offsets: [] };

const samples_max = 5;
const jump_min = 5_000;

/** A server time heard at the local time `local`. A jump (a sleep, a moved clock) starts anew. */
export function hear_time(clock: Clock, server: number, local: number): Clock {
    const offset = server - local;
    const known = offset_of(clock);
    if (known !== null && Math.abs(known - offset) > jump_min) return { offsets: [offset] };
    return { offsets: [...clock.offsets, offset].slice(-samples_max) };
}

// The way here only ever makes a sample late, so the greatest offset is the truest one; and being
// late by the network's delay is the harmless side: the button never opens before the server does.
export function server_now(clock: Clock, local: number): number | null {
    const offset = offset_of(clock);
    return offset === null ? null : local + offset;
}

function offset_of(clock: Clock): number | null {
    return clock.offsets.length === 0 ? null : Math.max(...clock.offsets);
}

export interface Remaining {
    days: number;
    hours: number;
    minutes: number;
    seconds: number;
    total: number;                                   // ms, never negative
}

/** Time left, rounded up to the second: it shows 0 only once the instant has come. */
export function remaining(until: number, now: number): Remaining {
    const total = Math.max(0, until - now);
    const left = Math.ceil(total / 1000);
    return {
        days: Math.floor(left / 86_400),
        hours: Math.floor(left / 3600) % 24,
        minutes: Math.floor(left / 60) % 60,
        seconds: left % 60,
        total,
    };
}
