// What happened to something the parent had picked or held, in words, until dismissed. The words
// are said aloud by the announcer when they arise; this list is for reading them again.
import { choose_child, dismiss_all, dismiss_notice, toggle } from "../actions";
import { cells, me, notices, picks, state_of, type Notice } from "../store";
import { is_same } from "../model/picks";
import { t } from "../text";
import { item_text } from "../wording";
import { Icon, type IconName } from "./icons";

const signs: Record<Notice["kind"], IconName> = {
    vanished: "alert", returned: "check", expired: "clock", gone: "alert", cancelled: "check", session: "lock", error: "alert",
};

export function Notices() {
    if (notices.value.length === 0) return null;
    const vanished = notices.value.filter((n) => n.kind === "vanished");
    const single = vanished.length > 1 ? notices.value.filter((n) => n.kind !== "vanished") : notices.value;
    return (
        <section class="notices" aria-label={t("notice.label")} data-testid="notices">
            {single.length > 2 && (
                <p class="notices-all">
                    <button type="button" class="button button-small" onClick={dismiss_all}>{t("action.dismiss_all")}</button>
                </p>
            )}
            <ul>
                {vanished.length > 1 && <Vanished notices={vanished} />}
                {single.map((notice) => <NoticeLine key={notice.id} notice={notice} />)}
            </ul>
        </section>
    );
}

function NoticeLine({ notice }: { notice: Notice }) {
    return (
        <li class={`notice notice-${notice.kind}`} data-testid={`notice-${notice.kind}`}>
            <Icon name={signs[notice.kind]} />
            <p>{notice_text(notice)}</p>
            {notice.kind === "returned" && <PickAgain notice={notice} />}
            <button type="button" class="icon-button" onClick={() => dismiss_notice(notice.id)}
                aria-label={t("page.says", { what: t("action.dismiss"), text: notice_text(notice) })}>
                <Icon name="cross" />
            </button>
        </li>
    );
}

// At an opening several weeks may fill at once: one message, not a wall of them.
function Vanished({ notices: lost }: { notices: readonly Notice[] }) {
    return (
        <li class="notice notice-vanished" data-testid="notice-vanished">
            <Icon name="alert" />
            <div class="notice-many">
                <p>{t("notice.vanished_many")}</p>
                <ul>{lost.map((n) => <li key={n.id}>{n.item ? item_text(n.item) : ""}</li>)}</ul>
                <p>{t("outcome.may_return")}</p>
            </div>
            <button type="button" class="icon-button" onClick={() => lost.forEach((n) => dismiss_notice(n.id))}
                aria-label={t("page.says", { what: t("action.dismiss"), text: t("notice.vanished_many") })}>
                <Icon name="cross" />
            </button>
        </li>
    );
}

function PickAgain({ notice }: { notice: Notice }) {
    const item = notice.item;
    if (!item || !me.value?.children.some((c) => c.id === item.child)) return null;
    if (!cells.value.has(item.week) || picks.value.some((p) => is_same(p, item))) return null;
    if (state_of(item)?.kind !== "free") return null;
    const pick = () => {
        choose_child(item.child);
        toggle(item);
    };
    return (
        <button type="button" class="button button-small" onClick={pick}>{t("notice.pick_again")}</button>
    );
}

function notice_text(notice: Notice): string {
    const item = notice.item ? item_text(notice.item) : "";
    switch (notice.kind) {
        case "vanished": return t("notice.vanished", { item });
        case "returned": return t("notice.returned", { item });
        case "expired": return t("notice.expired", { item });
        case "gone": return t("notice.gone", { item });
        case "cancelled": return t("notice.cancelled", { item });
        case "session": return t("notice.session");
        case "error": return notice.text ?? t("notice.error", { item });
    }
}
