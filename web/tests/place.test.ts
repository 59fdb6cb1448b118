// Addresses behind the #, and what they ask for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { login_address, needs_login, pages, parse_place, part_of } from "../src/model/place";

test("a page, its arguments and its query", () => {
    assert.deepEqual(parse_place("#sheet/17/health"), { page: "sheet", args: ["17", "health"], query: {} });
    assert.deepEqual(parse_place("#/login?error=cancelled"), { page: "login", args: [], query: { error: "cancelled" } });
    assert.deepEqual(parse_place("#/confirm/a%2Fb").args, ["a/b"]);
});

test("nothing and nonsense are the calendar", () => {
    for (const hash of ["", "#", "#nowhere", "#%E0%A4%A", "#/"]) assert.equal(parse_place(hash).page, "calendar");
});

test("what belongs to a family needs a login; a link from a mail does not", () => {
    assert.deepEqual(pages.filter((page) => !needs_login(page)), ["calendar", "choose", "login", "confirm", "mails"]);
    assert.equal(part_of("calendar"), null);
});

test("a login leads back to where one was, or to the portal (S8)", () => {
    const hash = "#sheet/17/health";
    assert.equal(login_address(parse_place(hash), hash, "nl"), "/login?return_to=%2F%23sheet%2F17%2Fhealth&lang=nl");
    assert.equal(login_address(parse_place("#choose"), "#choose", "fr"), "/login?return_to=%2F%23portal&lang=fr");
});
