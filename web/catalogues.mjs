// Compares the catalogues of all languages with the French one and with the source: a missing or
// superfluous text, another shape, other placeholders, or a text nobody shows is a fault.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const languages = ["fr", "nl", "de", "en"];

/** One line a fault; none when all is well. A part of the page has its own in a folder. */
export function check_catalogues(folder, source) {
    const texts = Object.fromEntries(
        languages.map((l) => [l, JSON.parse(readFileSync(join(folder, `${l}.json`), "utf8"))]));
    const entries = readdirSync(folder, { withFileTypes: true });
    const stray = entries.filter((e) => e.isFile() && !languages.includes(e.name.replace(/\.json$/, "")));
    return [
        ...stray.map(({ name }) => `${name}: not a catalogue`),
        ...compare_catalogues(texts),
        ...unused_keys(Object.keys(texts.fr), read_sources(source)).map((key) => `fr: "${key}" is shown nowhere`),
        ...entries.filter((e) => e.isDirectory()).flatMap(({ name }) =>
            check_catalogues(join(folder, name), source).map((fault) => `${name}/${fault}`)),
    ];
}

export function compare_catalogues(texts) {
    const faults = [];
    const [first, ...others] = languages;
    for (const language of languages) {
        for (const [key, entry] of Object.entries(texts[language])) {
            for (const fault of entry_faults(entry)) faults.push(`${language}: "${key}" ${fault}`);
        }
    }
    for (const language of others) {
        for (const [key, entry] of Object.entries(texts[first])) {
            const other = texts[language][key];
            if (other === undefined) faults.push(`${language}: "${key}" is missing`);
            else if (typeof other !== typeof entry) faults.push(`${language}: "${key}" has another shape`);
            else if (placeholders(other) !== placeholders(entry)) {
                faults.push(`${language}: "${key}" has {${placeholders(other)}}, ${first} has {${placeholders(entry)}}`);
            }
        }
        for (const key of Object.keys(texts[language])) {
            if (texts[first][key] === undefined) faults.push(`${language}: "${key}" is superfluous`);
        }
    }
    return faults;
}

/** A key counts as shown when the source spells it, or builds it from its beginning: `reason.${r}`. */
export function unused_keys(keys, source) {
    const beginnings = [...source.matchAll(/`([a-z]+\.[a-z_]*)\$\{/g)].map((match) => match[1]);
    return keys.filter((key) => !source.includes(`"${key}"`) && !beginnings.some((b) => key.startsWith(b)));
}

function entry_faults(entry) {
    if (typeof entry === "string") return entry.trim() === "" ? ["is empty"] : [];
    const forms = Object.keys(entry).sort().join(" ");
    if (forms !== "one other") return [`has the forms "${forms}", not "one other"`];
    return Object.values(entry).some((form) => form.trim() === "") ? ["has an empty form"] : [];
}

// The singular may leave its number out ("the last place"), so the forms are taken together.
function placeholders(entry) {
    const text = typeof entry === "string" ? entry : `${entry.one} ${entry.other}`;
    return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort().join(" ");
}

function read_sources(folder) {
    return readdirSync(folder, { withFileTypes: true })
        .map((entry) => {
            const path = join(folder, entry.name);
            if (entry.isDirectory()) return read_sources(path);
            return /\.tsx?$/.test(entry.name) ? readFileSync(path, "utf8") : "";
        })
        .join("\n");
}
