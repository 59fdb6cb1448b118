// A browser that logs in through an identity provider, and the provider of identity_provider.mjs as
// a process. The browser keeps cookies a host and port, follows what it is told to, and knows
// nothing else.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { request } from 'node:http';
import { after } from 'node:test';
import { within } from './wait.mjs';

const running = new Set();
after(() => {
    for (const each of running) each.child.kill();
});

export const secret = 's3+cr/t=&%';

// Valid numbers of nobody: nine digits, then 97 less their rest.
export function niss_of(number) {
    const first = String(850101000 + number).padStart(9, '0');
    return first + String(97 - Number(first) % 97).padStart(2, '0');
}

export const person = (number, more = {}) => ({
    egovNRN: niss_of(number), given_name: `Anne${number}`, family_name: 'Lambert', ...more });

export class identity_provider {
    #waiting = new Map();
    #last = 0;

    static async start() {
        const made = new identity_provider();
        made.child = fork(new URL('identity_provider.mjs', import.meta.url).pathname, [], {
            stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
        running.add(made);
        made.log = '';
        made.child.stderr.setEncoding('utf8').on('data', (text) => { made.log += text; });
        made.issuer = await within(new Promise((resolve, reject) => {
            made.child.once('exit', () => reject(new Error(made.log)));
            made.child.on('message', (message) => {
                if (message.ready) resolve(message.ready);
                made.#waiting.get(message.id)?.(message);
                made.#waiting.delete(message.id);
            });
        }), 'the identity provider');
        return made;
    }

    tell(message) {
        const id = ++this.#last;
        return within(new Promise((resolve) => {
            this.#waiting.set(id, resolve);
            this.child.send({ id, ...message });
        }), 'the identity provider');
    }

    set(values) { return this.tell({ set: values }); }
    rotate() { return this.tell({ rotate: true }); }
    async counts() { return (await this.tell({})).counts; }

    // The provider knows a server by its address.
    async accept(server) {
        await this.set({ redirect_uris: [new URL('/login/callback', server.url).href],
                         logout_uris: [server.url] });
    }

    async end() {
        running.delete(this);
        const ended = new Promise((resolve) => { this.child.once('exit', resolve); });
        this.child.kill();
        await ended;
    }
}

// One answer, not followed.
export function ask(url, { method = 'GET', headers = {}, body, from } = {}) {
    return within(new Promise((resolve, reject) => {
        const asking = request(url, { method, headers, localAddress: from, agent: false },
            (response) => {
                let text = '';
                response.setEncoding('utf8').on('data', (part) => { text += part; });
                response.on('error', reject).on('end', () => resolve({
                    status: response.statusCode, headers: response.headers, text,
                    location: response.headers.location ?? null }));
            });
        asking.on('error', reject).end(body);
    }), `${method} ${url}`, 15_000);
}

export class browser {
    constructor(from) {
        this.jars = new Map();
        this.from = from;
        this.trail = [];
    }

    jar(url) {
        const { host } = new URL(url);
        if (!this.jars.has(host)) this.jars.set(host, new Map());
        return this.jars.get(host);
    }

    async get(url, { headers = {}, ...rest } = {}) {
        const jar = this.jar(url);
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await ask(url, {
            ...rest, from: this.from, headers: { ...(cookie ? { cookie } : {}), ...headers } });
        for (const line of answer.headers['set-cookie'] ?? []) {
            const [pair] = line.split(';');
            const name = pair.slice(0, pair.indexOf('='));
            const value = pair.slice(pair.indexOf('=') + 1);
            if (!value || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
            else jar.set(name, value);
        }
        this.trail.push([answer.status, url]);
        if (answer.location) answer.next = new URL(answer.location, url).href;
        return answer;
    }

    // Follows redirects while `on` agrees; the last answer.
    async follow(url, on = () => true) {
        let answer = await this.get(url);
        for (let n = 0; answer.next && on(answer.next); ++n) {
            assert.ok(n < 12, `a loop: ${JSON.stringify(this.trail)}`);
            answer = await this.get(answer.next);
        }
        return answer;
    }

    // From /login to the address of the callback, which is not asked yet.
    async come_back(server, path = '/login') {
        const answer = await this.follow(new URL(path, server.url).href,
                                         (next) => !next.includes('/login/callback?'));
        assert.ok(answer.next, `${answer.status} ${answer.text} ${JSON.stringify(this.trail)}`);
        return answer.next;
    }

    // The whole way; the answer of the callback.
    async login(server, path = '/login') {
        return this.get(await this.come_back(server, path));
    }

    session(server) {
        return this.jar(server.url).get('campgate_demo') ?? null;
    }

    async me(server) {
        const answer = await this.get(new URL('/api/v1/me', server.url).href);
        return answer.status === 200 ? JSON.parse(answer.text) : null;
    }
}

export function error_of(answer) {
    assert.equal(answer.status, 303, answer.text);
    return /^\/#\/login\?error=(\w+)$/.exec(answer.location)?.[1] ?? null;
}

// A click on one of the demo's people: "f1", "new", "staff". The browser, logged in.
export async function demo_person(server, who) {
    const somebody = new browser();
    const first = await somebody.get(new URL('/login', server.url).href);
    const page = await somebody.get(first.next);
    const link = [...page.text.matchAll(/href="([^"]*[?&]who=(\w+)&amp;[^"]*)"/g)]
        .find(([, , name]) => name === who);
    assert.ok(link, `no ${who} among the demo's people`);
    const chosen = await somebody.get(new URL(link[1].replaceAll('&amp;', '&'), server.url).href);
    await somebody.get(chosen.next);
    return somebody;
}
