// The walk of the organiser's own instructions, S19 to S30: two children and three weeks from the
// calendar to the mail in the inbox (the real smtp-server) and the bookings in the database; then a
// cancellation that the staff accept and another browser sees.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { database_of } from '../integration/support/database.mjs';
import { mail_server } from '../integration/support/mail_server.mjs';
import { eventually } from '../integration/support/wait.mjs';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { choose, finalise, go_to } from './support/sales.mjs';
import { look } from './support/sight.mjs';

const lea = child_of(1, 0);
const hugo = child_of(1, 1);
let mails;
const stage = set_stage({ args: async () => {
    mails = await new mail_server().start();
    return ['--mail-server', '127.0.0.1', '--mail-port', String(mails.port), '--mail-tls', 'never', '--mail-from', 'plaines@dalhem.example'];
} });
after(() => mails?.stop());

const mail_about = (subject) => eventually(
    async () => (await mails.messages(0)).find((m) => subject.test(m.subject)), `a mail about ${subject}`);

async function staff() {
    const parent = await arrive(stage, { viewport: desk });
    await parent.page.goto(`${stage.url}/#choose`);
    await parent.at('login').click();
    await parent.page.locator('a.who', { hasText: /Membre du personnel/ }).first().click();
    await parent.appears('nav-staff');
    return parent;
}

async function leave(...parents) {
    for (const parent of parents) {
        parent.is_content();
        await parent.context.close();
    }
}

test('S19 to S30: picked, finalised, paid, in the inbox and the database; cancelled, and seen elsewhere', async (t) => {
    const anne = await arrive(stage, { family: 1, viewport: phone });
    const benoit = await arrive(stage, { family: 2 });
    const first = await stage.week('moyens', 28);
    const second = await stage.week('moyens', 30);
    const third = await stage.week('petits', 28);
    await stage.set_places(first, 1, benoit);

    // S19, S20, S22: from a child, several weeks, and what became of them.
    await anne.at(`child-${lea}`).click();
    await anne.pick(first);
    await anne.pick(second);
    await anne.at(`child-${hugo}`).click();
    await anne.pick(third);
    await anne.book();
    for (const [child, week] of [[lea, first], [lea, second], [hugo, third]]) await anne.appears(`placed-${week}-${child}`);
    // S21, S25: full for everybody else.
    await benoit.leaves(`week-${first}`);
    // S23: two buttons.
    await anne.appears('another-child');
    await anne.at('finalise').click();
    // S24, S26.
    await anne.becomes('sum', 'priced');
    assert.match(await anne.text_of('sum'), /Les prix dégressifs comptent ensemble tous les enfants du panier/);
    assert.match(await anne.text_of('earliest'), /encore [23] j \d/);
    // S27, S28.
    const id = await finalise(anne);
    await anne.at('to-pay').click();
    await anne.at('method-online').check();
    await anne.at('pay').click();
    await anne.page.waitForURL(/\/demo\/bank\//);
    assert.equal(mails.received.length, 0, 'S29: no mail before the payment is validated');
    await choose(anne, 'pay');
    await anne.becomes('payment', 'paid');
    await look(anne, 'walk-paid', { whole: true });

    // S29: the recapitulating mail, with a calendar event a week.
    const recap = await mail_about(/inscriptions sont confirmées/);
    for (const word of ['Léa', 'Hugo', 'plaines@']) assert.ok(`${recap.text}`.includes(word), `${word} in ${recap.text}`);
    const calendars = recap.attachments.filter((a) => /calendar/.test(a.contentType)).map((a) => a.content.toString()).join('');
    assert.equal(calendars.match(/BEGIN:VEVENT/g)?.length, 3, 'a calendar event a week');

    const database = await database_of({ data: stage.data });
    // State 3 of a seat is a booking; the money adds up to nothing, record by record.
    const booked = await database.query(`SELECT week, child FROM seat WHERE state = 3 AND sale_order = ${id} ORDER BY 1, 2`);
    assert.deepEqual(booked.split('\n').sort(), [[first, lea], [second, lea], [third, hugo]].map((each) => each.join('|')).sort());
    assert.equal(await database.query('SELECT count(*) FROM (SELECT 1 FROM money GROUP BY sequence HAVING sum(amount) <> 0) AS wrong'), '0');

    // S30: the parent asks, the staff decide, another browser sees the place within a second.
    await anne.at('to-order').click();
    await anne.at(`cancel-${first}-${lea}`).click();
    await anne.page.locator('#motive').fill('Nous déménageons.');
    await anne.at('submit').click();
    await anne.becomes(`cancellation-${first}-${lea}`, 'pending');
    const team = await staff();
    await go_to(team, 'staff/decisions', 'staff-decisions');
    const request = team.page.locator('[data-testid^="decision-"]', { hasText: 'Nous déménageons' });
    await request.waitFor();
    await look(team, 'walk-decision', { whole: true });
    const seen = await benoit.watch(`week-${first}`, 'appears');
    const accept = await request.locator('[data-testid^="accept-"]').getAttribute('data-testid');
    const clicked = await team.watch_click(accept);
    await team.at(accept).click();
    const late = await seen() - await clicked();
    t.diagnostic(`the place was seen ${late.toFixed(0)} ms after the staff accepted`);
    assert.ok(late < 1000, `${late} ms`);
    await anne.becomes(`state-${first}-${lea}`, 'cancelled');
    await anne.becomes(`cancellation-${first}-${lea}`, 'accepted');
    await anne.page.locator('[data-testid^="refund-"]').waitFor();
    await look(anne, 'walk-cancelled', { whole: true });
    await mail_about(/annulée/);
    await leave(anne, benoit, team);
});
