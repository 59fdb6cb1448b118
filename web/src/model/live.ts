// The live availability: frames of the server folded into one state. Pure.
// Invariant: `sequence` moves only with what it vouches for, the weeks; a family message may come
// before the weeks of its own sequence, and must not make a later `?since=` skip them.
import type { Frame } from "./wire";

export interface LiveState {
    sequence: number | null;                         // null until the first snapshot
    available: ReadonlyMap<number, number>;
}

export interface Change {
    week: number;
    before: number;
    after: number;
}

export const live_start: LiveState = { sequence: null, available: new Map() };

/** Folds one frame; `changes` lists the weeks whose availability differs from before. */
export function fold_frame(state: LiveState, frame: Frame): { state: LiveState; changes: Change[] } {
    switch (frame.type) {
        case "snapshot":
            return fold_snapshot(state, frame.sequence, frame.weeks);
        case "weeks":
            return fold_weeks(state, frame.sequence, frame.weeks);
        case "season":
        case "family":
        case "time":
            return { state, changes: [] };
    }
}

/** A frame from its text, or null when it is none of ours: unknown types are skipped, not fatal. */
export function parse_frame(text: string): Frame | null {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return null;
    }
    if (typeof value !== "object" || value === null) return null;
    const frame = value as Record<string, unknown>;
    switch (frame["type"]) {
        case "snapshot":
            if (!is_count(frame["sequence"]) || !is_instant(frame["server_time"])) return null;
            return are_weeks(frame["weeks"]) ? (value as Frame) : null;
        case "weeks":
            return is_count(frame["sequence"]) && are_weeks(frame["weeks"]) ? (value as Frame) : null;
        case "season":
            return is_count(frame["sequence"]) && is_count(frame["version"]) ? (value as Frame) : null;
        case "family":
            return is_count(frame["sequence"]) ? (value as Frame) : null;
        case "time":
            return is_instant(frame["server_time"]) ? (value as Frame) : null;
        default:
            return null;
    }
}

// A snapshot replaces everything, even by a smaller sequence: the server was started afresh.
function fold_snapshot(state: LiveState, sequence: number, weeks: [number, number][]) {
    const available = new Map(weeks);
    const changes: Change[] = [];
    for (const [week, after] of available) note_change(changes, state, week, after);
    for (const week of state.available.keys()) {
        if (!available.has(week)) note_change(changes, state, week, 0);
    }
    return { state: { sequence, available }, changes };
}

function fold_weeks(state: LiveState, sequence: number, weeks: [number, number][]) {
    if (state.sequence !== null && sequence < state.sequence) return { state, changes: [] };
    const available = new Map(state.available);
    const changes: Change[] = [];
    for (const [week, after] of weeks) {
        note_change(changes, state, week, after);
        available.set(week, after);
    }
    return { state: { sequence, available }, changes };
}

function note_change(changes: Change[], state: LiveState, week: number, after: number): void {
    const before = state.available.get(week) ?? 0;
    if (before !== after) changes.push({ week, before, after });
}

function is_count(value: unknown): value is number {
    return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function is_instant(value: unknown): value is string {
    return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function are_weeks(value: unknown): value is [number, number][] {
    return Array.isArray(value)
        && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isInteger));
}
