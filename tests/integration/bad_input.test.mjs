// What nobody should send, as bytes on a socket: each gets its exact answer, changes nothing, and
// leaves the connection as it should be: closed where the rest of the stream cannot be trusted, and
// usable where it can.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { answer_fault } from '../house/documents.mjs';
import { api, child_of, client, parent_of, week_of } from './support/client.mjs';
import { start_server } from './support/process.mjs';
import { raw_connect } from './support/raw.mjs';

let server;
let anne;
let w;        // a week that Léa may have
let other_w;  // another camp in the same ISO week, for the same child
before(async () => {
    server = await start_server();
    anne = await parent_of(server, 1);
    const season = await anne.season();
    w = week_of(season, 'moyens', 27);
    other_w = week_of(season, 'multisports', 27);
});

const lea = child_of(1, 0);
const hugo = child_of(1, 1);
const body_limit = 16 * 1024;
const head_limit = 8 * 1024;
const target_limit = 2 * 1024;

const bytes_of = (text) => (Buffer.isBuffer(text) ? text : Buffer.from(text, 'utf8'));

// A request as it should be, but for what `wrong` changes. A field of null is left out, of several
// values is sent several times; `extra` lines come as they are.
function request_bytes(method, path, { body, fields = {}, extra = '', version = 'HTTP/1.1' } = {}) {
    const all = { Host: server.host, Cookie: anne.cookie, ...fields };
    if (body !== undefined && all['Content-Length'] === undefined) {
        all['Content-Length'] = bytes_of(body).length;
    }
    const lines = Object.entries(all).filter(([, value]) => value !== null)
        .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
    const head = `${method} ${path} ${version}\r\n${lines.join('')}${extra}\r\n`;
    return Buffer.concat([Buffer.from(head, 'latin1'), bytes_of(body ?? '')]);
}
const get = (path, wrong) => request_bytes('GET', path, wrong);
const json_fields = { 'Content-Type': 'application/json' };
const post = (path, body, { fields = {}, ...wrong } = {}) => request_bytes('POST', path, {
    body, fields: { ...json_fields, 'X-CSRF-Token': anne.csrf, ...fields }, ...wrong });

const good = () => JSON.stringify({ mode: 'all', items: [{ week: w, child: lea }] });
// A request for holds with this body; a key of its own, so that no case hides behind another.
let keys = 0;
const holds = (body, { fields = {}, ...wrong } = {}) => post(`${api}/holds`, body ?? good(), {
    fields: { 'Idempotency-Key': `bad-${++keys}`, ...fields }, ...wrong });
const items = (...list) => JSON.stringify({ mode: 'each', items: list });
const item = (week, child) => `{"mode":"each","items":[{"week":${week},"child":${child}}]}`;
const login = (body, wrong) => post(`${api}/demo/login`, body, wrong);

// ---- the table: what, bytes, status, problem, what the problem names, and what becomes of the
// connection: `ends` (the default for malformed_request) or `goes_on`.

const malformed = { status: 400, problem: 'malformed_request', ends: true };
const path_of_holds = `${api}/holds`;
const bad_json = { status: 400, problem: 'invalid_json', path: path_of_holds };
const member = (problem, pointer, path = path_of_holds) =>
    ({ status: 400, problem, names: { pointer }, path });
const parameter = (name, path) =>
    ({ status: 400, problem: 'invalid_parameter', names: { parameter: name }, path });
const header = (problem, name, path = path_of_holds) =>
    ({ status: 400, problem, names: { header: name }, path });
const plain = (status, problem, path, more) => ({ status, problem, path, ...more });

const table = [
    // The request line.
    ['no request at all', () => 'hello\r\n\r\n', malformed],
    ['an empty line first', () => `\r\n${get('/healthz')}`, malformed],
    ['a space first', () => ` ${get('/healthz')}`, malformed],
    ['HTTP/0.9', () => 'GET /healthz\r\n\r\n', malformed],
    ['HTTP/1.2', () => get('/healthz', { version: 'HTTP/1.2' }), malformed],
    ['HTTP/2.0', () => get('/healthz', { version: 'HTTP/2.0' }), malformed],
    ['HTTP/2’s preface', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', malformed],
    ['http/1.1 in small letters', () => get('/healthz', { version: 'http/1.1' }), malformed],
    ['two spaces before the version', () => get('/healthz', { version: ' HTTP/1.1' }), malformed],
    ['a tab in the request line', () => `GET\t/healthz HTTP/1.1\r\nHost: x\r\n\r\n`, malformed],
    ['a target without a slash', () => get('healthz'), malformed],
    ['a whole address as the target', () => get('http://example.org/healthz'), malformed],
    ['an asterisk as the target', () => request_bytes('OPTIONS', '*'), malformed],
    ['a fragment in the target', () => get('/healthz#top'), malformed],
    ['a byte above 127 in the target', () => get('/caf\xe9'), malformed],
    ['a NUL in the target', () => get('/heal\0thz'), malformed],
    ['an odd method', () => request_bytes('G(T', '/healthz'), malformed],
    ['a target of more than 2 KiB', () => get('/' + 'x'.repeat(target_limit)),
     plain(414, 'uri_too_long', '', { ends: true })],
    ['TLS where none is spoken', () => Buffer.from('1603010200010001fc0303', 'hex'), malformed],

    // Lines and fields.
    ['bare line feeds', () => 'GET /healthz HTTP/1.1\nHost: x\n\n', malformed],
    ['one bare line feed', () => 'GET /healthz HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n', malformed],
    ['a bare carriage return', () => 'GET /healthz HTTP/1.1\r\nHost: x\rX-A: b\r\n\r\n', malformed],
    ['a folded header', () => get('/healthz', { extra: 'X-Long: a\r\n b\r\n' }), malformed],
    ['a folded first header', () => 'GET / HTTP/1.1\r\n Host: x\r\n\r\n', malformed],
    ['a space before the colon', () => get('/healthz', { extra: 'X-A : b\r\n' }), malformed],
    ['a header without a colon', () => get('/healthz', { extra: 'X-A\r\n' }), malformed],
    ['a header without a name', () => get('/healthz', { extra: ': b\r\n' }), malformed],
    ['a control character in a header', () => get('/healthz', { extra: 'X-A: \x01\r\n' }),
     malformed],
    ['a NUL in a header', () => get('/healthz', { extra: 'X-A: a\0b\r\n' }), malformed],
    ['a head of more than 8 KiB',
     () => get('/healthz', { extra: `X-A: ${'a'.repeat(head_limit)}\r\n` }),
     plain(431, 'header_too_large', '', { ends: true })],
    ['a head of 8 KiB without an end', () => `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(head_limit)}`,
     plain(431, 'header_too_large', '', { ends: true })],
    ['no Host', () => get('/healthz', { fields: { Host: null } }), malformed],
    ['two Hosts', () => get('/healthz', { fields: { Host: [server.host, 'evil.example'] } }),
     malformed],

    // How long the body is.
    ['two Content-Lengths', () => holds(null, { fields: { 'Content-Length': [5, 6] } }), malformed],
    ['the same Content-Length twice', () => holds('{}', { fields: { 'Content-Length': [2, 2] } }),
     malformed],
    ['a list of Content-Lengths', () => holds('{}', { fields: { 'Content-Length': '2, 2' } }),
     malformed],
    ...['-1', '+2', '0x2', '2.0', '', ' ', '2 2', '٢', '18446744073709551618'].map((value) => [
        `a Content-Length of "${value}"`,
        () => holds('{}', { fields: { 'Content-Length': value } }), malformed]),
    ['Transfer-Encoding: chunked', () => holds('', {
        fields: { 'Content-Length': null, 'Transfer-Encoding': 'chunked' } })
        + '2\r\n{}\r\n0\r\n\r\n', malformed],
    ['both Transfer-Encoding and Content-Length',
     () => holds('{}', { fields: { 'Transfer-Encoding': 'chunked' } }), malformed],
    ...['identity', 'gzip', 'xchunked', 'chunked, identity', ''].map((value) => [
        `Transfer-Encoding: "${value}"`,
        () => holds('{}', { fields: { 'Transfer-Encoding': value } }), malformed]),
    ['Transfer-Encoding in HTTP/1.0', () => holds('{}', {
        version: 'HTTP/1.0', fields: { 'Transfer-Encoding': 'chunked' } }), malformed],
    ['Transfer-Encoding with a GET',
     () => get('/healthz', { fields: { 'Transfer-Encoding': 'chunked' } }), malformed],
    ['no length', () => holds(undefined, { fields: { 'Content-Length': null } })
        .subarray(0, -bytes_of(good()).length),
     plain(411, 'length_required', path_of_holds)],
    ['a body announced as too large', () => holds('', {
        fields: { 'Content-Length': body_limit + 1 } }),
     plain(413, 'body_too_large', path_of_holds, { ends: true })],
    ['a body announced as immense', () => holds('', { fields: { 'Content-Length': 10 ** 12 } }),
     plain(413, 'body_too_large', path_of_holds, { ends: true })],
    ['a body that is too large', () => holds(`{"mode":"${'a'.repeat(body_limit)}"}`),
     plain(413, 'body_too_large', path_of_holds, { ends: true })],
    ['Expect other than 100-continue', () => holds(null, { fields: { Expect: '200-ok' } }),
     plain(417, 'expectation_failed', '', { ends: true })],

    // Routes.
    ['an unknown path', () => get(`${api}/nothing`), plain(404, 'not_found', `${api}/nothing`)],
    ['a path with a slash more', () => get(`${api}/weeks/`),
     plain(404, 'not_found', `${api}/weeks/`)],
    ['a path of other letters', () => get(`${api}/Weeks`), plain(404, 'not_found', `${api}/Weeks`)],
    ['a path out of the tree', () => get('/../../etc/passwd'),
     plain(404, 'not_found', '/../../etc/passwd')],
    ['an escaped path', () => get('/api%2fv1%2fweeks'),
     plain(404, 'not_found', '/api%2fv1%2fweeks')],
    ...[['POST', `${api}/weeks`, 'GET, HEAD'], ['GET', `${api}/holds`, 'POST'],
        ['DELETE', `${api}/holds`, 'POST'], ['GET', `${api}/holds/${'a'.repeat(26)}`, 'DELETE'],
        ['PUT', `${api}/season`, 'GET, HEAD'], ['GET', `${api}/logout`, 'POST'],
        ['TRACE', '/healthz', 'GET, HEAD'], ['PATCH', `${api}/me`, 'GET, HEAD'],
        ['OPTIONS', `${api}/holds`, 'POST'], ['CONNECT', '/healthz', 'GET, HEAD'],
    ].map(([method, path, allow]) => [
        `${method} ${path.slice(0, 20)}`,
        () => request_bytes(method, path, { body: method === 'POST' ? '' : undefined }),
        plain(405, 'method_not_allowed', path, { allow })]),
    ['a method that nobody knows', () => request_bytes('BREW', '/healthz'),
     plain(405, 'method_not_allowed', '/healthz', { allow: 'GET, HEAD' })],

    // Who asks.
    ['no cookie', () => holds(null, { fields: { Cookie: null } }),
     plain(401, 'login_required', path_of_holds)],
    ...['campgate_demo', 'campgate_demo=', 'campgate_demo=x', `campgate_demo=${'f'.repeat(32)}`,
        '=;;=,', `Campgate_Demo=x`].map((cookie) => [
        `the cookie ${cookie.slice(0, 24)}`, () => holds(null, { fields: { Cookie: cookie } }),
        plain(401, 'login_required', path_of_holds)]),
    ['the cookie under https’s name', () => holds(null, {
        fields: { Cookie: anne.cookie.replace('campgate_demo', '__Host-campgate') } }),
     plain(401, 'login_required', path_of_holds)],
    ['two different cookies', () => holds(null, {
        fields: { Cookie: `${anne.cookie}; campgate_demo=${'f'.repeat(32)}` } }),
     plain(401, 'login_required', path_of_holds)],
    ['two different cookies in two lines', () => holds(null, {
        fields: { Cookie: [anne.cookie, `campgate_demo=${'f'.repeat(32)}`] } }),
     header('invalid_header', 'Cookie')],
    ['no CSRF token', () => holds(null, { fields: { 'X-CSRF-Token': null } }),
     plain(403, 'csrf_token', path_of_holds)],
    ['two CSRF tokens', () => holds(null, { fields: { 'X-CSRF-Token': [anne.csrf, 'x'] } }),
     header('invalid_header', 'X-CSRF-Token')],
    ['a foreign origin', () => holds(null, { fields: { Origin: 'https://evil.example' } }),
     plain(403, 'foreign_origin', path_of_holds)],
    ['two origins', () => holds(null, {
        fields: { Origin: [`http://${server.host}`, 'https://evil.example'] } }),
     header('invalid_header', 'Origin')],

    // Fields of a request for holds.
    ...['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', '',
        'application/json; charset=latin1', 'multipart/form-data; boundary=x'].map((type) => [
        `the content type "${type}"`, () => holds(null, { fields: { 'Content-Type': type } }),
        plain(415, 'unsupported_media_type', path_of_holds)]),
    ['two content types', () => holds(null, {
        fields: { 'Content-Type': ['application/json', 'text/plain'] } }),
     header('invalid_header', 'Content-Type')],
    ['no content type', () => holds(null, { fields: { 'Content-Type': null } }),
     plain(415, 'unsupported_media_type', path_of_holds)],
    ['no key', () => holds(null, { fields: { 'Idempotency-Key': null } }),
     header('missing_header', 'Idempotency-Key')],
    ['an empty key', () => holds(null, { fields: { 'Idempotency-Key': '' } }),
     header('missing_header', 'Idempotency-Key')],
    ...[['with a space', 'a b'], ['of 65 letters', 'a'.repeat(65)], ['with a dot', 'a.b'],
        ['in quotes', '"a"'], ['with an accent', 'cl\xe9'], ['with a comma', 'a,b'],
    ].map(([what, key]) => [`a key ${what}`,
        () => holds(null, { fields: { 'Idempotency-Key': key } }),
        header('invalid_header', 'Idempotency-Key')]),
    ['two keys', () => holds(null, { fields: { 'Idempotency-Key': ['one', 'two'] } }),
     header('invalid_header', 'Idempotency-Key')],

    // The body: JSON at all?
    ...[['empty', ''], ['no JSON', 'hello'], ['cut off', '{"mode":"all"'], ['NaN', item('NaN', 1)],
        ['with a comment', `/* */${items({ week: 1, child: 1 })}`],
        ['with a trailing comma', '{"mode":"all","items":[{"week":1,"child":8,}]}'],
        ['with single quotes', "{'mode':'all'}"], ['followed by junk', '{"mode":"all"} x'],
        ['followed by another', '{} {}'], ['with a BOM', '\ufeff{}'],
        ['with a raw control character', '{"mode":"a\nll"}'],
        ['with half a surrogate pair', '{"mode":"\\ud800"}'],
        ['with a leading zero', item('01', lea)], ['with a plus', item('+1', lea)],
        ['with hexadecimal', item('0x1', lea)],
        ['nested 33 deep', '['.repeat(33) + ']'.repeat(33)],
        ['nested ten thousand deep', '['.repeat(8_000)],
    ].map(([what, body]) => [`a body ${what}`, () => holds(body), bad_json]),
    ['a body of no UTF-8', () => holds(Buffer.from('7b226d6f6465223a22c328227d', 'hex')), bad_json],
    ['a body of UTF-16', () => holds(Buffer.from('{}', 'utf16le')), bad_json],

    // The body: its members.
    ...[['null', 'null'], ['a number', '1'], ['a text', '"all"'], ['an array', '[]'],
    ].map(([what, body]) => [`a body that is ${what}`, () => holds(body),
                             member('invalid_member', '')]),
    ['no member at all', () => holds('{}'), member('missing_member', '/mode')],
    ['no mode', () => holds('{"items":[{"week":1,"child":8}]}'), member('missing_member', '/mode')],
    ['no items', () => holds('{"mode":"all"}'), member('missing_member', '/items')],
    ['an unknown member', () => holds('{"mode":"all","items":[],"seat":1}'),
     member('unknown_member', '/seat')],
    ['an unknown member that needs escaping', () => holds('{"mode":"all","items":[],"a/b~c":1}'),
     member('unknown_member', '/a~1b~0c')],
    ['a member with an empty name', () => holds('{"mode":"all","items":[],"":1}'),
     member('unknown_member', '/')],
    ['a member twice', () => holds('{"mode":"all","mode":"each","items":[]}'),
     member('duplicate_member', '/mode')],
    ['a member twice, once escaped', () => holds('{"mode":"all","\\u006dode":"each","items":[]}'),
     member('duplicate_member', '/mode')],
    ['a member twice in an item',
     () => holds('{"mode":"all","items":[{"week":1,"week":1,"child":8}]}'),
     member('duplicate_member', '/items/0/week')],
    ['an unknown mode', () => holds('{"mode":"some","items":[{"week":1,"child":8}]}'),
     member('invalid_member', '/mode')],
    ['a mode in capitals', () => holds('{"mode":"ALL","items":[{"week":1,"child":8}]}'),
     member('invalid_member', '/mode')],
    ['a mode that is a number', () => holds('{"mode":1,"items":[{"week":1,"child":8}]}'),
     member('invalid_member', '/mode')],
    ['items that are an object', () => holds('{"mode":"all","items":{}}'),
     member('invalid_member', '/items')],
    ['items that are null', () => holds('{"mode":"all","items":null}'),
     member('invalid_member', '/items')],
    ['no item', () => holds('{"mode":"all","items":[]}'), member('invalid_member', '/items')],
    ['33 items', () => holds(items(...Array.from({ length: 33 }, (_, n) =>
        ({ week: n + 1, child: lea })))), member('invalid_member', '/items')],
    ['an item that is a number', () => holds('{"mode":"all","items":[1]}'),
     member('invalid_member', '/items/0')],
    ['an item without a week', () => holds(items({ child: lea })),
     member('missing_member', '/items/0/week')],
    ['an item without a child', () => holds(items({ week: w })),
     member('missing_member', '/items/0/child')],
    ['an unknown member in the second item',
     () => holds(items({ week: w, child: lea }, { week: w, child: hugo, seat: 1 })),
     member('unknown_member', '/items/1/seat')],
    ...[['0', '0'], ['negative', '-1'], ['with a fraction', '1.5'], ['1.0', '1.0'], ['1e0', '1e0'],
        ['a text', '"1"'], ['true', 'true'], ['null', 'null'], ['an array', '[1]'],
        ['2^32', '4294967296'], ['2^64', '18446744073709551616'], ['1e400', '1e400'],
        ['of a hundred digits', '9'.repeat(100)],
    ].flatMap(([what, value]) => [
        [`a week that is ${what}`, () => holds(item(value, lea)),
         member('invalid_member', '/items/0/week')],
        what === '2^32' ? null
            : [`a child that is ${what}`, () => holds(item(w, value)),
               member('invalid_member', '/items/0/child')],
    ].filter(Boolean)),

    // The body: what it says.
    ['a week that is not there', () => holds(items({ week: 4_000_000_000, child: lea })),
     member('invalid_member', '/items/0/week')],
    ['one good item and one unknown week',
     () => holds(items({ week: w, child: lea }, { week: 999, child: hugo })),
     member('invalid_member', '/items/1/week')],
    ['another family’s child', () => holds(items({ week: w, child: child_of(9, 1) })),
     plain(404, 'not_found', path_of_holds, { names: { pointer: '/items/0/child' } })],
    ['a child that is nobody’s', () => holds(items({ week: w, child: 4_000_000_000 })),
     plain(404, 'not_found', path_of_holds, { names: { pointer: '/items/0/child' } })],
    ['own and foreign child together',
     () => holds(items({ week: w, child: lea }, { week: w, child: child_of(9, 1) })),
     plain(404, 'not_found', path_of_holds, { names: { pointer: '/items/1/child' } })],
    ['the same item twice', () => holds(items({ week: w, child: lea }, { week: w, child: lea })),
     member('invalid_member', '/items/1')],
    ['a child twice in an ISO week',
     () => holds(items({ week: w, child: lea }, { week: other_w, child: lea })),
     member('invalid_member', '/items/1')],

    // Other routes.
    ...['x', 'a'.repeat(25), 'a'.repeat(27), 'A'.repeat(26), '%00', 'i'.repeat(26),
        'a'.repeat(1000)].map((hold) => [
        `release of "${hold.slice(0, 30)}"`, () => request_bytes('DELETE', `${api}/holds/${hold}`, {
            fields: { 'X-CSRF-Token': anne.csrf } }),
        plain(404, 'not_found', `${api}/holds/${hold}`)]),
    ['a login without a body', () => login(''),
     { ...bad_json, path: `${api}/demo/login` }],
    ['a login of no family', () => login('{}'),
     member('missing_member', '/family', `${api}/demo/login`)],
    ['a login of family 0', () => login('{"family":0}'),
     member('invalid_member', '/family', `${api}/demo/login`)],
    ['a login of a family’s name', () => login('{"family":"Lambert"}'),
     member('invalid_member', '/family', `${api}/demo/login`)],
    ['a login with a password', () => login('{"family":1,"password":"x"}'),
     member('unknown_member', '/password', `${api}/demo/login`)],
    ['a login of a family that is not there', () => login('{"family":4000000}'),
     plain(404, 'not_found', `${api}/demo/login`)],
    ['a login from a foreign origin', () => login('{"family":1}', {
        fields: { Origin: 'https://evil.example' } }),
     plain(403, 'foreign_origin', `${api}/demo/login`)],
    ['a login of the wrong type', () => login('family=1', {
        fields: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
     plain(415, 'unsupported_media_type', `${api}/demo/login`)],
    ...['page=-1', 'page=x', 'page=1.5', 'page=01', 'page=', 'page', 'page=1&page=2', 'page=%zz',
        'page=99999999999999999999', 'page=1%00'].map((query) => [
        `families?${query}`, () => get(`${api}/demo/families?${query}`),
        parameter('page', `${api}/demo/families`)]),
    ['families?q=Lambert', () => get(`${api}/demo/families?q=Lambert`),
     parameter('q', `${api}/demo/families`)],
    ['weeks?since=1', () => get(`${api}/weeks?since=1`), parameter('since', `${api}/weeks`)],
    ['healthz?a=1', () => get('/healthz?a=1'), parameter('a', '/healthz')],
    ['holds?mode=all', () => post(`${api}/holds?mode=all`, good(), {
        fields: { 'Idempotency-Key': 'bad-query' } }), parameter('mode', path_of_holds)],
    ['season?x', () => get(`${api}/season?x`), parameter('x', `${api}/season`)],
];

test(`the table has at least 60 cases: ${table.length}`, () => {
    assert.ok(table.length >= 60);
    const names = table.map(([what]) => what);
    assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

// What must not change.
async function state() {
    const texts = [];
    for (const path of [`${api}/weeks`, `${api}/basket`, `${api}/season`]) {
        const { headers, text } = await anne.get(path);
        texts.push(path.endsWith('season') ? headers.etag : text);
    }
    return texts.join('\n');
}

for (const [what, bytes, expected] of table) {
    test(what, async () => {
        const before_it = await state();
        const connection = await raw_connect(server.port);
        // A whole request on the same connection before it, and one behind it.
        connection.send(get('/healthz', { fields: { Cookie: null } }));
        assert.equal((await connection.answer()).status, 200);
        const sent = bytes_of(bytes());
        connection.send(sent);
        const answer = await connection.answer();
        assert.ok(answer, 'an answer at all');

        assert.deepEqual([answer.status, answer.problem], [expected.status, expected.problem],
                         answer.text);
        for (const [name, value] of Object.entries(expected.names ?? {})) {
            assert.equal(answer.json[name], value, name);
        }
        assert.equal(answer.headers.allow, expected.allow);
        assert.equal(answer.headers['set-cookie'], undefined);
        // What cannot be trusted to name a path is answered without one.
        const path = expected.path ?? '';
        const method = /^[A-Z]+/.exec(sent.toString('latin1'))?.[0] ?? 'GET';
        assert.equal(answer_fault({ method, path, status: answer.status, headers: answer.headers,
                                    body: answer.text }), null);

        if (expected.ends) {
            assert.equal(answer.headers.connection, 'close');
            assert.ok(await connection.closed(), 'closed');
            assert.equal(connection.received.length, 0, 'and nothing more is said');
        } else {
            assert.notEqual(answer.headers.connection, 'close');
            connection.send(get('/healthz'));
            const next = await connection.answer();
            assert.deepEqual([next?.status, next?.json], [200, { status: 'alive' }]);
        }
        connection.close();
        assert.equal(await state(), before_it, 'nothing has changed');
    });
}

// ---- what looks odd and is right

test('100-continue is said before the body is sent, and the body is then taken', async () => {
    const connection = await raw_connect(server.port);
    const whole = holds(items({ week: w, child: lea }), { fields: { Expect: '100-continue' } });
    const end = whole.indexOf('\r\n\r\n') + 4;
    connection.send(whole.subarray(0, end));
    assert.equal((await connection.answer()).status, 100);
    connection.send(whole.subarray(end));
    const placed = await connection.answer();
    assert.equal(placed.status, 201);
    await anne.release(placed.json.placed[0].hold);
    connection.close();
});

test('100-continue is not said where the body would not be taken', async () => {
    const connection = await raw_connect(server.port);
    connection.send(holds('', { fields: { Expect: '100-continue', 'Content-Length': 10 ** 9 } }));
    assert.equal((await connection.answer()).status, 413);
    assert.ok(await connection.closed());
});

test('bytes one by one, and several requests at once, are answered in order', async () => {
    const slow = await raw_connect(server.port);
    for (const byte of get('/healthz')) {
        slow.send(Buffer.from([byte]));
        await new Promise(setImmediate);
    }
    assert.equal((await slow.answer()).status, 200);
    slow.close();

    const many = await raw_connect(server.port);
    many.send(Buffer.concat([get('/healthz'), get(`${api}/nothing`), holds('{}'),
                             request_bytes('HEAD', '/healthz'), get(`${api}/me`)]));
    const heads = [false, false, false, true, false];
    const statuses = [];
    for (const head of heads) statuses.push((await many.answer({ head })).status);
    assert.deepEqual(statuses, [200, 404, 400, 200, 200]);
    many.close();
});

test('HTTP/1.0 is answered once, or kept when it asks for that', async () => {
    const once = await raw_connect(server.port);
    once.send('GET /healthz HTTP/1.0\r\n\r\n');
    assert.equal((await once.answer()).status, 200);
    assert.ok(await once.closed());
    const last = await raw_connect(server.port);
    last.send(get('/healthz', { fields: { Connection: 'close' } }));
    assert.equal((await last.answer()).headers.connection, 'close');
    assert.ok(await last.closed());
});

test('what is at the limit is taken', async () => {
    const connection = await raw_connect(server.port);
    const path = `/${'x'.repeat(target_limit - 1)}`;
    connection.send(get(path));
    assert.equal((await connection.answer()).status, 404);
    const bare = get('/healthz', { extra: 'X-A: \r\n' });
    connection.send(get('/healthz', { extra: `X-A: ${'a'.repeat(head_limit - bare.length)}\r\n` }));
    assert.equal((await connection.answer()).status, 200);
    const body = items({ week: w, child: child_of(9, 1) });
    connection.send(holds(body.slice(0, -1) + ' '.repeat(body_limit - body.length) + '}'));
    assert.equal((await connection.answer()).status, 404, 'read to its end');
    connection.close();
});

test('a body with a GET is read past', async () => {
    const connection = await raw_connect(server.port);
    connection.send(get('/healthz', { body: '{"a":1}' }));
    assert.equal((await connection.answer()).status, 200);
    connection.send(get('/healthz'));
    assert.equal((await connection.answer()).status, 200);
    connection.close();
});

test('content types and cookies as real clients write them are taken', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON',
                        'application/json;charset="utf-8"']) {
        const connection = await raw_connect(server.port);
        connection.send(holds('{}', { fields: { 'Content-Type': type } }));
        assert.equal((await connection.answer()).problem, 'missing_member', type);
        connection.close();
    }
    for (const cookie of [`a=b; ${anne.cookie}; c=d`, `${anne.cookie}; ${anne.cookie}`,
                          `${anne.cookie};`]) {
        const connection = await raw_connect(server.port);
        connection.send(get(`${api}/me`, { fields: { Cookie: cookie } }));
        assert.equal((await connection.answer()).status, 200, cookie);
        connection.close();
    }
});

test('a client that goes away in the middle leaves the server as it was', async () => {
    const before_it = await state();
    const whole = holds();
    for (const part of [1, 20, whole.length - 1]) {
        const connection = await raw_connect(server.port);
        connection.send(whole.subarray(0, part));
        connection.close();
    }
    assert.equal(await state(), before_it);
    assert.equal((await new client(server.url).get('/healthz')).status, 200);
});
