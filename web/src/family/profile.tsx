// S7: how the family is reached. The identity stands above, unchangeable; a changed e-mail address
// waits for its confirmation, which is a warning and never a lock.
import { useState } from "preact/hooks";
import { announce, go, switch_language } from "../actions";
import { Fact, SelectField, TextField } from "../form/field";
import { FaultSummary, Form, use_typed } from "../form/form";
import { fault_at, fault_of_problem, type FieldFault } from "../model/faults";
import { show_niss, type Family } from "../model/family";
import { languages, type Language } from "../model/wire";
import { is_live } from "../store";
import { language_names, t as base } from "../text";
import { Icon } from "../view/icons";
import { change_file, file } from "./file";
import { Residence } from "./residence";
import { t } from "./words";

type Values = Record<(typeof fields)[number], string>;
const fields = [
    "address-street", "address-number", "address-box", "address-postcode", "address-city", "phone", "email", "language",
] as const;

export function ProfilePage({ family }: { family: Family }) {
    const { parent } = family;
    const [start] = useState(() => values_of(family));
    const { values, type, done, was_kept } = use_typed<Values>("profile", start);
    const [faults, set_faults] = useState<readonly FieldFault[]>([]);
    const [turn, set_turn] = useState(0);
    const [busy, set_busy] = useState(false);
    const [theirs, set_theirs] = useState<Values | null>(null);

    const show = (found: readonly FieldFault[]) => {
        set_faults(found);
        set_turn(turn + 1);
    };
    const submit = async () => {
        const found = check(values);
        if (found.length > 0) return show(found);
        set_busy(true);
        const answer = await change_file("PUT", "/family/profile", body_of(values), { edits: true });
        set_busy(false);
        if (answer.status === 200) {
            done();
            announce(t("profile.saved"));
            await switch_language(values.language as Language);
            return go("portal");
        }
        if (answer.status === 412 && file.value) {
            set_theirs(values_of(file.value));
            return show([{ field: "", text: t("form.changed_elsewhere") }]);
        }
        show([fault_of_problem(answer.problem, fields, base("error.no_answer"))
            ?? { field: "", text: answer.problem?.detail ?? base("error.no_answer") }]);
    };
    const text = (field: (typeof fields)[number]) => ({
        id: field, value: values[field], type: (value: string) => type({ [field]: value } as Partial<Values>),
        label: t(`profile.${label_of(field)}`), fault: fault_at(faults, field),
        hint: theirs && theirs[field] !== values[field] ? t("form.elsewhere", { text: theirs[field] || "–" }) : null,
    });
    return (
        <>
            <h1 tabIndex={-1}>{t("profile.title")}</h1>
            <FaultSummary faults={faults} turn={turn} />
            {was_kept && <p class="note"><Icon name="check" />{t("form.kept")}</p>}
            <dl class="facts">
                <Fact label={t("person.name")}>{parent.given_name} {parent.family_name}</Fact>
                <Fact label={t("person.niss")}>{show_niss(parent.niss)}</Fact>
            </dl>
            <p class="hint">{t("profile.identity")}</p>
            <Form submit={() => void submit()} busy={busy} label={base("form.save")} test_id="profile"
                actions={<a class="button button-quiet" href="#portal">{t("form.back")}</a>}>
                <fieldset class="stack">
                    <legend><h2>{t("profile.address")}</h2></legend>
                    <TextField {...text("address-street")} autocomplete="address-line1" length_max={120} />
                    <div class="pair">
                        <TextField {...text("address-number")} narrow length_max={12} />
                        <TextField {...text("address-box")} narrow optional length_max={12} />
                    </div>
                    <div class="pair">
                        <TextField {...text("address-postcode")} autocomplete="postal-code" narrow length_max={12} />
                        <TextField {...text("address-city")} autocomplete="address-level2" length_max={80} />
                    </div>
                </fieldset>
                <fieldset class="stack">
                    <legend><h2>{t("profile.contact")}</h2></legend>
                    <TextField {...text("phone")} kind="phone" autocomplete="tel" length_max={32} />
                    <TextField {...text("email")} kind="email" autocomplete="email" length_max={254} />
                    <EmailState family={family} typed={values.email} />
                    <SelectField id="language" label={t("profile.language")} value={values.language}
                        choose={(value) => type({ language: value })} fault={fault_at(faults, "language")}
                        choices={languages.map((l) => ({ id: l, label: language_names[l] }))} />
                </fieldset>
            </Form>
            <Residence family={family} />
        </>
    );
}

function EmailState({ family, typed }: { family: Family; typed: string }) {
    const { email, email_confirmed } = family.parent;
    const [sent, set_sent] = useState(false);
    const [problem, set_problem] = useState<string | null>(null);
    if (email === null || typed.trim() !== email) return <p class="hint">{t("profile.email_later")}</p>;
    if (email_confirmed) return <p class="note" data-testid="email-confirmed"><Icon name="check" />{t("profile.email_confirmed")}</p>;
    const resend = async () => {
        const answer = await change_file("POST", "/family/email/resend", {});
        set_sent(answer.status === 202);
        set_problem(answer.status === 202 ? null : answer.problem?.detail ?? base("error.no_answer"));
    };
    return (
        <div class="early" role="status" data-testid="email-unconfirmed">
            <Icon name="mail" />
            <div class="stack">
                <p>{sent ? t("profile.email_sent", { email }) : t("profile.email_unconfirmed", { email })}</p>
                {problem !== null && <p class="fault"><Icon name="alert" />{problem}</p>}
                {!sent && (
                    <p><button type="button" class="button button-small" disabled={!is_live.value} onClick={() => void resend()}
                        data-testid="resend">{t("profile.resend")}</button></p>
                )}
            </div>
        </div>
    );
}

function values_of({ parent }: Family): Values {
    const { address } = parent;
    return {
        "address-street": address?.street ?? "", "address-number": address?.number ?? "", "address-box": address?.box ?? "",
        "address-postcode": address?.postcode ?? "", "address-city": address?.city ?? "",
        phone: parent.phone ?? "", email: parent.email ?? "", language: parent.language,
    };
}

function body_of(values: Values) {
    const box = values["address-box"].trim();
    return {
        address: {
            street: values["address-street"].trim(), number: values["address-number"].trim(), box: box === "" ? null : box,
            postcode: values["address-postcode"].trim(), city: values["address-city"].trim(), country: "BE",
        },
        phone: values.phone.trim(), email: values.email.trim(), language: values.language,
    };
}

function check(values: Values): FieldFault[] {
    const faults: FieldFault[] = [];
    for (const field of fields) {
        const value = values[field].trim();
        const label = t(`profile.${label_of(field)}`);
        if (value === "" && field !== "address-box") faults.push({ field, text: t("form.missing", { label }) });
        else if (field === "email" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) faults.push({ field, text: t("profile.email_wrong") });
        else if (field === "phone" && value.replace(/\D/g, "").length < 8) faults.push({ field, text: t("profile.phone_wrong") });
        else if (field === "address-postcode" && !/^\d{4}$/.test(value)) faults.push({ field, text: t("profile.postcode_wrong") });
    }
    return faults;
}

function label_of(field: (typeof fields)[number]) {
    return field.replace("address-", "") as "street" | "number" | "box" | "postcode" | "city" | "phone" | "email" | "language";
}
