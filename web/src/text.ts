// The words of the page in the chosen language, and dates, money and plurals by Intl.
// A key that is not in the French catalogue does not compile; build.mjs compares the others with it.
import { signal } from "@preact/signals";
import fr from "../i18n/fr.json";
import { remember, remembered } from "./io/memory";
import { languages, type Language, type Texts } from "./model/wire";

export type Key = keyof typeof fr;
export type Values = Record<string, string | number>;
type Entry = string | { one: string; other: string };
type Catalogue<K extends string> = Record<K, Entry>;
type Fetchers<K extends string> = Record<Exclude<Language, "fr">, () => Promise<{ default: Catalogue<K> }>>;

/** The words of one part of the page. */
export interface Words<K extends string> {
    t(key: K, values?: Values): string;
    load(next: Language): Promise<void>;
}

export const language = signal<Language>("fr");
export const time_zone = signal("Europe/Brussels");

export const language_names: Record<Language, string> = {
    fr: "Français", nl: "Nederlands", de: "Deutsch", en: "English",
};

/** French unless the parent chose otherwise: what the browser prefers says little about a commune. */
export function remembered_language(): Language {
    const kept = remembered("language");
    return languages.find((l) => l === kept) ?? "fr";
}

const parts: Pick<Words<string>, "load">[] = [];

// French comes with a part; another language is fetched when it is chosen, and then stays.
export function make_words<K extends string>(fr: Catalogue<K>, fetchers: Fetchers<K>): Words<K> {
    const catalogues: Partial<Record<Language, Catalogue<K>>> & { fr: Catalogue<K> } = { fr };
    const words: Words<K> = {
        /** The text of a key; a plural entry is chosen by `values.n`. */
        t(key, values = {}) {
            const entry = (catalogues[language.value] ?? catalogues.fr)[key];
            return fill(typeof entry === "string" ? entry : entry[plural(values["n"])], values);
        },
        async load(next) {
            if (next !== "fr") catalogues[next] ??= (await fetchers[next]()).default;
        },
    };
    parts.push(words);
    return words;
}

/** The words of what everybody loads. */
export const { t } = make_words<Key>(fr, {
    nl: () => import("../i18n/nl.json"),
    de: () => import("../i18n/de.json"),
    en: () => import("../i18n/en.json"),
});

/** False when the language could not be fetched: the page then stays in the one it has. */
export async function choose_language(next: Language): Promise<boolean> {
    try {
        await Promise.all(parts.map((part) => part.load(next)));
    } catch {
        return false;
    }
    language.value = next;
    remember("language", next);
    return true;
}

/** A text the organiser wrote in four languages; French stands in for an empty one. */
export function own_text(texts: Texts): string {
    // "9-12 ans" is never broken at its hyphen, nor "Laquelle ?" before its sign.
    return (texts[language.value] || texts.fr).replace(/(\d)-(?=\d)/g, "$1\u2060-\u2060").replace(/ (?=[?!:;])/g, "\u00a0");
}

export function money(cents: number): string {
    const digits = cents % 100 === 0 ? 0 : 2;
    return cached(`money${digits}`, (l) => new Intl.NumberFormat(l, {
        style: "currency", currency: "EUR", minimumFractionDigits: digits, maximumFractionDigits: digits,
    })).format(cents / 100);
}

export function number(value: number): string {
    return cached("number", (l) => new Intl.NumberFormat(l)).format(value);
}

/** "5–9 juillet" from calendar days: these have no time zone of their own. */
export function day_range(days: readonly string[], style: "long" | "short"): string {
    const first = noon(days[0] ?? "");
    const last = noon(days[days.length - 1] ?? "");
    const text = cached(`range.${style}`, (l) => new Intl.DateTimeFormat(l, {
        day: "numeric", month: style, timeZone: "UTC",
    })).formatRange(first, last);
    return text.replace(/\s/g, "\u00a0").replace("–", "\u2060–\u2060");      // never broken over two lines
}

export function weekday(day: string): string {
    return cached("weekday", (l) => new Intl.DateTimeFormat(l, {
        weekday: "long", day: "numeric", timeZone: "UTC",
    })).format(noon(day));
}

/** "jeudi 8 juillet à 10:02" in the organiser's time zone. */
export function date_time(instant: number): string {
    return cached(`date_time.${time_zone.value}`, (l) => new Intl.DateTimeFormat(l, {
        weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
        timeZone: time_zone.value,
    })).format(instant);
}

/** "3 mars 2027", the day of an instant in the organiser's time zone. */
export function day_text(instant: number): string {
    return cached(`day.${time_zone.value}`, (l) => new Intl.DateTimeFormat(l, {
        day: "numeric", month: "long", year: "numeric", timeZone: time_zone.value,
    })).format(instant);
}

/** "2 mai 2019" from a calendar day. */
export function calendar_day(day: string): string {
    const date = noon(day);
    if (Number.isNaN(date.getTime())) return day;
    return cached("calendar_day", (l) => new Intl.DateTimeFormat(l, {
        day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
    })).format(date);
}

export function clock_time(instant: number, seconds: boolean): string {
    return cached(`time.${seconds}.${time_zone.value}`, (l) => new Intl.DateTimeFormat(l, {
        hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}),
        timeZone: time_zone.value,
    })).format(instant);
}

export function quantity(value: number, unit: "day" | "hour" | "minute" | "second"): string {
    return cached(unit, (l) => new Intl.NumberFormat(l, { style: "unit", unit, unitDisplay: "short" }))
        .format(value);
}

export function list(parts: readonly string[]): string {
    return cached("list", (l) => new Intl.ListFormat(l, { type: "conjunction" })).format(parts);
}

function fill(text: string, values: Values): string {
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = values[name] ?? "";
        return typeof value === "number" ? number(value) : value;
    });
}

function plural(n: string | number | undefined): "one" | "other" {
    const rules = cached("plural", (l) => new Intl.PluralRules(l));
    return rules.select(Number(n ?? 0)) === "one" ? "one" : "other";
}

const formats = new Map<string, unknown>();

// Making a format costs a hundred times what using it does, and the countdown uses some each second.
function cached<T>(name: string, make: (locale: string) => T): T {
    const locale = `${language.value}-BE`;
    const key = `${locale}.${name}`;
    let format = formats.get(key) as T | undefined;
    if (format === undefined) formats.set(key, (format = make(locale)));
    return format;
}

function noon(day: string): Date {
    return new Date(`${day}T12:00:00Z`);
}
