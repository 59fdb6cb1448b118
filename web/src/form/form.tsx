// The frame of a form: what is wrong on top, with links to the fields and the focus on it; what
// was typed kept for a reload or a new login until it is saved.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { forget, keep, kept } from "../io/memory";
import type { FieldFault } from "../model/faults";
import { is_kept_for, type Typed } from "../model/typed";
import { me } from "../store";
import { t } from "../text";
import { Icon } from "../view/icons";

/** Moves the focus to itself whenever `turn` changes and there is something to say. */
export function FaultSummary({ faults, turn, title, follow }: {
    faults: readonly FieldFault[]; turn: number; title?: string; follow?: (fault: FieldFault) => void;
}) {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (turn > 0 && faults.length > 0) box.current?.focus();
    }, [turn]);
    if (faults.length === 0) return null;
    const go = (event: Event, fault: FieldFault) => {
        event.preventDefault();
        if (follow) follow(fault);
        else focus_field(fault.field);
    };
    return (
        <div class="summary" tabIndex={-1} ref={box} role="alert" data-testid="faults">
            <h2><Icon name="alert" />{title ?? t("form.faults", { n: faults.length })}</h2>
            <ul>
                {faults.map((fault) => (
                    <li key={fault.field}>
                        {fault.field === "" ? fault.text
                            : <a href={location.hash} onClick={(event) => go(event, fault)}>{fault.text}</a>}
                    </li>
                ))}
            </ul>
        </div>
    );
}

export function focus_field(id: string): void {
    const field = document.getElementById(id);
    field?.closest(".field")?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
}

export function Form({ submit, busy, children, actions, label, test_id }: {
    submit: () => void; busy: boolean; children: ComponentChildren; actions?: ComponentChildren;
    label: string; test_id?: string;
}) {
    const send = (event: Event) => {
        event.preventDefault();
        if (!busy) submit();
    };
    return (
        <form class="form" noValidate onSubmit={send} data-testid={test_id}>
            {children}
            <div class="form-go">
                <button type="submit" class="button button-main" aria-disabled={busy} data-testid="submit">
                    {busy ? t("form.sending") : label}
                </button>
                {actions}
            </div>
        </form>
    );
}

/** What is typed in a form named so: kept in this tab, for this family, until `done`. */
export function use_typed<T extends object>(name: string, fresh: T): {
    values: T; type: (change: Partial<T>) => void; done: () => void; was_kept: boolean;
} {
    const key = `typed.${name}`;
    const family = me.value?.family ?? 0;
    const [start] = useState(() => {
        const found = kept<Typed<T>>(key);
        return is_kept_for(found, family, Date.now()) ? found.values : null;
    });
    const [values, set_values] = useState<T>({ ...fresh, ...start });
    const latest = useRef(values);
    const type = (change: Partial<T>) => {
        latest.current = { ...latest.current, ...change };
        set_values(latest.current);
        keep(key, { family, at: Date.now(), values: latest.current } satisfies Typed<T>);
    };
    return { values, type, done: () => forget(key), was_kept: start !== null };
}
