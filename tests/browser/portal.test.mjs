// The portal and the family's forms in the browser: what the tabs say (S8, S18), what is locked
// (S17), what to do next, readiness (B9), faults of forms, what was typed and not yet sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

const stage = set_stage();
const family = 1;

async function at(route, { family: who = family, ...options } = {}) {
    const parent = await arrive(stage, { family: who, ...options });
    await parent.page.evaluate((hash) => { location.hash = hash; }, route);
    await parent.page.locator('main h1').waitFor();
    return parent;
}

for (const [name, viewport] of [['a phone', phone], ['a desk', desk]]) {
    test(`every page of the family on ${name}: nothing serious, nothing too wide`, async () => {
        const anne = await at('portal', { viewport });
        await anne.appears('next');
        await look(anne, 'portal', { whole: true });
        for (const route of ['profile', 'child/new', 'attach', 'readiness', 'privacy', 'confirm/nothing']) {
            await anne.page.evaluate((hash) => { location.hash = hash; }, route);
            await anne.page.locator(`main.page-${route.split('/')[0]} h1`).waitFor();
            // Whoever changes the page hears its heading.
            await anne.page.waitForFunction(() => document.activeElement.tagName === 'H1');
            await look(anne, route.replace('/', '-'), { whole: true });
        }
        anne.is_content();
        await anne.context.close();
    });
}

test('S8, S18: a tab says its colour in words, and a red one locks the camps of that child', async () => {
    const anne = await at('portal');
    await anne.appears('next');
    const me = await anne.page.evaluate(async () => (await fetch('/api/v1/me')).json());
    for (const child of me.children) {
        const tab = await anne.text_of(`sheet-tab-${child.id}`);
        await anne.becomes(`sheet-tab-${child.id}`, child.sheet);
        const words = { valid: /En ordre\. Devient rouge le \d/, expired: /Périmée/, missing: /Jamais validée/ };
        assert.match(tab, words[child.sheet]);
        await anne.becomes(`camps-tab-${child.id}`, child.sheet === 'valid' ? 'open' : 'locked');
        const lock = anne.at(`camps-tab-${child.id}`);
        assert.equal(await lock.evaluate((e) => e.tagName), child.sheet === 'valid' ? 'A' : 'DIV');
    }
    await anne.context.close();
});

test('S17: from a green child straight to its calendar', async () => {
    const anne = await at('portal');
    await anne.page.locator('[data-testid^="camps-tab-"][data-state="open"]').first().click();
    await anne.page.locator('main.page-calendar').waitFor();
    await anne.context.close();
});

test('S12: a form with faults names them on top, at the field, and leads to it', async () => {
    const anne = await at('child/new');
    const { page } = anne;
    await page.locator('#given_name').fill('Zoé');
    await page.locator('#niss').fill('19.05.02-001.99');
    await anne.at('submit').click();
    await page.waitForFunction(() => document.activeElement.dataset.testid === 'faults');
    assert.match(await anne.text_of('faults'), /registre national/);
    await anne.at('faults').getByRole('link', { name: /Date de naissance/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'birth_date');
    const described = await page.locator('#niss').getAttribute('aria-describedby');
    assert.match(described, /niss-fault/);
    await look(anne, 'child-faults', { whole: true });
    await anne.context.close();
});

test('S12: without a NISS the parent is told about the tax certificate', async () => {
    const anne = await at('child/new');
    await anne.appears('no-certificate');
    assert.match(await anne.text_of('no-certificate'), /attestation fiscale/);
    await anne.page.locator('#niss').fill('1');
    await anne.leaves('no-certificate');
    await anne.context.close();
});

test('a form that was begun is there again after a reload and a new login, and gone once saved', async () => {
    const anne = await at('profile');
    const { page } = anne;
    await page.locator('#phone').fill('+32 471 11 22 33');
    await page.reload();
    await page.locator('#phone').waitFor();
    assert.equal(await page.locator('#phone').inputValue(), '+32 471 11 22 33');
    await anne.context.clearCookies();
    await page.reload();
    await anne.appears('login');
    assert.match(await anne.at('login').getAttribute('href'), /return_to=%2F%23profile/);
    await anne.at(`family-${family}`).click();
    await page.locator('#phone').waitFor();
    assert.equal(await page.locator('#phone').inputValue(), '+32 471 11 22 33');
    await anne.at('submit').click();
    await page.locator('main.page-portal').waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.getItem('campgate.typed.profile')), null);
    await anne.context.close();
});

test('B9: readiness names what is missing for each child, and each leads to where it is put right', async () => {
    const anne = await at('readiness', { family: 4 });
    await anne.appears('verdict');
    for (const link of await anne.page.locator('.gap a').all()) {
        assert.match(await link.getAttribute('href'), /^#(sheet|child|profile|register|portal)/);
    }
    await anne.context.close();
});

test('a login that was cancelled is said once, with the way to try again', async () => {
    const anne = await arrive(stage, {});
    await anne.page.goto(`${stage.url}/#/login?error=cancelled`);
    await anne.appears('login-error');
    assert.match(await anne.text_of('login-error'), /interrompu/);
    await anne.appears('login');
    await look(anne, 'login-error');
    await anne.context.close();
});

test('a confirmation link that is no longer valid says so', async () => {
    const anne = await arrive(stage, {});
    await anne.page.goto(`${stage.url}/#/confirm/nothing`);
    await anne.becomes('confirm', 'refused');
    await look(anne, 'confirm');
    await anne.context.close();
});

test('who is not staff sees no staff page', async () => {
    const anne = await at('staff', { family: 2 });
    await anne.page.getByRole('heading', { name: 'Cette page est réservée à l’équipe' }).waitFor();
    assert.equal(await anne.at('nav-staff').count(), 0);
    await anne.context.close();
});
