// A fact to be typed elsewhere, with a button that copies it; where copying is not allowed, it is
// selected instead.
import { useRef, useState } from "preact/hooks";
import { announce } from "../actions";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { t } from "./words";

/** `copied_as`: what is copied, where it is written with spaces to be read. */
export function Copy({ label, text, id, copied_as = text }: { label: string; text: string; id?: string; copied_as?: string }) {
    const value = useRef<HTMLSpanElement>(null);
    const [copied, set_copied] = useState(false);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(copied_as);
            set_copied(true);
            announce(t("copy.done", { label }));
        } catch {
            if (value.current) getSelection()?.selectAllChildren(value.current);
        }
    };
    return (
        <div class="copy">
            <dt>{label}</dt>
            <dd>
                <span ref={value} class="copy-text" data-testid={id}>{text}</span>
                {id !== undefined && (
                    <button type="button" class="button button-small button-quiet" onClick={() => void copy()}
                        aria-label={base("page.says", { what: t(copied ? "copy.copied" : "copy.copy"), text: label })} data-testid={`copy-${id}`}>
                        {copied && <Icon name="check" />}{t(copied ? "copy.copied" : "copy.copy")}
                    </button>
                )}
            </dd>
        </div>
    );
}
