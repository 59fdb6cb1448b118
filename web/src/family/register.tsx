// S9: "S'enregistrer en tant que parent". The identity comes from the login and is not to be
// changed here; the parent says that it is theirs, and goes on to the profile.
import { useState } from "preact/hooks";
import { go } from "../actions";
import { Fact } from "../form/field";
import { FaultSummary, Form } from "../form/form";
import { show_niss, type Family } from "../model/family";
import { calendar_day, t as base } from "../text";
import { after_registration, change_file } from "./file";
import { t } from "./words";

export function RegisterPage({ family }: { family: Family }) {
    const { parent } = family;
    const [busy, set_busy] = useState(false);
    const [turn, set_turn] = useState(0);
    const [problem, set_problem] = useState<string | null>(null);
    const submit = async () => {
        set_busy(true);
        const answer = await change_file("POST", "/family/register", {});
        set_busy(false);
        if (answer.status !== 200) {
            set_problem(answer.problem?.detail ?? base("error.no_answer"));
            set_turn(turn + 1);
            return;
        }
        await after_registration();
        go("profile");
    };
    return (
        <>
            <h1 tabIndex={-1}>{t("register.title")}</h1>
            <p class="lead">{t("register.text")}</p>
            <FaultSummary faults={problem === null ? [] : [{ field: "", text: problem }]} turn={turn} />
            <Form submit={() => void submit()} busy={busy} label={t("register.confirm")} test_id="register">
                <dl class="facts">
                    <Fact label={t("person.given_name")}>{parent.given_name}</Fact>
                    <Fact label={t("person.family_name")}>{parent.family_name}</Fact>
                    <Fact label={t("person.niss")}>{show_niss(parent.niss)}</Fact>
                    {parent.birth_date && <Fact label={t("person.birth_date")}>{calendar_day(parent.birth_date)}</Fact>}
                </dl>
                <p class="hint">{t("register.not_yours")}</p>
            </Form>
        </>
    );
}
