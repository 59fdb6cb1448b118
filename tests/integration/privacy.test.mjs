// What a family may ask of its data: all of it, and its end. And what is forgotten by itself.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { database_of } from './support/database.mjs';
import { open_socket } from './support/live.mjs';
import { cli, make_folder, start_server, tell } from './support/process.mjs';
import { complete_answers, sheet_of } from './support/sheets.mjs';

let server;
let season;
let database;
before(async () => {
    server = await start_server();
    season = await new client(server.url).season();
    database = await database_of(server);
});

async function with_sheet(family, answers = {}) {
    const parent = await parent_of(server, family);
    const sheet = sheet_of(parent, child_of(family));
    const done = await sheet.validate({ ...complete_answers, ...answers },
                                      (await sheet.read()).headers.etag);
    assert.equal(done.status, 200, done.text);
    return parent;
}

test('a family gets everything that is kept about it, as JSON', async () => {
    const parent = await with_sheet(1);
    const [held] = await parent.hold([[week_of(season, 'moyens', 27), child_of(1)]]);
    const answer = await parent.get(`${api}/family/export`);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-disposition'], /^attachment; filename="/);
    const { parents, children, holds, audit } = answer.json;
    const me = await parent.me();
    assert.equal(`${parents[0].given_name} ${parents[0].family_name}`, me.parent.name);
    assert.deepEqual(children.map(({ id }) => id), me.children.map(({ id }) => id));
    const { sheet } = children.find(({ id }) => id === child_of(1));
    assert.deepEqual(sheet.answers, complete_answers);
    assert.deepEqual(holds.map(({ child, seat }) => [child, seat]), [[child_of(1), held.seat]]);
    const whats = audit.map(({ what }) => what);
    for (const what of ['family_exported', 'sheet_read', 'sheet_validated'])
        assert.ok(whats.includes(what), what);
    assert.equal((await parent.release(held.hold)).status, 204);
});

test('and as a page: French first, escaped, without scripts', async () => {
    const parent = await with_sheet(3, { remarks: '<script>alert("&\')</script>\n2' });
    const page = await parent.get(`${api}/family/export.html`);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(page.text, /<html lang="fr">/);
    assert.match(page.text, /<h1>Vos données<\/h1>/);
    assert.ok(page.text.includes('&lt;script&gt;alert(&quot;&amp;&#39;)&lt;/script&gt;'));
    assert.doesNotMatch(page.text, /<script/i);
    assert.match(page.text, /<dt>Groupe sanguin<\/dt><dd>A\+<\/dd>/);
    const german = await parent.get(`${api}/family/export.html`,
                                    { headers: { 'accept-language': 'de-BE' } });
    assert.match(german.text, /<html lang="de">[\s\S]*Ihre Daten[\s\S]*Blutgruppe/);
    assert.equal((await new client(server.url).get(`${api}/family/export.html`)).status, 401);
});

test('every read of a sheet leaves an audit row without content', async () => {
    const parent = await with_sheet(4);
    const rows = () => database.query(
        `SELECT count(*) FROM audit WHERE what = 'sheet_read' AND child = ${child_of(4)}`);
    const first = Number(await rows());
    await sheet_of(parent, child_of(4)).read();
    await parent.get(`${api}/family/export`);
    assert.equal(Number(await rows()), first + 2);
    const columns = await database.query(
        `SELECT string_agg(column_name, ',' ORDER BY column_name) FROM information_schema.columns
          WHERE table_name = 'audit'`);
    assert.equal(columns, 'actor,at,child,family,id,what');
});

test('erasing a family ends its logins, its sockets and its keys; not while it holds', async () => {
    const family = 5;
    const parent = await with_sheet(family);
    const elsewhere = await parent_of(server, family);
    const { family_name } = (await parent.read(`${api}/family/export`)).parents[0];
    const erase = (confirm, who = parent) =>
        who.ask('DELETE', `${api}/family`, { body: { confirm } });
    const child = child_of(family);
    const { weeks } = (await parent.me()).children.find(({ id }) => id === child);
    const [hold] = await parent.hold([[weeks.find(({ reason }) => reason === null).week, child]]);

    const held = await erase(family_name);
    assert.deepEqual([held.status, held.problem], [409, 'family_has_holds']);
    assert.equal((await parent.release(hold.hold)).status, 204);
    const slip = await erase(`${family_name}x`);
    assert.deepEqual([slip.status, slip.json.pointer], [400, '/confirm']);
    const csrf = parent.csrf;
    parent.csrf = null;
    assert.equal((await erase(family_name)).status, 403);
    parent.csrf = csrf;
    assert.equal(await database.query(`SELECT count(*) FROM health_sheet WHERE child = ${child}`), '1');

    assert.equal((await erase(family_name)).status, 204);
    for (const who of [parent, elsewhere])
        assert.equal((await who.get(`${api}/me`)).status, 401, 'logged out');
    const again = new client(server.url);
    assert.equal((await again.ask('POST', `${api}/demo/login`, { body: { family } })).status, 404);
    for (const [table, column] of [['parent', 'family'], ['child', 'family'],
                                   ['login_session', 'family'], ['mail', 'family']])
        assert.equal(await database.query(
            `SELECT count(*) FROM ${table} WHERE ${column} = ${family}`), '0', table);
    assert.equal(await database.query(`SELECT count(*) FROM health_sheet WHERE child = ${child}`), '0');
    assert.match(await database.query(`SELECT what FROM audit WHERE family = ${family}`), /family_erased/);

    await server.kill();
    server = await start_server({ data: server.data });
    database = await database_of(server);
    const later = new client(server.url);
    assert.equal((await later.ask('POST', `${api}/demo/login`, { body: { family } })).status, 404,
                 'also after a restart of the demo');
});

test('retention counts without touching, then forgets what is old and nothing else', async () => {
    const parent = await with_sheet(6);
    const stale = child_of(7);
    await with_sheet(7);
    const years_ago = (years) => (Date.now() - years * 366 * 86_400_000) * 1000;
    // All that the demo made long ago counts as well: first it is forgotten.
    await tell(server, 'retention');
    await database.query(`UPDATE child SET sheet_validated_at = ${years_ago(3)} WHERE id = ${stale}`);
    await database.query(`UPDATE family SET seen_at = ${years_ago(4)} WHERE id IN (9, 10)`);
    await database.query(`INSERT INTO audit (at, actor, what) VALUES (${years_ago(3)}, 1, 'old')`);
    const holder = await with_sheet(10);
    await database.query(`UPDATE family SET seen_at = ${years_ago(4)} WHERE id = 10`);
    const { children } = await holder.me();
    const free = children.flatMap(({ id, weeks }) =>
        weeks.filter(({ reason }) => reason === null).map(({ week }) => [week, id]));
    await holder.hold([free[0]]);

    const expected = /1 health sheets, 1 families, 1 audit rows, 0 mails, 0 documents, 0 unanswered requests/;
    const state = () => database.query(`
        SELECT count(*), (SELECT count(*) FROM parent), (SELECT count(*) FROM health_sheet),
               (SELECT count(*) FROM audit) FROM child WHERE sheet_validated_at IS NOT NULL`);
    const was = await state();
    const dry = await tell(server, 'retention', '--dry-run');
    assert.match(dry.stdout, /^campgate: would forget /);
    assert.match(dry.stdout, expected);
    assert.equal(await state(), was, 'a dry run changes nothing');

    const done = await tell(server, 'retention');
    assert.match(done.stdout, /^campgate: forgot /);
    assert.match(done.stdout, expected);
    const sheet = await sheet_of(await parent_of(server, 7), stale).read();
    assert.deepEqual([sheet.json.state, sheet.json.answers], ['missing', {}]);
    assert.equal((await sheet_of(parent, child_of(6)).read()).json.state, 'valid');
    const gone = await new client(server.url).ask('POST', `${api}/demo/login`, { body: { family: 9 } });
    assert.equal(gone.status, 404);
    assert.equal((await holder.get(`${api}/me`)).status, 200, 'whoever holds a seat stays');
    assert.match((await tell(server, 'retention', '--dry-run')).stdout,
                 /0 health sheets, 0 families, 0 audit rows, 0 mails/);
});

test('doctor warns until there is a copy of the master key, and that key’s', async () => {
    const doctor = async (...args) => (await cli('doctor', '--data', server.data, ...args)).stdout;
    const key = join(server.data, 'master.key');
    const folder = make_folder();
    const copy = join(folder, 'copy');
    assert.match(await doctor(), /^warning: the master key .* has no backup copy/m);
    assert.match(await doctor('--master-key-backup', copy), /^warning: .* is not there$/m);
    assert.match(await doctor('--master-key-backup', key), /^warning: .* itself/m);
    writeFileSync(copy, `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    assert.match(await doctor('--master-key-backup', copy), /^warning: .* is another key$/m);
    copyFileSync(key, copy);
    assert.doesNotMatch(await doctor('--master-key-backup', copy), /^warning/m);
});
