// What a staff page shows, fetched when it opens and when it is asked for again: loading, failed,
// or there. And the way from page to page of a long list.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { change, end_session } from "../actions";
import * as api from "../io/api";
import { is_live } from "../store";
import { number, t as base } from "../text";
import { Icon } from "../view/icons";
import { t } from "./words";

export interface Fetched<T> {
    value: T | null;
    failed: string | null;
    again(): void;
}

/** `body`: what is asked for goes there, by POST, because it names people. */
export function use_fetched<T>(path: string, body?: unknown): Fetched<T> {
    const [state, set_state] = useState<{ path: string; value: T | null; failed: string | null }>({ path, value: null, failed: null });
    const sent = body === undefined ? null : JSON.stringify(body);
    const [turn, set_turn] = useState(0);
    useEffect(() => {
        let current = true;
        void (sent === null ? api.get(path) : change("POST", path, JSON.parse(sent))).then((answer) => {
            if (!current) return;
            if (answer.status === 401) return end_session();
            if (answer.status === 200) set_state({ path, value: answer.body as T, failed: null });
            else set_state((s) => ({ path, value: s.value, failed: answer.problem?.detail ?? base("error.no_answer") }));
        });
        return () => { current = false; };
    }, [path, sent, turn, is_live.value]);
    return { value: state.value, failed: state.failed, again: () => set_turn(turn + 1) };
}

export function Shown<T>({ of, children }: { of: Fetched<T>; children: (value: T) => ComponentChildren }) {
    if (of.value !== null) return <>{children(of.value)}</>;
    if (of.failed === null) return <p class="loading" role="status">{base("page.loading")}</p>;
    return (
        <div class="empty" role="alert">
            <Icon name="alert" large />
            <p>{of.failed}</p>
            <button type="button" class="button" onClick={of.again}>{base("action.retry")}</button>
        </div>
    );
}

export function Pages({ page, pages, go }: { page: number; pages: number; go: (page: number) => void }) {
    if (pages <= 1) return null;
    return (
        <nav class="pager" aria-label={t("staff.pages")}>
            <button type="button" class="button button-quiet" disabled={page === 0} onClick={() => go(page - 1)}>
                <Icon name="back" />{base("pager.previous")}
            </button>
            <span>{base("pager.page")} {number(page + 1)} / {number(pages)}</span>
            <button type="button" class="button button-quiet" disabled={page >= pages - 1} onClick={() => go(page + 1)}>
                {base("pager.next")}<Icon name="next" />
            </button>
        </nav>
    );
}
