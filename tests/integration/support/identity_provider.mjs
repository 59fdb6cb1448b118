// The npm package oidc-provider in a process of its own, told by messages what to do; beside it what
// a hostile or broken provider would do: its ID tokens are changed on their way out, and signed
// again with its own key where the fault is in what they say.
// Messages: {set: {...}} changes how it behaves, {rotate: true} its key, {counts: true} asks.
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const state = {
    account: null,       // who logs in next: an object of claims; null cancels
    tamper: null,        // a name below
    redirect_uris: [],
    logout_uris: [],
    down: false,         // answers nothing at all, or not at this path
    acr: null,
    own_pages: false,    // its own pages ask who it is, by number, among `people`
    people: [],
};
const counts = { discovery: 0, jwks: 0, token: 0, userinfo: 0, authorize: 0 };
const accounts = new Map();
let key_number = 0;
let key;
let foreign;
let handle = null;
let provider = null;

function make_key(kid) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { kid, private_key: privateKey,
             jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
    .toString('base64url');

function signed(claims, { kid = key.kid, alg = 'RS256', by = key } = {}) {
    const input = `${base64url({ alg, typ: 'JWT', kid })}.${base64url(claims)}`;
    return `${input}.${sign('sha256', Buffer.from(input), by.private_key).toString('base64url')}`;
}

// What becomes of an ID token.
const tampering = {
    nothing: (claims) => signed(claims),
    nonce: (claims) => signed({ ...claims, nonce: 'another' }),
    no_nonce: ({ nonce, ...claims }) => signed(claims),
    audience: (claims) => signed({ ...claims, aud: 'another' }),
    two_audiences: (claims) => signed({ ...claims, aud: [claims.aud, 'another'] }),
    other_party: (claims) => signed({ ...claims, azp: 'another' }),
    issuer: (claims) => signed({ ...claims, iss: 'http://127.0.0.1:1' }),
    expired: (claims) => signed({ ...claims, exp: claims.exp - 7200, iat: claims.iat - 7200 }),
    future: (claims) => signed({ ...claims, iat: claims.iat + 600 }),
    unsigned: (claims) => `${base64url({ alg: 'none', kid: key.kid })}.${base64url(claims)}.`,
    // The public key as a shared secret: what a verifier that believes `alg` would take.
    swapped: (claims) => {
        const input = `${base64url({ alg: 'HS256', kid: key.kid })}.${base64url(claims)}`;
        const secret = createPublicKey(key.private_key).export({ type: 'spki', format: 'pem' });
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    },
    algorithm: (claims) => {
        const input = `${base64url({ alg: 'RS512', kid: key.kid })}.${base64url(claims)}`;
        return `${input}.${sign('sha512', Buffer.from(input), key.private_key)
            .toString('base64url')}`;
    },
    unknown_key: (claims) => signed(claims, { kid: 'invented', by: foreign }),
    foreign_key: (claims) => signed(claims, { by: foreign }),
    bent: (claims) => `${signed(claims).slice(0, -8)}AAAAAAAA`,
    nonsense: () => 'a.b',
};

function make_provider() {
    const client = {
        client_secret: 's3+cr/t=&%', redirect_uris: state.redirect_uris,
        post_logout_redirect_uris: state.logout_uris, grant_types: ['authorization_code'],
        response_types: ['code'],
    };
    provider = new Provider(issuer, {
        jwks: { keys: [key.jwk] },
        clients: [
            { ...client, client_id: 'campgate' },
            { ...client, client_id: 'campgate-signed', userinfo_signed_response_alg: 'RS256' },
        ],
        claims: { openid: ['sub'], profile: ['given_name', 'family_name'],
                  egovnrn: ['egovNRN', 'roles'], acr: null },
        scopes: ['openid', 'profile', 'egovnrn'],
        acrValues: ['urn:level:high', 'urn:level:low'],
        pkce: { required: () => true },
        features: { devInteractions: { enabled: state.own_pages }, jwtUserinfo: { enabled: true },
                    rpInitiatedLogout: { enabled: true } },
        cookies: { keys: ['for this test'] },
        ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Grant: 300, Session: 300,
               Interaction: 300 },
        ...(state.own_pages ? {} : { interactions: { url: (_, { uid }) => `/interaction/${uid}` } }),
        findAccount: (_, id) => accounts.has(id) && {
            accountId: id, claims: () => ({ ...accounts.get(id), sub: id }) },
        loadExistingGrant: async (context) => {
            const grant = new context.oidc.provider.Grant({
                clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
            grant.addOIDCScope('openid profile egovnrn');
            await grant.save();
            return grant;
        },
    });
    handle = provider.callback();
}

function change_id_token(response) {
    const end = response.end.bind(response);
    response.end = (body, ...rest) => {
        try {
            const answer = JSON.parse(body);
            const claims = JSON.parse(Buffer.from(answer.id_token.split('.')[1], 'base64url'));
            answer.id_token = tampering[state.tamper](claims);
            const text = JSON.stringify(answer);
            response.setHeader('content-length', Buffer.byteLength(text));
            return end(text, ...rest);
        } catch {
            return end(body, ...rest);
        }
    };
}

async function interact(request, response) {
    if (!state.account) {
        await provider.interactionFinished(request, response, {
            error: 'access_denied', error_description: 'cancelled by\r\nthe user' });
        return;
    }
    const id = state.account.sub ?? state.account.egovNRN ?? 'nobody';
    accounts.set(id, state.account);
    await provider.interactionFinished(request, response, {
        login: { accountId: id, ...(state.acr ? { acr: state.acr } : {}), remember: false } });
}

const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    if (state.down === true || state.down === pathname) {
        request.socket.destroy();
        return;
    }
    if (pathname === '/.well-known/openid-configuration') ++counts.discovery;
    if (pathname === '/jwks') ++counts.jwks;
    if (pathname === '/me') ++counts.userinfo;
    if (pathname === '/auth') ++counts.authorize;
    if (pathname === '/token') {
        ++counts.token;
        if (state.tamper) change_id_token(response);
    }
    if (pathname.startsWith('/interaction/') && !state.own_pages) {
        interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
        return;
    }
    handle(request, response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
key = make_key(`key-${++key_number}`);
foreign = make_key('foreign');
make_provider();

process.on('message', ({ id, set, rotate }) => {
    if (set) Object.assign(state, set);
    for (const each of set?.people ?? []) accounts.set(each.egovNRN, each);
    if (rotate) key = make_key(`key-${++key_number}`);
    if (rotate || set?.redirect_uris) make_provider();
    process.send({ id, counts: { ...counts } });
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: issuer });
