// The staff's pages in the browser: the search, a family's file, what is to decide, who is not ready
// and the mails to them, and who looked at what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, parent_of } from '../integration/support/client.mjs';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive_staff, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

let requests;
const stage = set_stage({ enter: async () => {
    const server = { url: `${stage.url}/` };
    const camille = await parent_of(server, 6);
    const sofie = await parent_of(server, 3);
    const ask = async (who, path, body) => (await who.ask('POST', `${api}${path}`, { body })).json.request;
    requests = [await ask(camille, `/family/children/${child_of(6, 0)}/invoiceable`, {}),
        await ask(sofie, '/family/residence', { note: 'Déménagés en mai' })];
} });

async function staff_at(route, viewport = desk) {
    const marie = await arrive_staff(stage, { viewport });
    await marie.visit(route);
    return marie;
}

for (const [name, viewport] of [['a phone', phone], ['a desk', desk]]) {
    test(`every page of the staff on ${name}: nothing serious, nothing too wide`, async () => {
        const marie = await staff_at('staff/families', viewport);
        for (const route of ['staff/families', 'staff/family/2', 'staff/decisions', 'staff/orders', 'staff/weeks',
            'staff/readiness', 'staff/audit', 'mails']) {
            await marie.visit(route);
            await look(marie, route.replaceAll('/', '-'), { whole: true });
        }
        marie.is_content();
        await marie.context.close();
    });
}

test('a family is found by any name, its postcode or a number, and its file shows all but the sheets', async () => {
    const marie = await staff_at('staff/families');
    const { page } = marie;
    const search = async (text) => {
        await page.locator('#q').fill(text);
        await marie.at('search').click();
    };
    for (const text of ['zoe delvaux', 'DELVAUX']) {
        await search(text);
        await marie.appears('found-2');
        await marie.leaves('found-1');
    }
    await search('nobody-has-this-name');
    await page.locator('main .empty').waitFor();
    await search('85.07.30-033.28');
    await marie.appears('found-1');
    assert.doesNotMatch(page.url(), /85/);
    await marie.at('found-1').getByRole('link').click();
    await marie.appears('staff-family');
    const shown = await page.locator('main').innerText();
    for (const fact of ['Anne Lambert', '85.07.30-033.28', 'Léa Lambert', 'Hugo Lambert', 'Fiche santé valide']) {
        assert.ok(shown.includes(fact), fact);
    }
    assert.equal(await page.locator('main a[href^="#sheet"]').count(), 0);
    marie.is_content();
    await marie.context.close();
});

test('what is to decide: the first of the staff has decided, the second is told so', async () => {
    const [invoiceable, residence] = requests;
    const marie = await staff_at('staff/decisions', phone);
    const colleague = await staff_at('staff/decisions');
    assert.match(await marie.text_of(`decision-${residence}`), /Sofie Peeters.*Déménagés en mai/);
    await colleague.appears(`decision-${residence}`);
    await marie.page.locator(`#note-${residence}`).fill('Inscrits au registre depuis juin');
    await marie.at(`refuse-${residence}`).click();
    await marie.leaves(`decision-${residence}`);
    await colleague.at(`accept-${residence}`).click();
    await colleague.leaves(`decision-${residence}`);
    assert.match(await colleague.text_of('announcement'), /collègue avait déjà décidé/);
    await colleague.at(`accept-${invoiceable}`).click();
    await colleague.leaves(`decision-${invoiceable}`);
    await colleague.appears('decide-none');
    for (const who of [marie, colleague]) {
        who.is_content();
        await who.context.close();
    }
});

test('B9: who is not ready: a mail to some, a mail to all, and the demo shows what they got', async () => {
    const marie = await staff_at('staff/readiness');
    const { page } = marie;
    const first = page.locator('[data-testid^="unready-"] input:enabled').first();
    await first.check();
    await marie.at('mail-chosen').click();
    await page.locator('main .note').getByText('1 e-mail est parti').waitFor();
    await marie.at('mail-all').click();
    await look(marie, 'staff-readiness-sure');
    await marie.at('mail-all-yes').click();
    await page.locator('main .note').getByText(/\d+ e-mails? (est|sont) partis?/).waitFor();
    await marie.visit('mails');
    await page.locator('article.mail').first().waitFor();
    await look(marie, 'mails');
    marie.is_content();
    await marie.context.close();
});

test('every look and act of the staff is in the log of accesses, with who, what and whom', async () => {
    const marie = await staff_at('staff/families', phone);
    await marie.visit('staff/family/2');
    await marie.visit('staff/audit');
    const rows = marie.page.locator('table.plain tbody tr');
    await rows.first().waitFor();
    const text = (await rows.allInnerTexts()).join('\n').replace(/[\s\u00a0]+/g, ' ');
    for (const what of ['Marie Claessens', 'Dossier consulté', 'Recherche de familles', 'Famille 2']) {
        assert.ok(text.includes(what), what);
    }
    assert.doesNotMatch(text, /_/, 'every act has its words');
    marie.is_content();
    await marie.context.close();
});
