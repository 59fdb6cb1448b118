// Orders and payments of a parent, and the demo's bank as a browser and a customer see it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { api } from './client.mjs';
import { eventually } from './wait.mjs';

// The order of everything in the basket, or of the holds named.
export async function finalise(parent, holds) {
    const answer = await parent.ask('POST', `${api}/orders`, { body: holds ? { holds } : {} });
    assert.ok([200, 201].includes(answer.status), answer.text);
    return answer.json;
}

// Places what must be placed and makes an order of it.
export async function order_of(parent, items) {
    const placed = await parent.hold(items);
    return finalise(parent, placed.map(({ hold }) => hold));
}

export const order = (parent, id) => parent.read(`${api}/orders/${id}`);
export const payment = (parent, id) => parent.read(`${api}/payments/${id}`);

export function ask_to_pay(parent, id, method = 'online', key = randomUUID()) {
    return parent.ask('POST', `${api}/orders/${id}/payments`, {
        body: { method }, headers: { 'idempotency-key': key } });
}

// A payment that must be there.
export async function pay(parent, id, method = 'online', key = randomUUID()) {
    const answer = await ask_to_pay(parent, id, method, key);
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
}

// What a click on the bank's page leads to.
export async function at_bank(checkout_url, choose) {
    const answer = await fetch(checkout_url, {
        method: 'POST', redirect: 'manual', body: new URLSearchParams({ choose }),
        headers: { origin: new URL(checkout_url).origin } });
    assert.equal(answer.status, 303, await answer.text());
    return answer.headers.get('location');
}

export const reference_of = (made) => new URL(made.checkout_url).pathname.split('/').at(-1);

// As a provider would call, or anybody else.
export function webhook(server, body, { provider = 'demo', type = 'application/x-www-form-urlencoded' } = {}) {
    return fetch(`${server.url}api/v1/payments/webhook/${provider}`, {
        method: 'POST', body, headers: { 'content-type': type } });
}

export function order_becomes(parent, id, state, within_ms) {
    return eventually(async () => {
        const now = await order(parent, id);
        return now.state === state && now;
    }, `order ${id} ${state}`, within_ms);
}

export function payment_becomes(parent, id, state, within_ms) {
    return eventually(async () => {
        const now = await payment(parent, id);
        return now.state === state && now;
    }, `payment ${id} ${state}`, within_ms);
}

export const states_of = (made) => made.lines.map(({ state }) => state);

// The balances of the accounts, in cents, by name; they add up to zero.
export async function balances(database) {
    const names = ['receivable', 'sales', 'money', 'refunds', 'suspense'];
    const sums = Object.fromEntries(names.map((name) => [name, 0]));
    const rows = await database.query('SELECT account, sum(amount) FROM money GROUP BY account');
    for (const row of rows.split('\n').filter(Boolean)) {
        const [account, sum] = row.split('|').map(Number);
        sums[names[account - 1]] = sum;
    }
    assert.equal(Object.values(sums).reduce((a, b) => a + b, 0), 0);
    return sums;
}
