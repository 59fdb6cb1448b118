// What an open calendar hears, over a WebSocket or Server-Sent Events. Every message is checked
// against docs/asyncapi.yaml, sequences never go back, and `weeks` is what a calendar would show.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { message_fault } from '../../house/documents.mjs';
import { within } from './wait.mjs';

export const subprotocol = 'campgate.live.v1';

class feed {
    messages = [];
    weeks = new Map();
    sequence = 0;
    faults = [];
    #waiting = [];

    take(text) {
        const message = JSON.parse(text);
        const fault = message_fault(message);
        if (fault) this.faults.push(fault);
        if (message.type === 'snapshot') this.weeks.clear();
        if (message.type === 'snapshot' || message.type === 'weeks') {
            if (message.sequence < this.sequence) {
                this.faults.push(`sequence ${message.sequence} after ${this.sequence}`);
            }
            this.sequence = message.sequence;
            for (const [week, available] of message.weeks) this.weeks.set(week, available);
        }
        this.messages.push(message);
        this.look();
    }

    look() {
        this.#waiting = this.#waiting.filter(({ asks, resolve }) => {
            const found = asks();
            if (found) resolve(found);
            return !found;
        });
    }

    // Waits until `asks` is true of what was heard; checks all messages so far.
    async until(asks, what = 'a message', within_ms = 5_000) {
        const found = asks() || await within(
            new Promise((resolve) => this.#waiting.push({ asks, resolve })),
            `${what} (heard: ${this.messages.map(({ type }) => type)})`, within_ms);
        assert.deepEqual(this.faults, []);
        return found;
    }

    // The first message of this type, from an index on.
    hear(type, { from = 0, within_ms } = {}) {
        return this.until(() => this.messages.slice(from).find((each) => each.type === type), type,
                          within_ms);
    }

    // Waits until the calendar shows so many places in a week.
    shows(week, available, within_ms) {
        return this.until(() => this.weeks.get(week) === available,
                          `week ${week} with ${available}`, within_ms);
    }
}

class socket_feed extends feed {
    constructor(socket) {
        super();
        this.socket = socket;
        socket.on('message', (data) => this.take(data.toString('utf8')));
        this.closed = new Promise((resolve) => {
            socket.on('close', (code) => {
                this.close_code = code;
                resolve(code);
            });
        });
        this.opened = new Promise((resolve, reject) => {
            socket.once('open', () => resolve(this));
            socket.once('error', reject);
            // Refused: the answer instead.
            socket.once('unexpected-response', (asking, response) => {
                let text = '';
                response.on('data', (part) => { text += part; });
                response.on('end', () => {
                    this.refused = { status: response.statusCode, headers: response.headers, text };
                    reject(new Error(`refused: ${response.statusCode} ${text}`));
                });
            });
        });
        socket.on('error', () => {});
    }

    close() {
        this.socket.terminate();
    }
}

// Without waiting: `opened` tells. `server` needs `url`; a logged-in client may lend its cookie.
export function begin_socket(server, { since, query, parent, protocols = [subprotocol],
                                       headers = {}, ...options } = {}) {
    const url = new URL('/api/v1/live', server.url);
    url.protocol = url.protocol.replace('http', 'ws');
    if (since !== undefined) url.searchParams.set('since', since);
    if (query !== undefined) url.search = query;
    if (parent) headers = { cookie: parent.cookie, ...headers };
    return new socket_feed(new WebSocket(url, protocols, {
        headers, perMessageDeflate: false, handshakeTimeout: 5_000, ...options }));
}

export function open_socket(server, options) {
    return within(begin_socket(server, options).opened, 'a WebSocket');
}

class event_feed extends feed {
    ids = [];
    events = [];
    #rest = '';

    constructor(asking, response) {
        super();
        this.asking = asking;
        this.headers = response.headers;
        response.setEncoding('utf8').on('data', (text) => this.receive(text));
        this.closed = new Promise((resolve) => { response.on('close', resolve); });
        response.on('error', () => {});
    }

    receive(text) {
        this.#rest += text;
        const blocks = this.#rest.split('\n\n');
        this.#rest = blocks.pop();
        for (const block of blocks) {
            const fields = Object.fromEntries(block.split('\n').map((line) => {
                const colon = line.indexOf(': ');
                return [line.slice(0, colon), line.slice(colon + 2)];
            }));
            if (fields.data === undefined) continue;
            const message = JSON.parse(fields.data);
            if (fields.event !== message.type) this.faults.push(`${fields.event}: ${fields.data}`);
            const id = message.sequence === undefined ? undefined : String(message.sequence);
            if (fields.id !== id && id !== '0') this.faults.push(`id ${fields.id} is not ${id}`);
            if (fields.id !== undefined) this.ids.push(fields.id);
            this.take(fields.data);
        }
    }

    close() {
        this.asking.destroy();
    }
}

// Opens an event stream; the refusal {status, text} when it is none.
export function open_events(server, { since, last_event_id, parent, headers = {} } = {}) {
    const url = new URL('/api/v1/events', server.url);
    if (since !== undefined) url.searchParams.set('since', since);
    if (parent) headers = { cookie: parent.cookie, ...headers };
    if (last_event_id !== undefined) headers = { 'last-event-id': last_event_id, ...headers };
    return within(new Promise((resolve, reject) => {
        const asking = request(url, { headers, agent: false }, (response) => {
            if (response.statusCode === 200) return resolve(new event_feed(asking, response));
            let text = '';
            response.on('data', (part) => { text += part; });
            response.on('end', () => resolve({ status: response.statusCode, text }));
        });
        asking.on('error', reject);
        asking.end();
    }), 'an event stream');
}
