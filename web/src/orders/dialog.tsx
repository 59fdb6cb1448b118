// A question in front of the page: the focus goes into it and back to where it was.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export function Dialog({ id, title, busy = false, close, children, actions }: {
    id: string; title: string; busy?: boolean; close: () => void; children: ComponentChildren; actions: ComponentChildren;
}) {
    const dialog = useRef<HTMLDialogElement>(null);
    // Before the frame is drawn: between two frames the focus would be nowhere, and the next key lost.
    useLayoutEffect(() => {
        const element = dialog.current;
        const before = document.activeElement;
        element?.showModal();
        return () => {
            element?.close();
            // Back to the button, or, when what it stood for is gone, to the heading of the page.
            if (before instanceof HTMLElement && before.isConnected) before.focus();
            else document.querySelector<HTMLElement>("main h1")?.focus();
        };
    }, []);
    return (
        <dialog ref={dialog} aria-labelledby={`${id}-title`} data-testid={id}
            onCancel={(e) => { e.preventDefault(); if (!busy) close(); }}>
            <h2 id={`${id}-title`}>{title}</h2>
            {children}
            <div class="dialog-go">{actions}</div>
        </dialog>
    );
}
