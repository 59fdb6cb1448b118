// A parent's client over HTTP/1.1. Every answer is checked against docs/openapi.yaml.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { demo_person } from './identity.mjs';
import { answer_fault } from '../../house/documents.mjs';

export const api = '/api/v1';

export class client {
    // `url` as in the ready line. `sockets` is the number of connections it may use at once.
    constructor(url, { sockets = 8, headers = {} } = {}) {
        this.url = new URL(url);
        this.agent = new Agent({ keepAlive: true, maxSockets: sockets });
        this.headers = headers;
        this.cookie = null;
        this.csrf = null;
    }

    close() {
        this.agent.destroy();
    }

    // One request. `body` is sent as JSON unless it is text or bytes; a header of null is not sent.
    // The answer has status, headers (lower case), text, its bytes, and json when it is JSON.
    async ask(method, path, { body, headers = {}, timeout_ms = 15_000 } = {}) {
        const sent = { ...this.headers };
        if (this.cookie) sent.cookie = this.cookie;
        if (this.csrf && method !== 'GET') sent['x-csrf-token'] = this.csrf;
        let bytes = null;
        if (body !== undefined) {
            bytes = Buffer.from(typeof body === 'string' || Buffer.isBuffer(body)
                ? body : JSON.stringify(body));
            sent['content-type'] = 'application/json';
            sent['content-length'] = bytes.length;
        } else if (method === 'POST') {
            sent['content-length'] = 0;
        }
        for (const [name, value] of Object.entries(headers)) {
            if (value === null) delete sent[name.toLowerCase()];
            else sent[name.toLowerCase()] = value;
        }
        const answer = await new Promise((resolve, reject) => {
            const asking = request({
                host: this.url.hostname, port: this.url.port, method, path, headers: sent,
                agent: this.agent, timeout: timeout_ms }, (response) => {
                const parts = [];
                response.on('data', (part) => parts.push(part));
                response.on('error', reject);
                response.on('aborted', () => reject(new Error('the answer was cut')));
                response.on('end', () => {
                    const got = Buffer.concat(parts);
                    resolve({ status: response.statusCode, headers: response.headers,
                              text: got.toString('utf8'), bytes: got });
                });
            });
            asking.on('timeout', () => asking.destroy(new Error(`${method} ${path}: no answer`)));
            asking.on('error', reject);
            asking.end(bytes);
        });
        const fields = Object.entries(answer.headers).map(([name, value]) => [name, `${value}`]);
        const fault = answer_fault({ method, path, status: answer.status,
                                     headers: Object.fromEntries(fields), body: answer.text });
        assert.equal(fault, null, `not as documented: ${fault}`);
        if (answer.text && /json/.test(answer.headers['content-type'] ?? '')) {
            answer.json = JSON.parse(answer.text);
            answer.problem = answer.json.type?.replace('urn:campgate:problem:', '');
        }
        return answer;
    }

    get(path, options) {
        return this.ask('GET', path, options);
    }

    // The JSON of a GET that must succeed.
    async read(path, options) {
        const answer = await this.get(path, options);
        assert.equal(answer.status, 200, `GET ${path}: ${answer.status} ${answer.text}`);
        return answer.json;
    }

    season() { return this.read(`${api}/season`); }
    basket() { return this.read(`${api}/basket`); }
    me() { return this.read(`${api}/me`); }

    // Places left, a Map by week.
    async weeks() {
        return new Map((await this.read(`${api}/weeks`)).weeks);
    }

    async login(family) {
        const answer = await this.ask('POST', `${api}/demo/login`, { body: { family } });
        assert.equal(answer.status, 200, answer.text);
        this.family = family;
        this.cookie = answer.headers['set-cookie'][0].split(';')[0];
        this.csrf = answer.json.csrf;
        return this;
    }

    // `items` are [week, child] pairs.
    place(mode, items, { key = randomUUID(), ...options } = {}) {
        return this.ask('POST', `${api}/holds`, {
            ...options,
            body: { mode, items: items.map(([week, child]) => ({ week, child })) },
            headers: { 'idempotency-key': key, ...options.headers } });
    }

    // Places what must be placed; the holds.
    async hold(items, mode = 'all') {
        const answer = await this.place(mode, items);
        assert.equal(answer.status, 201, answer.text);
        return answer.json.placed;
    }

    release(hold, options) {
        return this.ask('DELETE', `${api}/holds/${hold}`, options);
    }
}

// Family n's child at an index from 0, as in server/demo_families.hpp.
export const child_of = (family, index = 0) => family * 8 + index;

// A member of the demo's staff, through the demo's own provider.
export async function staff_of(server, options) {
    const made = new client(server.url, options);
    const somebody = await demo_person(server, 'staff');
    made.cookie = [...somebody.jar(server.url)].map(([name, value]) => `${name}=${value}`).join('; ');
    made.csrf = (await made.me()).csrf;
    return made;
}

// The staff's search; a page of it.
export async function search_of(staff, q, page = 0) {
    const answer = await staff.ask('POST', `${api}/staff/families/search`, { body: { q, page } });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
}

// A logged-in parent of a demo.
export async function parent_of(server, family, options) {
    return new client(server.url, options).login(family);
}

// The season's weeks by camp and ISO week number: week_of(season, 'moyens', 28).
export function week_of(season, camp_code, number) {
    const camp = season.camps.find(({ code }) => code === camp_code);
    const week = season.weeks.find((each) =>
        each.camp === camp.id && Number(each.iso_week.slice(-2)) === number);
    assert.ok(week, `no week ${number} of ${camp_code}`);
    return week.id;
}
