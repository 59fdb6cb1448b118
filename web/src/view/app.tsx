// The frame of the page: banner, header, the part that was asked for, footer.
import { useEffect, useRef } from "preact/hooks";
import { load_season } from "../actions";
import { needs_login, part_of, type Route } from "../model/place";
import { announcement, holds, me, me_load, place, route, season, season_load } from "../store";
import { language, own_text, t } from "../text";
import { CalendarPage } from "./calendar";
import { ChoosePage } from "./choose";
import { ConnectionBanner } from "./connection";
import { Header } from "./header";
import { Icon } from "./icons";
import { Notices } from "./notices";
import { fetch_part, Loading, Parted } from "./parted";
import { SelectionBar } from "./selection_bar";

export function App() {
    const page = shown_page();
    useTitle(page);
    useFocusOnChange([page, ...place.value.args].join("/"));
    useEffect(() => {
        if (holds.value.length > 0) fetch_part("orders");
    }, [holds.value.length > 0]);
    return (
        <>
            <a class="skip" href="#main" onClick={skip_to_main}>{t("page.skip")}</a>
            {season.value?.demo && <DemoBanner />}
            <Header />
            <div class="news">
                <ConnectionBanner />
                <Notices />
            </div>
            <main id="main" tabIndex={-1} class={`page page-${page}`}>
                <Content page={page} />
            </main>
            {page === "calendar" && <SelectionBar />}
            <Footer />
            <div class="sr-only" role="status" aria-live="polite" data-testid="announcement">{announcement}</div>
        </>
    );
}

// Nobody has a basket or a family file: it needs to be known whose.
export function shown_page(): Route {
    if (needs_login(route.value) && me.value === null && me_load.value === "ready") return "choose";
    return route.value;
}

function Content({ page }: { page: Route }) {
    if (season.value === null) return season_load.value === "failed" ? <SeasonFailed /> : <Loading />;
    const part = part_of(page);
    if (part !== null) return me.value === null && needs_login(page) ? <Loading /> : <Parted part={part} />;
    switch (page) {
        case "calendar": return <CalendarPage />;
        default: return <ChoosePage />;
    }
}

function DemoBanner() {
    return (
        <div class="demo" role="region" aria-label={t("demo.label")} data-testid="demo-banner">
            <p>
                <strong>{t("demo.label")}</strong> <span>{t("demo.text")}</span>{" "}
                <a href="#mails" data-testid="demo-mails">{t("demo.mails")}</a>
            </p>
        </div>
    );
}

function SeasonFailed() {
    return (
        <div class="empty" role="alert">
            <Icon name="alert" large />
            <h1>{t("error.season_title")}</h1>
            <p>{t("error.season_text")}</p>
            <button type="button" class="button" onClick={() => void load_season()}>{t("action.retry")}</button>
        </div>
    );
}

// S30: the organiser's address, for deregistrations.
function Footer() {
    const organiser = season.value?.organiser;
    if (!organiser) return null;
    return (
        <footer class="footer">
            <p><strong>{organiser.name}</strong><br />{organiser.address}</p>
            <p>{t("footer.contact")}<br /><a href={`mailto:${organiser.email}`}>{organiser.email}</a></p>
        </footer>
    );
}

function useTitle(page: Route) {
    const name = season.value ? own_text(season.value.name) : t("page.title");
    useEffect(() => {
        document.documentElement.lang = language.value;
        document.title = `${t(`nav.${page}`)} · ${name}`;
    }, [page, name, language.value]);
}

// A change of page is said by moving the focus to its heading; the first page is left as it is.
function useFocusOnChange(page: string) {
    const first = useRef(true);
    useEffect(() => {
        if (first.current) {
            first.current = false;
            return;
        }
        scrollTo(0, 0);
        const main = document.getElementById("main");
        const heading = () => main?.querySelector<HTMLElement>("h1");
        (heading() ?? main)?.focus({ preventScroll: true });
        if (main === null || heading()) return;
        // A part that is still fetched: its heading gets the focus when it comes, unless that was
        // moved on meanwhile.
        const observer = new MutationObserver(() => {
            if (!heading()) return;
            observer.disconnect();
            if (document.activeElement === main) heading()?.focus({ preventScroll: true });
        });
        observer.observe(main, { childList: true, subtree: true });
        return () => observer.disconnect();
    }, [page]);
}

function skip_to_main(event: Event) {
    event.preventDefault();
    document.getElementById("main")?.focus();
}
