// The way back of a booking (S30): documents that are what they say, a request with a motive, the
// staff's decision, the seat that every calendar shows again, the refund by the organiser's rules;
// a decision cut in two; and that nothing of what was written or sent is found anywhere but sealed.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { book, cancel, decide, places_of } from './support/bookings.mjs';
import { api, child_of, client, parent_of, staff_of, week_of } from './support/client.mjs';
import { database_of, dump_of } from './support/database.mjs';
import { jpeg_of, pdf_of, png_of, send_document } from './support/documents.mjs';
import { open_socket } from './support/live.mjs';
import { cli, make_folder, start_server, tell } from './support/process.mjs';

const secret_motive = 'Carambole-Motif-9471';
const secret_bytes = 'Carambole-Certificat-5823';

let server;
let staff;
let season;
let database;
const data = make_folder();
before(async () => {
    server = await start_server({ data });
    staff = await staff_of(server);
    season = await staff.season();
    database = await database_of(server);
});

// Whole days from today, as it is in Brussels, to a day.
function days_until(day) {
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(new Date());
    return Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000);
}
// By the rules of the demo's season.
const part_of = (days) => days >= 14 ? 100 : days >= 3 ? 50 : 0;
const share = (amount, percent) => Math.floor((amount * percent + 50) / 100);

const fresh = async (family) => parent_of(server, family);
const decisions = async () => (await staff.read(`${api}/staff/decisions`)).decisions;
const audit = async () => (await staff.read(`${api}/staff/audit`)).entries;
const document_bytes = (id) => staff.get(`${api}/staff/documents/${id}`);
const line_of = async (parent, hold) => {
    const { orders } = await parent.read(`${api}/orders`);
    return orders.flatMap(({ lines }) => lines).find((line) => line.hold === hold);
};

test('a document is known by its bytes, and not by what is said of it', async () => {
    const parent = await fresh(11);
    const exe = Buffer.concat([Buffer.from('MZ\x90\0'), Buffer.alloc(200)]);
    const refused = [
        [exe, 'application/pdf'], [exe, 'application/octet-stream'],
        [pdf_of(), 'image/png'], [png_of(), 'image/jpeg'], [jpeg_of(), 'application/pdf'],
        [Buffer.concat([Buffer.from('MZ'), pdf_of()]), 'application/pdf'],
        [Buffer.concat([pdf_of(), Buffer.from('PK\x03\x04')]), 'application/pdf'],
        [pdf_of().subarray(0, -3), 'application/pdf'], [Buffer.from('<html></html>'), 'application/pdf'],
        [Buffer.from('GIF89a'), 'image/gif'], [Buffer.alloc(0), 'application/pdf'],
        [pdf_of(), 'application/json'], [pdf_of(), 'application/pdf; charset=utf-8']];
    for (const [bytes, type] of refused) {
        const answer = await send_document(parent, bytes, type);
        assert.equal(answer.problem, 'unsupported_media_type', `${type}: ${answer.text}`);
    }
    assert.equal(await database.query('SELECT count(*) FROM document'), '0');
    for (const [bytes, type] of [[pdf_of(), 'application/pdf'], [png_of(), 'image/png']]) {
        const kept = await send_document(parent, bytes, type);
        assert.equal(kept.status, 201, kept.text);
        const read = await document_bytes(kept.json.document);
        assert.equal(read.headers['content-type'], type);
        assert.ok(read.bytes.equals(bytes));
    }
    // What hangs on to a picture is not kept.
    const kept = await send_document(parent, Buffer.concat([jpeg_of(), Buffer.from('PK\x03\x04<script>')]),
                                     'image/jpeg');
    assert.ok((await document_bytes(kept.json.document)).bytes.equals(jpeg_of()));
});

test('a document has a size of its own; others keep theirs; nobody sends one unasked', async () => {
    const parent = await fresh(12);
    const large = pdf_of('y'.repeat(5 * 1024 * 1024 - pdf_of('').length));
    assert.equal(large.length, 5 * 1024 * 1024);
    const kept = await send_document(parent, large);
    assert.equal(kept.status, 201, kept.text);
    assert.ok((await document_bytes(kept.json.document)).bytes.equals(large));
    const status_of = async (who, bytes, options) =>
        (await send_document(who, bytes, 'application/pdf', options)
            .catch(() => ({ status: 'cut' }))).status;
    assert.ok([413, 'cut'].includes(await status_of(parent, Buffer.concat([large, Buffer.from('\n')]))));
    assert.ok([401, 'cut'].includes(await status_of(new client(server.url), large)));
    assert.equal(await status_of(new client(server.url), pdf_of()), 401);
    assert.equal(await status_of(parent, pdf_of(), { headers: { 'x-csrf-token': 'no' } }), 403);
    assert.equal(await status_of(parent, pdf_of(), { headers: { origin: 'https://evil.example' } }), 403);
    const elsewhere = await parent.ask('POST', `${api}/family/register`, { body: pdf_of('z'.repeat(20_000)) });
    assert.equal(elsewhere.status, 413);
});

test('five documents that no request names are kept, the newest', async () => {
    const parent = await fresh(13);
    const ids = [];
    for (let n = 0; n < 7; ++n) ids.push((await send_document(parent, pdf_of(`${n}`))).json.document);
    const statuses = [];
    for (const id of ids) statuses.push((await document_bytes(id)).status);
    assert.deepEqual(statuses, [404, 404, 200, 200, 200, 200, 200]);
});

test('S30: asked with a motive and a document, accepted: the seat is free everywhere, the money is owed', async () => {
    const parent = await fresh(1);
    const other = await fresh(2);
    const week = week_of(season, 'moyens', 27);
    const order = await book(parent, staff, [[week, child_of(1)]]);
    const { hold, amount } = order.lines[0];
    const percent = part_of(days_until(season.weeks.find(({ id }) => id === week).first_day));
    const watching = await open_socket(server, { parent: other });
    const own = await open_socket(server, { parent });
    await watching.hear('snapshot');
    await own.hear('snapshot');
    const left = (await other.weeks()).get(week);

    const { document } = (await send_document(parent, pdf_of(secret_bytes))).json;
    const asked = await cancel(parent, hold, { motive: `${secret_motive}\nDeuxième ligne`, document });
    assert.equal(asked.status, 202, asked.text);
    await own.hear('family');
    const again = await cancel(parent, hold, { motive: secret_motive });
    assert.deepEqual(again.json, asked.json);
    assert.deepEqual((await line_of(parent, hold)).cancellation,
                     { state: 'pending', request: asked.json.request });
    assert.equal(await database.query('SELECT count(*) FROM family_request WHERE kind = 4'), '1');

    const waiting = (await decisions()).find(({ id }) => id === asked.json.request);
    const { made_at, ...shown } = waiting;
    assert.ok(made_at);
    assert.deepEqual(shown, {
        id: asked.json.request, kind: 'cancellation', family: 1, parent: 'Anne Lambert', child: 'Léa',
        order: order.id, week, amount, percent, refund: share(amount, percent), motive: secret_motive,
        document });
    const read = await document_bytes(document);
    assert.match(read.headers['content-disposition'], /^attachment; filename="document-\d+\.pdf"$/);
    assert.equal(read.headers['x-content-type-options'], 'nosniff');
    assert.equal(read.headers['cache-control'], 'no-store');
    assert.ok(read.bytes.equals(pdf_of(secret_bytes)));

    const began = Date.now();
    const decided = await decide(staff, asked.json.request, { accept: true, note: 'Bon rétablissement' });
    assert.deepEqual([decided.status, decided.json], [200, { state: 'accepted' }], decided.text);
    await watching.shows(week, left + 1, 1_000);
    assert.ok(Date.now() - began < 1_500);
    const line = await line_of(parent, hold);
    assert.deepEqual([line.state, line.cancellation.state], ['cancelled', 'accepted']);
    const { refunds } = await parent.read(`${api}/orders/${order.id}`);
    assert.deepEqual(refunds.map((r) => [r.state, r.reason, r.amount]), [['due', 'cancelled', share(amount, percent)]]);
    const { requests } = await parent.read(`${api}/family`);
    const told = requests.find(({ id }) => id === asked.json.request);
    assert.deepEqual([told.kind, told.state, told.answer, told.week],
                     ['cancellation', 'accepted', 'Bon rétablissement', week]);
    assert.equal((await decide(staff, asked.json.request, { accept: true })).problem, 'decided_already');
    assert.equal((await decide(staff, asked.json.request, { accept: false })).problem, 'decided_already');
    assert.equal((await cancel(parent, hold)).problem, 'not_booked');
    assert.equal((await decisions()).some(({ id }) => id === asked.json.request), false);
    // The seat is anybody's again.
    assert.equal((await parent.place('each', [[week, child_of(1)]])).status, 201);
    const whats = (await audit()).map(({ what }) => what);
    for (const what of ['document_read', 'booking_cancelled', 'request_accepted', 'decisions_read'])
        assert.ok(whats.includes(what), what);
    watching.close();
    own.close();
});

test('a refused request changes nothing but what the family reads; it may ask again', async () => {
    const parent = await fresh(3);
    const [place] = await places_of(parent);
    const order = await book(parent, staff, [place]);
    const { hold } = order.lines[0];
    const asked = await cancel(parent, hold);
    const refused = await decide(staff, asked.json.request, { accept: false, note: 'Hors délai' });
    assert.deepEqual(refused.json, { state: 'refused' });
    const line = await line_of(parent, hold);
    assert.deepEqual([line.state, line.cancellation.state], ['booked', 'refused']);
    const told = (await parent.read(`${api}/family`)).requests.find(({ id }) => id === asked.json.request);
    assert.deepEqual([told.state, told.answer], ['refused', 'Hors délai']);
    const anew = await cancel(parent, hold, { motive: 'Encore' });
    assert.notEqual(anew.json.request, asked.json.request);
    assert.equal((await line_of(parent, hold)).cancellation.state, 'pending');
});

test('the staff\'s own percent goes before the rules\'; bad ones are refused', async () => {
    const parent = await fresh(4);
    const [place] = await places_of(parent);
    const order = await book(parent, staff, [place]);
    const [{ hold, amount }] = order.lines;
    const asked = await cancel(parent, hold);
    for (const percent of [-1, 101, 1.5, '50', null])
        assert.equal((await decide(staff, asked.json.request, { accept: true, percent })).status, 400);
    assert.equal((await decide(staff, asked.json.request, { accept: true, percent: 25 })).status, 200);
    const { refunds } = await parent.read(`${api}/orders/${order.id}`);
    assert.deepEqual(refunds.map((r) => r.amount), [share(amount, 25)]);
    // Of other requests there is no percent.
    const wish = await parent.ask('POST', `${api}/family/residence`, { body: { note: 'x' } });
    const wrong = await decide(staff, wish.json.request, { accept: true, percent: 25 });
    assert.deepEqual([wrong.problem, wrong.json.pointer], ['unknown_member', '/percent']);
});

test('what is not one\'s own is not there; what is not booked is not cancelled', async () => {
    const parent = await fresh(8);
    const other = await fresh(9);
    const [one, two, three] = await places_of(parent);
    const order = await book(parent, staff, [one]);
    const [{ hold }] = order.lines;
    assert.equal((await cancel(other, hold)).status, 404);
    assert.equal((await cancel(parent, `${hold.slice(0, -1)}!`)).status, 404);
    const { document } = (await send_document(other, pdf_of())).json;
    assert.equal((await cancel(parent, hold, { motive: 'x', document })).status, 404);
    assert.equal((await cancel(parent, hold, { motive: 'x', document: 'x'.repeat(36) })).status, 400);
    assert.equal((await cancel(parent, hold, { motive: '' })).status, 400);
    assert.equal((await cancel(parent, hold, { motive: 'x'.repeat(1001) })).status, 400);
    assert.equal((await cancel(parent, hold, {})).json.pointer, '/motive');
    assert.equal(await database.query(`SELECT count(*) FROM family_request r JOIN parent p
                                       ON p.id = r.parent WHERE r.kind = 4 AND r.family = 8`), '0');
    assert.equal((await parent.get(`${api}/staff/documents/${document}`)).problem, 'staff_only');
    assert.equal((await document_bytes('00000000-0000-4000-8000-000000000000')).status, 404);
    assert.equal((await document_bytes('x')).status, 404);
    const [held] = await parent.hold([two]);
    assert.equal((await cancel(parent, held.hold)).problem, 'not_booked');
    await parent.release(held.hold);
    assert.equal((await cancel(parent, held.hold)).problem, 'not_booked');
    // A document has one request.
    const mine = (await send_document(parent, pdf_of())).json.document;
    assert.equal((await cancel(parent, hold, { motive: 'x', document: mine })).status, 202);
    assert.equal((await cancel(parent, hold, { motive: 'y', document: mine })).status, 202);
    const second = await book(parent, staff, [three]);
    assert.equal((await cancel(parent, second.lines[0].hold, { motive: 'x', document: mine })).status, 404);
});

test('R10: a second parent asks for the child it sees; both hear', async () => {
    const first = await fresh(14);
    const second = await fresh(15);
    const { niss, birth_date } = (await first.read(`${api}/family`)).children[0];
    const wish = await second.ask('POST', `${api}/family/attachments`, { body: { niss, birth_date } });
    await first.ask('POST', `${api}/family/requests/${wish.json.request}`, { body: { accept: true } });
    const child = child_of(14);
    const [place] = await places_of(first);
    assert.equal(place[1], child);
    const order = await book(first, staff, [place]);
    const [{ hold }] = order.lines;
    const asked = await cancel(second, hold, { motive: 'Garde partagée' });
    assert.equal(asked.status, 202, asked.text);
    assert.equal((await line_of(first, hold)).cancellation.state, 'pending');
    // It is the staff's to decide, not the other parent's.
    assert.equal((await first.ask('POST', `${api}/family/requests/${asked.json.request}`,
                                  { body: { accept: true } })).status, 404);
    assert.equal((await decide(staff, asked.json.request, { accept: true, note: 'Ok' })).status, 200);
    assert.equal((await line_of(first, hold)).state, 'cancelled');
    const told = (await second.read(`${api}/family`)).requests.find(({ id }) => id === asked.json.request);
    assert.deepEqual([told.state, told.answer], ['accepted', 'Ok']);
});

test('two of the staff at once: one decides, and row and booking say the same', async () => {
    const parent = await fresh(16);
    for (const place of (await places_of(parent)).slice(0, 5)) {
        const order = await book(parent, staff, [place]);
        const [{ hold }] = order.lines;
        const { request } = (await cancel(parent, hold)).json;
        const answers = await Promise.all([true, false, true, false].map((accept) =>
            decide(staff, request, { accept })));
        const done = answers.filter(({ status }) => status === 200);
        assert.equal(done.length, 1, answers.map(({ text }) => text).join('\n'));
        const { state } = done[0].json;
        const line = await line_of(parent, hold);
        assert.equal(line.state, state === 'accepted' ? 'cancelled' : 'booked');
        assert.equal(line.cancellation.state, state);
        assert.equal(await database.query(`SELECT state FROM family_request WHERE id = ${request}`),
                     state === 'accepted' ? '1' : '2');
    }
});

test('nothing of it is found but sealed: not in the journal, the log, or a dump', async () => {
    const { stdout } = await cli('journal', 'export', '--data', data);
    const dump = await dump_of(server);
    assert.ok(stdout.includes('"sale"') && dump.includes('CREATE TABLE public.document'));
    const spellings = (text) => [text, Buffer.from(text).toString('hex'),
                                 Buffer.from(text).toString('base64').slice(0, -4)];
    for (const where of [stdout, dump, server.stderr, server.stdout]) {
        for (const secret of [secret_motive, secret_bytes, 'Bon rétablissement', '%PDF-1.7'])
            for (const text of spellings(secret)) assert.ok(!where.includes(text), text);
    }
    const whole = await (await fresh(1)).get(`${api}/family/export`);
    assert.ok(whole.text.includes(secret_motive) && whole.text.includes('Bon rétablissement'));
    const { documents } = whole.json;
    assert.deepEqual(documents.map(({ type }) => type), ['application/pdf']);
    assert.ok(Buffer.from(documents[0].base64, 'base64').equals(pdf_of(secret_bytes)));
    const page = await (await fresh(1)).get(`${api}/family/export.html`);
    assert.ok(page.text.includes('application/pdf'));
});

test('killed between the journal and the row: whoever decides again ends it as accepted', async () => {
    const parent = await fresh(17);
    const book_and_ask = async (place) => {
        const order = await book(parent, staff, [place]);
        const [{ hold }] = order.lines;
        return { hold, order: order.id, request: (await cancel(parent, hold)).json.request };
    };
    const places = await places_of(parent);
    const one = await book_and_ask(places[0]);
    const two = await book_and_ask(places[1]);
    for (const { request } of [one, two])
        assert.equal((await decide(staff, request, { accept: true })).status, 200);
    // As the process leaves it that dies in between: the journal has it, the row has not.
    await database.query(`UPDATE family_request SET state = 0, decided_at = NULL, decided_by = NULL
                          WHERE id IN (${one.request}, ${two.request})`);
    await server.kill();
    server = await start_server({ data });
    staff = await staff_of(server);
    database = await database_of(server);
    const back = await fresh(17);
    const state_of = async ({ request }) =>
        (await back.read(`${api}/family`)).requests.find(({ id }) => id === request).state;
    // The family is told the truth already.
    assert.equal(await state_of(one), 'accepted');
    assert.equal((await line_of(back, one.hold)).cancellation.state, 'accepted');
    assert.deepEqual((await decide(staff, one.request, { accept: true })).json, { state: 'accepted' });
    assert.equal((await decide(staff, two.request, { accept: false })).problem, 'decided_already');
    for (const each of [one, two]) {
        assert.equal(await database.query(`SELECT state FROM family_request WHERE id = ${each.request}`), '1');
        assert.equal((await back.read(`${api}/orders/${each.order}`)).refunds.length, 1, 'one refund');
    }
    assert.equal((await cli('doctor', '--data', data)).code, 0);
});

test('what comes back follows the organiser\'s rules and the day', async () => {
    const text = readFileSync(new URL('../../data/dalhem-ete-2027.toml', import.meta.url), 'utf8');
    const own = await start_server();
    const clerk = await staff_of(own);
    const parent = await parent_of(own, 1);
    const shown = await clerk.season();
    const week = week_of(shown, 'moyens', 27);
    const first = shown.weeks.find(({ id }) => id === week).first_day;
    const order = await book(parent, clerk, [[week, child_of(1)]]);
    const [{ hold, amount }] = order.lines;
    const { request } = (await cancel(parent, hold)).json;
    const days = days_until(first);
    const seen = async () => {
        const { decisions } = await clerk.read(`${api}/staff/decisions`);
        return decisions.find(({ id }) => id === request);
    };
    for (const [steps, percent] of [
        [[[days, 80]], 80], [[[days + 1, 80]], 0], [[[days + 1, 80], [days, 30], [0, 10]], 30], [[], 0]]) {
        const rules = steps.map(([days_before, part]) => `{ days_before = ${days_before}, percent = ${part} }`);
        const file = join(own.data, 'season.toml');
        writeFileSync(file, text.replaceAll('2027', first.slice(0, 4))
            .replace(/^refunds = \[[^\]]*\]/m, `refunds = [${rules.join(', ')}]`));
        await tell(own, 'import', 'season', file);
        const now = await seen();
        assert.deepEqual([now.percent, now.refund], [percent, share(amount, percent)],
                         `${days} days ahead, ${JSON.stringify(steps)}`);
    }
    await own.end();
});
