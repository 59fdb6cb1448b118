// Logging in through a real identity provider (npm oidc-provider, in its own process), and what
// happens when it, or somebody on the way, does not keep to the rules.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ask, browser, error_of, identity_provider, person, secret } from './support/identity.mjs';
import { make_folder, start_server } from './support/process.mjs';
import { raw_connect } from './support/raw.mjs';

const data = make_folder();
const secret_file = join(data, 'client-secret');
let provider;
let server;

const arguments_for = (client = 'campgate', more = []) => [
    '--oidc-issuer', provider.issuer, '--oidc-client-id', client,
    '--oidc-client-secret-file', secret_file, '--oidc-scopes', 'openid,profile,egovnrn', ...more];

async function start(client, more) {
    const made = await start_server({ args: arguments_for(client, more), data });
    await provider.accept(made);
    return made;
}

before(async () => {
    writeFileSync(secret_file, `${secret}\n`, { mode: 0o600 });
    provider = await identity_provider.start();
    server = await start();
});

// Sets the provider up for one login; afterwards it is honest again.
async function with_provider(state, work) {
    await provider.set({ account: person(1), ...state });
    try {
        return await work();
    } finally {
        await provider.set({ account: null, tamper: null, down: false, acr: null });
    }
}

const refused = async (state) => with_provider(state, async () => {
    const anybody = new browser();
    const answer = await anybody.login(server);
    assert.equal(anybody.session(server), null);
    assert.equal(await anybody.me(server), null);
    return error_of(answer);
});

test('a parent logs in, comes back to where they were, and is who the provider says', async () => {
    await with_provider({}, async () => {
        const anne = new browser();
        const answer = await anne.login(server, '/login?return_to=%2F%23%2Fportal&lang=nl');
        assert.deepEqual([answer.status, answer.location], [303, '/#/portal']);
        const begun = anne.trail.find(([, url]) => url.startsWith(provider.issuer))[1];
        const asked = new URL(begun).searchParams;
        assert.equal(asked.get('response_type'), 'code');
        assert.equal(asked.get('code_challenge_method'), 'S256');
        assert.equal(asked.get('redirect_uri'), new URL('/login/callback', server.url).href);
        assert.equal(asked.get('scope'), 'openid profile egovnrn');
        assert.equal(asked.get('ui_locales'), 'nl');
        for (const name of ['state', 'nonce', 'code_challenge']) {
            assert.match(asked.get(name), /^[\w-]{43}$/, name);
        }
        const cookie = answer.headers['set-cookie'].find((line) => line.startsWith('campgate_demo='));
        for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/']) assert.ok(cookie.includes(part));
        assert.equal(answer.headers['cache-control'], 'no-store');
        const me = await anne.me(server);
        assert.equal(me.parent.name, 'Anne1 Lambert');
        // The same person is the same parent.
        const again = new browser();
        await again.login(server);
        const then = await again.me(server);
        assert.equal(then.family, me.family);
        assert.notEqual(then.csrf, me.csrf);
    });
});

test('another person is another parent', async () => {
    const families = [];
    for (const number of [2, 3]) {
        await with_provider({ account: person(number) }, async () => {
            const somebody = new browser();
            await somebody.login(server);
            families.push((await somebody.me(server)).family);
        });
    }
    assert.notEqual(families[0], families[1]);
});

test('a token that is signed again but says the truth is believed', async () => {
    await with_provider({ tamper: 'nothing' }, async () => {
        const anne = new browser();
        assert.equal((await anne.login(server)).location, '/');
        assert.ok(await anne.me(server));
    });
});

for (const tamper of ['nonce', 'no_nonce', 'audience', 'two_audiences', 'other_party', 'issuer',
                      'expired', 'future', 'unsigned', 'swapped', 'algorithm', 'foreign_key',
                      'bent', 'nonsense']) {
    test(`an ID token with a fault is refused: ${tamper}`, async () => {
        assert.equal(await refused({ tamper }), 'refused');
    });
}

test('keys are fetched again for an unknown one, but seldom; a rotation is followed', async () => {
    const fresh = await start_server({ args: arguments_for() });
    await provider.accept(fresh);
    const log_in = async (state = {}) => with_provider(state, async () => {
        const anybody = new browser();
        return error_of(await anybody.login(fresh));
    });
    const before_any = (await provider.counts()).jwks;
    assert.equal(await log_in(), null);
    assert.equal(await log_in(), null);
    assert.equal((await provider.counts()).jwks, before_any + 1);
    await provider.rotate();
    assert.equal(await log_in(), null, 'the new key is fetched');
    assert.equal((await provider.counts()).jwks, before_any + 2);
    for (let n = 0; n < 5; ++n) assert.equal(await log_in({ tamper: 'unknown_key' }), 'refused');
    assert.equal((await provider.counts()).jwks, before_any + 2, 'not for every invented key');
    assert.equal(await log_in(), null);
    await fresh.end();
    await provider.accept(server);
});

test('an unknown key is asked for once', async () => {
    const fresh = await start_server({ args: arguments_for() });
    await provider.accept(fresh);
    const before_any = (await provider.counts()).jwks;
    for (let n = 0; n < 3; ++n) {
        await with_provider({ tamper: 'unknown_key' }, async () => {
            assert.equal(error_of(await new browser().login(fresh)), 'refused');
        });
    }
    assert.equal((await provider.counts()).jwks, before_any + 2, 'at first, and once more');
    await fresh.end();
    await provider.accept(server);
});

test('a code is good once, and so is the attempt', async () => {
    await with_provider({}, async () => {
        const anne = new browser();
        const back = await anne.come_back(server);
        const attempt = new Map(anne.jar(server.url));
        assert.equal((await anne.get(back)).location, '/');
        const first = anne.session(server);
        // Loaded again, by who is logged in: home, and nothing new.
        const reloaded = await anne.get(back);
        assert.deepEqual([reloaded.status, reloaded.location], [303, '/']);
        assert.equal(anne.session(server), first);
        // By somebody who has the cookie of the attempt as well: the provider knows the code.
        const thief = new browser();
        for (const [name, value] of attempt) thief.jar(server.url).set(name, value);
        assert.equal(error_of(await thief.get(back)), 'refused');
        assert.equal(thief.session(server), null);
    });
});

test('an answer to no attempt, or to another browser\'s, is not believed', async () => {
    await with_provider({}, async () => {
        const anne = new browser();
        const back = new URL(await anne.come_back(server));
        const other = new browser();
        assert.equal(error_of(await other.get(back.href)), 'expired', 'without a cookie');
        await other.get(new URL('/login', server.url).href);
        assert.equal(error_of(await other.get(back.href)), 'expired', 'with its own attempt');
        const wrong = new URL(back);
        wrong.searchParams.set('state', 'x'.repeat(43));
        assert.equal(error_of(await anne.get(wrong.href)), 'expired');
        wrong.searchParams.delete('state');
        assert.equal(error_of(await anne.get(wrong.href)), 'expired');
        const mixed = new URL(back);
        mixed.searchParams.set('iss', 'http://127.0.0.1:1');
        assert.equal(error_of(await anne.get(mixed.href)), 'refused', 'another issuer answers');
        assert.equal(anne.session(server), null);
    });
});

test('two tabs may log in at once', async () => {
    await with_provider({}, async () => {
        const anne = new browser();
        const first = await anne.come_back(server, '/login?return_to=%2F%3Fa');
        // For the provider they are two: it would take the first code back.
        anne.jars.delete(new URL(provider.issuer).host);
        const second = await anne.come_back(server, '/login?return_to=%2F%3Fb');
        assert.equal((await anne.get(first)).location, '/?a');
        assert.equal((await anne.get(second)).location, '/?b');
    });
});

test('who cancels is told so', async () => {
    assert.equal(await refused({ account: null }), 'cancelled');
});

test('S1: an identity without a valid number, or without a name, is none', async () => {
    const nobody = { sub: 'x', given_name: 'A', family_name: 'B' };
    assert.equal(await refused({ account: nobody }), 'identity');
    assert.equal(await refused({ account: { ...nobody, egovNRN: '85010100199' } }), 'identity');
    assert.equal(await refused({ account: { ...person(4), given_name: '' } }), 'identity');
});

test('a provider that is down makes one clear page and no loop', async () => {
    const fresh = await start_server({ args: arguments_for() });
    await provider.set({ down: true });
    for (let n = 0; n < 5; ++n) {
        const anybody = new browser();
        const answer = await anybody.get(new URL('/login', fresh.url).href);
        assert.equal(error_of(answer), 'provider');
        assert.equal(anybody.trail.length, 1);
    }
    // Known, but down when the code comes.
    await provider.set({ down: false, account: person(1) });
    const anne = new browser();
    const back = await anne.come_back(server);
    await provider.set({ down: true });
    assert.equal(error_of(await anne.get(back)), 'provider');
    await provider.set({ down: false, account: null });
    await fresh.end();
});

test('a planted cookie is not adopted, and a login changes the id', async () => {
    await with_provider({}, async () => {
        const anne = new browser();
        const planted = '0123456789abcdef0123456789abcdef';
        anne.jar(server.url).set('campgate_demo', planted);
        assert.equal(await anne.me(server), null);
        await anne.login(server);
        const first = anne.session(server);
        assert.notEqual(first, planted);
        await anne.login(server);
        const second = anne.session(server);
        assert.notEqual(second, first);
        // The former is over everywhere.
        const old = new browser();
        for (const id of [planted, first]) {
            old.jar(server.url).set('campgate_demo', id);
            assert.equal(await old.me(server), null);
        }
        assert.ok(await anne.me(server));
    });
});

test('a login leads to paths of ours alone', async () => {
    await with_provider({}, async () => {
        const cases = [
            ['/#/children/7?step=2', '/#/children/7?step=2'], ['/?a=b#c', '/?a=b#c'],
            ['//evil.example', '/'], ['/\\evil.example', '/'], ['https://evil.example/', '/'],
            ['/%2Fevil.example', '/'], ['/.//evil.example', '/'], ['javascript:alert(1)', '/'],
            ['/login', '/'], ['/login/callback', '/'], ['evil.example', '/'], ['', '/'],
            [`/${'a'.repeat(600)}`, '/'], ['/caf\u00e9', '/'],
        ];
        for (const [asked, expected] of cases) {
            const anne = new browser();
            const answer = await anne.login(
                server, `/login?return_to=${encodeURIComponent(asked)}`);
            assert.equal(answer.location, expected, asked);
        }
    });
});

test('nothing typed becomes a header or a line of the log', async () => {
    const inject = '%0d%0aSet-Cookie:%20evil=1';
    for (const path of [`/login?return_to=/${inject}`, `/login?lang=${inject}`,
                        `/login/callback?error=${inject}&state=${inject}`,
                        `/login/callback?state=x&code=${inject}`, '/login?return_to=/%00',
                        '/login?return_to=/a&return_to=/b', '/login?unknown=1', '/login?%ff=1']) {
        const connection = await raw_connect(server.port);
        connection.send(`GET ${path} HTTP/1.1\r\nHost: ${server.host}\r\n\r\n`);
        const answer = await connection.answer();
        connection.close();
        assert.equal(answer.status, 400, path);
        assert.equal(answer.headers['set-cookie'], undefined, path);
    }
    const canary = 'canary_7f3a';
    const anybody = new browser();
    await anybody.get(new URL(`/login/callback?error=${canary}&error_description=${canary}` +
                              `&state=${canary}&code=${canary}`, server.url).href);
    const state = new URL((await anybody.get(new URL('/login', server.url).href)).location)
        .searchParams.get('state');
    const answer = await anybody.get(
        new URL(`/login/callback?error=${canary}&state=${state}&iss=${provider.issuer}`,
                server.url).href);
    assert.equal(error_of(answer), 'refused');
    assert.ok(!server.stderr.includes(canary));
    assert.ok(!server.stderr.includes(person(1).egovNRN));
});

test('logins of one network are limited', async () => {
    const tight = await start_server({ args: arguments_for('campgate', [
        '--login-per-minute', '3', '--trusted-proxies', '127.0.0.1']) });
    const login_from = (address, path = '/login') => ask(new URL(path, tight.url).href, {
        headers: { 'x-forwarded-for': address } });
    for (const path of ['/login', '/login/callback?state=x']) {
        const busy = [];
        for (let n = 0; n < 5; ++n) {
            busy.push(error_of(await login_from('192.0.2.7', path)) === 'busy');
        }
        assert.deepEqual(busy, [false, false, false, true, true], path);
        assert.notEqual(error_of(await login_from('192.0.2.8', path)), 'busy');
    }
    const refusal = await login_from('192.0.2.7');
    assert.match(refusal.headers['retry-after'], /^[1-9][0-9]*$/);
    await tight.end();
});

test('userinfo may be a signed JWT; a required way to log in is checked; staff by a claim',
     async () => {
    const strict = await start_server({ args: arguments_for('campgate-signed', [
        '--oidc-acr-values', 'urn:level:high', '--oidc-staff-claim', 'roles',
        '--oidc-staff-value', 'camp-staff']) });
    await provider.accept(strict);
    const me = (state) => with_provider(state, async () => {
        const somebody = new browser();
        const answer = await somebody.login(strict);
        return error_of(answer) ?? somebody.me(strict);
    });
    const parent = await me({ acr: 'urn:level:high' });
    assert.equal(parent.parent.name, 'Anne1 Lambert');
    assert.equal(parent.staff, false);
    assert.equal(parent.registered, false);
    assert.equal(await me({ acr: 'urn:level:low' }), 'refused');
    const staff = await me({ acr: 'urn:level:high',
                             account: person(5, { roles: ['x', 'camp-staff'] }) });
    assert.equal(staff.staff, true);
    await strict.end();
    await provider.accept(server);
});

test('a logout goes on at the provider', async () => {
    await with_provider({}, async () => {
        const anne = new browser();
        await anne.login(server);
        const { csrf } = await anne.me(server);
        const answer = await anne.get(new URL('/api/v1/logout', server.url).href, {
            method: 'POST', headers: { 'x-csrf-token': csrf, 'content-length': 0 } });
        assert.equal(answer.status, 200);
        const next = new URL(JSON.parse(answer.text).continue_at);
        assert.equal(next.origin, provider.issuer);
        assert.equal(next.searchParams.get('client_id'), 'campgate');
        assert.equal(next.searchParams.get('post_logout_redirect_uri'), server.url);
        assert.equal(anne.session(server), null);
        const page = await anne.get(next.href);
        assert.equal(page.status, 200, page.text);
    });
});
