// R10: asking to be attached to a child that another parent wrote down. The answer is alike
// whether or not such a child exists: nobody learns here who is registered.
import { useState } from "preact/hooks";
import { announce } from "../actions";
import { is_live } from "../store";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { change_file } from "./file";
import { t } from "./words";
import { new_key } from "../io/api";

export function Asking({ niss, birth_date }: { niss: string; birth_date: string }) {
    const [state, set_state] = useState<"idle" | "busy" | "asked">("idle");
    const [problem, set_problem] = useState<string | null>(null);
    const ask = async () => {
        set_state("busy");
        const answer = await change_file("POST", "/family/attachments", { niss, birth_date }, { keyed: new_key() });
        set_state(answer.status === 202 ? "asked" : "idle");
        set_problem(answer.status === 202 ? null : answer.problem?.detail ?? base("error.no_answer"));
        if (answer.status === 202) announce(t("attach.asked"));
    };
    if (state === "asked") {
        return (
            <div class="stack" data-testid="asked">
                <p><Icon name="check" /> {t("attach.asked")}</p>
                <p><a class="button" href="#portal">{t("form.back")}</a></p>
            </div>
        );
    }
    return (
        <>
            {problem !== null && <p class="fault" role="alert"><Icon name="alert" />{problem}</p>}
            <p>
                <button type="button" class="button" disabled={state === "busy" || !is_live.value} onClick={() => void ask()}
                    data-testid="ask-attach">{t("attach.ask")}</button>
            </p>
        </>
    );
}
