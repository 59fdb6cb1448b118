// S30: asking to cancel a booking, with a motive and, where there is one, a document. The staff
// decide; until then the booking stands.
import { useRef, useState } from "preact/hooks";
import { announce, go } from "../actions";
import { TextField } from "../form/field";
import { FaultSummary, Form, use_typed } from "../form/form";
import { beginning_bytes, document_bytes_max, document_fault, document_type } from "../model/document";
import { fault_at, type FieldFault } from "../model/faults";
import type { Order, OrderLine } from "../model/order";
import { ask_cancellation, order_of, orders, send_document } from "../orders/book";
import { OrderUnknown, OrdersToCome } from "../orders/missing";
import { Line, Offline, Organiser } from "../orders/parts";
import { name_of } from "../orders/wording";
import { t as of_orders } from "../orders/words";
import { is_live, place } from "../store";
import { number } from "../text";
import { Icon } from "../view/icons";
import { t } from "./words";

const motive_length_max = 1000;

/** "#cancellation/812/<hold>" */
export function Page() {
    const [id, hold = ""] = place.value.args;
    if (orders.value === null) return <OrdersToCome />;
    const order = order_of(Number(id));
    return order === null ? <OrderUnknown /> : <Cancellation key={hold} order={order} hold={hold} />;
}

function Cancellation({ order, hold }: { order: Order; hold: string }) {
    const line = order.lines.find((l) => l.hold === hold);
    return (
        <div class="stack-wide" data-testid="cancel-page">
            <p><a class="back-link" href={`#order/${order.id}`}><Icon name="back" />{of_orders("order.title", { id: String(order.id) })}</a></p>
            <h1 tabIndex={-1}>{t("cancel.title")}</h1>
            {!line || line.state !== "booked" ? <Nothing order={order} text={t("cancel.not_booked")} />
                : line.cancellation?.state === "pending" ? <Nothing order={order} text={of_orders("cancellation.pending")} />
                    : <Asking order={order} line={line} />}
            <Organiser />
        </div>
    );
}

function Nothing({ order, text }: { order: Order; text: string }) {
    return (
        <div class="empty">
            <Icon name="sheet" large />
            <p>{text}</p>
            <a class="button button-main" href={`#order/${order.id}`}>{of_orders("basket.to_order")}</a>
        </div>
    );
}

interface Chosen { file: File; type: string; sent: string | null }

function Asking({ order, line }: { order: Order; line: OrderLine }) {
    const { values, type, done, was_kept } = use_typed(`cancel.${line.hold}`, { motive: "" });
    const [chosen, choose] = useState<Chosen | null>(null);
    const [faults, set_faults] = useState<readonly FieldFault[]>([]);
    const [turn, set_turn] = useState(0);
    const [busy, set_busy] = useState(false);
    const input = useRef<HTMLInputElement>(null);
    const [progress, set_progress] = useState<number | null>(null);
    const show = (found: readonly FieldFault[]) => {
        set_faults(found);
        set_turn(turn + 1);
    };
    const take = async (file: File | undefined) => {
        const others = faults.filter((f) => f.field !== "document");
        set_faults(others);
        if (!file) return choose(null);
        const beginning = new Uint8Array(await file.slice(0, beginning_bytes).arrayBuffer());
        const fault = document_fault(file.size, beginning);
        if (fault !== null) {
            choose(null);
            return show([...others, { field: "document", text: t(`document.${fault}`) }]);
        }
        choose({ file, type: document_type(beginning) ?? "", sent: null });
    };
    const without = () => {
        if (input.current) input.current.value = "";
        void take(undefined);
        input.current?.focus();
    };
    const submit = async () => {
        const motive = values.motive.trim();
        const found: FieldFault[] = motive === "" ? [{ field: "motive", text: t("cancel.motive_missing") }] : [];
        found.push(...faults.filter((f) => f.field === "document" && chosen === null));
        if (found.length > 0) return show(found);
        set_busy(true);
        let document = chosen?.sent ?? null;
        if (chosen && document === null) {
            set_progress(0);
            const sent = await send_document(chosen.file, chosen.type, set_progress);
            set_progress(null);
            if (sent.kind !== "done") {
                set_busy(false);
                return sent.kind === "failed" ? show([{ field: "document", text: sent.text }]) : undefined;
            }
            document = sent.value;
            // Sent once: what fails after it does not send it again.
            choose({ ...chosen, sent: document });
        }
        const end = await ask_cancellation(line.hold, motive, document);
        set_busy(false);
        if (end.kind === "failed") return show([{ field: "", text: end.name === "not_booked" ? t("cancel.not_booked") : end.text }]);
        if (end.kind === "gone") return;
        done();
        announce(t("cancel.sent"));
        go(`order/${order.id}`);
    };
    const fault = fault_at(faults, "document");
    return (
        <>
            <ul><Line line={line} test_id="cancel-line" extra={<p class="muted">{name_of(line.child)}</p>} /></ul>
            <p>{t("cancel.text")}</p>
            <FaultSummary faults={faults} turn={turn} />
            {was_kept && <p class="note"><Icon name="check" />{t("cancel.kept")}</p>}
            <Form submit={() => void submit()} busy={busy || !is_live.value} label={t("cancel.send")} test_id="cancel-form"
                actions={<a class="button button-quiet" href={`#order/${order.id}`}>{t("cancel.keep")}</a>}>
                <TextField id="motive" kind="long_text" label={t("cancel.motive")} hint={t("cancel.motive_hint")} value={values.motive}
                    length_max={motive_length_max} type={(motive) => type({ motive })} fault={fault_at(faults, "motive")} />
                <div class={fault ? "field field-faulty" : "field"}>
                    <label for="document">{t("document.label")} <span class="optional">{t("document.optional")}</span></label>
                    <p class="hint" id="document-hint">{t("document.hint", { size: number(document_bytes_max / 1024 / 1024) })}</p>
                    {fault && <p class="fault" id="document-fault"><Icon name="alert" />{fault}</p>}
                    <input type="file" id="document" ref={input} accept="application/pdf,image/jpeg,image/png" disabled={busy}
                        aria-describedby={fault ? "document-hint document-fault" : "document-hint"} aria-invalid={fault ? true : undefined}
                        onChange={(e) => void take(e.currentTarget.files?.[0])} data-testid="document" />
                    {chosen && <p class="muted" data-testid="chosen"><Icon name="check" /> {chosen.file.name}</p>}
                    {(chosen || fault) && (
                        <p>
                            <button type="button" class="button button-quiet button-small" disabled={busy} onClick={without}
                                data-testid="no-document">{t("document.remove")}</button>
                        </p>
                    )}
                </div>
                {progress !== null && (
                    <p role="status">
                        <label for="upload">{t("document.sending")}</label>
                        <progress id="upload" max={1} value={progress} />
                    </p>
                )}
                <Offline />
            </Form>
        </>
    );
}
