// Words, plurals, money and dates in the four languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { choose_language, clock_time, date_time, day_range, language, money, t, time_zone } from "../src/text";
import { languages, type Language } from "../src/model/wire";

// Intl's spaces and joiners differ between its versions; what counts is what one reads.
const plain = (text: string) => text.replace(/\u2060/g, "").replace(/\s/g, " ");

async function in_each(say: () => string): Promise<Record<Language, string>> {
    const said = {} as Record<Language, string>;
    for (const next of languages) {
        assert.ok(await choose_language(next));
        said[next] = plain(say());
    }
    await choose_language("fr");
    return said;
}

test("French is the language of the first visit", () => assert.equal(language.value, "fr"));

test("plurals follow the language: none is singular in French, plural in Dutch", async () => {
    const said = await in_each(() => t("places.left", { n: 0 }));
    assert.equal(said.fr, "0 place");
    assert.equal(said.nl, "0 plaatsen");
});

test("values stand in the text, numbers in the language's way", async () => {
    assert.equal(plain(t("places.left", { n: 1200 })).replace(/ /g, ""), "1200places");
    assert.equal(plain(t("week.opens_for_you", { time: "10:00" })), "Pour vous dès 10:00");
});

test("money is cents, shown only where there are any", async () => {
    assert.match((await in_each(() => money(6500))).fr, /^65 €$/);
    assert.match((await in_each(() => money(6550))).nl, /65,50/);
});

test("a range of days names the month once", async () => {
    const said = await in_each(() => day_range(["2027-07-05", "2027-07-09"], "long"));
    assert.match(said.fr, /^5 ?– ?9 juillet$/);
    assert.match(said.nl, /^5 ?– ?9 juli$/);
});

test("instants are shown in the organiser's time zone", () => {
    time_zone.value = "Europe/Brussels";
    assert.match(clock_time(Date.parse("2027-07-05T08:00:00Z"), false), /10[:.h]00/);
    assert.match(date_time(Date.parse("2027-05-03T22:30:00Z")), /mardi 4 mai/);
});
