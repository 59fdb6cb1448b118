// A mail server of the test's own: the real smtp-server in this process, on a free port. What
// arrives is kept as bytes and read with mailparser.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { make_folder } from './process.mjs';
import { eventually } from './wait.mjs';

// A certificate authority and a certificate of it for `host`.
export function make_certificates(host = 'localhost') {
    const folder = make_folder();
    const file = (name) => join(folder, name);
    const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
    const new_key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-x509', ...new_key, '-days', '2', '-subj', '/CN=Test authority',
            '-keyout', file('ca.key'), '-out', file('ca.pem'));
    openssl('req', ...new_key, '-subj', `/CN=${host}`,
            '-keyout', file('server.key'), '-out', file('server.csr'));
    writeFileSync(file('names'), `subjectAltName=DNS:${host},IP:127.0.0.1\n`);
    openssl('x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'),
            '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', file('names'),
            '-out', file('server.pem'));
    return { ca: file('ca.pem'), key: readFileSync(file('server.key')),
             cert: readFileSync(file('server.pem')) };
}

export const refusal = (code, text = 'refused by the test') =>
    Object.assign(new Error(text), { responseCode: code });

export class mail_server {
    constructor(options = {}) {
        this.options = options;
        this.received = [];
        this.sessions = 0;
        // To be replaced by a test: throws, or waits.
        this.on_recipient = async () => {};
        this.on_message = async () => {};
    }

    async start(port = 0) {
        this.server = new SMTPServer({
            logger: false, authOptional: true, disableReverseLookup: true, hideSTARTTLS: true,
            closeTimeout: 200, ...this.options,
            onConnect: (session, done) => { this.sessions += 1; done(); },
            onRcptTo: (address, session, done) =>
                this.on_recipient(address.address).then(() => done(), done),
            onData: (stream, session, done) => {
                const parts = [];
                stream.on('data', (part) => parts.push(part));
                const kept = { envelope: structuredClone(session.envelope),
                               secure: session.secure, user: session.user };
                stream.on('end', () => {
                    const raw = Buffer.concat(parts);
                    this.on_message(raw, kept).then(() => {
                        this.received.push({ raw, session: kept });
                        done();
                    }, done);
                });
            } });
        this.server.on('error', () => {});  // of connections that tests cut
        await new Promise((resolve, reject) => {
            this.server.once('error', reject);
            this.server.listen(port, '127.0.0.1', resolve);
        });
        this.port = this.server.server.address().port;
        return this;
    }

    stop() {
        return new Promise((resolve) => { this.server.close(resolve); });
    }

    // The messages, once there are so many.
    async messages(count, within_ms = 10_000) {
        await eventually(() => this.received.length >= count, `${count} mails`, within_ms);
        return Promise.all(this.received.map(async ({ raw, session }) =>
            ({ raw: raw.toString('latin1'), session, ...await simpleParser(raw) })));
    }
}

// A port where nobody listens.
export async function free_port() {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => { server.once('listening', resolve); });
    const { port } = server.address();
    await new Promise((resolve) => { server.close(resolve); });
    return port;
}
