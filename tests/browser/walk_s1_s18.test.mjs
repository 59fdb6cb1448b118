// The walk of the organiser's own instructions, S1 to S18, through a real identity provider (npm
// oidc-provider, in its own process, with its own pages): a parent with two children, one whom the
// commune knows already (case A, from a list of families) and one who is new (case B). Then the
// opening: a sheet that has lapsed, refused with its reason, validated again, accepted.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { identity_provider, secret } from '../integration/support/identity.mjs';
import { database_of } from '../integration/support/database.mjs';
import { set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';
import { answer_sheet } from './support/sheets.mjs';

const niss = (nine, born_2000 = false) =>
    nine + String(97 - Number(BigInt(`${born_2000 ? '2' : ''}${nine}`) % 97n)).padStart(2, '0');
const anne = { egovNRN: niss('830414025'), given_name: 'Marie-Ève', family_name: 'Walk' };
const nobody_yet = { egovNRN: niss('880211017'), given_name: 'Nino', family_name: 'Neuf' };
const ada = { niss: niss('190502101', true), given_name: 'Ada', birth_date: '2019-05-02' };
const zoe = { niss: niss('200304117', true), given_name: 'Zoé', birth_date: '2020-03-04' };

let provider;
const stage = set_stage({
    args: async () => {
        provider = await identity_provider.start();
        const secret_file = join(stage.data, 'client-secret');
        writeFileSync(secret_file, `${secret}\n`, { mode: 0o600 });
        return ['--opens-in', '26h', '--oidc-issuer', provider.issuer, '--oidc-client-id', 'campgate',
            '--oidc-client-secret-file', secret_file, '--oidc-scopes', 'openid,profile,egovnrn'];
    },
    enter: async () => {
        await provider.set({ own_pages: true, people: [anne, nobody_yet] });
        await provider.accept({ url: `${stage.url}/` });
        await import_list();
    },
});
after(() => provider?.end());

// Case A: what the commune bills already.
async function import_list() {
    const columns = ['parent_niss', 'parent_given_name', 'parent_family_name', 'street', 'number', 'box',
        'postcode', 'city', 'phone', 'email', 'language', 'child_niss', 'child_given_name',
        'child_family_name', 'child_birth_date', 'child_site', 'child_school_year'];
    const row = [anne.egovNRN, anne.given_name, anne.family_name, 'Rue du Moulin', '1', '', '4607', 'Dalhem',
        '', '', 'fr', ada.niss, ada.given_name, anne.family_name, ada.birth_date, 'berneau', 'P2'];
    const file = join(stage.data, 'families.csv');
    writeFileSync(file, [columns, row].map((line) => line.join(';')).join('\n'));
    await stage.tell('import', 'families', file);
}

/** Nothing is asked of the world outside this machine. */
function stay_here(page) {
    return page.route((url) => url.hostname !== '127.0.0.1', (route) => route.abort());
}

function visit(viewport = desk) {
    return arrive(stage, { viewport, before: stay_here });
}

/** From our page to the provider's own, which asks who it is. */
async function to_provider(parent) {
    await parent.at('login').click();
    await parent.page.waitForURL((url) => url.origin === provider.issuer);
    await parent.page.getByPlaceholder('Enter any login').waitFor();
}

async function identify(parent, who) {
    await parent.page.getByPlaceholder('Enter any login').fill(who.egovNRN);
    await parent.page.getByPlaceholder('and password').fill('anything');
    await parent.page.getByRole('button', { name: 'Sign-in' }).click();
    await parent.page.waitForURL((url) => url.origin === stage.url);
}

/** S2, S6: by the button, through the provider, and back. */
async function enter(parent, who) {
    await parent.page.goto(`${stage.url}/#choose`);
    await to_provider(parent);
    await identify(parent, who);
    await parent.appears('nav-portal');
    assert.match(parent.page.url(), /#portal$/);
}

/** S9: the identity is shown and is no field. */
async function register(parent, who) {
    await parent.appears('register');
    assert.equal(await parent.page.locator('main input, main select, main textarea').count(), 0);
    const shown = await parent.text_of('register');
    for (const fact of [who.given_name, who.family_name]) assert.ok(shown.includes(fact), fact);
    await look(parent, 'walk-register', { whole: true });
    await parent.at('submit').click();
    await parent.page.locator('main.page-profile').waitFor();
}

/** S7: the profile; what the commune knew is there already. */
async function complete_profile(parent, values) {
    const { page } = parent;
    for (const [id, value] of Object.entries(values)) await page.locator(`#${id}`).fill(value);
    await look(parent, 'walk-profile', { whole: true });
    await parent.at('submit').click();
    await page.locator('main.page-portal').waitFor();
}

/** S12, S13: a child is added, and its sheet stands open. */
async function add_child(parent, child) {
    const { page } = parent;
    for (const id of ['given_name', 'birth_date']) await page.locator(`#${id}`).fill(child[id]);
    await parent.appears('no-certificate');
    await page.locator('#niss').fill(child.niss);
    await parent.leaves('no-certificate');
    await page.locator('#site').selectOption('berneau');
    await page.locator('#school_year').selectOption('P1');
    await look(parent, 'walk-child', { whole: true });
    await parent.at('submit').click();
    await page.locator('main.page-sheet [data-testid="section"]').waitFor();
    return Number(/#sheet\/(\d+)/.exec(page.url())[1]);
}

/** S14 to S18: from red to green. */
async function validate_sheet(parent, child) {
    await answer_sheet(parent, child);
    await look(parent, 'walk-sheet-check', { whole: true });
    await parent.at('validate').click();
    await parent.becomes('sheet-done', 'valid');
    await parent.at('to-portal').click();
    await parent.becomes(`sheet-tab-${child}`, 'valid');
    await parent.becomes(`camps-tab-${child}`, 'open');
}

async function child_named(parent, name) {
    const me = await parent.page.evaluate(async () => (await fetch('/api/v1/me')).json());
    return me.children.find((child) => child.name === name)?.id;
}

test('S2 to S18: a parent whom the commune knows, one child linked (case A), one added (case B)', async () => {
    const parent = await visit(phone);
    const { page } = parent;
    await enter(parent, anne);
    await register(parent, anne);
    assert.equal(await page.locator('#address-postcode').inputValue(), '4607');
    await complete_profile(parent, { phone: '+32 471 11 22 33', email: 'walk@example.be' });

    // S10: the child is there, red, and its camps are locked.
    const known = await child_named(parent, ada.given_name);
    assert.ok(known, 'case A: the child is linked');
    await parent.becomes(`sheet-tab-${known}`, 'missing');
    await parent.becomes(`camps-tab-${known}`, 'locked');
    await parent.becomes('next', 'sheet');
    await look(parent, 'walk-portal-red', { whole: true });
    await parent.at('next-go').click();
    await validate_sheet(parent, known);

    // S11, S16: the second child is new.
    await parent.at('add-child').click();
    const added = await add_child(parent, zoe);
    await validate_sheet(parent, added);
    await parent.becomes(`sheet-tab-${known}`, 'valid');
    await parent.becomes('next', 'confirm_email');
    await page.setViewportSize(desk);
    await look(parent, 'walk-portal', { whole: true });
    await page.setViewportSize(phone);
    await look(parent, 'walk-portal', { whole: true });

    // The login ends here, and at the provider by its own page.
    await parent.at('logout').click();
    await page.waitForURL((url) => url.origin === provider.issuer);
    await page.getByRole('button', { name: /yes, sign me out/i }).click();
    await page.waitForURL((url) => url.origin === stage.url);
    await parent.appears('enter');
    assert.equal(await parent.at('nav-portal').count(), 0);
    parent.is_content();
    await parent.context.close();
});

test('S11: for a parent whom nobody knows nothing is linked, and the next step is to add a child', async () => {
    const parent = await visit();
    await enter(parent, nobody_yet);
    await register(parent, nobody_yet);
    await complete_profile(parent, {
        'address-street': 'Rue de Maestricht', 'address-number': '7', 'address-postcode': '4607',
        'address-city': 'Dalhem', phone: '+32 471 11 22 33', email: 'neuf@example.be' });
    await parent.becomes('next', 'add_child');
    assert.equal(await parent.page.locator('[data-testid^="folder-"]').count(), 0);
    parent.is_content();
    await parent.context.close();
});

test('S15, S18 at the opening: a lapsed sheet is refused with its reason; validated, the child is accepted', async () => {
    const parent = await visit();
    const { page } = parent;
    await enter(parent, anne);
    const child = await child_named(parent, ada.given_name);
    const week = await stage.week('moyens', 30);
    await parent.go('calendar');
    await parent.at(`child-${child}`).click();
    await parent.pick(week);

    // Half a year and more goes by for the sheet; this page, left open, was never told.
    const as_it_was = await (await page.request.get(`${stage.url}/api/v1/me`)).text();
    await page.route('**/api/v1/me', (route) => route.fulfill({ body: as_it_was, contentType: 'application/json' }));
    await (await database_of(stage)).query('UPDATE child SET sheet_validated_at = ' +
        `sheet_validated_at - ${7 * 31 * 24 * 3600} * bigint '1000000' WHERE id = ${child}`);
    await stage.stop();
    await stage.start();
    await parent.becomes('connection', 'live');
    await stage.tell('week', 'set-opening', 'all', 'now');
    await parent.becomes('countdown', 'open');
    await parent.book('refused');
    assert.equal(await parent.at(`refused-${week}-${child}`).getAttribute('data-reason'), 'sheet_expired');
    assert.match(await parent.text_of(`refused-${week}-${child}`), /fiche santé/i);
    await look(parent, 'walk-refused');
    await page.unroute('**/api/v1/me');
    await page.reload();
    await parent.at(`child-${child}`).click();
    await parent.becomes(`week-${week}`, 'refused');
    assert.match(await parent.text_of(`week-${week}`), /fiche santé/i);

    await parent.go('portal');
    await parent.becomes(`sheet-tab-${child}`, 'expired');
    await parent.becomes(`camps-tab-${child}`, 'locked');
    await look(parent, 'walk-portal-lapsed', { whole: true });
    await parent.at(`sheet-tab-${child}`).click();
    // The old answers stand there to be confirmed.
    await parent.appears('validate');
    await page.locator('main.page-sheet').getByText('Dr Maes').first().waitFor();
    await look(parent, 'walk-sheet-again', { whole: true });
    await parent.at('validate').click();
    await parent.becomes('sheet-done', 'valid');
    await parent.at('to-portal').click();
    await parent.at(`camps-tab-${child}`).click();
    await parent.pick(week);
    await parent.book();
    await parent.appears(`placed-${week}-${child}`);
    await look(parent, 'walk-placed');
    parent.is_content();
    await parent.context.close();
});

test('S6: a login that the parent cancels at the provider, or that took too long, says so and starts nothing', async () => {
    const parent = await visit(phone);
    const { page } = parent;
    await page.goto(`${stage.url}/#profile`);
    await to_provider(parent);
    await page.getByRole('link', { name: /cancel/i }).click();
    await parent.appears('login-error');
    assert.match(page.url(), /#\/login\?error=cancelled$/);
    assert.match(await parent.text_of('login-error'), /interrompu/);
    await look(parent, 'login-cancelled', { whole: true });

    // What this browser carried of its attempt is gone after ten minutes, or with the window.
    await to_provider(parent);
    await page.context().clearCookies({ name: /attempt/ });
    await identify(parent, anne);
    await parent.appears('login-error');
    assert.match(page.url(), /#\/login\?error=expired$/);
    assert.match(await parent.text_of('login-error'), /trop longtemps|expiré/);
    await look(parent, 'login-expired', { whole: true });
    assert.equal(await parent.at('nav-portal').count(), 0);

    // And a provider, where the parent is still known, that falls silent before the server could
    // ask it who that was.
    await provider.set({ down: '/token' });
    await parent.at('login').click();
    await page.waitForURL(/#\/login\?error=provider$/);
    await parent.appears('login-error');
    await parent.appears('login');
    await provider.set({ down: false });
    parent.is_content();
    await parent.context.close();
});
