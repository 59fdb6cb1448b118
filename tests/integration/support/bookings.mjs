// From holds to bookings the short way: finalised, to be paid at the counter, and settled by staff.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { api } from './client.mjs';

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
