// A hold over a real socket: placed, refused for each reason a parent can meet, released, repeated.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { cli, start_server, tell } from './support/process.mjs';
import { eventually } from './support/wait.mjs';

let server;
let season;
before(async () => {
    server = await start_server();
    season = await new client(server.url).season();
});

const moyens = (number) => week_of(season, 'moyens', number);
const grands = (number) => week_of(season, 'grands', number);
const refusals = (answer) => answer.json.refused.map(({ reason }) => reason);

// What must not change: the whole calendar and a family's basket.
async function state_of(parent) {
    return JSON.stringify([await parent.read(`${api}/weeks`), await parent.basket()]);
}

test('a seat is placed, seen in the basket and the calendar, and released', async () => {
    const anne = await parent_of(server, 1);
    const week = moyens(27);
    const free = (await anne.weeks()).get(week);

    const placed = await anne.place('each', [[week, child_of(1, 0)]]);
    assert.equal(placed.status, 201, placed.text);
    assert.deepEqual(placed.json.refused, []);
    const [hold] = placed.json.placed;
    assert.deepEqual([hold.week, hold.child], [week, child_of(1, 0)]);
    const lifetime = Date.parse(hold.deadline) - Date.now();
    assert.ok(Math.abs(lifetime - season.hold_seconds * 1000) < 60_000, hold.deadline);

    assert.equal((await anne.weeks()).get(week), free - 1);
    const basket = await anne.basket();
    assert.equal(basket.sequence, placed.json.sequence);
    assert.equal(basket.earliest_deadline, hold.deadline);
    const { resident } = season.weeks.find(({ id }) => id === week).prices;
    assert.deepEqual(basket.holds, [{ ...hold, price: resident }]);

    assert.equal((await anne.release(hold.hold)).status, 204);
    assert.equal((await anne.weeks()).get(week), free);
    assert.deepEqual((await anne.basket()).holds, []);
    assert.equal((await anne.release(hold.hold)).status, 204, 'again');
    assert.equal((await anne.weeks()).get(week), free, 'once only');
});

test('mode each places what it can, mode all everything or nothing', async () => {
    const anne = await parent_of(server, 1);
    const [lea, hugo, emma] = [0, 1, 2].map((index) => child_of(1, index));
    const petits = week_of(season, 'petits', 27);
    // Emma is too old for the middle group.
    const wanted = [[moyens(27), lea], [petits, hugo], [moyens(27), emma]];
    const before_all = await state_of(anne);

    const all = await anne.place('all', wanted);
    assert.equal(all.status, 409);
    assert.equal(all.problem, 'nothing_placed');
    assert.deepEqual(refusals(all).toSorted(), ['age', 'not_tried', 'not_tried']);
    assert.equal(await state_of(anne), before_all);

    const each = await anne.place('each', wanted);
    assert.equal(each.status, 201, each.text);
    assert.deepEqual(each.json.placed.map(({ child }) => child), [lea, hugo]);
    assert.deepEqual(each.json.refused, [{ week: moyens(27), child: emma, reason: 'age' }]);

    const siblings = await anne.hold([[moyens(28), lea], [grands(28), emma]]);
    assert.equal(siblings.length, 2);
    for (const { hold } of (await anne.basket()).holds) await anne.release(hold);
});

test('siblings for the last seats of a week: both or none', async () => {
    const minh = await parent_of(server, 8);
    const week = week_of(season, 'petits', 33);
    const twins = [[week, child_of(8, 0)], [week, child_of(8, 1)]];
    await tell(server, 'week', 'set-capacity', week, 1);
    const none = await minh.place('all', twins);
    assert.equal(none.status, 409);
    assert.ok(refusals(none).includes('sold_out'), none.text);
    assert.equal((await minh.weeks()).get(week), 1);
    assert.deepEqual((await minh.basket()).holds, []);

    await tell(server, 'week', 'set-capacity', week, 2);
    const both = await minh.hold(twins);
    assert.notEqual(both[0].seat, both[1].seat);
    assert.equal((await minh.weeks()).get(week), 0);
    for (const { hold } of both) await minh.release(hold);
});

// Family, child, camp, ISO week, reason; the children are those of server/demo_families.hpp.
const ineligible = [
    ['too young', 7, 0, 'petits', 27, 'age'],
    ['too old', 7, 1, 'grands', 27, 'age'],
    ['of an older group', 1, 2, 'moyens', 27, 'age'],
    ['nine the day after the first day', 10, 1, 'grands', 27, 'age'],
    ['without a health sheet', 5, 0, 'moyens', 27, 'sheet_missing'],
    ['with an old health sheet', 2, 1, 'moyens', 27, 'sheet_expired'],
    ['without an invoiceable parent', 6, 0, 'moyens', 27, 'no_invoiceable_parent'],
];
for (const [what, family, index, camp, number, reason] of ineligible) {
    test(`a child ${what} is refused: ${reason}, and /me says so`, async () => {
        const parent = await parent_of(server, family);
        const week = week_of(season, camp, number);
        const before_it = await state_of(parent);
        for (const mode of ['all', 'each']) {
            const answer = await parent.place(mode, [[week, child_of(family, index)]]);
            assert.equal(answer.status, 409, answer.text);
            assert.deepEqual(answer.json.refused,
                             [{ week, child: child_of(family, index), reason }]);
        }
        assert.equal(await state_of(parent), before_it);
        const me = await parent.me();
        const child = me.children.find(({ id }) => id === child_of(family, index));
        assert.equal(child.weeks.find((each) => each.week === week).reason, reason);
    });
}

test('exactly six on the first day fits the group from six', async () => {
    const dominique = await parent_of(server, 10);
    const [{ hold }] = await dominique.hold([[moyens(27), child_of(10, 0)]]);
    await dominique.release(hold);
});

test('a second camp in the same ISO week is refused: overlapping, until the first is released',
     async () => {
    const emre = await parent_of(server, 4);
    const [first] = await emre.hold([[moyens(30), child_of(4)]]);
    const other = week_of(season, 'nature', 30);
    const refused = await emre.place('each', [[other, child_of(4)]]);
    assert.deepEqual([refused.status, refusals(refused)], [409, ['overlapping']]);
    await emre.release(first.hold);
    const [second] = await emre.hold([[other, child_of(4)]]);
    await emre.release(second.hold);
});
test('a full week is refused: sold_out, at a sequence at which it is full', async () => {
    const anne = await parent_of(server, 1);
    const katrien = await parent_of(server, 9);
    const week = moyens(32);
    const was = (await anne.weeks()).get(week);
    await tell(server, 'week', 'set-capacity', week, 1);
    const [taken] = await anne.hold([[week, child_of(1, 0)]]);
    const refused = await katrien.place('each', [[week, child_of(9, 1)]]);
    assert.deepEqual([refused.status, refusals(refused)], [409, ['sold_out']]);
    const weeks = await katrien.read(`${api}/weeks`);
    assert.equal(new Map(weeks.weeks).get(week), 0);
    assert.ok(refused.json.sequence >= weeks.sequence, refused.text);
    await anne.release(taken.hold);
    const [now] = await katrien.hold([[week, child_of(9, 1)]]);
    await katrien.release(now.hold);
    await tell(server, 'week', 'set-capacity', week, was);
});

test('before the opening it is not_open; set-opening now opens it', async () => {
    const sofie = await parent_of(server, 3);
    const week = moyens(31);
    await tell(server, 'week', 'set-opening', week, '+1h');
    const refused = await sofie.place('each', [[week, child_of(3, 0)]]);
    assert.deepEqual([refused.status, refusals(refused)], [409, ['not_open']]);
    const { opens_at } = (await sofie.season()).weeks.find(({ id }) => id === week);
    assert.ok(Date.parse(opens_at) > Date.now() + 3_500_000, opens_at);

    await tell(server, 'week', 'set-opening', week, 'now');
    const [{ hold }] = await sofie.hold([[week, child_of(3, 0)]]);
    await sofie.release(hold);
});

test('the same key again: the same bytes, in parallel and later, and one seat', async () => {
    const anne = await parent_of(server, 1);
    const week = moyens(29);
    const free = (await anne.weeks()).get(week);
    const key = randomUUID();
    const click = () => anne.place('all', [[week, child_of(1, 0)]], { key });
    const clicks = await Promise.all(Array.from({ length: 6 }, click));
    const told = clicks.filter(({ status }) => status === 201);
    assert.ok(told.length >= 1);
    for (const other of clicks) {
        if (other.status === 201) assert.equal(other.text, told[0].text);
        else assert.equal(other.problem, 'key_undecided');
    }
    const later = await click();
    assert.deepEqual([later.status, later.text], [201, told[0].text]);
    assert.equal((await anne.weeks()).get(week), free - 1);

    const changed = await anne.place('all', [[moyens(30), child_of(1, 0)]], { key });
    assert.deepEqual([changed.status, changed.problem], [422, 'key_reused']);
    const upper = await anne.place('all', [[week, child_of(1, 0)]], { key: key.toUpperCase() });
    assert.equal(upper.text, told[0].text, 'a UUID is the same in either case');

    const katrien = await parent_of(server, 9);
    const [own] = (await katrien.place('all', [[moyens(30), child_of(9, 1)]], { key })).json.placed;
    assert.equal(own.child, child_of(9, 1), 'a key is its own parent’s');
    await katrien.release(own.hold);

    await anne.release(told[0].json.placed[0].hold);
    assert.equal((await click()).text, told[0].text, 'also after it was released');
    assert.deepEqual((await anne.basket()).holds, []);
});

test('a refused key may succeed later', async () => {
    const emre = await parent_of(server, 4);
    const week = moyens(33);
    await tell(server, 'week', 'set-opening', week, '+1h');
    const key = randomUUID();
    assert.equal((await emre.place('all', [[week, child_of(4)]], { key })).status, 409);
    await tell(server, 'week', 'set-opening', week, 'now');
    const placed = await emre.place('all', [[week, child_of(4)]], { key });
    assert.equal(placed.status, 201, placed.text);
    await emre.release(placed.json.placed[0].hold);
});

test('another family’s hold is not there: 404 for it, and it stays', async () => {
    const anne = await parent_of(server, 1);
    const katrien = await parent_of(server, 9);
    const [{ hold }] = await anne.hold([[moyens(27), child_of(1, 0)]]);
    const foreign = await katrien.release(hold);
    assert.deepEqual([foreign.status, foreign.problem], [404, 'not_found']);
    const invented = await katrien.release('0'.repeat(26));
    assert.equal(invented.status, 404);
    assert.equal((await anne.basket()).holds[0].hold, hold);
    await anne.release(hold);
});

test('season, weeks and basket have validators: 304 while nothing changes', async () => {
    const anne = await parent_of(server, 1);
    for (const path of [`${api}/season`, `${api}/weeks`, `${api}/basket`]) {
        const { etag } = (await anne.get(path)).headers;
        const same = await anne.get(path, { headers: { 'if-none-match': etag } });
        assert.deepEqual([same.status, same.text, same.headers.etag], [304, '', etag], path);
        const weak = await anne.get(path, { headers: { 'if-none-match': `"x", W/${etag}` } });
        assert.equal(weak.status, 304, path);
        const other = await anne.get(path, { headers: { 'if-none-match': '"other"' } });
        assert.equal(other.status, 200, path);
    }
    const weeks = (await anne.get(`${api}/weeks`)).headers.etag;
    const basket = (await anne.get(`${api}/basket`)).headers.etag;
    const [{ hold }] = await anne.hold([[moyens(27), child_of(1, 0)]]);
    assert.equal((await anne.get(`${api}/weeks`, { headers: { 'if-none-match': weeks } })).status,
                 200);
    assert.equal((await anne.get(`${api}/basket`, { headers: { 'if-none-match': basket } })).status,
                 200);
    await anne.release(hold);
});

test('a login is asked for, and ends', async () => {
    const nobody = new client(server.url);
    for (const path of [`${api}/me`, `${api}/basket`]) {
        const answer = await nobody.get(path);
        assert.deepEqual([answer.status, answer.problem], [401, 'login_required']);
    }
    assert.equal((await nobody.place('all', [[moyens(27), child_of(1)]])).status, 401);
    assert.equal((await nobody.release('0'.repeat(26))).status, 401);

    const anne = await parent_of(server, 1);
    assert.match(anne.cookie, /^campgate_demo=/);
    const cookie = anne.cookie;
    const out = await anne.ask('POST', `${api}/logout`);
    assert.equal(out.status, 204);
    assert.match(out.headers['set-cookie'][0], /campgate_demo=;.*Max-Age=0/);
    anne.cookie = cookie;
    assert.equal((await anne.get(`${api}/me`)).status, 401, 'the old cookie is nobody');
});

test('a new login replaces the one before; both of two browsers stay', async () => {
    const anne = await parent_of(server, 1);
    const elsewhere = await parent_of(server, 1);
    const old = anne.cookie;
    await anne.login(9);
    assert.equal((await anne.me()).family, 9);
    assert.notEqual(anne.cookie, old);
    assert.equal((await elsewhere.me()).family, 1);
    anne.cookie = old;
    assert.equal((await anne.get(`${api}/me`)).status, 401);
});

test('a change needs the CSRF token and no foreign origin', async () => {
    const anne = await parent_of(server, 1);
    const week = moyens(27);
    const before_it = await state_of(anne);
    const place = (headers) => anne.place('all', [[week, child_of(1, 0)]], { headers });
    const refused = async (headers, problem) => {
        const answer = await place(headers);
        assert.deepEqual([answer.status, answer.problem], [403, problem], JSON.stringify(headers));
    };
    await refused({ 'x-csrf-token': null }, 'csrf_token');
    await refused({ 'x-csrf-token': '' }, 'csrf_token');
    await refused({ 'x-csrf-token': 'x' + anne.csrf.slice(1) }, 'csrf_token');
    await refused({ 'x-csrf-token': (await parent_of(server, 9)).csrf }, 'csrf_token');
    await refused({ origin: 'http://evil.example' }, 'foreign_origin');
    await refused({ origin: `https://${server.host}` }, 'foreign_origin');
    await refused({ origin: 'null' }, 'foreign_origin');
    await refused({ 'sec-fetch-site': 'cross-site' }, 'foreign_origin');
    assert.equal(await state_of(anne), before_it);

    const login = await anne.ask('POST', `${api}/demo/login`, {
        body: { family: 2 }, headers: { origin: 'http://evil.example' } });
    assert.deepEqual([login.status, login.problem], [403, 'foreign_origin']);
    const out = await anne.ask('POST', `${api}/logout`, { headers: { 'x-csrf-token': null } });
    assert.deepEqual([out.status, out.problem], [403, 'csrf_token']);

    const own = await place({ origin: `http://${server.host}`, 'sec-fetch-site': 'same-origin' });
    assert.equal(own.status, 201, own.text);
    await anne.release(own.json.placed[0].hold);
});

test('problems speak the asker’s language', async () => {
    const nobody = new client(server.url);
    const details = new Set();
    for (const language of ['fr', 'nl', 'de', 'en']) {
        const answer = await nobody.get(`${api}/me`, { headers: { 'accept-language': language } });
        assert.equal(answer.headers['content-language'], language);
        details.add(answer.json.detail);
    }
    assert.equal(details.size, 4);
    const fallback = await nobody.get(`${api}/me`, { headers: { 'accept-language': 'pt-BR' } });
    assert.equal(fallback.headers['content-language'], 'fr');
    const nearest = await nobody.get(`${api}/me`, {
        headers: { 'accept-language': 'pt, nl-BE;q=0.9, en;q=0.5' } });
    assert.equal(nearest.headers['content-language'], 'nl');
});

test('health, readiness, documents and the families of the demo', async () => {
    const nobody = new client(server.url);
    assert.deepEqual(await nobody.read('/healthz'), { status: 'alive' });
    assert.deepEqual(await nobody.read('/readyz'), { status: 'ready' });
    const openapi = await nobody.get(`${api}/openapi.yaml`);
    assert.match(openapi.text, /^openapi: 3\.1\.0$/m);
    assert.match((await nobody.get(`${api}/asyncapi.yaml`)).text, /^asyncapi: 3\.0\.0$/m);

    const first = await nobody.read(`${api}/demo/families?page=0`);
    assert.deepEqual([first.page, first.pages, first.families.length], [0, 3, 20]);
    assert.equal(first.families[0].parent, 'Anne Lambert');
    assert.deepEqual(first.families[4].children.map(({ sheet }) => sheet), ['missing', 'valid']);
    assert.equal((await nobody.read(`${api}/demo/families?page=2`)).families.length, 20);
    assert.deepEqual((await nobody.read(`${api}/demo/families?page=3`)).families, []);
    const none = await nobody.ask('POST', `${api}/demo/login`, { body: { family: 61 } });
    assert.equal(none.status, 404);
});

test('HEAD is GET without the body', async () => {
    const nobody = new client(server.url);
    for (const path of ['/healthz', `${api}/weeks`, `${api}/season`]) {
        const head = await nobody.ask('HEAD', path);
        assert.deepEqual([head.status, head.text], [200, ''], path);
        assert.ok(Number(head.headers['content-length']) > 0);
    }
});

test('metrics are on a listener of their own, in the Prometheus text format', async () => {
    const nobody = new client(server.url);
    assert.equal((await nobody.get('/metrics')).status, 404, 'not on the public one');
    const text = await eventually(async () => {
        const answer = await fetch(server.metrics_url);
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
        const body = await answer.text();
        return /^campgate_holds_placed\S* [1-9]/m.test(body) && body;
    }, 'holds in the metrics');
    for (const line of text.trimEnd().split('\n')) {
        assert.match(line, line.startsWith('#')
            ? /^# (HELP|TYPE) campgate_[a-z0-9_]+ .+$/
            : /^campgate_[a-z0-9_]+(\{[^{}]*\})? (-?[0-9.e+-]+|\+Inf|NaN)$/);
    }
    assert.equal((await fetch(new URL('/', server.metrics_url))).status, 404);
    const status = await cli('status', '--data', server.data);
    assert.equal(JSON.parse(status.stdout).journal_ready, true);
});
