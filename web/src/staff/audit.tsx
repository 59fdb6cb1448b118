// Who looked at what, and did what: without any content.
import { useState } from "preact/hooks";
import { date_time } from "../text";
import { Pages, Shown, use_fetched } from "./fetched";
import { t } from "./words";

interface Log {
    page: number;
    pages: number;
    entries: { at: string; who: string | null; what: string; family: number | null; child: number | null }[];
}

export function AuditPage() {
    const [page, set_page] = useState(0);
    const found = use_fetched<Log>(`/staff/audit?page=${page}`);
    return (
        <>
            <h1 tabIndex={-1}>{t("staff.audit")}</h1>
            <Shown of={found}>
                {(log) => (
                    <>
                        {log.entries.length === 0 && <p class="empty">{t("audit.none")}</p>}
                        <div class="grid-frame" tabIndex={0} role="region" aria-label={t("staff.audit")}>
                            <table class="plain">
                                <thead>
                                    <tr>
                                        <th scope="col">{t("audit.at")}</th><th scope="col">{t("audit.who")}</th>
                                        <th scope="col">{t("audit.what")}</th><th scope="col">{t("audit.whom")}</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {log.entries.map((entry, n) => (
                                        <tr key={n}>
                                            <td>{date_time(Date.parse(entry.at))}</td>
                                            <td>{entry.who ?? "–"}</td>
                                            <td>{what_text(entry.what)}</td>
                                            <td>
                                                {entry.family === null ? "–" : <a href={`#staff/family/${entry.family}`}>{t("audit.family", { n: String(entry.family) })}</a>}
                                                {entry.child !== null && ` ${t("audit.child", { n: String(entry.child) })}`}
                                            </td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                        </div>
                        <Pages page={log.page} pages={log.pages} go={set_page} />
                    </>
                )}
            </Shown>
        </>
    );
}

const known = [
    "family_read", "families_searched", "decisions_read", "readiness_read", "audit_read", "mails_read",
    "orders_read", "document_read", "request_accepted", "request_refused", "family_reminded", "mail_retried",
    "booking_cancelled", "payment_settled", "payment_accepted", "payment_given_back", "clock_stopped",
    "clock_started", "refund_settled", "capacity_changed", "sheet_read", "sheet_validated", "sheet_dropped",
    "family_exported", "family_erased", "child_erased",
] as const;

// One that this page does not know yet is shown as it is called.
function what_text(what: string): string {
    const name = known.find((k) => k === what);
    return name ? t(`what.${name}`) : what.replaceAll("_", " ");
}
