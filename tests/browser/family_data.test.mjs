// What a family may ask of its data in the browser: a copy of all of it, as a page and as a file,
// and the end of it, for a child or for the whole family.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

const stage = set_stage();

async function at(route, family, viewport = desk) {
    const parent = await arrive(stage, { family, viewport });
    await parent.visit(route);
    return parent;
}

test('a copy of everything: to read, in a page of its own, and to take along, as a file', async () => {
    const anne = await at('privacy', 1, phone);
    const { page } = anne;
    await look(anne, 'privacy', { whole: true });
    const [copy] = await Promise.all([page.waitForEvent('popup'), anne.at('export-html').click()]);
    await copy.getByRole('heading', { name: 'Vos données' }).waitFor();
    const text = await copy.locator('body').innerText();
    for (const name of ['Anne', 'Léa', 'Hugo', 'Emma']) assert.ok(text.includes(name), name);
    assert.equal(await copy.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    const [download] = await Promise.all([page.waitForEvent('download'), anne.at('export-json').click()]);
    assert.match(download.suggestedFilename(), /\.json$/);
    const all = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.deepEqual(all.children.map(({ given_name }) => given_name), ['Léa', 'Hugo', 'Emma']);
    anne.is_content();
    await anne.context.close();
});

test('a child is removed when nothing is held for it, and then is gone everywhere', async () => {
    const [louis, zoe] = [child_of(2, 0), child_of(2, 1)];
    const benoit = await at('calendar', 2);
    const { page } = benoit;
    const week = await stage.week('grands', 31);
    await benoit.at(`child-${louis}`).click();
    await benoit.pick(week);
    await benoit.book();
    await benoit.visit(`child/${louis}`);
    await benoit.at('remove-child').click();
    await benoit.at('remove-confirm').click();
    await page.getByText('des places', { exact: false }).first().waitFor();
    await look(benoit, 'child-has-holds', { whole: true });

    await benoit.visit(`child/${zoe}`);
    await benoit.at('remove-child').click();
    await look(benoit, 'child-remove', { whole: true });
    await benoit.at('remove-confirm').click();
    await page.locator('main.page-portal').waitFor();
    await benoit.leaves(`folder-${zoe}`);
    await benoit.visit('calendar');
    await benoit.appears(`child-${louis}`);
    assert.equal(await benoit.at(`child-${zoe}`).count(), 0);
    benoit.is_content();
    await benoit.context.close();
});

test('the whole family is erased by its name, once nothing is held, and its login is over', async () => {
    const emre = await at('calendar', 4, phone);
    const { page } = emre;
    const week = await stage.week('moyens', 31);
    await emre.pick(week);
    await emre.book();
    const erase = async (name) => {
        await page.locator('#confirm').fill(name);
        await emre.at('erase-confirm').click();
    };
    await emre.visit('privacy');
    await emre.at('erase').click();
    await erase('Yilmaz');
    assert.match(await emre.text_of('faults'), /Yılmaz/);
    await erase('Yılmaz');
    await emre.at('faults').getByText(/places/).waitFor();
    await look(emre, 'privacy-has-holds', { whole: true });
    await emre.release(week, child_of(4, 0));
    await emre.visit('privacy');
    await emre.at('erase').click();
    await erase('Yılmaz');
    await page.locator('main.page-choose').waitFor();
    assert.equal(await emre.at('nav-portal').count(), 0);
    assert.equal(await page.evaluate(async () => (await fetch('/api/v1/me')).status), 401);
    assert.equal(await page.evaluate(() => Object.keys(sessionStorage).filter((k) => k.includes('typed')).length), 0);
    emre.is_content();
    await emre.context.close();
});
