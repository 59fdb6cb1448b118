// The health sheet over a real socket: its questions (R11), drafts and validation (S14), what is
// missing told at the field, two parents at once, other families' children; and that it gates the
// opening (S15, S18): refused with the reason, validated, accepted at once, also after a restart.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { cli, make_folder, start_server, tell } from './support/process.mjs';
import { complete_answers, sheet_of } from './support/sheets.mjs';

let server;
let season;
let anne;
before(async () => {
    server = await start_server();
    season = await new client(server.url).season();
    anne = await parent_of(server, 1);
});

const faults_of = (answer) => answer.json.faults.map(({ pointer, code }) => `${pointer} ${code}`);
const months_after = (text, months) => {
    const at = new Date(text);
    at.setUTCMonth(at.getUTCMonth() + months);
    return at.getTime();
};

test('R11: the questions are data, in four languages, cached by ETag', async () => {
    const answer = await anne.get(`${api}/sheet/questions`);
    assert.equal(answer.status, 200, answer.text);
    const questions = answer.json.sections.flatMap((section) => section.questions);
    const blood = questions.find(({ id }) => id === 'blood_group');
    assert.deepEqual([blood.kind, blood.mandatory, blood.label.fr, blood.label.de],
                     ['choice', true, 'Groupe sanguin', 'Blutgruppe']);
    const last = questions.find(({ id }) => id === 'tetanus_date');
    assert.deepEqual([last.kind, last.past, last.when], ['date', true, { question: 'tetanus', is: true }]);
    const headers = { 'if-none-match': answer.headers.etag };
    assert.equal((await anne.get(`${api}/sheet/questions`, { headers })).status, 304);
    assert.equal((await new client(server.url).get(`${api}/sheet/questions`)).status, 401);
});

test('S14: a draft is kept while one types, a validated sheet counts at once', async () => {
    const child = child_of(1, 0);
    const sheet = sheet_of(anne, child);
    const fresh = await sheet.read();
    assert.equal(fresh.json.draft, null);

    const typed = { doctor_name: 'Dr M', remarks: 'a\nb', medicines: [{ name: 'Ventolin' }] };
    const kept = await sheet.draft(typed, fresh.headers.etag);
    assert.equal(kept.status, 200, kept.text);
    assert.equal(kept.json.etag, kept.headers.etag);
    const again = await sheet.read();
    assert.deepEqual(again.json.draft, typed);
    assert.equal(again.headers.etag, kept.json.etag);
    assert.equal(again.json.draft_saved_at, kept.json.draft_saved_at);

    const validated = await sheet.validate(complete_answers, kept.json.etag);
    assert.equal(validated.status, 200, validated.text);
    assert.deepEqual(validated.json.answers, complete_answers);
    assert.equal(validated.json.draft, null);
    assert.equal(validated.json.state, 'valid');
    assert.ok(Math.abs(Date.parse(validated.json.validated_at) - Date.now()) < 60_000);
    assert.deepEqual((await sheet.read()).json, validated.json);
});

test('S14: what is missing or wrong is told at its field, in the asker’s language', async () => {
    const sheet = sheet_of(anne, child_of(1, 1));
    const { etag } = (await sheet.read()).headers;
    const { doctor_name, urgent_care, ...rest } = complete_answers;
    assert.ok(doctor_name && urgent_care);
    const wrong = { ...rest, urgent_care: false, tetanus_date: '2999-01-01', shoe_size: 5,
                    contacts: [{ name: 'A', relation: 'b' }] };
    const answer = await sheet.validate(wrong, etag, { headers: { 'accept-language': 'nl' } });
    assert.equal(answer.status, 422, answer.text);
    assert.equal(answer.problem, 'sheet_incomplete');
    assert.deepEqual(faults_of(answer), [
        '/answers/tetanus_date invalid', '/answers/doctor_name missing',
        '/answers/contacts/0/phone missing', '/answers/urgent_care missing',
        '/answers/shoe_size unknown']);
    assert.equal(answer.json.faults[1].detail, 'Dit antwoord is nodig.');
    assert.equal((await sheet.read()).headers.etag, etag, 'nothing was changed');
    const draft = await sheet.draft({ weight: 'heavy' }, etag);
    assert.equal(draft.status, 422);
    assert.deepEqual(faults_of(draft), ['/answers/weight invalid']);
});

test('answers to questions that are not asked are dropped from a validated sheet', async () => {
    const sheet = sheet_of(anne, child_of(1, 1));
    const { etag } = (await sheet.read()).headers;
    const answer = await sheet.validate({ ...complete_answers, allergic: false,
                                          allergy_treatment: 'none of your business' }, etag);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.answers.allergy_treatment, undefined);
});

test('S15: a sheet counts for the season’s months from its validation', async () => {
    const { json } = await sheet_of(anne, child_of(1, 0)).read();
    assert.equal(Date.parse(json.valid_until), months_after(json.validated_at, 6));
});

test('two who edit at once: the second hears of the first, and nothing is lost', async () => {
    const child = child_of(1, 2);
    const [here, there] = [anne, await parent_of(server, 1)].map((who) => sheet_of(who, child));
    const { etag } = (await here.read()).headers;
    const first = await here.draft({ doctor_name: 'Dr First' }, etag);
    assert.equal(first.status, 200, first.text);
    for (const late of [await there.draft({ doctor_name: 'Dr Second' }, etag),
                        await there.validate(complete_answers, etag)]) {
        assert.equal(late.status, 412, late.text);
        assert.equal(late.problem, 'precondition_failed');
        assert.equal(late.headers.etag, first.json.etag);
    }
    assert.equal((await there.read()).json.draft.doctor_name, 'Dr First');
    const races = await Promise.all(['a', 'b', 'c', 'd'].map((name) =>
        there.draft({ doctor_name: name }, first.json.etag)));
    assert.deepEqual(races.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
    assert.equal((await here.draft({ doctor_name: 'x' }, null)).status, 428);
    assert.equal((await here.draft({ doctor_name: 'x' }, 'nonsense')).status, 412);
});

test('another family’s child is not there, whatever one does with it', async () => {
    const theirs = sheet_of(anne, child_of(2, 0));
    const own = (await sheet_of(await parent_of(server, 2), child_of(2, 0)).read());
    assert.equal((await theirs.read()).status, 404);
    assert.equal((await theirs.draft({}, own.headers.etag)).status, 404);
    assert.equal((await theirs.validate(complete_answers, own.headers.etag)).status, 404);
    for (const id of ['0', '-1', '999999999', 'x', '1e3'])
        assert.equal((await anne.get(`${api}/children/${id}/sheet`)).status, 404, id);
    const after = await sheet_of(await parent_of(server, 2), child_of(2, 0)).read();
    assert.equal(after.headers.etag, own.headers.etag);
});

test('R10: a second parent sees and edits that child’s sheet, and no other of the family', async () => {
    const first = await parent_of(server, 11);
    const second = await parent_of(server, 12);
    const ask = async (who, path, body) => {
        const answer = await who.ask('POST', `${api}/family/${path}`, { body });
        assert.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text}`);
        return answer.json;
    };
    const { children } = await first.read(`${api}/family`);
    const [shared, ...others] = children;
    const { request } = await ask(second, 'attachments',
                                  { niss: shared.niss.replace(/\D/g, ''), birth_date: shared.birth_date });
    const theirs = sheet_of(second, shared.id);
    assert.equal((await theirs.read()).status, 404, 'not before it is accepted');
    await ask(first, `requests/${request}`, { accept: true });

    const seen = await theirs.read();
    assert.equal(seen.status, 200, seen.text);
    const kept = await theirs.draft({ remarks: 'from the second' }, seen.headers.etag);
    assert.equal(kept.status, 200, kept.text);
    const own = sheet_of(first, shared.id);
    assert.equal((await own.read()).json.draft.remarks, 'from the second');
    assert.equal((await own.validate(complete_answers, seen.headers.etag)).status, 412);
    assert.equal((await theirs.validate(complete_answers, kept.json.etag)).status, 200);
    const shown = (await first.me()).children.find(({ id }) => id === shared.id);
    assert.equal(shown.sheet, 'valid', 'the family’s own page knows at once');
    for (const { id } of others)
        assert.equal((await sheet_of(second, id).read()).status, 404);
});

test('a body that is no sheet is refused where it is wrong; a long one fits, a longer one does not',
     async () => {
    const sheet = sheet_of(anne, child_of(1, 2));
    const { etag } = (await sheet.read()).headers;
    const send = (body) => sheet.send('PUT', 'draft', body, etag);
    for (const [body, problem, pointer] of [
        ['{', 'invalid_json', undefined],
        ['[]', 'invalid_member', ''],
        ['{}', 'missing_member', '/answers'],
        ['{"answers":[]}', 'invalid_member', '/answers'],
        ['{"answers":{},"x":1}', 'unknown_member', '/x'],
        ['{"answers":{"nap":true,"nap":false}}', 'duplicate_member', '/answers/nap'],
    ]) {
        const answer = await send(body);
        assert.deepEqual([answer.status, answer.problem, answer.json.pointer],
                         [400, problem, pointer], body);
    }
    const long = await send({ answers: { remarks: 'é'.repeat(1500), medical_data: '€'.repeat(1000),
                                         disability_text: '日'.repeat(1000),
                                         avoid_text: '🙂'.repeat(500) } });
    assert.equal(long.status, 200, long.text);
    const padded = JSON.stringify({ answers: {} }) + ' '.repeat(40 * 1024);
    assert.equal((await send(padded)).status, 412, 'read, although it is long');
    assert.equal((await send(' '.repeat(65 * 1024))).status, 413);
});

test('R11: other questions: answers that no longer fit are kept but not shown, the date stays',
     async () => {
    const child = child_of(1, 0);
    const sheet = sheet_of(anne, child);
    const was = await sheet.read();
    const root = new URL('../../data/health-sheet.toml', import.meta.url);
    const changed = readFileSync(root, 'utf8').replaceAll('"doctor_name"', '"physician"');
    const folder = make_folder();
    const path = join(folder, 'questions.toml');
    writeFileSync(path, changed);
    const imported = await tell(server, 'import', 'questions', path);
    assert.match(imported.stdout, /imported as version 1/);
    assert.match((await tell(server, 'import', 'questions', path)).stdout, /nothing has changed/);

    const now = await sheet.read();
    assert.equal(now.json.questions, 1);
    assert.equal(now.json.state, 'valid');
    assert.equal(now.json.valid_until, was.json.valid_until);
    const { doctor_name, ...others } = was.json.answers;
    assert.ok(doctor_name);
    assert.deepEqual(now.json.answers, others);
    const late = await sheet.draft({}, was.headers.etag);
    assert.equal(late.status, 412, 'answers to the former questions');
    const whole = await anne.read(`${api}/family/export`);
    const kept = whole.children.find(({ id }) => id === child).sheet.answers;
    assert.equal(kept.doctor_name, doctor_name, 'the export has it');

    writeFileSync(path, changed.replace('kind = "choice"', 'kind = "maybe"'));
    const refused = await cli('import', 'questions', path, '--data', server.data);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /questions\.toml:\d+:\d+: section\[1\]\.question\[1\]\.kind/);
    writeFileSync(path, readFileSync(root, 'utf8'));
    assert.match((await tell(server, 'import', 'questions', path)).stdout, /version 2/);
    assert.equal((await sheet.read()).json.answers.doctor_name, doctor_name, 'and it comes back');
});

test('S15, S17, S18: an old sheet is refused at the opening; validated, the child is taken at once',
     async () => {
    let own = await start_server();
    const everything = await new client(own.url).season();
    // A demo family whose child has a sheet older than its months.
    let found;
    for (let family = 1; family <= 60 && !found; ++family) {
        const parent = await parent_of(own, family);
        const stale = (await parent.me()).children.find(({ sheet, weeks }) =>
            sheet === 'expired' && weeks.some(({ reason }) => reason === 'sheet_expired'));
        if (stale) found = { parent, family, child: stale.id,
                             week: stale.weeks.find(({ reason }) => reason === 'sheet_expired').week };
        else parent.close();
    }
    assert.ok(found, 'a stale sheet');
    const { family, child, week } = found;
    let { parent } = found;
    assert.ok(everything.weeks.some(({ id }) => id === week));
    assert.equal((await sheet_of(parent, child).read()).json.state, 'expired');

    const refused = await parent.place('each', [[week, child]]);
    assert.equal(refused.status, 409, refused.text);
    assert.deepEqual(refused.json.refused, [{ week, child, reason: 'sheet_expired' }]);

    const sheet = sheet_of(parent, child);
    const validated = await sheet.validate(complete_answers, (await sheet.read()).headers.etag);
    assert.equal(validated.status, 200, validated.text);
    const taken = await parent.place('each', [[week, child]]);
    assert.equal(taken.status, 201, taken.text);
    const shown = (await parent.me()).children.find(({ id }) => id === child);
    assert.equal(shown.sheet, 'valid');
    assert.equal((await parent.release(taken.json.placed[0].hold)).status, 204);

    await own.kill();
    own = await start_server({ data: own.data });
    parent = await parent_of(own, family);
    const again = await parent.place('each', [[week, child]]);
    assert.equal(again.status, 201, again.text);
    assert.deepEqual((await sheet_of(parent, child).read()).json.answers, complete_answers);
});
