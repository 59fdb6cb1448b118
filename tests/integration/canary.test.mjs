// A canary: a parent, a child and an allergy that are nobody else's go through login, sheet, hold,
// search and mail; afterwards none of them is found in logs, metrics, the journal, a dump of the
// database, the files of the data directory, or a core file. Each search first finds something that
// must be there, so that finding nothing means something.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { api, client, search_of, week_of } from './support/client.mjs';
import { browser, identity_provider, niss_of, secret } from './support/identity.mjs';
import { database_of, dump_of } from './support/database.mjs';
import { cli, make_folder, run, start_server, tell } from './support/process.mjs';
import { complete_answers, sheet_of } from './support/sheets.mjs';
import { writeFileSync } from 'node:fs';

const parent_niss = niss_of(777);
const child_niss = niss_of(778);
const secrets = {
    'the parent’s given name': 'Zéphyrine', 'the family name': 'Quatrebarbes-Vanille',
    'the child’s name': 'Barnabooth', 'the parent’s number': parent_niss,
    'the child’s number': child_niss, 'the allergy': 'carambole confite',
    'the street': 'Rue du Canari Perdu', 'the phone': '+32499123987',
    'the e-mail': 'canari.perdu@parents.example', 'the doctor': 'Dr Nachtegaal',
};

// How a text could stand in a file: as it is, in capitals, as hex of its bytes, as base64, and a
// number as it is shown.
function spellings(text) {
    const bytes = Buffer.from(text);
    const all = [text, text.toUpperCase(), text.toLowerCase(), bytes.toString('hex'),
                 bytes.toString('base64').replace(/=+$/, '').slice(0, -2),
                 encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
    if (/^\d{11}$/.test(text))
        all.push(text.replace(/^(..)(..)(..)(...)(..)$/, '$1.$2.$3-$4.$5'), text.slice(0, 9));
    return [...new Set(all)].map((spelling) => Buffer.from(spelling));
}

function assert_silent(where, content, must_have) {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
    assert.ok(bytes.includes(must_have), `${where}: the search finds ${must_have}`);
    for (const [what, text] of Object.entries(secrets)) {
        for (const spelling of spellings(text))
            assert.ok(!bytes.includes(spelling), `${where} has ${what} as ${spelling}`);
    }
}

function files_below(folder) {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const data = make_folder();
let server;
let parent;
let child;

before(async () => {
    // The surroundings would let it write a core file.
    execFileSync('prlimit', ['--pid', String(process.pid), '--core=unlimited:unlimited']);
    const secret_file = join(data, 'client-secret');
    writeFileSync(secret_file, `${secret}\n`, { mode: 0o600 });
    const provider = await identity_provider.start();
    server = await start_server({ data, args: [
        '--log', 'debug', '--oidc-issuer', provider.issuer, '--oidc-client-id', 'campgate',
        '--oidc-client-secret-file', secret_file, '--oidc-scopes', 'openid,profile,egovnrn'] });
    await provider.accept(server);
    await provider.set({ account: {
        egovNRN: parent_niss, given_name: secrets['the parent’s given name'],
        family_name: secrets['the family name'] } });
    await tell(server, 'staff', 'add', parent_niss);
    const visitor = new browser();
    await visitor.login(server);
    parent = new client(server.url);
    parent.cookie = `campgate_demo=${visitor.session(server)}`;
    parent.csrf = (await parent.me()).csrf;
});

const must = async (method, path, body, headers = {}) => {
    const answer = await parent.ask(method, `${api}${path}`, { body, headers });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
};

test('the canary goes everywhere a parent goes', async () => {
    await must('POST', '/family/register', {});
    const { etag } = (await parent.get(`${api}/family`)).headers;
    await must('PUT', '/family/profile', {
        address: { street: secrets['the street'], number: '1', box: null, postcode: '4607',
                   city: 'Dalhem', country: 'BE' },
        phone: secrets['the phone'], email: secrets['the e-mail'], language: 'fr' },
        { 'if-match': etag });
    const born = `${new Date().getUTCFullYear() - 7}-01-15`;
    ({ child } = (await must('POST', '/family/children', {
        given_name: secrets['the child’s name'], family_name: secrets['the family name'],
        birth_date: born, niss: child_niss, site: null, school_year: null },
        { 'idempotency-key': '0e6f9d6e-0000-4000-8000-000000000001' })).json);
    const sheet = sheet_of(parent, child);
    const answers = { ...complete_answers, doctor_name: secrets['the doctor'], allergic: true,
                      allergies: ['other'], allergy_other: secrets['the allergy'],
                      allergy_consequences: secrets['the allergy'] };
    const draft = await sheet.draft(answers, (await sheet.read()).headers.etag);
    assert.equal(draft.status, 200, draft.text);
    const late = await sheet.draft({ allergy_other: 5, [secrets['the allergy']]: 1 }, draft.json.etag);
    assert.equal(late.status, 422);
    assert.equal((await sheet.validate(answers, draft.json.etag)).status, 200);
    const season = await parent.season();
    await parent.hold([[week_of(season, 'moyens', 28), child]]);
    const found = await search_of(parent, secrets['the family name']);
    assert.equal(found.families.length, 1);
    const mails = await parent.read(`${api}/demo/mails`);
    assert.ok(mails.mails.some(({ to }) => to === secrets['the e-mail']), 'a mail was written');
    const whole = await parent.get(`${api}/family/export`);
    for (const text of Object.values(secrets)) assert.ok(whole.text.includes(text), text);
    // Faults and refusals are told without what was typed.
    await parent.ask('POST', `${api}/family/children`, { body: `{"given_name":"${secrets['the child’s name']}"` });
    await parent.get(`${api}/family/${encodeURIComponent(secrets['the family name'])}`);
});

test('logs and metrics do not know it', async () => {
    assert_silent('stderr', server.stderr, '"event":"listening"');
    assert_silent('stdout', server.stdout, 'campgate: ready at');
    const metrics = new client(server.metrics_url);
    const { text } = await metrics.get('/metrics');
    assert_silent('metrics', text, 'campgate_');
    metrics.close();
});

test('the journal does not know it', async () => {
    const { stdout, code } = await cli('journal', 'export', '--data', data);
    assert.equal(code, 0);
    assert_silent('journal export', stdout, `"child":${child}`);
});

test('a dump of the database does not know it', async () => {
    assert_silent('dump', await dump_of(server), 'sheet_validated');
});

test('no file of the data directory knows it', async () => {
    // What is in PostgreSQL's memory is brought to its files.
    await (await database_of(server)).query('CHECKPOINT');
    let found = false;
    for (const file of files_below(data)) {
        const content = readFileSync(file);
        found ||= content.includes('sheet_validated');
        assert_silent(file, content, '');
    }
    assert.ok(found, 'the search finds an audit row in some file');
});

test('a crash leaves no core file', async () => {
    const folder = make_folder();
    // Here a process that crashes does leave one.
    await run('bash', ['-c', 'kill -SEGV $$'], { cwd: folder }).catch(() => {});
    const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
    const cores = () => files_below(folder).filter((file) => /core/.test(file));
    if (!pattern.startsWith('|') && !pattern.startsWith('/'))
        assert.equal(cores().length, 1, `core_pattern ${pattern} makes a core file`);
    const limits = readFileSync(`/proc/${server.pid}/limits`, 'utf8');
    assert.match(limits, /^Max core file size\s+0\s+0\s/m);
    const beside = process.cwd();
    const before_it = readdirSync(beside).filter((name) => /^core/.test(name));
    server.signal('SIGSEGV');
    assert.deepEqual(await server.exited, { code: null, signal: 'SIGSEGV' });
    assert.deepEqual(readdirSync(beside).filter((name) => /^core/.test(name)), before_it);
    for (const name of ['core', `core.${server.pid}`])
        assert.ok(!existsSync(join(beside, name)) || statSync(join(beside, name)).mtimeMs < Date.now() - 60_000);
    assert.deepEqual(files_below(data).filter((file) => /\/core(\.\d+)?$/.test(file)), []);
});
