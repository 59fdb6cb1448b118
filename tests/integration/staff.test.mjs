// The staff, the beginning: who is staff (`campgate staff add`), the search, decisions (R8, R9,
// R10), readiness and reminders (B9), and that every read and act leaves an audit row.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, search_of, staff_of, week_of } from './support/client.mjs';
import { cli, start_server } from './support/process.mjs';

let server;
let staff;
before(async () => {
    server = await start_server();
    staff = await staff_of(server);
});

const act = (who, method, path, body, headers = {}) =>
    who.ask(method, `${api}${path}`, { body, headers });
const niss_of = (nine) => nine + String(97 - Number(BigInt(`2${nine}`) % 97n)).padStart(2, '0');
const entries = async () => (await staff.read(`${api}/staff/audit`)).entries;

test('only staff may: everybody else hears staff_only, and nobody at all login_required', async () => {
    const parent = await parent_of(server, 2);
    const anybody = new client(server.url);
    for (const path of ['families/1', 'decisions', 'readiness', 'audit', 'orders']) {
        assert.equal((await parent.get(`${api}/staff/${path}`)).problem, 'staff_only', path);
        assert.equal((await anybody.get(`${api}/staff/${path}`)).status, 401, path);
    }
    assert.equal((await act(parent, 'POST', '/staff/decisions/1', { accept: true })).problem, 'staff_only');
    assert.equal((await act(parent, 'POST', '/staff/families/search', { q: '' })).problem, 'staff_only');
    assert.equal((await act(parent, 'POST', '/staff/readiness/mail', { all: true },
                            { 'idempotency-key': randomUUID() })).problem, 'staff_only');
});

test('staff are added, listed and removed by national number, which is not kept', async () => {
    const own = await start_server();
    const run = (...args) => cli('staff', ...args, '--data', own.data);
    const wrong = await run('add', '85073003329');
    assert.deepEqual([wrong.code, /check digits/.test(wrong.stderr)], [1, true]);
    assert.equal((await run('add', '85.07.30-033.28')).code, 0);
    assert.match((await run('add', '85073003328')).stdout, /was staff already/);
    const list = await run('list');
    assert.match(list.stdout, /since \d{4}-/);
    assert.ok(!list.stdout.includes('8507'));
    assert.equal((await run('remove', '85073003328')).code, 0);
    assert.equal((await run('remove', '85073003328')).code, 1);
    assert.match((await run('list')).stdout, /nobody/);
    assert.ok(!own.stderr.includes('8507'), 'not in the log');
    await own.end();
});

test('the search finds by name without accents, number, postcode and child, a page at a time', async () => {
    const find = (q, page = 0) => search_of(staff, q, page);
    assert.ok((await find('lambert ANNE')).families.some(({ family }) => family === 1));
    assert.deepEqual((await find('85.07.30-033.28')).families.map(({ family }) => family), [1]);
    const zoe = (await find('zoe delvaux')).families.find(({ family }) => family === 2);
    assert.deepEqual([zoe.parent, zoe.postcode, zoe.children], ['Benoît Delvaux', '4606', ['Louis', 'Zoé']]);
    assert.deepEqual((await find('nobody-has-this-name')).families, []);
    const all = await find('');
    assert.equal(all.families.length, 20);
    assert.ok(all.pages > 1);
    assert.deepEqual((await find('', all.pages)).families, []);
    const wrong = await act(staff, 'POST', '/staff/families/search', { q: '', page: -1 });
    assert.equal(wrong.json.pointer, '/page');
    assert.equal((await staff.get(`${api}/staff/families?q=lambert`)).status, 404, 'no name in an address');
    const shown = await staff.read(`${api}/staff/families/1`);
    assert.equal(shown.parent.niss, '85.07.30-033.28');
    assert.ok(!JSON.stringify(shown).includes('answers'));
    assert.equal((await staff.get(`${api}/staff/families/999999999`)).status, 404);
});

test('R9: an accepted request makes the parent invoiceable, and the child can be booked at once', async () => {
    const parent = await parent_of(server, 6);
    const child = child_of(6, 0);
    const season = await parent.season();
    const week = week_of(season, 'moyens', 27);
    const asked = await act(parent, 'POST', `/family/children/${child}/invoiceable`, {});
    const waiting = (await staff.read(`${api}/staff/decisions`)).decisions
        .find(({ id }) => id === asked.json.request);
    assert.deepEqual([waiting.kind, waiting.family, waiting.child], ['change_invoiceable', 6, 'Jules']);
    assert.equal((await parent.place('each', [[week, child]])).json.refused[0].reason, 'no_invoiceable_parent');
    const decide = (accept) => act(staff, 'POST', `/staff/decisions/${asked.json.request}`, { accept });
    const decided = await decide(true);
    assert.deepEqual(decided.json, { state: 'accepted' });
    assert.equal((await decide(false)).problem, 'decided_already');
    assert.equal((await parent.place('each', [[week, child]])).status, 201);
    assert.ok((await parent.read(`${api}/family`)).children[0].has_invoiceable_parent);
});

test('R10: a change of the invoiceable parent moves the child; the former stays as a second one', async () => {
    const first = await parent_of(server, 10);
    const second = await parent_of(server, 4);
    const child = child_of(10, 0);
    const { niss, birth_date } = (await first.read(`${api}/family`)).children[0];
    const asked = await act(second, 'POST', '/family/attachments', { niss, birth_date });
    await act(first, 'POST', `/family/requests/${asked.json.request}`, { accept: true });
    const wish = await act(second, 'POST', `/family/children/${child}/invoiceable`, {});
    assert.equal(wish.status, 202, wish.text);
    const season = await first.season();
    const [hold] = await first.hold([[week_of(season, 'moyens', 28), child]]);
    const decide = () => act(staff, 'POST', `/staff/decisions/${wish.json.request}`, { accept: true });
    assert.equal((await decide()).problem, 'child_has_holds');
    await first.release(hold.hold);
    assert.equal((await decide()).status, 200);
    const role = async (parent) =>
        (await parent.read(`${api}/family`)).children.find(({ id }) => id === child).role;
    assert.deepEqual([await role(first), await role(second)], ['second', 'invoiceable']);
    const [of_second] = await first.hold([[week_of(season, 'moyens', 28), child]]);
    assert.ok((await second.basket()).holds.some(({ hold: token }) => token === of_second.hold));
});

test('R8: a residence that the staff confirm counts at once', async () => {
    const parent = await parent_of(server, 3);
    const { headers } = await parent.get(`${api}/family`);
    await act(parent, 'PUT', '/family/profile', {
        address: { street: 'Rue du Moulin', number: '1', box: null, postcode: '4607', city: 'Dalhem',
                   country: 'BE' },
        phone: '+32 470 00 00 00', email: null, language: 'fr' }, { 'if-match': headers.etag });
    const asked = await act(parent, 'POST', '/family/residence', { note: 'Déménagement' });
    const waiting = (await staff.read(`${api}/staff/decisions`)).decisions
        .find(({ id }) => id === asked.json.request);
    assert.deepEqual([waiting.kind, waiting.note, waiting.child], ['residence', 'Déménagement', null]);
    const classes = async () => (await parent.me()).children.map((child) => child.class);
    assert.deepEqual(await classes(), ['other', 'other']);
    await act(staff, 'POST', `/staff/decisions/${asked.json.request}`, { accept: true, note: null });
    assert.deepEqual(await classes(), ['resident', 'resident']);
    assert.equal((await parent.read(`${api}/family`)).residence.confirmed, true);
});

test('B9: who is not ready is listed and reminded once a key; who is ready or unreachable is not', async () => {
    const list = await staff.read(`${api}/staff/readiness`);
    assert.ok(list.not_ready >= list.families.length && list.families.length > 5);
    const finn = list.families.find(({ family }) => family === 5);
    assert.deepEqual([finn.parent, finn.email, finn.missing.includes('sheet_missing')],
                     ['Petra Schmitz', true, true]);
    assert.ok(!list.families.some(({ family }) => family === 9), 'nothing is missing there');
    const key = randomUUID();
    const remind = (body, of = key) =>
        act(staff, 'POST', '/staff/readiness/mail', body, { 'idempotency-key': of });
    const sent = await remind({ families: [5, 9] });
    assert.deepEqual([sent.status, sent.json], [202, { mails: 1 }], sent.text);
    assert.deepEqual((await remind({ families: [5, 9] })).json, { mails: 1 });
    const mails = (await staff.read(`${api}/demo/mails`)).mails
        .filter(({ kind, to }) => kind === 'readiness_reminder' && to === 'parent5@familles.example');
    assert.equal(mails.length, 1);
    assert.match(mails[0].text, /Finn/);
    assert.equal((await remind({ families: [5, 5] }, randomUUID())).json.pointer, '/families/1');
    assert.equal((await remind({ families: [999999999] }, randomUUID())).status, 404);
    assert.equal((await remind({ all: false }, randomUUID())).json.pointer, '/all');
});

test('every read and act of the staff leaves an audit row without content', async () => {
    await search_of(staff, 'geheim');
    await staff.read(`${api}/staff/families/2`);
    const log = await entries();
    assert.deepEqual(log.slice(0, 2).map(({ what, family }) => [what, family]),
                     [['family_read', 2], ['families_searched', null]]);
    assert.ok(!JSON.stringify(log).includes('geheim'));
    const what = new Set();
    for (let page = 0; page < (await staff.read(`${api}/staff/audit`)).pages; ++page)
        for (const entry of (await staff.read(`${api}/staff/audit?page=${page}`)).entries) what.add(entry.what);
    for (const name of ['decisions_read', 'request_accepted', 'readiness_read', 'family_reminded', 'audit_read'])
        assert.ok(what.has(name), name);
    assert.ok(log.every(({ who }) => typeof who === 'string'));
});
