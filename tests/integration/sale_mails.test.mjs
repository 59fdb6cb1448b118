// The mails of holds and orders, by a real server to a real mail server: what ends soon (R1), what
// has ended (R2), the recap with its calendar (S29). Each arrives once, whenever a server is killed
// and while another takes over.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, test } from 'node:test';
import ICAL from 'ical.js';
import { child_of, client, parent_of, week_of } from './support/client.mjs';
import { mail_server } from './support/mail_server.mjs';
import { make_cluster } from './support/postgres.mjs';
import { make_folder, run, start_server, unlimited } from './support/process.mjs';
import { eventually } from './support/wait.mjs';

const mail_servers = new Set();
after(async () => {
    for (const server of mail_servers) await server.stop();
});

async function start_mails(options, port) {
    const made = await new mail_server(options).start(port);
    mail_servers.add(made);
    return made;
}

// A database, its master key, and what a server over it needs to send.
async function make_house(mails, hold) {
    const cluster = await make_cluster();
    const key = join(make_folder(), 'master.key');
    return { cluster, args: [
        '--database', cluster.url, '--master-key', key, '--hold', hold, ...unlimited,
        '--mail-server', '127.0.0.1', '--mail-port', String(mails.port), '--mail-tls', 'never',
        '--mail-from', 'Dalhem <plaines@dalhem.example>', '--mail-timeout', '2s',
        '--mail-retry', '200ms'] };
}

// Whatever arrived for this family, of this subject.
async function received(mails, family, subject) {
    const all = await mails.messages(mails.received.length);
    return all.filter((mail) => subject.test(mail.subject) &&
        mail.to.value[0].address === `parent${family}@familles.example`);
}

const reminder = /^Vos places sont gardées jusqu'au /;
const ended = /^Vos places ont été annulées$/;

// Léa of family 1 and others, each a week that is theirs to have.
const wanted = [[1, 'moyens', 0], [3, 'moyens', 0], [4, 'moyens', 0], [10, 'moyens', 0],
                [8, 'petits', 0], [9, 'petits', 0], [2, 'grands', 0]];

async function hold_each(server, families = wanted) {
    const season = await new client(server.url).season();
    await Promise.all(families.map(async ([family, camp, index]) => {
        const parent = await parent_of(server, family);
        await parent.hold([[week_of(season, camp, 30), child_of(family, index)]]);
        parent.close();
    }));
}

async function metric(server, name) {
    const text = await (await fetch(server.metrics_url)).text();
    const found = new RegExp(`^campgate_${name} (\\S+)$`, 'm').exec(text);
    assert.ok(found, `no metric ${name}`);
    return Number(found[1]);
}

test('R1, R2: a family is warned before its holds end, and told when they have', async () => {
    const mails = await start_mails();
    const { args } = await make_house(mails, '6s');
    const server = await start_server({ args });
    const parent = await parent_of(server, 1);
    const season = await parent.season();
    const [first] = await parent.hold([[week_of(season, 'moyens', 30), child_of(1)],
                                       [week_of(season, 'petits', 30), child_of(1, 1)]]);
    const [warned] = await eventually(async () => {
        const found = await received(mails, 1, reminder);
        return found.length > 0 && found;
    }, 'the reminder');
    assert.ok(Date.now() < Date.parse(first.deadline), 'before the deadline');
    const until = new Intl.DateTimeFormat('fr-BE', { timeZone: 'Europe/Brussels', hour: 'numeric',
                                                     minute: '2-digit' })
        .formatToParts(new Date(first.deadline)).filter(({ type }) => /hour|minute/.test(type))
        .map(({ value }) => value);
    // Its spaces do not break.
    assert.ok(warned.subject.endsWith(`à\u00a0${Number(until[0])}\u00a0h\u00a0${until[1]}`),
              warned.subject);
    assert.match(warned.text, /^- Léa : .*, du .* au /m);
    assert.match(warned.text, /^- Hugo : /m);
    assert.match(warned.text, /^http:\/\/\S+\/#basket$/m);
    assert.match(warned.text, /^Pour désinscrire un enfant : plaines@dalhem\.example$/m);
    const [told] = await eventually(async () => {
        const found = await received(mails, 1, ended);
        return found.length > 0 && found;
    }, 'what has ended');
    assert.ok(Date.now() >= Date.parse(first.deadline), 'after the deadline');
    assert.match(told.text, /^- Léa : /m);
    assert.match(told.text, /^- Hugo : /m);
    // Nothing about children but in the letters themselves.
    for (const mail of mails.received) {
        const [head] = mail.raw.toString('latin1').split('\r\n\r\n');
        const words = head + [...head.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)]
            .map(([, text]) => Buffer.from(text, 'base64')).join('');
        assert.doesNotMatch(words, /Léa|Hugo/);
    }
    assert.doesNotMatch(server.stderr, /Léa|Hugo|Lambert|familles\.example/);
    assert.equal(await eventually(() => metric(server, 'sale_mails_written_total')), 2);
    await eventually(async () => await metric(server, 'sale_mails_owed') === 0);
    assert.equal(mails.received.length, 2);
    assert.notEqual(warned.messageId, told.messageId);
    parent.close();
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test('R1: what was given back is not warned about', async () => {
    const mails = await start_mails();
    const { cluster, args } = await make_house(mails, '4s');
    const server = await start_server({ args });
    const parent = await parent_of(server, 1);
    const season = await parent.season();
    const [hold] = await parent.hold([[week_of(season, 'moyens', 30), child_of(1)]]);
    assert.equal((await parent.release(hold.hold)).status, 204);
    await parent.hold([[week_of(season, 'moyens', 28), child_of(1)]]);
    await eventually(async () => (await received(mails, 1, ended)).length > 0, 'what has ended');
    assert.equal((await received(mails, 1, reminder)).length, 1);
    assert.equal(await cluster.ask('SELECT count(*) FROM mail_cause'), '0');
    parent.close();
    await server.stop();
});

// Nobody writes a mail while this stands.
async function stop_writing(cluster) {
    const child = spawn('psql', ['-X', '-q', '-h', cluster.folder, '-U', 'campgate', 'campgate'],
                        { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { said += text; });
    child.stdin.write("BEGIN; LOCK TABLE mail; SELECT 'locked';\n");
    await eventually(() => said.includes('locked'), 'the lock');
    return () => new Promise((resolve) => {
        child.once('exit', resolve);
        child.stdin.end('ROLLBACK;\n');
    });
}

test('kill -9 between a record and its mail: the mail comes after all, and once', async () => {
    const mails = await start_mails();
    const { cluster, args } = await make_house(mails, '3s');
    const first = await start_server({ args });
    const go_on = await stop_writing(cluster);
    await hold_each(first);
    await eventually(async () => Number(await cluster.ask(
        'SELECT count(*) FROM mail_cause WHERE cause = 2')) === wanted.length, 'records that owe');
    await first.kill();
    await go_on();
    assert.equal(await cluster.ask('SELECT count(*) FROM mail'), '0');
    const second = await start_server({ args: [...args, '--take-over'] });
    await eventually(async () => (await cluster.ask(
        'SELECT count(*) FROM mail_cause')) === '0', 'that nothing is owed');
    for (const [family] of wanted) {
        await eventually(async () => (await received(mails, family, ended)).length === 1);
        // Written too late, the reminder is not written at all.
        assert.equal((await received(mails, family, reminder)).length, 0);
    }
    assert.equal(mails.received.length, wanted.length);
    await second.stop();
});

test('kill -9 between the claim and the reply: the same mail again, and no other', async () => {
    const mails = await start_mails();
    const { args } = await make_house(mails, '3s');
    const id_of = (raw) => /^Message-ID: <(.*)>/im.exec(raw.toString('latin1'))[1];
    let held_up;
    // The reminder passes. Of what has ended the mail server has the mail, and says nothing.
    mails.on_message = async (raw) => {
        if (mails.received.length === 0) return;
        held_up = id_of(raw);
        await new Promise(() => {});
    };
    const first = await start_server({ args });
    await hold_each(first, wanted.slice(0, 1));
    await eventually(() => held_up, 'a mail under way');
    await first.kill();
    mails.on_message = async () => {};
    const second = await start_server({ args: [...args, '--take-over'] });
    await eventually(async () => (await received(mails, 1, ended)).length === 1, 'the mail', 20_000);
    const all = mails.received.map(({ raw }) => id_of(raw));
    assert.deepEqual(all.slice(1), [held_up], 'the one that was under way, and no other');
    assert.equal(new Set(all).size, 2);
    await second.stop();
});

test('a second server takes over while mails are written: one each', async () => {
    const mails = await start_mails();
    const { cluster, args } = await make_house(mails, '5s');
    const first = await start_server({ args });
    await hold_each(first);
    const second = await start_server({ command: 'serve', args: [...args, '--take-over'] });
    await eventually(async () => (await cluster.ask('SELECT count(*) FROM mail_cause')) === '0' &&
        Number(await cluster.ask("SELECT count(*) FROM mail WHERE kind = 'holds_ended'")) ===
            wanted.length, 'all mails', 20_000);
    await eventually(async () => await cluster.ask('SELECT count(*) FROM mail WHERE state <> 2') ===
        '0', 'that all are sent');
    for (const [family] of wanted)
        assert.equal((await received(mails, family, ended)).length, 1, `family ${family}`);
    await second.stop();
});

// ---- the calendar

const probe = join(process.env.CAMPGATE_BUILD_DIR, 'mail_probe');

async function calendar_of(mail) {
    const [file] = mail.attachments;
    assert.equal(mail.attachments.length, 1);
    assert.equal(file.contentType, 'text/calendar');
    const text = file.content.toString('utf8');
    for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.doesNotMatch(text, /[^\r]\n/);
    return { head: /^Content-Type: text\/calendar[^]*?(?=\r\n\S)/im.exec(mail.raw)[0],
             calendar: new ICAL.Component(ICAL.parse(text)) };
}

// The days on which an event takes place, whatever it is made of.
function days_of(event) {
    const days = [];
    const each = event.iterator();
    for (let at = each.next(); at; at = each.next()) {
        const details = event.getOccurrenceDetails(at);
        for (const day = details.startDate.clone(); day.compare(details.endDate) < 0;
             day.adjust(1, 0, 0, 0)) days.push(day.toString());
    }
    return days;
}

test('S29, S30: a calendar has one event a week, which its cancellation names again', async () => {
    const mails = await start_mails();
    const cluster = await make_cluster();
    const key = randomBytes(32).toString('hex');
    const weeks = [
        { child: 'Léa, "Lou" & co; \\', camp: 'Petits', place: 'École de Berneau, 1er étage', hold: 320,
          days: ['2027-07-05', '2027-07-06', '2027-07-07', '2027-07-08', '2027-07-09'] },
        { child: 'Tom', camp: 'Grands '.repeat(40).trim(), place: '', hold: 321,
          days: ['2027-07-19', '2027-07-20', '2027-07-22', '2027-07-23'] }];
    const to = { given_name: 'Anne', family_name: 'Lambert', email: 'anne@parents.example',
                 language: 'nl' };
    const put = await run(probe, [cluster.url, key, 'put'], { input: [
        { ...to, kind: 'recap', weeks }, { ...to, kind: 'booking_cancelled', weeks: [weeks[1]] },
        { ...to, kind: 'recap', weeks, confirmed: false }]
        .map((mail) => JSON.stringify(mail)).join('\n') + '\n' });
    assert.equal(put.code, 0, put.stderr);
    const sender = spawn(probe, [cluster.url, key, 'send', `port=${mails.port}`, 'tls=never'],
                         { stdio: 'ignore' });
    const [recap, cancelled, shy] = await mails.messages(3).finally(() => sender.kill('SIGTERM'));

    assert.equal(recap.attachments[0].filename, 'weken.ics');
    const published = await calendar_of(recap);
    assert.match(published.head, /method=PUBLISH/);
    assert.equal(published.calendar.getFirstPropertyValue('method'), 'PUBLISH');
    assert.equal(published.calendar.getFirstPropertyValue('version'), '2.0');
    const events = published.calendar.getAllSubcomponents('vevent')
        .map((component) => new ICAL.Event(component));
    assert.deepEqual(events.map(({ summary }) => summary),
                     weeks.map(({ child, camp }) => `${child} – ${camp}`));
    assert.deepEqual(events.map(days_of), weeks.map(({ days }) => days));
    assert.equal(events[0].location, weeks[0].place);
    assert.equal(new Set(events.map(({ uid }) => uid)).size, 2);
    for (const { uid } of events) assert.match(uid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(events[0].organizer, 'mailto:plaines@dalhem.example');

    const taken_away = await calendar_of(cancelled);
    assert.match(taken_away.head, /method=CANCEL/);
    const [gone] = taken_away.calendar.getAllSubcomponents('vevent');
    assert.equal(gone.getFirstPropertyValue('uid'), events[1].uid);
    assert.equal(gone.getFirstPropertyValue('status'), 'CANCELLED');
    assert.ok(gone.getFirstPropertyValue('sequence') > events[1].sequence);

    assert.equal(shy.attachments.length, 0, 'nothing for an address that may be a stranger\'s');
    assert.doesNotMatch(shy.text, /Tom|Grands|Berneau/);
});
