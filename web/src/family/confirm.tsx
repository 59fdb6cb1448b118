// S7: the page of the link in the mail. It confirms an address, whoever is or is not logged in.
import { useEffect, useState } from "preact/hooks";
import * as api from "../io/api";
import { me } from "../store";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { load_file } from "./file";
import { t } from "./words";

type State = "asking" | "confirmed" | "refused" | "unanswered";

export function ConfirmPage({ token }: { token: string }) {
    const [state, set_state] = useState<State>("asking");
    const [turn, set_turn] = useState(0);
    useEffect(() => {
        set_state("asking");
        void api.post("/family/email/confirm", { token }, me.value?.csrf ?? null).then((answer) => {
            if (answer.status === 200) {
                set_state("confirmed");
                if (me.value) void load_file();
            } else {
                set_state(answer.status >= 400 && answer.status < 500 && answer.status !== 429 ? "refused" : "unanswered");
            }
        });
    }, [turn]);
    if (state === "asking") return <Loading />;
    return (
        <div class="empty" role="status" data-testid="confirm" data-state={state}>
            <Icon name={state === "confirmed" ? "check" : "alert"} large />
            <h1 tabIndex={-1}>{t(`confirm.${state}`)}</h1>
            {state === "refused" && <p>{t("confirm.refused_text")}</p>}
            {state === "unanswered"
                ? <button type="button" class="button" onClick={() => set_turn(turn + 1)}>{base("action.retry")}</button>
                : <a class="button" href="#portal">{t("form.back")}</a>}
        </div>
    );
}
