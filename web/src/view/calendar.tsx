// The live calendar: for one child, camps by ISO weeks. A grid where there is room for one, a list
// by week or by camp on a phone; only one of the two is in the page.
import type { ComponentChildren } from "preact";
import { choose_grouping, go } from "../actions";
import { iso_weeks } from "../model/calendar";
import type { Camp, Week } from "../model/wire";
import { cells, child, grouping, live, me, season, wide, type Cell } from "../store";
import { day_range, own_text, t } from "../text";
import { ages_text, days_off_text } from "../wording";
import { ChildPicker } from "./child_picker";
import { Countdown } from "./countdown";
import { ThemeIcon } from "./icons";
import { OutcomePanel } from "./outcome";
import { WeekCell } from "./week_cell";

export function CalendarPage() {
    return (
        <>
            <h1 tabIndex={-1}>{season.value ? own_text(season.value.name) : t("nav.calendar")}</h1>
            <Countdown />
            <OutcomePanel />
            {me.value ? <ChildPicker /> : <ChooseFirst />}
            <section aria-labelledby="calendar-title" class="calendar">
                <div class="calendar-head">
                    <h2 id="calendar-title">{calendar_title()}</h2>
                    {!wide.value && <GroupingSwitch />}
                </div>
                <Weeks />
            </section>
        </>
    );
}

function calendar_title(): string {
    return child.value ? t("calendar.title_for", { child: child.value.name }) : t("calendar.title");
}

function ChooseFirst() {
    if (!season.value) return null;
    return (
        <section class="choose-first">
            <p>{t("calendar.choose_first")}</p>
            <button type="button" class="button" onClick={() => go("choose")} data-testid="choose">{t("login.enter")}</button>
        </section>
    );
}

function Weeks() {
    if (!season.value || live.value.sequence === null) return <p class="loading" role="status">{t("page.loading")}</p>;
    if (season.value.weeks.length === 0) return <p class="empty">{t("calendar.no_weeks")}</p>;
    if (cells.value.size === 0) return <p class="empty">{t("calendar.all_full")}</p>;
    if (wide.value) return <Grid />;
    return grouping.value === "week" ? <ByWeek /> : <ByCamp />;
}

function GroupingSwitch() {
    const choice = (value: "week" | "camp") => (
        <button type="button" aria-pressed={grouping.value === value} onClick={() => choose_grouping(value)}
            data-testid={`group-${value}`}>
            {t(`calendar.by_${value}`)}
        </button>
    );
    return (
        <div class="segments" role="group" aria-label={t("calendar.grouping")}>{choice("week")}{choice("camp")}</div>
    );
}

function Grid() {
    const groups = season.value ? iso_weeks(season.value) : [];
    return (
        <div class="grid-frame">
            <table class="grid">
                <caption class="sr-only">{t("calendar.caption")}</caption>
                <thead>
                    <tr>
                        <td />
                        {groups.map((group) => (
                            <th key={group.iso_week} scope="col"><WeekHeading week={group.weeks[0]} short /></th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {season.value?.camps.map((camp) => (
                        <tr key={camp.id}>
                            <th scope="row"><CampHeading camp={camp} /></th>
                            {groups.map((group) => (
                                <td key={group.iso_week}><GridPlace week={group.weeks.find((w) => w.camp === camp.id)} /></td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

// A hidden full week leaves its place in the grid empty; a screen reader is told why.
function GridPlace({ week }: { week: Week | undefined }) {
    if (!week) return <span class="no-week">{t("calendar.no_camp")}</span>;
    const cell = cells.value.get(week.id);
    if (!cell) return <span class="sr-only">{t("calendar.no_place")}</span>;
    return <WeekCell cell={cell} layout="grid" />;
}

function ByWeek() {
    if (!season.value) return null;
    return (
        <>
            {iso_weeks(season.value).map((group) => (
                <Group key={group.iso_week} weeks={group.weeks} layout="camp"
                    head={<WeekHeading week={group.weeks[0]} />} />
            ))}
        </>
    );
}

function ByCamp() {
    if (!season.value) return null;
    const weeks = season.value.weeks;
    return (
        <>
            {season.value.camps.map((camp) => (
                <Group key={camp.id} weeks={weeks.filter((w) => w.camp === camp.id)} layout="week"
                    head={<CampHeading camp={camp} />} text={own_text(camp.description)} />
            ))}
        </>
    );
}

function Group({ weeks, head, text, layout }: {
    weeks: Week[]; head: ComponentChildren; text?: string; layout: "camp" | "week";
}) {
    const shown = weeks.map((w) => cells.value.get(w.id)).filter((c) => c !== undefined).sort(by_use);
    return (
        <section class="group">
            <h3 class="group-head">{head}</h3>
            {text && <p class="muted">{text}</p>}
            {shown.length === 0 && <p class="muted group-none">{t("calendar.group_full")}</p>}
            <ul class="group-list">
                {shown.map((cell) => <li key={cell.week.id}><WeekCell cell={cell} layout={layout} /></li>)}
            </ul>
        </section>
    );
}

// What the child can have comes first; what it cannot is small and below.
function by_use(a: Cell, b: Cell): number {
    return rank(a) - rank(b) || a.week.first_day.localeCompare(b.week.first_day) || a.camp.id - b.camp.id;
}

function rank(cell: Cell): number {
    return cell.state?.kind === "refused" ? 1 : 0;
}

function WeekHeading({ week, short = false }: { week: Week | undefined; short?: boolean }) {
    if (!week) return null;
    const except = days_off_text(week);
    return (
        <span class="week-heading">
            <span class="week-number">{t("week.number", { n: week.iso_week.slice(-2) })}</span>
            <span class="week-dates">{day_range(week.days, short ? "short" : "long")}</span>
            {except !== null && (
                <span class="week-except"><strong>{t("week.days", { n: week.days.length })}</strong> {except}</span>
            )}
        </span>
    );
}

function CampHeading({ camp }: { camp: Camp }) {
    return (
        <span class="camp-heading">
            <ThemeIcon theme={camp.theme} />
            <span>
                <span class="camp-name">{own_text(camp.name)}</span>
                <span class="camp-facts">{ages_text(camp)} · {camp.place}</span>
            </span>
        </span>
    );
}
