// Orders and money as the staff see and settle them (R3, R4), the capacity of a week, the end of a
// staff role; and that a child that is taken out, or a family that is erased, leaves no hold behind.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { book, order_of, pay_by, places_of, settle } from './support/bookings.mjs';
import { api, child_of, client, parent_of, search_of, staff_of, week_of } from './support/client.mjs';
import { database_of } from './support/database.mjs';
import { open_socket } from './support/live.mjs';
import { cli, start_server, tell } from './support/process.mjs';
import { complete_answers, sheet_of } from './support/sheets.mjs';
import { eventually } from './support/wait.mjs';

let server;
let staff;
let season;
let database;
before(async () => {
    server = await start_server();
    staff = await staff_of(server);
    season = await staff.season();
    database = await database_of(server);
});

const act = (who, path, body = {}) => who.ask('POST', `${api}/staff/${path}`, { body });
const orders = async (state, page = 0) =>
    staff.read(`${api}/staff/orders?state=${state}&page=${page}`);
const ids_of = async (state) => (await orders(state)).orders.map(({ id }) => id);
const last_audit = async () => (await staff.read(`${api}/staff/audit`)).entries[0];

test('staff only, for each of the routes', async () => {
    const parent = await parent_of(server, 2);
    const anybody = new client(server.url);
    assert.equal((await parent.get(`${api}/staff/orders`)).problem, 'staff_only');
    assert.equal((await anybody.get(`${api}/staff/orders`)).status, 401);
    for (const [path, body] of [
        ['payments/1/settle', {}], ['payments/1/review', { accept: true }], ['orders/1/clock', { stopped: true }],
        ['refunds/1', { state: 'done' }], ['weeks/1/capacity', { capacity: 60 }],
        ['families/search', { q: '' }]]) {
        assert.equal((await act(parent, path, body)).problem, 'staff_only', path);
        if (path !== 'families/search' && path !== 'weeks/1/capacity') {
            assert.equal((await act(staff, path, body)).status, 404, path);
            assert.equal((await act(staff, path.replace('1', 'x'), body)).status, 404, path);
        }
    }
});

test('R3: what is to be settled by hand is listed, settled once, and a booking then', async () => {
    const parent = await parent_of(server, 1);
    const week = week_of(season, 'moyens', 27);
    await parent.hold([[week, child_of(1)]]);
    const order = await order_of(parent);
    assert.ok((await ids_of('open')).includes(order.id));
    assert.ok(!(await ids_of('attention')).includes(order.id), 'nobody wants to pay yet');
    const payment = await pay_by(parent, order.id, 'counter');
    const listed = (await orders('attention')).orders.find(({ id }) => id === order.id);
    assert.deepEqual([listed.family, listed.parent, listed.mine, listed.payments[0].state],
                     [1, 'Anne Lambert', false, 'open']);
    assert.equal((await last_audit()).what, 'orders_read');
    assert.equal((await act(parent, `payments/${payment.id}/settle`)).problem, 'staff_only');
    const settled = await settle(staff, payment.id);
    assert.equal(settled.status, 200, settled.text);
    assert.deepEqual([settled.json.state, settled.json.paid, settled.json.lines[0].state],
                     ['paid', order.total, 'booked']);
    const { what, family } = await last_audit();
    assert.deepEqual([what, family], ['payment_settled', 1]);
    const again = await settle(staff, payment.id);
    assert.deepEqual([again.status, again.json], [200, settled.json]);
    assert.ok(!(await ids_of('attention')).includes(order.id));
    assert.ok(!(await ids_of('open')).includes(order.id));
    assert.ok((await ids_of('all')).includes(order.id));
    assert.equal((await act(staff, `payments/${payment.id}/review`, { accept: true })).problem,
                 'nothing_to_review');
    assert.equal((await act(staff, `payments/${payment.id}/settle`, { x: 1 })).json.pointer, '/x');
    assert.equal((await act(staff, `orders/${order.id}/clock`, { stopped: true })).problem, 'order_not_open');
});

test('R4: a stopped clock keeps an order from expiring; running again, it ends', async () => {
    const own = await start_server({ args: ['--hold', '4s'] });
    const clerk = await staff_of(own);
    const kept = await parent_of(own, 1);
    const lost = await parent_of(own, 2);
    for (const parent of [kept, lost]) {
        const [place] = await places_of(parent);
        await parent.hold([place]);
    }
    const one = await order_of(kept);
    const two = await order_of(lost);
    const stopped = await act(clerk, `orders/${one.id}/clock`, { stopped: true });
    assert.deepEqual([stopped.json.clock_stopped, stopped.json.ends_at], [true, null], stopped.text);
    assert.equal((await act(clerk, `orders/${one.id}/clock`, { stopped: true })).status, 200);
    const state_of = async (parent, id) => (await parent.read(`${api}/orders/${id}`)).state;
    await eventually(async () => await state_of(lost, two.id) === 'expired', 'the end of the other', 15_000);
    assert.equal(await state_of(kept, one.id), 'open');
    assert.equal((await act(clerk, `orders/${one.id}/clock`, { stopped: false })).status, 200);
    await eventually(async () => await state_of(kept, one.id) === 'expired', 'its own end', 15_000);
    assert.equal((await act(clerk, `orders/${one.id}/clock`, { stopped: true })).problem, 'order_not_open');
    const whats = (await clerk.read(`${api}/staff/audit`)).entries.map(({ what }) => what);
    assert.ok(whats.includes('clock_stopped') && whats.includes('clock_started'));
    await own.end();
});

test('a refund without a bank to go back to is the staff\'s: due, failed, done for good', async () => {
    const parent = await parent_of(server, 3);
    const [place] = await places_of(parent);
    const order = await book(parent, staff, [place]);
    const asked = await parent.ask('POST', `${api}/bookings/${order.lines[0].hold}/cancellation`,
                                   { body: { motive: 'Malade' } });
    assert.equal((await act(staff, `decisions/${asked.json.request}`, { accept: true, percent: 100 })).status, 200);
    const listed = (await orders('attention')).orders.find(({ id }) => id === order.id);
    const [refund] = listed.refunds;
    assert.equal(refund.state, 'due');
    // The family is owed something: it is not erased.
    const { family_name } = (await parent.read(`${api}/family`)).parent;
    const erase = () => parent.ask('DELETE', `${api}/family`, { body: { confirm: family_name } });
    assert.equal((await erase()).problem, 'family_has_money');
    const say = (state) => act(staff, `refunds/${refund.id}`, { state });
    assert.equal((await say('failed')).json.refunds[0].state, 'failed');
    assert.ok((await ids_of('attention')).includes(order.id));
    assert.equal((await say('done')).json.refunds[0].state, 'done');
    assert.ok(!(await ids_of('attention')).includes(order.id));
    assert.equal((await say('failed')).json.refunds[0].state, 'done', 'what is done stays done');
    assert.equal((await say('lost')).json.pointer, '/state');
    assert.equal((await last_audit()).what, 'refund_settled');
    assert.equal((await erase()).status, 204);
    assert.equal(await database.query('SELECT sum(amount) FROM money'), '0');
});

test('a raised capacity is seen by another family at once; nobody loses a place to a lowered one', async () => {
    const holder = await parent_of(server, 4);
    const week = week_of(season, 'moyens', 29);
    await holder.hold([[week, child_of(4)]]);
    const watching = await open_socket(server, { parent: await parent_of(server, 7) });
    await watching.hear('snapshot');
    const { capacity } = season.weeks.find(({ id }) => id === week);
    const left = watching.weeks.get(week);
    const raised = await act(staff, `weeks/${week}/capacity`, { capacity: capacity + 10 });
    assert.deepEqual(raised.json, { week, capacity: capacity + 10, available: left + 10 }, raised.text);
    await watching.shows(week, left + 10, 1_000);
    assert.equal((await last_audit()).what, 'capacity_changed');
    const lowered = await act(staff, `weeks/${week}/capacity`, { capacity: 1 });
    assert.deepEqual([lowered.json.capacity, lowered.json.available],
                     [capacity - left, 0]);
    await watching.shows(week, 0, 1_000);
    assert.equal((await act(staff, `weeks/${week}/capacity`, { capacity })).json.available, left);
    assert.equal((await act(staff, `weeks/${week}/capacity`, { capacity: 0 })).status, 400);
    assert.equal((await act(staff, 'weeks/9999/capacity', { capacity: 5 })).status, 404);
    assert.equal((await act(staff, 'weeks/x/capacity', { capacity: 5 })).status, 404);
    watching.close();
});

test('lists come a page at a time; other parameters are refused', async () => {
    assert.equal((await staff.get(`${api}/staff/orders?state=lost`)).json.parameter, 'state');
    assert.equal((await staff.get(`${api}/staff/orders?page=-1`)).json.parameter, 'page');
    assert.equal((await staff.get(`${api}/staff/orders?q=x`)).json.parameter, 'q');
    const all = await orders('all');
    assert.ok(all.orders.length > 0 && all.orders.length <= 20);
    const ids = all.orders.map(({ id }) => id);
    assert.deepEqual(ids, ids.toSorted((a, b) => b - a), 'newest first');
    assert.deepEqual((await orders('all', all.pages)).orders, []);
    assert.deepEqual((await staff.read(`${api}/staff/orders`)).orders, (await orders('attention')).orders);
});

test('who is staff no longer is logged out at once, also after a restart', async () => {
    const own = await start_server();
    const clerk = await staff_of(own);
    const { niss } = (await clerk.read(`${api}/family`)).parent;
    const digits = niss.replace(/\D/g, '');
    await search_of(clerk, '');
    // The demo's staff may be so by the login's word; here by hand.
    await cli('staff', 'add', digits, '--data', own.data);
    await tell(own, 'staff', 'remove', digits);
    assert.equal((await clerk.get(`${api}/staff/orders`)).status, 401);
    const rows = await (await database_of(own)).query('SELECT count(*) FROM login_session');
    assert.equal(rows, '0');
    await own.end();
});

// ---- what must not be left behind

async function new_child(parent, n) {
    const born = `${Number(season.weeks[0].first_day.slice(0, 4)) - 7}-01-15`;
    const made = await parent.ask('POST', `${api}/family/children`, {
        body: { given_name: `Enfant${'abcdefghij'[n]}`, family_name: 'Lambert', birth_date: born, niss: null,
                site: null, school_year: null }, headers: { 'idempotency-key': randomUUID() } });
    assert.equal(made.status, 201, made.text);
    const { child } = made.json;
    const sheet = sheet_of(parent, child);
    const valid = await sheet.validate(complete_answers, (await sheet.read()).headers.etag);
    assert.equal(valid.status, 200, valid.text);
    return child;
}

test('a child that is taken out while a hold is placed for it leaves none behind', async () => {
    const parent = await parent_of(server, 20);
    const elsewhere = await parent_of(server, 20);
    const week = week_of(season, 'moyens', 32);
    let both = [0, 0];
    for (let n = 0; n < 40; ++n) {
        const child = await new_child(parent, n % 10);
        // The hold a little before, at the same time, a little after.
        const wait = () => new Promise((resolve) => setTimeout(resolve, (n % 4) * 2));
        const [placed, removed] = await Promise.all([
            elsewhere.place('each', [[week, child]]),
            wait().then(() => parent.ask('DELETE', `${api}/family/children/${child}`))]);
        assert.ok([201, 404, 409].includes(placed.status), placed.text);
        assert.ok([204, 409].includes(removed.status), removed.text);
        const held = (await parent.basket()).holds.filter((hold) => hold.child === child);
        assert.equal(held.length, removed.status === 204 ? 0 : 1, `${placed.status} ${removed.status}`);
        assert.equal(removed.status === 204, placed.status !== 201, `${placed.status} ${removed.status}`);
        both[removed.status === 204 ? 0 : 1] += 1;
        for (const { hold } of held) await parent.release(hold);
    }
    const lost = await database.query(
        'SELECT count(*) FROM seat s WHERE s.state <> 0 AND s.child IS NOT NULL AND s.child NOT IN (SELECT id FROM child)');
    assert.equal(lost, '0', `removed ${both[0]}, kept ${both[1]}`);
});

test('a family that is erased while a hold is placed leaves none behind', async () => {
    const week = week_of(season, 'moyens', 33);
    for (const family of Array.from({ length: 20 }, (_, n) => 30 + n)) {
        const parent = await parent_of(server, family);
        const child = await new_child(parent, family % 10);
        const { family_name } = (await parent.read(`${api}/family`)).parent;
        const wait = () => new Promise((resolve) => setTimeout(resolve, (family % 4) * 2));
        const [placed, erased] = await Promise.all([
            parent.place('each', [[week, child]]),
            wait().then(() => parent.ask('DELETE', `${api}/family`, { body: { confirm: family_name } }))]);
        assert.ok([204, 409].includes(erased.status), erased.text);
        if (erased.status === 204) assert.notEqual(placed.status, 201);
    }
    const lost = await database.query(
        'SELECT count(*) FROM seat s WHERE s.state <> 0 AND s.child IS NOT NULL AND s.child NOT IN (SELECT id FROM child)');
    assert.equal(lost, '0');
});

test('what nobody answers or uses ends by itself: attach requests alike, documents', async () => {
    const own = await start_server({ args: ['--keep-attach-requests', '1s', '--keep-unused-documents', '1s'] });
    const asking = await parent_of(own, 4);
    const { niss, birth_date } = (await (await parent_of(own, 2)).read(`${api}/family`)).children[0];
    const seek = (number, day) => asking.ask('POST', `${api}/family/attachments`,
                                             { body: { niss: number, birth_date: day } });
    const known = await seek(niss, birth_date);
    const unknown = await seek('85073003328', birth_date);
    assert.deepEqual([known.status, unknown.status], [202, 202]);
    await asking.ask('POST', `${api}/family/documents`, {
        body: Buffer.from('%PDF-1.7\nstartxref\n1\n%%EOF'), headers: { 'content-type': 'application/pdf' } });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const looked = await tell(own, 'retention', '--dry-run');
    assert.match(looked.stdout, /would forget .* 1 documents, 2 unanswered requests/);
    assert.match((await tell(own, 'retention')).stdout, /forgot .* 1 documents, 2 unanswered requests/);
    const { requests } = await asking.read(`${api}/family`);
    const told = ({ json }) => {
        const { id, made_at, ...rest } = requests.find((each) => each.id === json.request);
        assert.ok(id && made_at);
        return rest;
    };
    assert.deepEqual(told(known), told(unknown), 'they tell nothing apart');
    assert.equal(told(known).state, 'refused');
    assert.match((await tell(own, 'retention')).stdout, /0 documents, 0 unanswered requests/);
    await own.end();
});
