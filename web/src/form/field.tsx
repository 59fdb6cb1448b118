// The one field of all forms: label, hint, fault and the input of its kind, tied together for
// screen readers. The id names the field in faults as well.
import type { ComponentChildren } from "preact";
import { t } from "../text";
import { Icon } from "../view/icons";

export interface Choice {
    id: string;
    label: string;
}

interface Common {
    id: string;
    label: string;
    hint?: string | null;
    fault?: string | null;
    optional?: boolean;
    disabled?: boolean;
}

export type TextKind = "text" | "long_text" | "date" | "number" | "phone" | "email";

interface TextFacts extends Common {
    value: string;
    type(value: string): void;
    kind?: TextKind;
    autocomplete?: string;
    length_max?: number;
    narrow?: boolean;
    leave?: () => void;
}

export function TextField(facts: TextFacts) {
    const { id, kind = "text", value, type, fault, disabled, narrow, length_max, leave } = facts;
    const shared = {
        id, value, disabled, "aria-describedby": described_by(facts), "aria-invalid": fault ? true : undefined,
        "aria-required": facts.optional ? undefined : true,
        autocomplete: facts.autocomplete ?? "off", maxLength: length_max,
        onInput: (e: { currentTarget: { value: string } }) => type(e.currentTarget.value),
        // Later: a text that changes in the very loss of the focus is scrolled to, away from under a
        // finger that is just on a button.
        ...(leave ? { onBlur: () => setTimeout(leave) } : {}),
    };
    return (
        <Frame facts={facts}>
            {kind === "long_text"
                ? <textarea {...shared} rows={3} />
                : <input {...shared} type={input_types[kind] as "text"} inputMode={kind === "number" ? "decimal" : undefined}
                    class={narrow || kind === "date" || kind === "number" ? "narrow" : undefined} />}
        </Frame>
    );
}

const input_types: Record<Exclude<TextKind, "long_text">, string> = {
    text: "text", date: "date", number: "text", phone: "tel", email: "email",
};

export function SelectField(facts: Common & { value: string; choose(value: string): void; choices: readonly Choice[] }) {
    return (
        <Frame facts={facts}>
            <select id={facts.id} disabled={facts.disabled} aria-describedby={described_by(facts)}
                aria-invalid={facts.fault ? true : undefined} aria-required={facts.optional ? undefined : true}
                onChange={(e) => facts.choose(e.currentTarget.value)}>
                <option value="" selected={facts.value === ""}>{t("form.choose")}</option>
                {facts.choices.map((c) => <option key={c.id} value={c.id} selected={facts.value === c.id}>{c.label}</option>)}
            </select>
        </Frame>
    );
}

/** One of a few, all of them seen. */
export function RadioField(facts: Common & { value: string | null; choose(value: string): void; choices: readonly Choice[] }) {
    return (
        <Group facts={facts}>
            {facts.choices.map((c, n) => (
                <label key={c.id} class="option">
                    <input type="radio" name={facts.id} id={n === 0 ? facts.id : undefined} value={c.id} disabled={facts.disabled}
                        checked={facts.value === c.id} onChange={() => facts.choose(c.id)} />
                    <span>{c.label}</span>
                </label>
            ))}
        </Group>
    );
}

/** Any number of them. */
export function ChecksField(facts: Common & { values: readonly string[]; choose(values: string[]): void; choices: readonly Choice[] }) {
    const toggle = (id: string) => facts.choose(
        facts.values.includes(id) ? facts.values.filter((v) => v !== id) : [...facts.values, id]);
    return (
        <Group facts={facts}>
            {facts.choices.map((c, n) => (
                <label key={c.id} class="option">
                    <input type="checkbox" id={n === 0 ? facts.id : undefined} disabled={facts.disabled}
                        checked={facts.values.includes(c.id)} onChange={() => toggle(c.id)} />
                    <span>{c.label}</span>
                </label>
            ))}
        </Group>
    );
}

/** One box to tick, its label beside it. */
export function CheckField(facts: Common & { value: boolean; choose(value: boolean): void }) {
    return (
        <div class={frame_class(facts)}>
            <Fault facts={facts} />
            <label class="option">
                <input type="checkbox" id={facts.id} checked={facts.value} disabled={facts.disabled}
                    aria-describedby={described_by(facts)} aria-invalid={facts.fault ? true : undefined}
                    onChange={(e) => facts.choose(e.currentTarget.checked)} />
                <span>{facts.label}{facts.optional && <Optional />}</span>
            </label>
            {facts.hint && <p class="hint" id={`${facts.id}-hint`}>{facts.hint}</p>}
        </div>
    );
}

/** What is known and not to be changed here (S9). */
export function Fact({ label, children }: { label: string; children: ComponentChildren }) {
    return <div class="fact"><dt>{label}</dt><dd>{children}</dd></div>;
}

function Frame({ facts, children }: { facts: Common; children: ComponentChildren }) {
    return (
        <div class={frame_class(facts)}>
            <label for={facts.id}>{facts.label}{facts.optional && <Optional />}</label>
            <Notes facts={facts} />
            {children}
        </div>
    );
}

function Group({ facts, children }: { facts: Common; children: ComponentChildren }) {
    return (
        <fieldset class={frame_class(facts)} aria-describedby={described_by(facts)}>
            <legend>{facts.label}{facts.optional && <Optional />}</legend>
            <Notes facts={facts} />
            <div class="options">{children}</div>
        </fieldset>
    );
}

function Notes({ facts }: { facts: Common }) {
    return (
        <>
            {facts.hint && <p class="hint" id={`${facts.id}-hint`}>{facts.hint}</p>}
            <Fault facts={facts} />
        </>
    );
}

function Fault({ facts }: { facts: Common }) {
    if (!facts.fault) return null;
    return <p class="fault" id={`${facts.id}-fault`}><Icon name="alert" />{facts.fault}</p>;
}

function Optional() {
    return <span class="optional"> {t("form.optional")}</span>;
}

function frame_class(facts: Common): string {
    return facts.fault ? "field field-faulty" : "field";
}

function described_by(facts: Common): string | undefined {
    const ids = [facts.hint && `${facts.id}-hint`, facts.fault && `${facts.id}-fault`].filter(Boolean);
    return ids.length === 0 ? undefined : ids.join(" ");
}
