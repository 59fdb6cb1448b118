// When it opens, in server time: to residents first where the season says so, then to all.
import { openings } from "../model/calendar";
import { remaining, type Remaining } from "../model/clock";
import { now, season } from "../store";
import { date_time, t } from "../text";
import { Icon } from "./icons";

export function Countdown() {
    if (!season.value || now.value === null) return null;
    const { everyone, residents, open_for_all, open_for_residents } = openings(season.value, now.value);
    const next = residents ?? everyone;
    const state = open_for_all ? "open" : open_for_residents ? "residents" : "before";
    return (
        <section class={`countdown countdown-${state}`} data-testid="countdown" data-state={state}
            aria-label={t("countdown.label")}>
            {open_for_all && <p class="countdown-open"><Icon name="check" large />{t("countdown.open")}</p>}
            {!open_for_all && open_for_residents && (
                <p class="countdown-open"><Icon name="check" large />{t("countdown.open_residents")}</p>
            )}
            {next !== null && (
                <>
                    {(!open_for_all || residents !== null) && <Digits left={remaining(next, now.value)} />}
                    <ul class="countdown-when">
                        {residents !== null && <li>{t("countdown.residents_at", { time: date_time(residents) })}</li>}
                        {everyone !== null && (
                            <li>{t(when_key(residents !== null || open_for_residents, open_for_all), { time: date_time(everyone) })}</li>
                        )}
                    </ul>
                </>
            )}
        </section>
    );
}

function when_key(residents_first: boolean, open: boolean) {
    if (open) return "countdown.more_at" as const;
    return residents_first ? "countdown.all_at" as const : "countdown.opens_at" as const;
}

// A timer is not read out each second; the opening itself is announced.
function Digits({ left }: { left: Remaining }) {
    const parts = [
        ...(left.days > 0 ? [{ name: "d", value: left.days, label: t("countdown.days", { n: left.days }) }] : []),
        { name: "h", value: left.hours, label: t("countdown.hours", { n: left.hours }) },
        { name: "m", value: left.minutes, label: t("countdown.minutes", { n: left.minutes }) },
        { name: "s", value: left.seconds, label: t("countdown.seconds", { n: left.seconds }) },
    ];
    return (
        <p class="digits" role="timer" aria-label={t("countdown.left")}>
            {parts.map((part) => (
                <span key={part.name} class="digit">
                    <span class="digit-value">{String(part.value).padStart(2, "0")}</span>{" "}
                    <span class="digit-label">{part.label}</span>
                </span>
            ))}
        </p>
    );
}
