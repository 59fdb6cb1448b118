// The demo's own identity provider: a click for each person, through the same login as any other
// provider, over HTTP to itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, browser, error_of } from './support/identity.mjs';
import { cli, make_folder, start_server, unlimited } from './support/process.mjs';

let server;
before(async () => {
    server = await start_server({ args: [...unlimited] });
});

// The page with the people, and the address of each by who it is.
async function page_of(anybody, path = '/login', headers = {}) {
    const first = await anybody.get(new URL(path, server.url).href, { headers });
    const page = await anybody.get(first.next, { headers });
    assert.equal(page.status, 200, page.text);
    const links = new Map([...page.text.matchAll(/href="([^"]*[?&]who=(\w+)&amp;[^"]*)"/g)]
        .map(([, link, who]) => [who, new URL(link.replaceAll('&amp;', '&'), server.url).href]));
    return { page, links };
}

async function log_in_as(who, path) {
    const somebody = new browser();
    const { links } = await page_of(somebody, path);
    assert.ok(links.has(who), [...links.keys()].join());
    const chosen = await somebody.get(links.get(who));
    const answer = await somebody.get(chosen.next);
    return { somebody, answer };
}

test('a click makes one a parent of the demo', async () => {
    const { somebody, answer } = await log_in_as('f1', '/login?return_to=/%23/portal');
    assert.deepEqual([answer.status, answer.location], [303, '/#/portal']);
    const me = await somebody.me(server);
    assert.deepEqual([me.family, me.parent.name, me.registered, me.staff],
                     [1, 'Anne Lambert', true, false]);
});

test('a parent whom the commune bills finds the children at once; a new one is new', async () => {
    const billed = await (await log_in_as('f11')).somebody.me(server);
    assert.equal(billed.family, 11);
    assert.equal(billed.registered, false);
    assert.ok(billed.children.length > 0);
    const fresh = await (await log_in_as('new')).somebody.me(server);
    assert.deepEqual([fresh.registered, fresh.children], [false, []]);
    const again = await (await log_in_as('new')).somebody.me(server);
    assert.equal(again.family, fresh.family);
});

test('staff is staff', async () => {
    assert.equal((await (await log_in_as('staff')).somebody.me(server)).staff, true);
});

test('the page is loud, has no script, and speaks four languages', async () => {
    const { page, links } = await page_of(new browser());
    assert.match(page.text, /^<!doctype html>\n<html lang="fr">/);
    assert.match(page.text, /<p class="demo" role="note">DÉMO/);
    assert.ok(!/<script|style=|onclick/i.test(page.text));
    assert.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'self'/);
    for (let n = 1; n <= 11; ++n) assert.ok(links.has(`f${n}`), `f${n}`);
    for (const [language, word] of [['nl', 'verzonnen'], ['de', 'erfundene'], ['en', 'invented']]) {
        const by_browser = await page_of(new browser(), '/login', { 'accept-language': language });
        assert.match(by_browser.page.text, new RegExp(word));
        const by_page = await page_of(new browser(), `/login?lang=${language}`);
        assert.match(by_page.page.text, new RegExp(`lang="${language}"[^]*${word}`));
    }
    assert.ok(page.text.includes('El Amrani'));
    assert.ok(page.text.includes('Yılmaz'));
});

test('who cancels there is told so', async () => {
    const anybody = new browser();
    const { page } = await page_of(anybody);
    const back = /class="back" href="([^"]*)"/.exec(page.text)[1].replaceAll('&amp;', '&');
    assert.equal(error_of(await anybody.get(back)), 'cancelled');
});

test('a login over localhost stays on localhost', async () => {
    const anybody = new browser();
    const home = new URL(server.url);
    const host = `localhost:${home.port}`;
    const answer = await ask(new URL('/login', server.url), { headers: { host } });
    assert.equal(new URL(answer.location).searchParams.get('redirect_uri'),
                 `http://${host}/login/callback`);
    const evil = await ask(new URL('/login', server.url), { headers: { host: 'evil.example' } });
    assert.equal(new URL(evil.location).searchParams.get('redirect_uri'),
                 new URL('/login/callback', server.url).href);
    assert.equal(anybody.session(server), null);
});

test('a logout goes on at the provider and comes home', async () => {
    const { somebody } = await log_in_as('f2');
    const { csrf } = await somebody.me(server);
    const answer = await somebody.get(new URL('/api/v1/logout', server.url).href, {
        method: 'POST', headers: { 'x-csrf-token': csrf, 'content-length': 0 } });
    const end = await somebody.get(JSON.parse(answer.text).continue_at);
    assert.deepEqual([end.status, end.location], [303, server.url]);
    assert.equal(await somebody.me(server), null);
});

test('it answers nobody but our own login, and sends nobody elsewhere', async () => {
    const anybody = new browser();
    const { links } = await page_of(anybody);
    for (const [name, value] of [['redirect_uri', 'http://evil.example/login/callback'],
                                 ['redirect_uri', 'http://127.0.0.1:1/x/login/callback'],
                                 ['redirect_uri', ''], ['client_id', 'other'], ['who', 'f999999'],
                                 ['who', '<script>'], ['response_type', 'token'],
                                 ['code_challenge_method', 'plain'], ['code_challenge', '']]) {
        const url = new URL(links.get('f1'));
        url.searchParams.set(name, value);
        const answer = await anybody.get(url.href);
        assert.equal(answer.status, 400, `${name}=${value}`);
        assert.equal(answer.location, null);
        assert.ok(!answer.text.includes('<script>'));
    }
    const token = (body) => ask(new URL('/demo/identity/token', server.url), {
        method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded',
                                         'content-length': body.length } });
    for (const body of ['', 'grant_type=password', 'grant_type=authorization_code&client_id=x',
                        'grant_type=authorization_code&client_id=campgate-demo&code=x']) {
        assert.equal((await token(body)).status, 400, body);
    }
    for (const bearer of [undefined, 'Bearer x', 'Basic x']) {
        const answer = await ask(new URL('/demo/identity/userinfo', server.url), {
            headers: bearer ? { authorization: bearer } : {} });
        assert.equal(answer.status, 401);
    }
    const away = await ask(new URL(
        '/demo/identity/logout?post_logout_redirect_uri=http://evil.example/', server.url));
    assert.equal(away.location, '/');
});

test('a wave of logins is not stopped by the workers that wait for it', async () => {
    const began = Date.now();
    await Promise.all(Array.from({ length: 60 }, async (_, n) => {
        const somebody = new browser();
        const first = await somebody.get(new URL('/login', server.url).href);
        const choose = new URL(first.next);
        choose.pathname = '/demo/identity/choose';
        choose.searchParams.set('who', `f${n + 1}`);
        const chosen = await somebody.get(choose.href);
        assert.equal((await somebody.get(chosen.next)).location, '/');
        assert.equal((await somebody.me(server)).family, n + 1);
    }));
    assert.ok(Date.now() - began < 15_000);
});

test('with another issuer, and outside the demo, there is no such provider', async () => {
    const other = await start_server({ args: ['--oidc-issuer', 'http://127.0.0.1:1',
                                              '--oidc-client-id', 'x'] });
    for (const path of ['/.well-known/openid-configuration', '/authorize', '/jwks']) {
        const answer = await ask(new URL(`/demo/identity${path}`, other.url));
        assert.equal(answer.status, 404, path);
    }
    assert.equal(error_of(await ask(new URL('/login', other.url))), 'provider');
    await other.end();
    const plain = await start_server({ command: 'serve' });
    assert.equal((await ask(new URL('/demo/identity/jwks', plain.url))).status, 404);
    assert.equal(error_of(await ask(new URL('/login', plain.url))), 'provider');
    await plain.end();
});

test('settings that cannot work are refused with a sentence', async () => {
    const issuer = ['--oidc-issuer', 'https://id.test', '--oidc-client-id', 'x'];
    const home = ['--public-url', 'https://camps.dalhem.be'];
    const missing = `${make_folder()}/secret`;
    for (const [args, sentence] of [
        [[...issuer, ...home, '--oidc-client-secret-file', missing], /secret: cannot be read/],
        [[...issuer], /public_url: is missing/],
        [['--oidc-issuer', 'https://id.test', ...home], /oidc_client_id: is missing/],
        [['--oidc-issuer', 'http://id.test', ...home], /oidc_issuer: .* is no https address/],
        [['--public-url', 'https://camps.dalhem.be/x'], /public_url: /],
        [['--public-url', 'http://camps.dalhem.be'], /public_url: /],
        [['--oidc-algorithms', 'HS256'], /oidc_algorithms: 'HS256'/],
        [['--oidc-algorithms', 'RS256,none'], /oidc_algorithms: 'none'/],
        [['--oidc-scopes', 'profile'], /oidc_scopes: must hold openid/],
        [['--oidc-staff-claim', 'role'], /oidc_staff_claim and oidc_staff_value/],
    ]) {
        const answer = await cli('serve', '--check-config', ...args);
        assert.equal(answer.code, 2, args.join(' '));
        assert.match(answer.stderr, sentence);
        assert.equal(answer.stderr.trim().split('\n').length, 1);
    }
});

after(() => server.end());
