// S11 to S13: a child is added, or what is known of it changed. A new child's parent lands straight
// in its health sheet. R10: nobody is written down twice; who is known already is asked for.
import { useState } from "preact/hooks";
import { announce, go } from "../actions";
import { SelectField, TextField } from "../form/field";
import { FaultSummary, Form, use_typed } from "../form/form";
import { new_key } from "../io/api";
import { keep } from "../io/memory";
import { problem_name } from "../model/booking";
import { fault_at, fault_of_problem, type FieldFault } from "../model/faults";
import { is_niss, niss_digits, show_niss, type Family, type FileChild } from "../model/family";
import { is_live, season } from "../store";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { Asking } from "./asking";
import { change_file, file } from "./file";
import { t } from "./words";

const fields = ["given_name", "family_name", "birth_date", "niss", "site", "school_year"] as const;
type Values = Record<(typeof fields)[number], string> & { key: string };

export function ChildPage({ family, id }: { family: Family; id: number | null }) {
    const child = id === null ? null : family.children.find((c) => c.id === id) ?? null;
    if (id !== null && child === null) {
        return (
            <>
                <h1 tabIndex={-1}>{t("child_form.gone")}</h1>
                <p><a class="button" href="#portal">{t("form.back")}</a></p>
            </>
        );
    }
    return <ChildForm family={family} child={child} />;
}

function ChildForm({ family, child }: { family: Family; child: FileChild | null }) {
    const [start] = useState(() => values_of(child, family));
    const { values, type, done, was_kept } = use_typed<Values>(`child.${child?.id ?? "new"}`, start);
    const [faults, set_faults] = useState<readonly FieldFault[]>([]);
    const [turn, set_turn] = useState(0);
    const [busy, set_busy] = useState(false);
    const [known, set_known] = useState(false);
    const [theirs, set_theirs] = useState<Values | null>(null);

    const show = (found: readonly FieldFault[]) => {
        set_faults(found);
        set_turn(turn + 1);
    };
    const submit = async () => {
        const found = check(values);
        if (found.length > 0) return show(found);
        set_busy(true);
        const answer = child === null
            ? await change_file("POST", "/family/children", body_of(values), { keyed: values.key })
            : await change_file("PUT", `/family/children/${child.id}`, body_of(values), { edits: true });
        set_busy(false);
        if (answer.status === 201) {
            done();
            return go(`sheet/${(answer.body as { child: number }).child}`);
        }
        if (answer.status === 200) {
            done();
            announce(t("child_form.saved"));
            return go("portal");
        }
        if (problem_name(answer.problem) === "child_known") {
            set_known(true);
            return set_faults([]);
        }
        if (answer.status === 412 && file.value) {
            set_theirs(values_of(file.value.children.find((c) => c.id === child?.id) ?? null, file.value));
            return show([{ field: "", text: t("form.changed_elsewhere") }]);
        }
        // The same key with other contents would be refused: a corrected form is a new wish.
        if (answer.status >= 400 && answer.status < 500) type({ key: new_key() });
        show([fault_of_problem(answer.problem, fields, base("error.no_answer"))
            ?? { field: "", text: answer.problem?.detail ?? base("error.no_answer") }]);
    };
    const text = (field: (typeof fields)[number]) => ({
        id: field, value: values[field], label: t(`person.${field}`), fault: fault_at(faults, field),
        type: (value: string) => type({ [field]: value } as Partial<Values>),
        hint: theirs && theirs[field] !== values[field] ? t("form.elsewhere", { text: theirs[field] || "–" }) : null,
    });
    const no_niss = values.niss.trim() === "";
    return (
        <>
            <h1 tabIndex={-1}>{child === null ? t("child_form.add") : t("child_form.edit", { child: child.given_name })}</h1>
            {child === null && <p class="lead">{t("child_form.add_text")}</p>}
            <FaultSummary faults={faults} turn={turn} />
            {was_kept && <p class="note"><Icon name="check" />{t("form.kept")}</p>}
            {known && <Known values={values} />}
            <Form submit={() => void submit()} busy={busy} test_id="child-form"
                label={child === null ? t("child_form.to_sheet") : base("form.save")}
                actions={<a class="button button-quiet" href="#portal">{t("form.back")}</a>}>
                <div class="pair">
                    <TextField {...text("given_name")} length_max={80} />
                    <TextField {...text("family_name")} length_max={80} />
                </div>
                <TextField {...text("birth_date")} kind="date" />
                <TextField {...text("niss")} optional narrow length_max={20}
                    hint={text("niss").hint ?? t("child_form.niss_hint")}
                    leave={() => { if (niss_digits(values.niss)) type({ niss: show_niss(values.niss) }); }} />
                {no_niss && (
                    <p class="early" data-testid="no-certificate"><Icon name="alert" />{t("child_form.no_certificate")}</p>
                )}
                <SelectField id="site" label={t("person.site")} optional value={values.site} hint={t("child_form.site_hint")}
                    choose={(site) => type({ site })} fault={fault_at(faults, "site")}
                    choices={family.sites.map((s) => ({ id: s.id, label: s.name }))} />
                <SelectField id="school_year" label={t("person.school_year")} optional value={values.school_year}
                    choose={(school_year) => type({ school_year })} fault={fault_at(faults, "school_year")}
                    choices={family.school_years.map((y) => ({ id: y, label: year_text(y) }))} />
            </Form>
            {child && <MoreOfChild child={child} />}
        </>
    );
}

// R10: the child is in the files already; its invoiceable parent decides.
function Known({ values }: { values: Values }) {
    return (
        <section class="early" role="alert" data-testid="child-known">
            <Icon name="person" />
            <div class="stack">
                <h2>{t("child_form.known_title")}</h2>
                <p>{t("child_form.known_text")}</p>
                <Asking niss={values.niss} birth_date={values.birth_date} />
            </div>
        </section>
    );
}

function MoreOfChild({ child }: { child: FileChild }) {
    const [said, set_said] = useState<string | null>(null);
    const [sure, set_sure] = useState(false);
    const become = async () => {
        const answer = await change_file("POST", `/family/children/${child.id}/invoiceable`, {}, { keyed: new_key() });
        set_said(answer.status === 202 ? t("child_form.invoiceable_asked") : answer.problem?.detail ?? base("error.no_answer"));
    };
    const remove = async () => {
        const answer = await change_file("DELETE", `/family/children/${child.id}`, undefined);
        if (answer.status === 204) {
            keep(`typed.child.${child.id}`, null);
            announce(t("child_form.removed", { child: child.given_name }));
            return go("portal");
        }
        set_sure(false);
        set_said(problem_name(answer.problem) === "child_has_holds" ? t("child_form.has_holds")
            : answer.problem?.detail ?? base("error.no_answer"));
    };
    return (
        <section class="stack apart" aria-labelledby="more-title">
            <h2 id="more-title">{t("child_form.more")}</h2>
            <div role="status">{said !== null && <p class="note">{said}</p>}</div>
            {(child.role === "second" || !child.has_invoiceable_parent) && (
                <>
                    <p>{t("child_form.invoiceable_text", { child: child.given_name })}</p>
                    <p>
                        <button type="button" class="button" disabled={!is_live.value} onClick={() => void become()}
                            data-testid="become-invoiceable">{t("child_form.invoiceable")}</button>
                    </p>
                </>
            )}
            {sure ? (
                <div class="problem" role="alert">
                    <Icon name="alert" />
                    <div class="stack">
                        <p>{t("child_form.remove_sure", { child: child.given_name })}</p>
                        <p class="row">
                            <button type="button" class="button" onClick={() => set_sure(false)} data-testid="remove-cancel">{t("form.cancel")}</button>
                            <button type="button" class="button button-danger" disabled={!is_live.value} onClick={() => void remove()}
                                data-testid="remove-confirm">{t("child_form.remove_yes")}</button>
                        </p>
                    </div>
                </div>
            ) : (
                <p>
                    <button type="button" class="button button-quiet" onClick={() => set_sure(true)} data-testid="remove-child">
                        {t("child_form.remove", { child: child.given_name })}
                    </button>
                </p>
            )}
        </section>
    );
}

// A second child most often bears the name of the first.
function values_of(child: FileChild | null, family: Family): Values {
    return {
        given_name: child?.given_name ?? "",
        family_name: child?.family_name ?? family.children[0]?.family_name ?? "",
        birth_date: child?.birth_date ?? "",
        niss: child?.niss ? show_niss(child.niss) : "",
        site: child?.site ?? "",
        school_year: child?.school_year ?? "",
        key: new_key(),
    };
}

function body_of(values: Values) {
    const or_null = (text: string) => (text.trim() === "" ? null : text.trim());
    return {
        given_name: values.given_name.trim(), family_name: values.family_name.trim(), birth_date: values.birth_date,
        niss: or_null(values.niss), site: or_null(values.site), school_year: or_null(values.school_year),
    };
}

function check(values: Values): FieldFault[] {
    const faults: FieldFault[] = [];
    for (const field of ["given_name", "family_name", "birth_date"] as const) {
        if (values[field].trim() === "") faults.push({ field, text: t("form.missing", { label: t(`person.${field}`) }) });
    }
    const today = season.value?.server_time.slice(0, 10) ?? "9999-12-31";
    if (values.birth_date > today) faults.push({ field: "birth_date", text: t("child_form.born_later") });
    if (values.niss.trim() !== "" && !is_niss(values.niss)) faults.push({ field: "niss", text: t("child_form.niss_wrong") });
    return faults;
}

function year_text(year: string): string {
    const n = year.slice(1);
    if (year.startsWith("M")) return t("year.nursery", { n });
    if (year.startsWith("P")) return t("year.primary", { n });
    return year.startsWith("S") ? t("year.secondary", { n }) : year;
}
