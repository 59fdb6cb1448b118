// The documents of the interface are valid by their own standards' linters, agree with themselves
// and each other, and are strict enough to catch a wrong answer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Parser } from '@asyncapi/parser';
import {
    answer_fault, asyncapi, asyncapi_path, message_fault, openapi, openapi_path, schema_fault,
} from './documents.mjs';

const here = new URL('.', import.meta.url).pathname;
const redocly = new URL('../node_modules/@redocly/cli/bin/cli.js', import.meta.url).pathname;

function lint(path) {
    const run = spawnSync(
        process.execPath,
        [redocly, 'lint', '--config', `${here}redocly.yaml`, '--format', 'json', path],
        { encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off',
                                   REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } });
    const text = run.stdout.slice(run.stdout.indexOf('{'));
    const problems = text ? JSON.parse(text).problems ?? [] : [];
    return { status: run.status, problems: problems.map((p) => `${p.ruleId}: ${p.message}`),
             stderr: run.stderr };
}

const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
    Object.entries(item).filter(([key]) => ['get', 'post', 'put', 'patch', 'delete'].includes(key))
        .map(([method, operation]) => ({ path, method, operation })));

test('openapi.yaml passes every rule of the linter', () => {
    const { status, problems, stderr } = lint(openapi_path);
    assert.deepEqual(problems, []);
    assert.equal(status, 0, stderr);
});

test('asyncapi.yaml passes the parser without a warning', async () => {
    const { document, diagnostics } = await new Parser().parse(readFileSync(asyncapi_path, 'utf8'));
    // Whether a newer version of the standard exists is not a fault of the document.
    const faults = diagnostics.filter((d) => d.code !== 'asyncapi-latest-version');
    assert.deepEqual(faults.map((d) => `${d.code} ${d.path.join('/')}: ${d.message}`), []);
    assert.ok(document);
});

test('a broken asyncapi document is noticed', async () => {
    const broken = structuredClone(asyncapi);
    delete broken.info;
    const { diagnostics } = await new Parser().parse(JSON.stringify(broken));
    assert.ok(diagnostics.some((d) => d.severity === 0));
});

test('every operation says what success is, and what any request can be answered', () => {
    for (const { path, method, operation } of operations) {
        const good = Object.keys(operation.responses).filter((s) => /^(2..|101|303)$/.test(s));  // a login goes on elsewhere
        assert.ok(good.length >= 1, `${method} ${path}`);
        assert.ok(operation.responses.default, `${method} ${path}`);
        assert.match(operation.operationId, /^[a-z][A-Za-z]+$/);
    }
});

test('every object of an answer or request is closed', () => {
    const open = [];
    const visit = (schema, name) => {
        if (schema === null || typeof schema !== 'object') return;
        const closed = schema.additionalProperties === false
            || schema.unevaluatedProperties === false;
        if (schema.type === 'object' && !closed) open.push(name);
        for (const [key, value] of Object.entries(schema)) visit(value, `${name}/${key}`);
    };
    for (const [name, schema] of Object.entries(openapi.components.schemas)) {
        // The two readiness answers may grow; Problem is closed by those that use it.
        if (!['Health', 'Ready', 'NotReady', 'Problem'].includes(name)) visit(schema, name);
    }
    for (const [name, schema] of Object.entries(asyncapi.components.schemas)) visit(schema, name);
    assert.deepEqual(open, []);
});

test('every example of a message is one', () => {
    for (const [name, message] of Object.entries(asyncapi.components.messages)) {
        assert.ok(message.examples.length > 0, name);
        for (const { payload } of message.examples) {
            const path = ['components', 'messages', name, 'payload'];
            assert.equal(schema_fault('asyncapi', path, payload), null);
            assert.notEqual(schema_fault('asyncapi', path, { ...payload, extra: 1 }), null);
        }
    }
});

test('both documents carry the same version, and the same shape of a week', () => {
    assert.equal(asyncapi.info.version, openapi.info.version);
    const { prefixItems } = openapi.components.schemas.Availability;
    const { items } = asyncapi.components.schemas.Availability;
    assert.deepEqual(items[1], prefixItems[1]);
    assert.equal(openapi.components.schemas.Instant.pattern,
                 asyncapi.components.schemas.Instant.pattern);
});

// The table of controls: what the checker must let pass, and what it must not.
const problem = (name, status, more = {}) => ({
    type: `urn:campgate:problem:${name}`, title: 'T', status, detail: 'D',
    instance: '/api/v1/holds', ...more,
});
const answer = (status, value, more = {}) => ({
    method: 'POST', path: '/api/v1/holds', status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
    body: JSON.stringify(value), ...more,
});
const placed = {
    sequence: 18,
    placed: [{ hold: '0c9k3v7p2m5x8r1t4w6y0a2b4d', week: 12, child: 7, seat: 3,
               deadline: '2027-03-04T18:00:00.123456Z' }],
    refused: [{ week: 13, child: 7, reason: 'sold_out' }],
};
const retry = { headers: { 'content-type': 'application/problem+json', 'retry-after': '3' } };

const good = [
    ['a placed hold', answer(201, placed)],
    ['a pointer', answer(400, problem('unknown_member', 400, { pointer: '/items/0/x' }))],
    ['a range', answer(400, problem('invalid_member', 400,
        { pointer: '/items', minimum: 1, maximum: 32 }))],
    ['the whole body', answer(400, problem('invalid_member', 400, { pointer: '' }))],
    ['nothing placed', answer(409, problem('nothing_placed', 409,
        { sequence: 3, refused: [{ week: 1, child: 2, reason: 'age' }] }))],
    ['key undecided', answer(409, problem('key_undecided', 409), retry)],
    ['busy server', answer(503, problem('overloaded', 503), retry)],
    ['wrong method', answer(405, problem('method_not_allowed', 405), { method: 'PUT' })],
    ['unknown route', answer(404, problem('not_found', 404, { instance: '/x' }), { path: '/x' })],
    ['released', { method: 'DELETE', path: '/api/v1/holds/0c9k3v7p2m5x8r1t4w6y0a2b4d', status: 204,
                   headers: {}, body: '' }],
    ['weeks', { method: 'GET', path: '/api/v1/weeks', status: 200,
                headers: new Headers({ 'Content-Type': 'application/json', ETag: '"1-17"' }),
                body: '{"sequence":17,"weeks":[[12,24]]}' }],
];
for (const [name, one] of good) {
    test(`an answer that is right: ${name}`, () => assert.equal(answer_fault(one), null));
}

const bad = [
    ['another member', answer(201, { ...placed, more: 1 })],
    ['a member too few', answer(201, { sequence: 1, placed: placed.placed })],
    ['a hold id of another form', answer(201,
        { ...placed, placed: [{ ...placed.placed[0], hold: '17' }] })],
    ['an unknown reason', answer(201,
        { ...placed, refused: [{ week: 13, child: 7, reason: 'full' }] })],
    ['a time with an offset', answer(201,
        { ...placed, placed: [{ ...placed.placed[0], deadline: '2027-03-04T19:00:00+01:00' }] })],
    ['a time of whole milliseconds', answer(201,
        { ...placed, placed: [{ ...placed.placed[0], deadline: '2027-03-04T18:00:00.123Z' }] })],
    ['a problem without its pointer', answer(400, problem('unknown_member', 400))],
    ['a problem with a foreign member', answer(403, problem('csrf_token', 403, { sql: 'x' }))],
    ['a problem of another status', answer(403, problem('csrf_token', 401))],
    ['a problem of another path', answer(403, problem('csrf_token', 403, { instance: '/x' }))],
    ['503 without Retry-After', answer(503, problem('overloaded', 503))],
    ['an undocumented success', answer(202, placed)],
    ['JSON under another type', answer(201, placed, { headers: { 'content-type': 'text/html' } })],
    ['no JSON', answer(201, placed, { body: '{' })],
    ['weeks without an ETag', { method: 'GET', path: '/api/v1/weeks', status: 200,
        headers: { 'content-type': 'application/json' }, body: '{"sequence":17,"weeks":[]}' }],
    ['a week of three numbers', { method: 'GET', path: '/api/v1/weeks', status: 200,
        headers: { 'content-type': 'application/json', etag: '"1"' },
        body: '{"sequence":17,"weeks":[[1,2,3]]}' }],
    ['204 with a body', { method: 'DELETE', path: '/api/v1/holds/0c9k3v7p2m5x8r1t4w6y0a2b4d',
        status: 204, headers: {}, body: '{}' }],
];
for (const [name, one] of bad) {
    test(`an answer that is wrong: ${name}`, () => assert.notEqual(answer_fault(one), null));
}

test('a message that is wrong is noticed', () => {
    assert.equal(message_fault('{"type":"weeks","sequence":18,"weeks":[[12,23]]}'), null);
    assert.notEqual(message_fault('{"type":"weeks","sequence":18}'), null);
    assert.notEqual(message_fault('{"type":"weeks","sequence":18,"weeks":[[12,23,1]]}'), null);
    assert.notEqual(message_fault('{"type":"news"}'), null);
    assert.notEqual(message_fault('{"type":"hello"}'), null);
});
