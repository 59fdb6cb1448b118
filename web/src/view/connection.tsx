// Whether what is shown is live, in a word beside the languages and, when it is not, in a banner.
import { useEffect, useState } from "preact/hooks";
import { hurry_link } from "../actions";
import { heard_at, is_lost, link } from "../store";
import { clock_time, t } from "../text";
import { Icon, type IconName } from "./icons";

const signs: Record<typeof link.value.state, IconName> = { live: "live", connecting: "waiting", offline: "offline" };

export function ConnectionChip() {
    const { state, transport } = link.value;
    return (
        <span class={`chip chip-${state}`} data-testid="connection" data-state={state} data-transport={transport}>
            <Icon name={signs[state]} />{t(`connection.${state}`)}
        </span>
    );
}

/** Shown from a loss until the link is live again; not while the page first connects. */
export function ConnectionBanner() {
    const { state, retry_at } = link.value;
    const seconds = useSecondsUntil(retry_at);
    if (!is_lost.value) return null;
    const last = heard_at.value;
    return (
        <section class="offline" aria-label={t("connection.label")} data-testid="offline-banner">
            <Icon name="offline" large />
            <p>
                <strong>{t("connection.lost_title")}</strong>{" "}
                {last === null ? t("connection.never") : t("connection.last_known", { time: clock_time(last, true) })}{" "}
                {t("connection.no_booking")}
            </p>
            <button type="button" class="button" onClick={hurry_link} disabled={state === "connecting"}>
                {state === "connecting" ? t("connection.trying") : t("connection.retry_in", { n: seconds })}
            </button>
        </section>
    );
}

function useSecondsUntil(at: number | null): number {
    const left = () => (at === null ? 0 : Math.max(0, Math.ceil((at - performance.now()) / 1000)));
    const [, draw] = useState(0);
    useEffect(() => {
        if (at === null) return undefined;
        const timer = setInterval(() => draw((n) => n + 1), 500);
        return () => clearInterval(timer);
    }, [at]);
    return left();
}
