// A small season for the tests: two camps, three ISO weeks, the second with a holiday.
import type { Child, Season, Week } from "../src/model/wire";

export const opening = Date.parse("2027-05-03T08:00:00Z");

export function a_season(): Season {
    const name = { fr: "Été", nl: "Zomer", de: "Sommer", en: "Summer" };
    const camp = (id: number, from_months: number, below_months: number) => ({
        id, code: `c${id}`, name, description: name, theme: "nature" as const, place: "École",
        ages: { from_months, below_months },
    });
    return {
        version: 1, sequence: 1, organiser: { name: "Commune", address: "", email: "" }, name,
        time_zone: "Europe/Brussels", demo: true, full_weeks: "hidden", hold_seconds: 259_200,
        limits: { weeks_per_child: 2, holds_per_family: 3 }, server_time: "2027-05-01T00:00:00Z",
        camps: [camp(1, 30, 72), camp(2, 60, 108)],
        weeks: [
            a_week(11, 1, "2027-W27", ["05", "06", "07", "08", "09"]),
            a_week(12, 1, "2027-W29", ["19", "20", "22", "23"]),
            a_week(21, 2, "2027-W27", ["05", "06", "07", "08", "09"]),
            a_week(22, 2, "2027-W28", ["12", "13", "14", "15", "16"]),
        ],
    };
}

export function a_child(id: number, birth_date: string, more: Partial<Child> = {}): Child {
    return {
        id, name: `Enfant ${id}`, birth_date, class: "resident", sheet: "valid",
        sheet_valid_until: null, invoiceable: true, weeks: [], ...more,
    };
}

function a_week(id: number, camp: number, iso_week: string, days: string[]): Week {
    return {
        id, camp, iso_week, first_day: `2027-07-${days[0]}`, days: days.map((d) => `2027-07-${d}`),
        prices: { resident: 6500, school: 7500, other: 9500 },
        opens_at: "2027-05-03T08:00:00.000000Z", residents_opens_at: null, capacity: 20,
    };
}
