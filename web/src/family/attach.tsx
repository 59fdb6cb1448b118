// R10: a second parent asks to be attached to a child, by its number and birth date.
import { useState } from "preact/hooks";
import { announce } from "../actions";
import { TextField } from "../form/field";
import { FaultSummary, Form, use_typed } from "../form/form";
import { new_key } from "../io/api";
import { fault_at, fault_of_problem, type FieldFault } from "../model/faults";
import { is_niss } from "../model/family";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { change_file } from "./file";
import { t } from "./words";

const fields = ["niss", "birth_date"] as const;

export function AttachPage() {
    const { values, type, done } = use_typed("attach", { niss: "", birth_date: "" });
    const [faults, set_faults] = useState<readonly FieldFault[]>([]);
    const [turn, set_turn] = useState(0);
    const [busy, set_busy] = useState(false);
    const [asked, set_asked] = useState(false);
    const show = (found: readonly FieldFault[]) => {
        set_faults(found);
        set_turn(turn + 1);
    };
    const submit = async () => {
        const found: FieldFault[] = [];
        if (!is_niss(values.niss)) found.push({ field: "niss", text: t("child_form.niss_wrong") });
        if (values.birth_date === "") found.push({ field: "birth_date", text: t("form.missing", { label: t("person.birth_date") }) });
        if (found.length > 0) return show(found);
        set_busy(true);
        const answer = await change_file("POST", "/family/attachments", values, { keyed: new_key() });
        set_busy(false);
        if (answer.status !== 202) {
            return show([fault_of_problem(answer.problem, fields, base("error.no_answer"))
                ?? { field: "", text: answer.problem?.detail ?? base("error.no_answer") }]);
        }
        done();
        set_faults([]);
        set_asked(true);
        announce(t("attach.asked"));
    };
    return (
        <>
            <h1 tabIndex={-1}>{t("attach.title")}</h1>
            <p class="lead">{t("attach.text")}</p>
            <FaultSummary faults={faults} turn={turn} />
            {asked ? (
                <div class="stack" role="status" data-testid="asked">
                    <p class="note"><Icon name="check" />{t("attach.asked")}</p>
                    <p><a class="button" href="#portal">{t("form.back")}</a></p>
                </div>
            ) : (
                <Form submit={() => void submit()} busy={busy} label={t("attach.ask")} test_id="attach"
                    actions={<a class="button button-quiet" href="#portal">{t("form.back")}</a>}>
                    <TextField id="niss" label={t("person.niss")} hint={t("child_form.niss_hint")} narrow value={values.niss}
                        type={(niss) => type({ niss })} fault={fault_at(faults, "niss")} length_max={20} />
                    <TextField id="birth_date" label={t("person.birth_date")} kind="date" value={values.birth_date}
                        type={(birth_date) => type({ birth_date })} fault={fault_at(faults, "birth_date")} />
                </Form>
            )}
        </>
    );
}
