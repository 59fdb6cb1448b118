// The HTTP side of the API: one way to ask, and an answer that never throws.
import { parse_retry_after, reconnect_delay } from "../model/backoff";
import type { Answer, Intent } from "../model/booking";
import type { Problem } from "../model/wire";
import { language } from "../text";

export const base = "/api/v1";

// The server answers within 10 s or says so; longer means that nobody will.
const answer_max = 20_000;

export function get(path: string): Promise<Answer> {
    return ask("GET", path);
}

/** A read that the server could not answer now is asked twice more. */
export async function read(path: string): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
        const answer = await get(path);
        const passing = answer.status === 0 || answer.status === 429 || answer.status >= 500;
        if (!passing || attempt === 2) return answer;
        const wait = Math.max(answer.retry_after ?? 0, reconnect_delay(attempt, Math.random()));
        await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

export function post(path: string, body: unknown, csrf: string | null = null): Promise<Answer> {
    return ask("POST", path, body, csrf === null ? {} : { "X-CSRF-Token": csrf });
}

export function remove(path: string, csrf: string): Promise<Answer> {
    return ask("DELETE", path, undefined, { "X-CSRF-Token": csrf });
}

/** Any other change: `headers` are what it needs beside the token. */
export function change(
    method: "POST" | "PUT" | "DELETE", path: string, body: unknown, csrf: string, headers: Record<string, string> = {},
): Promise<Answer> {
    return ask(method, path, body, { "X-CSRF-Token": csrf, ...headers });
}

export function place(intent: Intent, csrf: string): Promise<Answer> {
    const body = { mode: intent.mode, items: intent.items.map(({ week, child }) => ({ week, child })) };
    return ask("POST", "/holds", body, { "X-CSRF-Token": csrf, "Idempotency-Key": intent.key });
}

export function new_key(): string {
    // randomUUID exists in secure contexts only; a demo may be looked at over plain http.
    if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** A file as it is; `progress` hears the part that is sent, 0 to 1. No time limit of our own: phones are slow. */
export function upload(path: string, file: Blob, type: string, csrf: string, progress: (part: number) => void): Promise<Answer> {
    return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        const nothing = () => resolve({ status: 0, body: null, problem: null, retry_after: null });
        request.open("POST", base + path);
        request.setRequestHeader("Content-Type", type);
        request.setRequestHeader("X-CSRF-Token", csrf);
        request.setRequestHeader("Accept-Language", language.value);
        request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
        request.onerror = request.onabort = nothing;
        request.onload = () => {
            const good = request.status >= 200 && request.status < 300;
            const content = json_or_null(request.responseText);
            resolve({
                status: request.status, body: good ? content : null, problem: good ? null : (content as Problem | null),
                retry_after: parse_retry_after(request.getResponseHeader("Retry-After"), Date.now()),
            });
        };
        request.send(file);
    });
}

function json_or_null(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return null;
    }
}

async function ask(
    method: string, path: string, body?: unknown, headers: Record<string, string> = {},
): Promise<Answer> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), answer_max);
    try {
        const response = await fetch(base + path, {
            method,
            signal: stop.signal,
            cache: "no-cache",
            credentials: "same-origin",
            headers: {
                "Accept-Language": language.value,
                ...(body === undefined ? {} : { "Content-Type": "application/json" }),
                ...headers,
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const content = await read_json(response);
        return {
            status: response.status,
            body: response.ok ? content : null,
            problem: response.ok ? null : (content as Problem | null),
            retry_after: parse_retry_after(response.headers.get("Retry-After"), Date.now()),
            etag: response.headers.get("ETag"),
        };
    } catch {
        return { status: 0, body: null, problem: null, retry_after: null };
    } finally {
        clearTimeout(timer);
    }
}

// A body cut off in the middle throws here, and so counts as no answer; a proxy's HTML page is
// an answer without a problem.
async function read_json(response: Response): Promise<unknown> {
    const text = await response.text();
    if (!/json/.test(response.headers.get("Content-Type") ?? "")) return null;
    return text === "" ? null : (JSON.parse(text) as unknown);
}
