// What follows from a family's file: the next step, the lock, numbers, readiness, faults of forms.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
    decided_requests, is_niss, lock_of, next_step, open_requests, show_niss, type Family, type FamilyRequest, type FileChild,
} from "../src/model/family";
import { fault_of_problem } from "../src/model/faults";
import { by_weight, child_fix, family_fix } from "../src/model/readiness";
import { is_kept_for } from "../src/model/typed";

const lea: FileChild = {
    id: 8, given_name: "Léa", family_name: "Lambert", birth_date: "2019-05-02", niss: null, site: null, school_year: null,
    class: "resident", role: "invoiceable", has_invoiceable_parent: true, sheet: "valid", sheet_valid_until: null,
    sheet_draft: false, holds: 0,
};
const parent: Family["parent"] = {
    id: 1, given_name: "Anne", family_name: "Lambert", niss: "85.07.30-033.28", birth_date: null, registered: true,
    address: { street: "Rue", number: "1", box: null, postcode: "4607", city: "Dalhem", country: "BE" },
    phone: "+3241234567", email: "anne@example.be", email_confirmed: true, language: "fr",
};

function family(changed: Partial<Family["parent"]> = {}, children: FileChild[] = [lea]): Family {
    const residence = { resident: true, fixed_at: null, confirmed: false };
    return { version: 1, parent: { ...parent, ...changed }, residence, children, requests: [], sites: [], school_years: [] };
}

test("S7 to S17: one next step after the other, and the calendar at last", () => {
    assert.equal(next_step(family({ registered: false })).kind, "register");
    assert.equal(next_step(family({ phone: null })).kind, "profile");
    assert.equal(next_step(family({}, [])).kind, "add_child");
    assert.equal(next_step(family({}, [lea, { ...lea, id: 9, sheet: "missing" }])).kind, "sheet");
    assert.equal(next_step(family({ email_confirmed: false })).kind, "confirm_email");
    assert.equal(next_step(family()).kind, "calendar");
});

test("S15, S18, R9: a red sheet or no invoiceable parent locks the camps", () => {
    assert.equal(lock_of(lea), null);
    assert.equal(lock_of({ ...lea, sheet: "expired" }), "sheet_expired");
    assert.equal(lock_of({ ...lea, sheet: "missing" }), "sheet_missing");
    assert.equal(lock_of({ ...lea, sheet: "missing", has_invoiceable_parent: false }), "no_invoiceable_parent");
});

test("requests that wait: one's own first", () => {
    const request = { kind: "attach", child: 8, from: null, made_at: "2027-01-01T00:00:00Z" } as const;
    const requests = [{ ...request, id: 1, mine: false, state: "pending" }, { ...request, id: 2, mine: true, state: "accepted" },
        { ...request, id: 3, mine: true, state: "pending" }] as Family["requests"];
    assert.deepEqual(open_requests({ ...family(), requests }).map((r) => r.id), [3, 1]);
});

test("what was decided of one's own is told: what was refused, and what has words of the staff", () => {
    const request = (id: number, more: Partial<FamilyRequest>): FamilyRequest => ({
        id, kind: "residence", child: null, from: null, mine: true, state: "accepted", made_at: "2027-03-01T10:00:00Z", ...more });
    const requests = [
        request(1, {}), request(2, { state: "refused" }), request(3, { answer: "Bienvenue" }), request(4, { kind: "cancellation" }),
        request(5, { state: "pending" }), request(6, { state: "refused", mine: false }), request(7, { answer: null }),
    ];
    assert.deepEqual(decided_requests({ ...family(), requests }).map((r) => r.id), [2, 3, 4]);
});

test("a NISS by its check digits, the 2000 rule included, however it is typed", () => {
    for (const good of ["85.07.30-033.28", "85073003328", "85 07 30 033 28"]) assert.ok(is_niss(good), good);
    const born_2019 = String(97 - (2190502001 % 97)).padStart(2, "0");
    assert.ok(is_niss(`190502001${born_2019}`));
    for (const bad of ["85.07.30-033.29", "8507300332", "850730033288", "abc", ""]) assert.ok(!is_niss(bad), bad);
    assert.equal(show_niss("85073003328"), "85.07.30-033.28");
    assert.equal(show_niss("8507"), "8507");
});

test("B9: each gap leads to where it is put right", () => {
    assert.equal(child_fix("sheet_lapses_before_camp", 8), "sheet/8");
    assert.equal(child_fix("no_niss", 8), "child/8");
    assert.equal(child_fix("no_camp_for_age", 8), null);
    assert.equal(family_fix("not_registered"), "register");
    assert.equal(family_fix("email_unconfirmed"), "profile");
    assert.deepEqual(by_weight([{ blocking: false }, { blocking: true }]), [{ blocking: true }, { blocking: false }]);
});

test("a problem's pointer names a field of the form", () => {
    const fields = ["address-postcode", "phone"];
    const problem = { type: "x", pointer: "/address/postcode", detail: "no" };
    assert.deepEqual(fault_of_problem(problem, fields, "?"), { field: "address-postcode", text: "no" });
    assert.equal(fault_of_problem({ type: "x", pointer: "/other" }, fields, "?"), null);
    assert.equal(fault_of_problem({ type: "x" }, fields, "?"), null);
});

test("what was typed is shown again to its family only, and not after a day", () => {
    const typed = { family: 1, at: 1_000, values: {} };
    assert.ok(is_kept_for(typed, 1, 2_000));
    assert.ok(!is_kept_for(typed, 2, 2_000));
    assert.ok(!is_kept_for(typed, 1, 90_000_000));
    assert.ok(!is_kept_for(null, 1, 0));
});
