// Mails as mail servers and readers see them: the outbox and the sender against the real
// smtp-server, read with mailparser. A mail goes out once when all goes well, and never less.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { free_port, mail_server, make_certificates, refusal } from './support/mail_server.mjs';
import { postgres_cluster } from './support/postgres.mjs';
import { run } from './support/process.mjs';
import { eventually, within } from './support/wait.mjs';

const probe = join(process.env.CAMPGATE_BUILD_DIR, 'mail_probe');
const key = randomBytes(32).toString('hex');
const cluster = new postgres_cluster();
const senders = new Set();
const servers = new Set();

before(() => cluster.make(), { timeout: 60_000 });
after(async () => {
    for (const sender of senders) sender.kill('SIGKILL');
    for (const server of servers) await server.stop();
    await cluster.stop?.();
});

async function start_server(options, port) {
    const server = await new mail_server(options).start(port);
    servers.add(server);
    return server;
}

// Each mail: the e-mail confirmation of Anne Lambert, or what differs from it.
async function put(...mails) {
    const input = mails.map((mail) => JSON.stringify({
        kind: 'email_confirmation', given_name: 'Anne', family_name: 'Lambert',
        email: 'anne@parents.example', language: 'fr',
        link: 'https://camps.example/#/confirm/abc', ...mail })).join('\n') + '\n';
    const done = await run(probe, [cluster.url, key, 'put'], { input });
    assert.equal(done.code, 0, done.stderr);
    return done.stdout.trim().split('\n');
}

async function rows() {
    const done = await run(probe, [cluster.url, key, 'list']);
    assert.equal(done.code, 0, done.stderr);
    return JSON.parse(done.stdout);
}

// A process that sends; `told` is what it says.
function start_sender(port, options = {}) {
    const words = Object.entries({ port, tls: 'never', ...options })
        .map(([name, value]) => `${name}=${value}`);
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', probe, cluster.url, key, 'send', ...words],
                        { stdio: ['ignore', 'pipe', 'inherit'] });
    senders.add(child);
    child.told = [];
    child.stdout.setEncoding('utf8').on('data', (text) => {
        child.told.push(...text.split('\n').filter(Boolean));
    });
    child.ended = new Promise((resolve) => { child.once('close', resolve); });
    child.ended.then(() => senders.delete(child));
    child.stop = async () => {
        child.kill('SIGTERM');
        await within(child.ended, 'end of the sender');
    };
    return child;
}

const told = (sender, line) =>
    eventually(() => sender.told.includes(line), line)
        .catch((error) => { throw new Error(`${error.message}; told: ${sender.told}`); });

test('a confirmation arrives as text and HTML in the language of the parent', async () => {
    const server = await start_server();
    await put({}, { language: 'nl' }, { language: 'de' }, { language: 'en' });
    const sender = start_sender(server.port);
    const mails = await server.messages(4);
    await sender.stop();

    const [french] = mails;
    assert.equal(french.subject, 'Confirmez votre adresse e-mail');
    assert.deepEqual(french.to.value, [{ name: 'Anne Lambert', address: 'anne@parents.example' }]);
    assert.deepEqual(french.from.value,
                     [{ name: 'Dalhem – Enfance', address: 'plaines@dalhem.example' }]);
    assert.match(french.messageId, /^<[0-9a-f]{32}@dalhem\.example>$/);
    assert.ok(Math.abs(french.date - Date.now()) < 60_000);
    assert.equal(french.headers.get('content-language'), 'fr');
    assert.equal(french.headers.get('auto-submitted'), 'auto-generated');
    assert.equal(french.headers.get('content-type').value, 'multipart/alternative');
    assert.match(french.text, /^Bonjour Anne Lambert,\n\nVous avez indiqué cette adresse e-mail/);
    assert.match(french.text, /^https:\/\/camps\.example\/#\/confirm\/abc$/m);
    assert.match(french.text, /\n-- \nCommune de Dalhem – Enfance\n4607 Dalhem\nUne question.\? plaines@dalhem\.example\n/);
    assert.match(french.html, /^<!DOCTYPE html>\n<html lang="fr">/);
    assert.match(french.html, /<a class="action" href="https:\/\/camps\.example\/#\/confirm\/abc">Confirmer mon adresse<\/a>/);
    assert.deepEqual(mails.map((mail) => mail.subject), [
        'Confirmez votre adresse e-mail', 'Bevestig uw e-mailadres',
        'Bestätigen Sie Ihre E-Mail-Adresse', 'Confirm your e-mail address']);
    for (const mail of mails) {
        assert.deepEqual(mail.session.envelope.rcptTo.map((to) => to.address),
                         ['anne@parents.example']);
        assert.equal(mail.session.envelope.mailFrom.address, 'plaines@dalhem.example');
    }
    assert.equal(server.sessions, 1, 'one conversation for all');
});

test('names of every script arrive, and lines stay short ASCII', async () => {
    const server = await start_server();
    const long = 'Ferdinand-Maximilien '.repeat(40).trim();
    await put({ given_name: 'Zoë 🏕️', family_name: 'Ñandú-Bảo 李' },
              { given_name: long, family_name: 'x'.repeat(3000) },
              { given_name: '"Anne", <b>&', family_name: "O'Neill \\" });
    const sender = start_sender(server.port);
    const [scripts, lengthy, marks] = await server.messages(3);
    await sender.stop();
    assert.equal(scripts.to.value[0].name, 'Zoë 🏕️ Ñandú-Bảo 李');
    assert.match(scripts.text, /^Bonjour Zoë 🏕️ Ñandú-Bảo 李,\n/);
    assert.match(scripts.html, /<p>Bonjour Zoë 🏕️ Ñandú-Bảo 李,<\/p>/);
    assert.equal(lengthy.to.value[0].name, `${long} ${'x'.repeat(3000)}`);
    assert.ok(lengthy.text.includes('x'.repeat(3000)));
    assert.equal(marks.to.value[0].name, '"Anne", <b>& O\'Neill \\');
    assert.match(marks.html, /Bonjour &quot;Anne&quot;, &lt;b&gt;&amp; O&#39;Neill \\,/);
    for (const mail of [scripts, lengthy, marks]) {
        for (const line of mail.raw.split('\r\n')) {
            // libcurl does not fold the line that names the boundary.
            const most = line.startsWith('Content-Type: multipart/') ? 98 : 78;
            assert.ok(line.length <= most, `${line.length}: ${line}`);
            assert.match(line, /^[\x20-\x7e\t]*$/);
        }
    }
});

test('nobody writes a header, a line or a recipient of their own', async () => {
    const server = await start_server();
    await put({ given_name: 'Anne\r\nBcc: other@parents.example\r\n\r\nhello', family_name: '\u0000\u2028x' },
              { given_name: 'A\r\n.\r\nMAIL FROM:<x@y.example>', family_name: '=?UTF-8?Q?x?=' });
    const sender = start_sender(server.port);
    const [first, second] = await server.messages(2);
    await sleep(200);
    await sender.stop();
    assert.equal(server.received.length, 2);
    assert.equal(first.headers.get('bcc'), undefined);
    assert.equal(first.to.value[0].name, 'Anne  Bcc: other@parents.example    hello   x');
    assert.deepEqual(first.session.envelope.rcptTo.map((to) => to.address), ['anne@parents.example']);
    assert.match(second.to.value[0].name, /^A  \.  MAIL FROM:<x@y\.example> =\?UTF-8\?Q\?x\?=$/);
    const refused = await run(probe, [cluster.url, key, 'put'], { input: JSON.stringify({
        given_name: 'A', family_name: 'B', language: 'fr', link: 'x',
        email: 'a@b.example>\r\nRCPT TO:<c@d.example' }) + '\n' });
    assert.notEqual(refused.code, 0);
});

test('attachments arrive whole, beside both forms of the text', async () => {
    const server = await start_server();
    const calendar = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nSUMMARY:Été\r\nEND:VCALENDAR\r\n';
    await put({ attachments: [{ name: 'semaine 27"é.ics', bytes: calendar,
                                type: 'text/calendar; charset=utf-8; method=PUBLISH' }] });
    const sender = start_sender(server.port);
    const [mail] = await server.messages(1);
    await sender.stop();
    assert.equal(mail.attachments.length, 1);
    assert.equal(mail.attachments[0].content.toString('utf8'), calendar);
    assert.equal(mail.attachments[0].contentType, 'text/calendar');
    assert.equal(mail.attachments[0].filename, 'semaine_27___.ics');
    assert.match(mail.text, /Bonjour Anne/);
    assert.match(mail.html, /<p>Bonjour Anne/);
    assert.equal(mail.headers.get('content-type').value, 'multipart/mixed');
});

test('STARTTLS with a certificate of an authority that one believes, and a password', async () => {
    const { ca, key: tls_key, cert } = make_certificates();
    const server = await start_server({
        hideSTARTTLS: false, authOptional: false, key: tls_key, cert,
        onAuth: (auth, session, done) => {
            if (auth.username === 'camp' && auth.password === 'sésame') done(null, { user: 'camp' });
            else done(refusal(535));
        } });
    await put({});
    const options = { tls: 'required', server: 'localhost', ca, user: 'camp', password: 'sésame' };
    // Nobody vouches for it: nothing is sent, and the mail waits.
    const distrustful = start_sender(server.port, { ...options, ca: '' });
    await told(distrustful, 'again insecure');
    await distrustful.stop();
    const mistaken = start_sender(server.port, { ...options, password: 'x', retry: 50 });
    await told(mistaken, 'again authentication');
    await mistaken.stop();
    assert.equal(server.received.length, 0);
    const sender = start_sender(server.port, options);
    const [mail] = await server.messages(1);
    await sender.stop();
    assert.equal(mail.session.secure, true);
    assert.equal(mail.session.user, 'camp');
});

test('required TLS sends nothing where none is offered; if_offered does either', async () => {
    const plain = await start_server();
    await put({});
    const strict = start_sender(plain.port, { tls: 'required', server: 'localhost' });
    await told(strict, 'again insecure');
    await strict.stop();
    assert.equal(plain.received.length, 0);
    const lenient = start_sender(plain.port, { tls: 'if_offered' });
    assert.equal((await plain.messages(1))[0].session.secure, false);
    await lenient.stop();
    const { key: tls_key, cert } = make_certificates();
    const secure = await start_server({ hideSTARTTLS: false, key: tls_key, cert });
    await put({});
    const sender = start_sender(secure.port, { tls: 'if_offered' });
    assert.equal((await secure.messages(1))[0].session.secure, true);
    await sender.stop();
});

test('implicit TLS speaks it from the first byte', async () => {
    const { ca, key: tls_key, cert } = make_certificates();
    const server = await start_server({ secure: true, key: tls_key, cert });
    await put({});
    const sender = start_sender(server.port, { tls: 'implicit', server: 'localhost', ca });
    await server.messages(1);
    await sender.stop();
});

test('a recipient refused for good fails at once; the next one is sent', async () => {
    const server = await start_server();
    server.on_recipient = async (address) => {
        if (address.startsWith('gone')) throw refusal(550);
    };
    await put({ email: 'gone@parents.example' }, {});
    const sender = start_sender(server.port);
    await server.messages(1);
    await told(sender, 'failed recipient_refused');
    await sender.stop();
    const [sent, failed] = await rows();
    assert.deepEqual([sent.state, failed.state], ['sent', 'failed']);
    assert.deepEqual([failed.failure, failed.attempts], ['recipient_refused', 1]);
});

test('a message refused for good fails, a sender refused waits', async () => {
    const server = await start_server();
    server.on_message = async () => { throw refusal(554); };
    await put({});
    const sender = start_sender(server.port);
    await told(sender, 'failed message_refused');
    await sender.stop();
    const strict = await start_server({ onMailFrom: (from, session, done) => done(refusal(553)) });
    await put({});
    const waiting = start_sender(strict.port, { retry: 10_000, retry_max: 10_000 });
    await told(waiting, 'again sender_refused');
    await waiting.stop();
    assert.equal((await rows())[0].state, 'waiting');
    const settled = await start_server();
    await eventually(async () => {
        const last = start_sender(settled.port);
        await sleep(500);
        await last.stop();
        return settled.received.length === 1;
    }, 'the mail', 30_000);
});

test('"not now" is asked again, later', async () => {
    const server = await start_server();
    let times = 0;
    server.on_recipient = async () => { if (++times < 3) throw refusal(451); };
    await put({});
    const sender = start_sender(server.port);
    await server.messages(1);
    await sender.stop();
    assert.equal(times, 3);
    assert.deepEqual(sender.told.filter((line) => line !== 'sending'),
                     ['again temporary', 'again temporary', 'sent']);
    assert.equal((await rows())[0].attempts, 3);
});

test('"not now" for ever fails in the end', async () => {
    const server = await start_server();
    server.on_recipient = async () => { throw refusal(451); };
    await put({});
    const sender = start_sender(server.port, { retry: 1, retry_max: 2 });
    await told(sender, 'failed temporary');
    await sender.stop();
    assert.equal((await rows())[0].attempts, 6);
});

test('a mail server that is down is waited for', async () => {
    const port = await free_port();
    await put({}, {});
    const sender = start_sender(port);
    await told(sender, 'again unreachable');
    const server = await start_server({}, port);
    await server.messages(2);
    await sender.stop();
    assert.equal(server.received.length, 2);
});

test('a connection that ends after the message and before the reply: again, as the same mail', async () => {
    const server = await start_server();
    let cut = false;
    server.on_message = (raw, session) => new Promise((resolve) => {
        if (cut) return resolve();
        cut = true;
        server.received.push({ raw, session });
        for (const connection of server.server.connections) connection._socket.destroy();
    });
    await put({});
    const sender = start_sender(server.port);
    const [first, second] = await server.messages(2);
    await sender.stop();
    assert.ok(sender.told.includes('again cut'));
    assert.equal(first.messageId, second.messageId);
    assert.equal(first.text, second.text);
    assert.equal((await rows())[0].state, 'sent');
});

test('a mail server that never replies is given up', async () => {
    const server = await start_server();
    let asked = 0;
    server.on_message = () => (++asked === 1 ? new Promise(() => {}) : Promise.resolve());
    await put({});
    const sender = start_sender(server.port, { timeout: 300 });
    await told(sender, 'again timed_out');
    await server.messages(1);
    await sender.stop();
});

test('kill -9 between sending and marking: once more, as the same mail, when the lease is over', async () => {
    const server = await start_server();
    await put({});
    const killed = start_sender(server.port, { lease: 1500 });
    server.on_message = async () => {
        server.on_message = async () => {};
        killed.kill('SIGKILL');
        await killed.ended;
    };
    await server.messages(1);
    const started = Date.now();
    const sender = start_sender(server.port, { lease: 1500 });
    const [first, second] = await server.messages(2);
    await sender.stop();
    assert.ok(Date.now() - started > 500, 'not while the other could still be sending');
    assert.equal(first.messageId, second.messageId);
    assert.equal((await rows())[0].attempts, 2);
});

test('two servers send each mail once', async () => {
    const server = await start_server();
    await put(...Array.from({ length: 60 }, (_, n) => ({ given_name: `Anne ${n}` })));
    const both = [start_sender(server.port), start_sender(server.port)];
    await server.messages(60);
    await eventually(async () => (await rows()).every((row) => row.state !== 'waiting'));
    for (const sender of both) await sender.stop();
    assert.equal(server.received.length, 60);
    const mails = await server.messages(60);
    assert.equal(new Set(mails.map((mail) => mail.messageId)).size, 60);
    for (const sender of both) assert.ok(sender.told.includes('sent'), 'both had some');
});

test('a reminder names what is missing, and a second of its cause is not made', async () => {
    const server = await start_server();
    const reminder = { kind: 'readiness_reminder', cause: 'readiness:1:2027', children: [
        { name: 'Léa', missing: ['sheet_missing', 'no_niss'] }, { name: 'Tom', missing: [] }] };
    assert.deepEqual(await put(reminder, reminder), ['put', 'known']);
    const sender = start_sender(server.port);
    const [mail] = await server.messages(1);
    await sender.stop();
    assert.match(mail.text, /Léa\n- la fiche santé n'est pas encore remplie\n- le numéro national n'est pas indiqué.: sans lui, pas d'attestation fiscale\n/);
    assert.doesNotMatch(mail.text, /Tom/);
    assert.match(mail.html, /<h2>Léa<\/h2>\n<ul>\n<li>la fiche santé n'est pas encore remplie<\/li>/);
});
