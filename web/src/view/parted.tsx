// The parts of the page that are fetched when they are asked for, so that who only wants the
// calendar does not load the forms. A part that could not be fetched may be asked for again.
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Part } from "../model/place";
import { choose_language, language, t } from "../text";
import { Icon } from "./icons";

type Loaded = { kind: "loading" } | { kind: "failed" } | { kind: "ready"; Page: ComponentType };

const fetchers: Record<Part, () => Promise<{ Page: ComponentType }>> = {
    family: () => import("../family/page"),
    sheet: () => import("../sheet/page"),
    staff: () => import("../staff/page"),
    orders: () => import("../orders/page"),
    cancellation: () => import("../cancellation/page"),
};
const loaded = signal<Partial<Record<Part, Loaded>>>({});

export function Parted({ part }: { part: Part }) {
    const state = loaded.value[part];
    useEffect(() => {
        if (state === undefined) void load(part);
    }, [part]);
    if (state?.kind === "ready") return <state.Page />;
    if (state?.kind === "failed") {
        return (
            <div class="empty" role="alert">
                <Icon name="alert" large />
                <h1 tabIndex={-1}>{t("error.part_title")}</h1>
                <p>{t("error.part_text")}</p>
                <button type="button" class="button" onClick={() => void load(part)}>{t("action.retry")}</button>
                <a class="button button-quiet" href="/">{t("action.reload")}</a>
            </div>
        );
    }
    return <Loading />;
}

/** Fetches a part before it is asked for: who holds something will look at it, even offline. */
export function fetch_part(part: Part): void {
    if (loaded.value[part] === undefined) void load(part);
}

export function Loading() {
    return (
        <div class="loading" role="status">
            <span class="spin"><Icon name="waiting" large /></span>
            <p>{t("page.loading")}</p>
        </div>
    );
}

async function load(part: Part): Promise<void> {
    note(part, { kind: "loading" });
    try {
        const { Page } = await fetchers[part]();
        // Its words are in French until those of the language are there.
        if (!(await choose_language(language.value))) return note(part, { kind: "failed" });
        note(part, { kind: "ready", Page });
    } catch {
        note(part, { kind: "failed" });
    }
}

function note(part: Part, state: Loaded): void {
    loaded.value = { ...loaded.value, [part]: state };
}
