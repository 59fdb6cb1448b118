// The family file over a real socket: registering (S9), the profile and its e-mail (S7), children
// (S11 to S13), second parents (R10), invoiceable ones (R9), residence and class (R8), what is
// missing (B9); bad input told at the member, versions, keys, and that it survives a restart.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { launch_server, start_server } from './support/process.mjs';
import { within } from './support/wait.mjs';

let server;
let season;
before(async () => {
    server = await start_server();
    season = await new client(server.url).season();
});

const family_of = (parent) => parent.get(`${api}/family`);
const change = (parent, method, path, body, headers = {}) =>
    parent.ask(method, `${api}/family${path}`, { body, headers });
const address = { street: 'Rue du Moulin', number: '12', box: null, postcode: '4607',
                  city: 'Dalhem', country: 'BE' };
const profile = { address, phone: '+32 470 00 00 00', email: 'anne@parents.example', language: 'fr' };
const lea = { given_name: 'Ida', family_name: 'Lambert', birth_date: '2019-05-02', niss: null,
              site: 'berneau', school_year: 'P2' };
// A valid number of a birth from 2000: 97 less the rest of 2 and the first nine digits.
const niss_of = (nine) => nine + String(97 - Number(BigInt(`2${nine}`) % 97n)).padStart(2, '0');
const add = (parent, child, key = randomUUID()) =>
    change(parent, 'POST', '/children', child, { 'idempotency-key': key });
const added = async (parent, child) => {
    const answer = await add(parent, child);
    assert.equal(answer.status, 201, answer.text);
    return answer.json.child;
};
const edit = async (parent, method, path, body) => {
    const { headers } = await family_of(parent);
    return change(parent, method, path, body, { 'if-match': headers.etag });
};

test('S9: registering keeps the identity of the login, and again is the same', async () => {
    const parent = await parent_of(server, 11);
    const before = await family_of(parent);
    assert.equal(before.status, 200, before.text);
    assert.equal(before.json.parent.registered, false);
    const answer = await change(parent, 'POST', '/register', {});
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.parent.registered, true);
    assert.equal(answer.json.version, before.json.version + 1);
    assert.deepEqual({ ...answer.json.parent, registered: false }, before.json.parent);
    const again = await change(parent, 'POST', '/register', {});
    assert.equal(again.json.version, answer.json.version);
    assert.equal((await parent.me()).registered, true);
    const edited = await change(parent, 'POST', '/register', { given_name: 'Eve' });
    assert.deepEqual([edited.problem, edited.json.pointer], ['unknown_member', '/given_name']);
});

test('S7: a profile is kept; another e-mail is unconfirmed until its link is followed', async () => {
    const parent = await parent_of(server, 1);
    assert.equal((await family_of(parent)).json.parent.email_confirmed, true);
    const answer = await edit(parent, 'PUT', '/profile', profile);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.parent.address, address);
    assert.deepEqual([answer.json.parent.email, answer.json.parent.email_confirmed],
                     ['anne@parents.example', false]);
    assert.equal((await change(parent, 'POST', '/email/resend', {})).status, 202);
    const mails = (await parent.read(`${api}/demo/mails`)).mails
        .filter(({ to, kind }) => to === profile.email && kind === 'email_confirmation');
    assert.equal(mails.length, 2);
    const [newest, oldest] = mails.map(({ text }) => /#\/confirm\/([0-9a-f]+)/.exec(text)[1]);
    const anybody = new client(server.url);
    const confirm = (token) => change(anybody, 'POST', '/email/confirm', { token });
    assert.equal((await confirm('0'.repeat(32))).status, 404);
    assert.equal((await confirm(oldest)).status, 404, 'a later mail replaces the link');
    assert.deepEqual((await confirm(newest)).json, { email_confirmed: true });
    assert.equal((await confirm(newest)).status, 200);
    assert.equal((await family_of(parent)).json.parent.email_confirmed, true);
    await change(parent, 'POST', '/email/resend', {});
    assert.equal((await parent.read(`${api}/demo/mails`)).mails
        .filter(({ to }) => to === profile.email).length, 2, 'nothing is left to confirm');
});

test('S7: each wrong member of a profile is told by its pointer', async () => {
    const parent = await parent_of(server, 2);
    const wrong = [
        [{ ...profile, phone: 'none' }, '/phone'], [{ ...profile, email: 'anne' }, '/email'],
        [{ ...profile, language: 'it' }, '/language'],
        [{ ...profile, address: { ...address, postcode: '460' } }, '/address/postcode'],
        [{ ...profile, address: { ...address, city: '' } }, '/address/city'],
        [{ ...profile, address: { ...address, country: 'be' } }, '/address/country'],
        [{ ...profile, address: { ...address, floor: '2' } }, '/address/floor'],
        [{ ...profile, address: null }, '/address'], [{ ...profile, niss: '1' }, '/niss'],
    ];
    for (const [body, pointer] of wrong) {
        const answer = await edit(parent, 'PUT', '/profile', body);
        assert.deepEqual([answer.status, answer.json.pointer], [400, pointer], answer.text);
    }
});

test('an edit names the version it saw: 428 without, 412 with an old one, and nothing is lost', async () => {
    const parent = await parent_of(server, 3);
    const { headers } = await family_of(parent);
    assert.equal((await change(parent, 'PUT', '/profile', profile)).status, 428);
    const first = await change(parent, 'PUT', '/profile', profile, { 'if-match': headers.etag });
    assert.equal(first.status, 200, first.text);
    const second = await change(parent, 'PUT', '/profile', { ...profile, phone: '+32 471 111111' },
                                { 'if-match': headers.etag });
    assert.equal(second.status, 412);
    assert.equal(second.headers.etag, first.headers.etag);
    assert.equal((await family_of(parent)).json.parent.phone, profile.phone);
});

test('of two edits at once of the same version one is 412', async () => {
    const parent = await parent_of(server, 4);
    const { headers } = await family_of(parent);
    const both = await Promise.all(['+32 470 111111', '+32 470 222222'].map((phone) =>
        change(parent, 'PUT', '/profile', { ...profile, phone }, { 'if-match': headers.etag })));
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
    const kept = both.find(({ status }) => status === 200);
    assert.equal((await family_of(parent)).json.parent.phone, kept.json.parent.phone);
});

test('S11, S12, S16: children are added, as many as there are; the same key gives the same child', async () => {
    const parent = await parent_of(server, 20);
    const key = randomUUID();
    const answer = await add(parent, lea, key);
    assert.equal(answer.status, 201, answer.text);
    assert.equal((await add(parent, lea, key)).json.child, answer.json.child);
    assert.equal((await add(parent, { ...lea, given_name: 'Eva' }, key)).problem, 'key_reused');
    const child = (await family_of(parent)).json.children.find(({ id }) => id === answer.json.child);
    assert.deepEqual(
        [child.given_name, child.site, child.school_year, child.niss, child.role, child.sheet],
        ['Ida', 'berneau', 'P2', null, 'invoiceable', 'missing']);
    assert.equal(child.has_invoiceable_parent, true, 'R9: who adds a child is its invoiceable parent');
    assert.ok((await parent.me()).children.some(({ id }) => id === answer.json.child));
    assert.equal((await change(parent, 'POST', '/children', lea)).json.header, 'Idempotency-Key');
    const before = (await family_of(parent)).json.children.length;
    for (const given_name of ['Ugo', 'Noa']) assert.equal((await add(parent, { ...lea, given_name })).status, 201);
    assert.equal((await family_of(parent)).json.children.length, before + 2);
});

test('S12: each wrong member of a child is told by its pointer', async () => {
    const parent = await parent_of(server, 21);
    const tomorrow = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    for (const [more, pointer] of [
        [{ niss: '19.05.02-001.00' }, '/niss'], [{ birth_date: '2019-02-30' }, '/birth_date'],
        [{ birth_date: tomorrow }, '/birth_date'], [{ site: 'nowhere' }, '/site'],
        [{ school_year: 'P9' }, '/school_year'], [{ given_name: '' }, '/given_name'],
        [{ family_name: ' x' }, '/family_name'], [{ sheet: 'valid' }, '/sheet'],
        [{ given_name: 'a\u0000' }, '/given_name']]) {
        const answer = await add(parent, { ...lea, ...more });
        assert.deepEqual([answer.status, answer.json.pointer], [400, pointer], answer.text);
    }
});

test('R8: who lives here pays as a resident, who goes to school here as that, else as others', async () => {
    const parent = await parent_of(server, 3);
    const at_school = await added(parent, { ...lea, given_name: 'At school' });
    const elsewhere = await added(parent, { ...lea, given_name: 'Elsewhere', site: 'vise' });
    const file = (await family_of(parent)).json;
    const class_of = (id) => file.children.find((child) => child.id === id).class;
    assert.deepEqual([class_of(at_school), class_of(elsewhere)], ['school', 'other']);
    // The demo is open already: a move counts when the staff have confirmed it.
    assert.equal(file.parent.address.postcode, '4607');
    assert.deepEqual([file.residence.resident, file.residence.confirmed], [false, false]);
    assert.ok(file.residence.fixed_at);
    const asked = await change(parent, 'POST', '/residence', { note: 'We moved in May.' });
    assert.equal(asked.status, 202, asked.text);
    assert.equal((await change(parent, 'POST', '/residence', {})).json.request, asked.json.request);
});

test('R10: no child twice; asking tells nothing; the invoiceable parent lets a second one in', async () => {
    const first = await parent_of(server, 22);
    const second = await parent_of(server, 23);
    const niss = niss_of('190502101');
    const child = await added(first, { ...lea, niss });
    const known = await add(second, { ...lea, niss });
    assert.deepEqual([known.status, known.problem, known.json.can_ask], [409, 'child_known', true]);
    assert.ok(!known.text.includes(String(child)));

    const unknown = await change(second, 'POST', '/attachments',
                                 { niss: niss_of('190502103'), birth_date: '2019-05-02' });
    const wrong_day = await change(second, 'POST', '/attachments', { niss, birth_date: '2019-05-03' });
    const asked = await change(second, 'POST', '/attachments', { niss, birth_date: '2019-05-02' });
    for (const answer of [unknown, wrong_day, asked]) {
        assert.equal(answer.status, 202, answer.text);
        assert.deepEqual(Object.keys(answer.json), ['request']);
    }
    const again = await change(second, 'POST', '/attachments', { niss, birth_date: '2019-05-02' });
    assert.equal(again.json.request, asked.json.request);
    const mine = (await family_of(second)).json.requests;
    assert.equal(mine.length, 3);
    for (const request of mine)
        assert.deepEqual([request.kind, request.child, request.mine, request.state],
                         ['attach', null, true, 'pending']);

    const waiting = (await family_of(first)).json.requests.filter(({ mine: own }) => !own);
    assert.equal(waiting.length, 1);
    assert.deepEqual([waiting[0].id, waiting[0].child], [asked.json.request, child]);
    const path = `/requests/${asked.json.request}`;
    assert.equal((await change(second, 'POST', path, { accept: true })).status, 404);
    assert.equal((await change(first, 'POST', `/requests/${unknown.json.request}`, { accept: true })).status, 404);
    const accepted = await change(first, 'POST', path, { accept: true });
    assert.equal(accepted.status, 200, accepted.text);
    assert.equal((await change(first, 'POST', path, { accept: true })).status, 404, 'decided');

    const theirs = (await family_of(second)).json;
    const seen = theirs.children.find(({ id }) => id === child);
    assert.deepEqual([seen.role, seen.given_name], ['second', 'Ida']);
    assert.equal(theirs.requests.find(({ id }) => id === asked.json.request).child, child);
    assert.ok((await second.me()).children.some(({ id }) => id === child));
    // Sees and acts on that child, and does not own it.
    assert.equal((await edit(second, 'PUT', `/children/${child}`, { ...lea, niss })).status, 404);
    assert.equal((await change(second, 'DELETE', `/children/${child}`)).status, 404);
});

test('R10: holds of a second parent enter the basket of the child\'s own family', async () => {
    const first = await parent_of(server, 1);
    const second = await parent_of(server, 24);
    const child = child_of(1, 0);
    const { niss, birth_date } = (await family_of(first)).json.children.find(({ id }) => id === child);
    const week = week_of(season, 'moyens', 28);
    assert.equal((await second.place('each', [[week, child]])).status, 404);
    const asked = await change(second, 'POST', '/attachments', { niss, birth_date });
    await change(first, 'POST', `/requests/${asked.json.request}`, { accept: true });
    const [hold] = await second.hold([[week, child]]);
    assert.deepEqual((await first.basket()).holds.map(({ hold: token }) => token), [hold.hold]);
    assert.deepEqual((await second.basket()).holds.map(({ hold: token }) => token), [hold.hold]);
    // The other children of that family are nobody's but theirs.
    assert.equal((await second.place('each', [[week_of(season, 'petits', 28), child_of(1, 1)]])).status, 404);
    const [other] = await first.hold([[week_of(season, 'petits', 28), child_of(1, 1)]]);
    assert.equal((await second.basket()).holds.length, 1);
    assert.equal((await second.release(other.hold)).status, 404);
    assert.equal((await first.basket()).holds.length, 2);
    assert.equal((await second.release(hold.hold)).status, 204);
    assert.equal((await second.release(hold.hold)).status, 204, 'again');
    assert.equal((await first.basket()).holds.length, 1);
    await first.release(other.hold);
});

test('R9: without an invoiceable parent no hold; who asks waits for the staff', async () => {
    const parent = await parent_of(server, 6);
    const child = child_of(6, 0);
    const week = week_of(season, 'moyens', 28);
    const refused = await parent.place('each', [[week, child]]);
    assert.equal(refused.json.refused[0].reason, 'no_invoiceable_parent');
    const asked = await change(parent, 'POST', `/children/${child}/invoiceable`, {});
    assert.equal(asked.status, 202, asked.text);
    const [request] = (await family_of(parent)).json.requests;
    assert.deepEqual([request.kind, request.child, request.state], ['change_invoiceable', child, 'pending']);
});

test('a child with holds stays; without, it goes and is nowhere any more', async () => {
    const parent = await parent_of(server, 8);
    const child = child_of(8, 2);
    const [hold] = await parent.hold([[week_of(season, 'grands', 28), child]]);
    assert.equal((await change(parent, 'DELETE', `/children/${child}`)).problem, 'child_has_holds');
    await parent.release(hold.hold);
    assert.equal((await change(parent, 'DELETE', `/children/${child}`)).status, 204);
    assert.equal((await change(parent, 'DELETE', `/children/${child}`)).status, 404);
    assert.ok(!(await parent.me()).children.some(({ id }) => id === child));
    assert.equal((await parent.place('each', [[week_of(season, 'grands', 28), child]])).status, 404);
});

test('B9: readiness says what is missing, and what blocks', async () => {
    const parent = await parent_of(server, 5);
    const found = await parent.read(`${api}/readiness`);
    const finn = found.children.find(({ child }) => child === child_of(5, 0));
    assert.deepEqual(finn.missing[0], { code: 'sheet_missing', blocking: true, at: null });
    assert.deepEqual([finn.ready, found.ready], [false, false]);
    const known = await (await parent_of(server, 51)).read(`${api}/readiness`);
    assert.equal(known.family.some(({ code }) => code === 'not_registered'), true);
    const old = await (await parent_of(server, 7)).read(`${api}/readiness`);
    assert.deepEqual(old.children.map(({ missing }) => missing.map(({ code }) => code)),
                     [['no_camp_for_age'], ['no_camp_for_age']]);
});

test('national numbers cannot be tried out: look-ups of an account are bounded', async () => {
    const own = await start_server({ args: ['--lookups-per-hour', '3'] });
    const parent = await parent_of(own, 30);
    const ask = () => change(parent, 'POST', '/attachments',
                             { niss: niss_of('190502107'), birth_date: '2019-05-02' });
    for (let n = 0; n < 3; ++n) assert.equal((await ask()).status, 202);
    const refused = await ask();
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    const other = await parent_of(own, 31);
    assert.equal((await change(other, 'POST', '/attachments',
                               { niss: niss_of('190502107'), birth_date: '2019-05-02' })).status, 202);
    await own.end();
});

test('a changed family is there after a restart, and the untouched demo families too', async () => {
    const own = await start_server();
    const parent = await parent_of(own, 1);
    const child = await added(parent, lea);
    const file = (await family_of(parent)).json;
    await own.stop();
    const again = await start_server({ data: own.data });
    const back = await parent_of(again, 1);
    const now = (await family_of(back)).json;
    assert.deepEqual(now.children.find(({ id }) => id === child), file.children.find(({ id }) => id === child));
    assert.equal(now.version, file.version);
    assert.equal((await family_of(await parent_of(again, 2))).json.version, 1);

    // Without the key that they are sealed with, or with another, nothing starts.
    await again.stop();
    const key = join(own.data, 'master.key');
    const kept = readFileSync(key, 'utf8');
    assert.equal(statSync(key).mode & 0o777, 0o600);
    const refusal = async () => {
        const started = launch_server({ data: own.data });
        const { code } = await within(started.exited, 'refusal', 30_000);
        return [code, started.stderr.split('\n').find((line) => /master key/.test(line)) ?? started.stderr];
    };
    rmSync(key);
    const missing = await refusal();
    assert.deepEqual([missing[0], /is missing: bring it back/.test(missing[1])], [1, true], missing[1]);
    assert.throws(() => statSync(key), 'no other key is made');
    writeFileSync(key, `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    const other = await refusal();
    assert.deepEqual([other[0], /is not the one/.test(other[1])], [1, true], other[1]);
    writeFileSync(key, kept, { mode: 0o600 });
    const third = await start_server({ data: own.data });
    assert.equal((await family_of(await parent_of(third, 1))).json.version, file.version);
    await third.end();
});
