// The family's file in this page: loaded when a page of it is shown, again when the server says
// that it changed, and dropped when nobody is logged in any more.
import { effect, signal, untracked } from "@preact/signals";
import { change, end_session, load_family, refresh_family } from "../actions";
import * as api from "../io/api";
import type { Answer } from "../model/booking";
import type { Family, FileChild } from "../model/family";
import type { Readiness } from "../model/readiness";
import { family_news, me, type Load } from "../store";

export const file = signal<Family | null>(null);
export const file_load = signal<Load>("loading");
export const readiness = signal<Readiness | null>(null);
export const readiness_load = signal<Load>("loading");
let etag: string | null = null;
let whose: number | null = null;

// Each login begins afresh; news of this family are fetched while its file is open.
effect(() => {
    const family = me.value?.family ?? null;
    const news = family_news.value;
    untracked(() => {
        if (family !== whose) {
            whose = family;
            file.value = null;
            readiness.value = null;
            file_load.value = readiness_load.value = "loading";
            if (family !== null) void load_file();
        } else if (news > 0 && file.value !== null) {
            void load_file();
        }
    });
});

/** The file and what is missing in it; failures are shown, and tried again by the parent. */
export async function load_file(): Promise<void> {
    const asked_for = whose;
    const [family, missing] = await Promise.all([api.read("/family"), api.read("/readiness")]);
    if (asked_for !== whose) return;
    if (family.status === 401) return end_session();
    if (family.status === 200) take_file(family);
    else if (file.value === null) file_load.value = "failed";
    if (missing.status === 200) {
        readiness.value = missing.body as Readiness;
        readiness_load.value = "ready";
    } else if (readiness.value === null) {
        readiness_load.value = "failed";
    }
}

export function take_file(answer: Answer): void {
    file.value = answer.body as Family;
    file_load.value = "ready";
    etag = answer.etag ?? `"f${me.value?.family}-${file.value.version}"`;
}

/**
 * Changes the file; an answer that holds the new file is taken, else it is fetched, and with it
 * what the calendar knows of the children. On 412 the newer file is fetched, for the asker to show.
 */
export async function change_file(
    method: "POST" | "PUT" | "DELETE", path: string, body: unknown, { edits = false, keyed = "" } = {},
): Promise<Answer> {
    const answer = await change(method, path, body, {
        ...(edits && etag !== null ? { "If-Match": etag } : {}),
        ...(keyed !== "" ? { "Idempotency-Key": keyed } : {}),
    });
    const is_file = answer.status === 200 && typeof (answer.body as Family | null)?.version === "number";
    if (is_file) take_file(answer);
    if (answer.status === 412 || (answer.status >= 200 && answer.status < 300)) await load_file();
    if (answer.status >= 200 && answer.status < 300) void refresh_family();
    return answer;
}

export async function after_registration(): Promise<void> {
    await load_family();
}

export function child_of(id: number): FileChild | null {
    return file.value?.children.find((c) => c.id === id) ?? null;
}
