// The family's own data: taken along, or erased for good.
import { useState } from "preact/hooks";
import { go, load_family } from "../actions";
import { TextField } from "../form/field";
import { FaultSummary } from "../form/form";
import { base as api_base } from "../io/api";
import { forget } from "../io/memory";
import { problem_name } from "../model/booking";
import type { FieldFault } from "../model/faults";
import { fault_at } from "../model/faults";
import type { Family } from "../model/family";
import { is_live, me, season } from "../store";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { change_file } from "./file";
import { t } from "./words";

export function PrivacyPage({ family }: { family: Family }) {
    return (
        <>
            <h1 tabIndex={-1}>{t("privacy.title")}</h1>
            <section class="stack" aria-labelledby="export-title">
                <h2 id="export-title">{t("privacy.export")}</h2>
                <p>{t("privacy.export_text")}</p>
                <p class="row">
                    <a class="button" href={`${api_base}/family/export.html`} target="_blank" rel="noopener" data-testid="export-html">
                        {t("privacy.export_html")}
                    </a>
                    <a class="button button-quiet" href={`${api_base}/family/export`} download data-testid="export-json">
                        {t("privacy.export_json")}
                    </a>
                </p>
            </section>
            <section class="stack" aria-labelledby="health-title">
                <h2 id="health-title">{t("privacy.who")}</h2>
                <p>{t("privacy.who_text", { organiser: season.value?.organiser.name ?? "" })}</p>
            </section>
            <Erasure family={family} />
        </>
    );
}

function Erasure({ family }: { family: Family }) {
    const [open, set_open] = useState(false);
    const [name, set_name] = useState("");
    const [faults, set_faults] = useState<readonly FieldFault[]>([]);
    const [turn, set_turn] = useState(0);
    const [busy, set_busy] = useState(false);
    const wanted = family.parent.family_name;
    const show = (fault: FieldFault) => {
        set_faults([fault]);
        set_turn(turn + 1);
    };
    const erase = async (event: Event) => {
        event.preventDefault();
        if (busy) return;
        if (name.trim() !== wanted) return show({ field: "confirm", text: t("privacy.erase_wrong", { name: wanted }) });
        set_busy(true);
        const answer = await change_file("DELETE", "/family", { confirm: name.trim() });
        set_busy(false);
        if (answer.status === 204) {
            forget("");
            me.value = null;
            await load_family();
            return go("choose");
        }
        show({ field: "", text: problem_name(answer.problem) === "family_has_holds" ? t("privacy.has_holds")
            : answer.problem?.detail ?? base("error.no_answer") });
    };
    return (
        <section class="stack apart" aria-labelledby="erase-title">
            <h2 id="erase-title">{t("privacy.erase")}</h2>
            <p>{t("privacy.erase_text")}</p>
            {!open && (
                <p><button type="button" class="button button-quiet" onClick={() => set_open(true)} data-testid="erase">{t("privacy.erase_start")}</button></p>
            )}
            {open && (
                <form class="form problem" noValidate onSubmit={(event) => void erase(event)}>
                    <Icon name="alert" />
                    <div class="stack">
                        <FaultSummary faults={faults} turn={turn} />
                        <p><strong>{t("privacy.erase_warning")}</strong></p>
                        <TextField id="confirm" label={t("privacy.erase_confirm", { name: wanted })} value={name} type={set_name}
                            fault={fault_at(faults, "confirm")} />
                        <p class="row">
                            <button type="button" class="button" onClick={() => set_open(false)}>{t("form.cancel")}</button>
                            <button type="submit" class="button button-danger" disabled={busy || !is_live.value} data-testid="erase-confirm">
                                {t("privacy.erase_yes")}
                            </button>
                        </p>
                    </div>
                </form>
            )}
        </section>
    );
}
