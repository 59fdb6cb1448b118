// What an order and a payment are to the parent, and what is shown of their lines.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
    ask_payment_after, by_child, going_payment, is_pinned, ordinal, payment_news, situation, unpaid, with_order,
    type LineState, type Order, type OrderLine, type OrderState, type Payment, type PaymentState,
} from "../src/model/order";

function a_line(state: LineState = "held", more: Partial<OrderLine> = {}): OrderLine {
    return { hold: "h", child: 7, week: 11, seat: 1, state, list: 6500, reductions: [], amount: 6500, cancellation: null, ...more };
}

function a_payment(state: PaymentState, more: Partial<Payment> = {}): Payment {
    return { id: 820, order: 812, method: "online", state, amount: 6500, received: 0, made_at: "2027-03-13T09:00:00Z", ...more };
}

function an_order(state: OrderState, more: Partial<Order> = {}): Order {
    return {
        id: 812, state, made_at: "2027-03-13T09:00:00Z", deadline: "2027-03-16T09:00:00Z", clock_stopped: false,
        ends_at: state === "open" ? "2027-03-16T09:00:00Z" : null, pinned_until: null, method: null, lines: [a_line()],
        adjustment: 0, total: 6500, paid: 0, mine: true, payments: [], refunds: [], ...more,
    };
}

test("an open order says how it is going to be paid, and review comes before everything", () => {
    assert.equal(situation(an_order("open")), "to_pay");
    for (const [method, said] of [["online", "at_bank"], ["transfer", "awaits_transfer"], ["counter", "awaits_counter"], ["deferred", "awaits_invoice"]] as const) {
        assert.equal(situation(an_order("open", { payments: [a_payment("open", { method })] })), said);
    }
    const payments = [a_payment("review"), a_payment("open", { id: 821 })];
    assert.equal(situation(an_order("open", { payments })), "review");
    assert.equal(situation(an_order("expired", { payments })), "review");
    assert.equal(situation(an_order("open", { payments: [a_payment("failed")] })), "to_pay");
});

test("a paid order: confirmed, owed by invoice, in part, or all of it cancelled", () => {
    const booked = [a_line("booked")];
    assert.equal(situation(an_order("paid", { lines: booked, paid: 6500 })), "paid");
    assert.equal(situation(an_order("paid", { lines: booked, paid: 0 })), "invoiced");
    assert.equal(situation(an_order("paid", { lines: [a_line("booked"), a_line("ended")], paid: 6500 })), "paid_in_part");
    assert.equal(situation(an_order("paid", { lines: [a_line("cancelled")], paid: 6500 })), "cancelled");
});

test("an order that is over: abandoned, expired, or its money went back", () => {
    const back = { id: 1, state: "due", reason: "no_seat_left", amount: 6500, made_at: "" } as const;
    assert.equal(situation(an_order("abandoned")), "abandoned");
    assert.equal(situation(an_order("expired")), "expired");
    assert.equal(situation(an_order("expired", { refunds: [back], payments: [a_payment("returned")] })), "refunded");
});

test("the payment under way is the last that is neither settled nor failed", () => {
    const order = an_order("open", { payments: [a_payment("open", { id: 5 }), a_payment("wanted", { id: 9 }), a_payment("failed", { id: 12 })] });
    assert.equal(going_payment(order)?.id, 9);
    assert.equal(going_payment(an_order("open")), null);
});

test("what became of a payment, also one that came late (B4)", () => {
    const paid = an_order("paid", { lines: [a_line("booked")], paid: 6500 });
    assert.equal(payment_news(a_payment("wanted"), an_order("open"), false), "waiting");
    assert.equal(payment_news(a_payment("open"), an_order("expired"), true), "waiting_late");
    assert.equal(payment_news(a_payment("paid"), paid, false), "paid");
    assert.equal(payment_news(a_payment("paid"), paid, true), "reseated");
    assert.equal(payment_news(a_payment("paid"), { ...paid, lines: [a_line("booked"), a_line("ended")] }, true), "reseated_in_part");
    assert.equal(payment_news(a_payment("failed"), an_order("open"), false), "refused");
    assert.equal(payment_news(a_payment("failed"), an_order("expired"), false), "refused_late");
    assert.equal(payment_news(a_payment("review"), an_order("open"), false), "review");
    assert.equal(payment_news(a_payment("returned"), paid, false), "refunded_twice");
    const back = { id: 1, state: "due", reason: "no_seat_left", amount: 6500, made_at: "" } as const;
    assert.equal(payment_news(a_payment("returned"), an_order("expired", { refunds: [back] }), true), "refunded_full");
    assert.equal(payment_news(a_payment("returned"), an_order("open", { refunds: [{ ...back, reason: "by_staff" }] }), false), "refunded");
});

test("nothing is given up while the bank's page is open", () => {
    const order = an_order("open", { pinned_until: "2027-03-13T09:30:00Z" });
    assert.equal(is_pinned(order, Date.parse("2027-03-13T09:29:59Z")), true);
    assert.equal(is_pinned(order, Date.parse("2027-03-13T09:30:00Z")), false);
});

test("lines by child, in the order in which the children come", () => {
    const lines = [a_line("held", { child: 9 }), a_line("held", { child: 7 }), a_line("held", { child: 9 })];
    assert.deepEqual(by_child(lines).map((g) => [g.child, g.lines.length]), [[9, 2], [7, 1]]);
});

test("the most urgent of the unpaid orders comes first, one without a clock last", () => {
    const orders = [an_order("open", { id: 1, ends_at: null }), an_order("open", { id: 2, ends_at: "2027-03-18T09:00:00Z" }), an_order("open", { id: 3 }), an_order("paid", { id: 4 })];
    assert.deepEqual(unpaid(orders).map((o) => o.id), [3, 2, 1]);
});

test("an answered order takes the place of its former self, the newest first", () => {
    const orders = [an_order("open", { id: 5 }), an_order("open", { id: 3 })];
    assert.deepEqual(with_order(orders, an_order("paid", { id: 3 })).map((o) => [o.id, o.state]), [[5, "open"], [3, "paid"]]);
    assert.deepEqual(with_order(orders, an_order("open", { id: 8 })).map((o) => o.id), [8, 5, 3]);
});

test("the bank is asked soon at first, and then not too often", () => {
    const waits = Array.from({ length: 40 }, (_, n) => ask_payment_after(n));
    assert.ok(waits[0]! <= 2_000 && Math.max(...waits) <= 10_000);
    assert.deepEqual(waits, [...waits].sort((a, b) => a - b));
});

test("places in a row as each language says them", () => {
    assert.deepEqual([1, 2, 3].map((n) => ordinal(n, "fr")), ["1er", "2e", "3e"]);
    assert.equal(ordinal(1, "fr", true), "1re");
    assert.deepEqual([1, 2, 3, 4, 11, 21].map((n) => ordinal(n, "en")), ["1st", "2nd", "3rd", "4th", "11th", "21st"]);
    assert.equal(ordinal(2, "nl"), "2e");
    assert.equal(ordinal(2, "de"), "2.");
});
