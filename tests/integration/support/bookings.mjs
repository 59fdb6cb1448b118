// From holds to bookings the short way: finalised, to be paid at the counter, and settled by staff.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { api } from './client.mjs';

// What a family could hold now: [week, child] pairs of its first child that may, one an ISO week.
export async function places_of(parent) {
    const { children } = await parent.me();
    const { weeks } = await parent.season();
    const iso_of = (id) => weeks.find((week) => week.id === id).iso_week;
    for (const child of children) {
        const able = child.weeks.filter(({ reason }) => reason === null).map(({ week }) => week);
        const first = able.filter((id, n) => able.findIndex((other) => iso_of(other) === iso_of(id)) === n);
        if (first.length > 2) return first.map((week) => [week, child.id]);
    }
    return assert.fail('nobody of this family may hold three weeks');
}

// An open order of everything in the basket.
export async function order_of(parent) {
    const made = await parent.ask('POST', `${api}/orders`, { body: {} });
    assert.equal(made.status, 201, made.text);
    return made.json;
}

export async function pay_by(parent, order, method) {
    const asked = await parent.ask('POST', `${api}/orders/${order}/payments`, {
        body: { method }, headers: { 'idempotency-key': randomUUID() } });
    assert.equal(asked.status, 201, asked.text);
    return asked.json;
}

export const settle = (staff, payment) =>
    staff.ask('POST', `${api}/staff/payments/${payment}/settle`, { body: {} });

// `items` are [week, child] pairs; the order with its bookings.
export async function book(parent, staff, items) {
    await parent.hold(items);
    const order = await order_of(parent);
    const payment = await pay_by(parent, order.id, 'counter');
    const settled = await settle(staff, payment.id);
    assert.equal(settled.status, 200, settled.text);
    assert.equal(settled.json.state, 'paid');
    return settled.json;
}

export const cancel = (parent, hold, body = { motive: 'Malade' }) =>
    parent.ask('POST', `${api}/bookings/${hold}/cancellation`, { body });

export const decide = (staff, request, body) =>
    staff.ask('POST', `${api}/staff/decisions/${request}`, { body });
