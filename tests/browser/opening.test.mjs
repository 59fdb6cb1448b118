// An opening that comes while families watch, and an opening that is moved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive } from './support/parents.mjs';

const lea = child_of(1, 0);

let anne;
let sofie;
const stage = set_stage({ args: ['--opens-in', '1h'], enter: async () => {
    anne = await arrive(stage, { family: 1 });
    sofie = await arrive(stage, { family: 3 });
} });

function time_left(parent) {
    return parent.page.locator('.digits').innerText();
}

test('before the opening the calendar says when, and a selection can be made ready', async () => {
    const week = await stage.week('nature', 28);
    await anne.becomes('countdown', 'before');
    assert.match(await anne.text_of('countdown'), /Ouverture le /);
    await anne.pick(week);
    assert.ok(await anne.at('book').isDisabled());
    assert.match(await anne.text_of('selection'), /Pas encore ouvert\. Votre sélection est prête/);
});

test('a moved opening moves the countdown of every page', async () => {
    await Promise.all([anne.mark(), sofie.mark()]);
    const { weeks } = await stage.season();
    await stage.tell('week', 'set-opening', 'all', '+2d');
    for (const parent of [anne, sofie]) {
        await parent.page.waitForFunction(() => /jours?/.test(document.querySelector('.digits')?.innerText));
        await parent.becomes('countdown', 'before');
    }
    assert.notDeepEqual((await stage.season()).weeks, weeks);
    assert.match(await time_left(sofie), /01\s+jour\s+23\s+heures|02\s+jours/);
});

test('the button opens at the opening by itself, on every page, and not before', async (t) => {
    const opens_in = 5;
    await stage.tell('week', 'set-opening', 'all', `+${opens_in}s`);
    const opens_at = Date.parse((await stage.season()).weeks[0].opens_at);
    // Both have heard of it while it is still to come.
    for (const parent of [anne, sofie]) {
        await parent.page.waitForFunction(() => !/jour/.test(document.querySelector('.digits')?.innerText));
    }
    const pressable = await anne.page.evaluateHandle(() => ({
        at: new Promise((resolve) => {
            const button = document.querySelector('[data-testid="book"]');
            new MutationObserver((_, observer) => {
                if (button.disabled) return;
                observer.disconnect();
                resolve(performance.timeOrigin + performance.now());
            }).observe(button, { attributes: true });
        }),
    }));
    assert.ok(await anne.at('book').isDisabled());
    await Promise.all([anne.becomes('countdown', 'open'), sofie.becomes('countdown', 'open')]);
    const late = await pressable.evaluate((watch) => watch.at) - opens_at;
    t.diagnostic(`pressable ${late.toFixed(0)} ms after the opening`);
    assert.ok(late >= 0 && late < 1000, `pressable ${late} ms after the opening`);
    assert.match(await anne.text_of('announcement'), /Les inscriptions sont ouvertes/);

    const week = await stage.week('nature', 28);
    await anne.book();
    await anne.appears(`placed-${week}-${lea}`);
    assert.ok(await anne.is_marked() && await sofie.is_marked(), 'a page was loaded anew');
    anne.is_content();
    sofie.is_content();
});

test('an opening can be put off again: the button closes', async () => {
    const week = await stage.week('nature', 32);
    await anne.pick(week);
    await stage.tell('week', 'set-opening', 'all', '+1h');
    await anne.becomes('countdown', 'before');
    await anne.page.waitForFunction(() => document.querySelector('[data-testid="book"]').disabled);
});
