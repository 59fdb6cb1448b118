// A bare TCP connection: sends any bytes and reads HTTP/1.1 answers one by one.
import { connect } from 'node:net';
import { within } from './wait.mjs';

export class raw_connection {
    constructor(socket) {
        this.socket = socket;
        this.received = Buffer.alloc(0);
        this.ended = false;
        this.wake = () => {};
        socket.on('data', (bytes) => {
            this.received = Buffer.concat([this.received, bytes]);
            this.wake();
        });
        const end = () => {
            this.ended = true;
            this.wake();
        };
        socket.on('end', end).on('close', end).on('error', end);
    }

    send(bytes) {
        this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
        return this;
    }

    // The end of what we send; the answer can still come.
    finish() {
        this.socket.end();
        return this;
    }

    close() {
        this.socket.destroy();
    }

    #more(within_ms) {
        return within(new Promise((resolve) => { this.wake = resolve; }), 'bytes', within_ms);
    }

    // The next answer: status, headers (lower case; a doubled one keeps the first and counts in
    // `doubled`), text; null when the connection ends before one. `head`: it has no body.
    async answer({ head = false, within_ms = 10_000 } = {}) {
        let end;
        while ((end = this.received.indexOf('\r\n\r\n')) < 0) {
            if (this.ended) return null;
            await this.#more(within_ms);
        }
        const [line, ...fields] = this.received.subarray(0, end).toString('latin1').split('\r\n');
        const status = Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(line)?.[1]);
        const headers = {};
        for (const field of fields) {
            const colon = field.indexOf(':');
            headers[field.slice(0, colon).toLowerCase()] ??= field.slice(colon + 1).trim();
        }
        const bare = head || status < 200 || status === 204 || status === 304;
        const length = bare ? 0 : Number(headers['content-length']);
        while (this.received.length < end + 4 + length) {
            if (this.ended) return null;
            await this.#more(within_ms);
        }
        const text = this.received.subarray(end + 4, end + 4 + length).toString('utf8');
        this.received = this.received.subarray(end + 4 + length);
        const is_json = text && /json/.test(headers['content-type'] ?? '');
        const json = is_json ? JSON.parse(text) : undefined;
        return { status, headers, text, json,
                 problem: json?.type?.replace('urn:campgate:problem:', '') };
    }

    // True when the peer has closed, or does in time.
    async closed(within_ms = 5_000) {
        const deadline = Date.now() + within_ms;
        while (!this.ended) {
            if (Date.now() > deadline) return false;
            await this.#more(deadline - Date.now() + 1).catch(() => {});
        }
        return true;
    }
}

// Connects from `from` (any 127.x.y.z is this machine) to a port of this machine.
export function raw_connect(port, { from } = {}) {
    return within(new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port, localAddress: from });
        socket.once('error', reject);
        socket.once('connect', () => {
            socket.off('error', reject);
            socket.setNoDelay(true);
            resolve(new raw_connection(socket));
        });
    }), 'connecting');
}
