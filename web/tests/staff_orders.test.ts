// What of an order waits for the staff, and how it is found by what stands on a transfer.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Payment, Refund } from "../src/model/order";
import { is_due, is_found, is_to_follow, is_to_settle, type StaffOrder } from "../src/model/staff_orders";

const transfer: Payment = {
    id: 820, order: 812, method: "transfer", state: "open", amount: 8100, received: 0, made_at: "2027-03-01T10:00:00Z",
    communication: "+++123/4567/89002+++",
};
const refund: Refund = { id: 9, state: "due", reason: "cancelled", amount: 4050, made_at: "2027-03-02T10:00:00Z" };
const order: StaffOrder = {
    id: 812, state: "open", made_at: "2027-03-01T10:00:00Z", deadline: "2027-03-04T10:00:00Z", ends_at: "2027-03-04T10:00:00Z",
    clock_stopped: false, pinned_until: null, method: "transfer", lines: [], adjustment: 0, total: 8100, paid: 0, mine: false,
    payments: [transfer], refunds: [], family: 1, parent: "Karim El Amrani-Noël",
};

test("R3: an open transfer is to settle by hand, one at the bank is not, nor one of an order that ended", () => {
    assert.equal(is_to_settle(order, transfer), true);
    assert.equal(is_to_settle(order, { ...transfer, method: "online" }), false);
    assert.equal(is_to_settle(order, { ...transfer, state: "paid" }), false);
    assert.equal(is_to_settle({ ...order, state: "expired" }, transfer), false);
});

test("a refund is followed by hand when it failed, or when there is no bank that carries it out", () => {
    assert.equal(is_to_follow(order, refund), true);
    const online = { ...order, payments: [{ ...transfer, method: "online" as const, state: "paid" as const, received: 8100 }] };
    assert.equal(is_to_follow(online, refund), false);
    assert.equal(is_to_follow(online, { ...refund, state: "failed" }), true);
    assert.equal(is_to_follow(order, { ...refund, state: "done" }), false);
});

test("an order is found by its communication however it is typed, its number, or the parent's name", () => {
    for (const text of ["+++123/4567/89002+++", "123456789002", "123 4567 89002", "4567/89", "812", "amrani karim", "NOEL", " "]) {
        assert.equal(is_found(order, text), true, text);
    }
    for (const text of ["81", "999/9999", "dupont", "???"]) assert.equal(is_found(order, text), false, text);
});

test("what is left to pay is never less than nothing", () => {
    assert.equal(is_due({ ...order, paid: 8000 }), 100);
    assert.equal(is_due({ ...order, paid: 9000 }), 0);
});
