// What was typed and not yet saved, as this tab keeps it over a reload or a new login. Pure.
// It is shown again to the family that typed it only, and not after a day.

export interface Typed<T> {
    readonly family: number;
    readonly at: number;                             // ms since 1970, this machine's clock
    readonly values: T;
}

const kept_max = 24 * 3600 * 1000;

export function is_kept_for<T>(typed: Typed<T> | null, family: number, now: number): typed is Typed<T> {
    return typed !== null && typed.family === family && Math.abs(now - typed.at) < kept_max;
}
