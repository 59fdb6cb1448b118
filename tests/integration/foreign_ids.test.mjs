// Every route of docs/openapi.yaml with an id in its path: another family's id is not found, and
// nothing changes (I6). And every changing route: without the CSRF token, with a forged one, from a
// foreign origin: 403, and nothing changes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { openapi } from '../house/documents.mjs';
import { api, child_of, client, parent_of, staff_of, week_of } from './support/client.mjs';
import { start_server } from './support/process.mjs';
import { order_of, pay } from './support/sales.mjs';

const changing = ['post', 'put', 'delete', 'patch'];
const address = { street: 'Rue', number: '1', box: null, postcode: '4607', city: 'Dalhem', country: 'BE' };
const lea = { given_name: 'Ida', family_name: 'Lambert', birth_date: '2019-05-02', niss: null,
              site: null, school_year: null };

// What would be accepted from the right person. A route without an entry is sent {}.
const bodies = {
    '/api/v1/family/profile': { address, phone: '+32470000000', email: null, language: 'fr' },
    '/api/v1/family/children': lea, '/api/v1/family/children/{child}': lea,
    '/api/v1/family/attachments': { niss: '85073003328', birth_date: '2019-05-02' },
    '/api/v1/family/requests/{request}': { accept: true },
    '/api/v1/family/email/confirm': { token: '0'.repeat(32) },
    '/api/v1/staff/decisions/{request}': { accept: true },
    '/api/v1/staff/readiness/mail': { all: true },
    '/api/v1/staff/families/search': { q: '' },
    '/api/v1/bookings/{hold}/cancellation': { motive: 'Plus possible' },
    '/api/v1/staff/payments/{payment}/review': { accept: true },
    '/api/v1/staff/orders/{order}/clock': { stopped: true },
    '/api/v1/staff/refunds/{refund}': { state: 'done' },
    '/api/v1/staff/weeks/{week}/capacity': { capacity: 24 },
    '/api/v1/orders/{order}/payments': { method: 'online' },
    '/api/v1/children/{child}/sheet/draft': { answers: {} },
    '/api/v1/children/{child}/sheet/validation': { answers: {} },
};
// Whoever wants may call it; what it says is not believed.
const hints = new Set(['/api/v1/payments/webhook/{provider}']);
const open_to_all = new Set(['/api/v1/demo/login', '/api/v1/family/email/confirm']);

let server;
let anne;
let benoit;
let ids;
before(async () => {
    server = await start_server();
    anne = await parent_of(server, 1);
    benoit = await parent_of(server, 2);
    const sofie = await parent_of(server, 3);
    const season = await anne.season();
    const [hold] = await anne.hold([[week_of(season, 'moyens', 28), child_of(1, 0)]]);
    const { niss, birth_date } = (await anne.read(`${api}/family`)).children[0];
    const asked = await sofie.ask('POST', `${api}/family/attachments`, { body: { niss, birth_date } });
    const order = await order_of(anne, [[week_of(season, 'grands', 28), child_of(1, 2)]]);
    const payment = await pay(anne, order.id);
    ids = { child: child_of(1, 0), hold: hold.hold, request: asked.json.request, family: 1, week: 1,
            order: order.id, mail: 1, payment: payment.id, booking: 1, refund: 1,
            document: '00000000-0000-4000-8000-000000000000' };
});

const routes = Object.entries(openapi.paths).flatMap(([path, item]) =>
    Object.keys(item).filter((method) => ['get', ...changing].includes(method)).map((method) => ({ path, method })));
const needs_login = ({ path, method }) => (openapi.paths[path][method].security ?? []).length > 0;
const filled = (path) => path.replace(/\{(\w+)\}/g, (_, name) => {
    assert.ok(ids[name] !== undefined, `an id for {${name}} of ${path}`);
    return ids[name];
});
// All of Anne's that could be changed.
const everything = async () => JSON.stringify([await anne.read(`${api}/family`), await anne.basket(),
    await anne.read(`${api}/orders`)]);
async function send(who, { path, method }, headers = {}) {
    const fresh = await who.get(`${api}/family`);
    return who.ask(method.toUpperCase(), filled(path), {
        ...(['post', 'put'].includes(method) ? { body: bodies[path] ?? {} } : {}),
        headers: { 'idempotency-key': randomUUID(), ...(method === 'get' ? {} : { 'if-match': fresh.headers.etag ?? '"x"' }),
                   ...headers } });
}

test('I6: another family\'s id is not found on any route, and nothing changes', async (t) => {
    const before_all = await everything();
    const with_ids = routes.filter((route) => route.path.startsWith(api) && /\{/.test(route.path) && needs_login(route));
    assert.ok(with_ids.length >= 6);
    for (const route of with_ids) {
        await t.test(`${route.method} ${route.path}`, async () => {
            const answer = await send(benoit, route);
            const is_staffs = route.path.startsWith(`${api}/staff/`);
            assert.equal(answer.status, is_staffs ? 403 : 404, answer.text);
            assert.equal(await everything(), before_all);
        });
    }
});

test('I6: ids in a body are no way in either', async () => {
    const before_all = await everything();
    const answer = await benoit.place('all', [[week_of(await anne.season(), 'moyens', 28), ids.child]]);
    assert.equal(answer.status, 404);
    assert.equal(await everything(), before_all);
});

test('ids that are none are not found', async () => {
    for (const id of ['0', '-1', '1e3', '08', '%31%20', 'x', '99999999999999999999', '9007199254740993'])
        for (const path of [`${api}/family/children/${id}`, `${api}/children/${id}/sheet`]) {
            const method = path.endsWith('sheet') ? 'GET' : 'DELETE';
            assert.equal((await anne.ask(method, path)).status, 404, path);
        }
});

test('every changing route refuses a missing or forged CSRF token and a foreign origin', async (t) => {
    const before_all = await everything();
    const staff = await staff_of(server);
    for (const route of routes.filter(({ path, method }) => path.startsWith(api) && changing.includes(method) && !hints.has(path))) {
        await t.test(`${route.method} ${route.path}`, async () => {
            const who = route.path.startsWith(`${api}/staff/`) ? staff : anne;
            const foreign = { origin: 'https://evil.example' };
            assert.equal((await send(who, route, foreign)).problem, 'foreign_origin');
            assert.equal((await send(who, route, { 'sec-fetch-site': 'cross-site' })).problem, 'foreign_origin');
            if (open_to_all.has(route.path)) return;
            for (const token of [null, '', '0'.repeat(32), benoit.csrf])
                assert.equal((await send(who, route, { 'x-csrf-token': token })).problem, 'csrf_token');
            const anybody = new client(server.url);
            const answer = await anybody.ask(route.method.toUpperCase(), filled(route.path), { body: {} });
            assert.equal(answer.status, 401, answer.text);
        });
    }
    assert.equal(await everything(), before_all);
});
