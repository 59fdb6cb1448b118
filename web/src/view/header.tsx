// Organiser, the two pages, who is here, the language, and whether the link is live.
import { log_out, switch_language } from "../actions";
import { languages } from "../model/wire";
import { is_of_sale, part_of } from "../model/place";
import { basket, holds, is_sending, me, me_load, now, route, season, taken, wide } from "../store";
import { language, language_names, own_text, t } from "../text";
import { remaining_text } from "../wording";
import { shown_page } from "./app";
import { ConnectionChip } from "./connection";
import { Icon } from "./icons";

export function Header() {
    return (
        <header class="header">
            <div class="header-top">
                <p class="brand">
                    <span class="brand-mark" aria-hidden="true"><Icon name="adventure" /></span>
                    <span>
                        <span class="brand-organiser">{season.value?.organiser.name ?? t("page.title")}</span>
                        <span class="brand-season">{season.value ? own_text(season.value.name) : ""}</span>
                    </span>
                </p>
                <Who />
                <div class="header-tools">
                    <ConnectionChip />
                    <LanguageSwitch />
                </div>
            </div>
            <Navigation />
        </header>
    );
}

function Navigation() {
    const page = shown_page();
    // What is ordered and not paid yet has its clock too.
    const unpaid = taken.value.filter((seat) => !seat.booked);
    const count = holds.value.length + unpaid.length;
    const earliest = [basket.value?.earliest_deadline, ...unpaid.map((seat) => seat.ends_at)].filter((at) => at != null).sort()[0] ?? null;
    return (
        <nav class="nav" aria-label={t("nav.label")}>
            <a href="#calendar" aria-current={page === "calendar" ? "page" : undefined}>
                <Icon name="calendar" />{t("nav.calendar")}
            </a>
            {me.value && (
                <a href="#portal" aria-current={part_of(page) === "family" || page === "sheet" ? "page" : undefined}
                    data-testid="nav-portal">
                    <Icon name="family" />{t("nav.portal")}
                </a>
            )}
            {me.value && (
                <a href="#basket" aria-current={is_of_sale(page) ? "page" : undefined} data-testid="nav-basket">
                    <Icon name="basket" />{t("nav.basket")}
                    {count > 0 && <span class="badge">{count}<span class="sr-only"> {t("nav.held", { n: count })}</span></span>}
                    {wide.value && earliest !== null && now.value !== null && (
                        <span class="nav-deadline">{remaining_text(Date.parse(earliest), now.value)}</span>
                    )}
                </a>
            )}
            {me.value?.staff && (
                <a href="#staff" aria-current={page === "staff" ? "page" : undefined} data-testid="nav-staff">
                    <Icon name="staff" />{t("nav.staff")}
                </a>
            )}
        </nav>
    );
}

// Nobody is asked to choose by the page itself.
function Who() {
    if (!me.value) {
        if (season.value === null || me_load.value !== "ready" || route.value === "choose") return null;
        return <a class="button button-quiet" href="#choose" data-testid="enter">{t("login.enter")}</a>;
    }
    return (
        <p class="who">
            <span class="who-name"><Icon name="person" /><span>{me.value.parent.name}</span></span>
            <button type="button" class="button button-quiet" disabled={is_sending.value}
                onClick={() => void log_out()} data-testid="logout">
                {t(season.value?.demo ? "who.change" : "who.leave")}
            </button>
        </p>
    );
}

function LanguageSwitch() {
    return (
        <div class="languages" role="group" aria-label={t("language.label")}>
            {languages.map((l) => (
                <button key={l} type="button" lang={l} aria-pressed={language.value === l}
                    aria-label={`${l.toUpperCase()} – ${language_names[l]}`} data-testid={`language-${l}`}
                    onClick={() => void switch_language(l)}>
                    {l.toUpperCase()}
                </button>
            ))}
        </div>
    );
}
