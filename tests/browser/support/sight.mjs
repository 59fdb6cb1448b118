// A look at a page as it stands: what axe-core says of it in light and dark, whether it is wider
// than the screen, and a picture of it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const kept = process.env.CAMPGATE_SCREENSHOTS;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'campgate-pictures-'));
if (kept) mkdirSync(kept, { recursive: true });
else after(() => rmSync(folder, { recursive: true, force: true }));

/** `whole`: the picture shows the page to its end, not what is on the screen. */
export async function look(parent, name, { whole = false } = {}) {
    const { page } = parent;
    const { width } = page.viewportSize();
    await fits(parent, name, { whole });
    for (const colorScheme of ['dark', 'light']) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [], `${name} at ${width}, ${colorScheme}`);
    }
}

/** Its width and its picture only. */
export async function fits({ page }, name, { whole = true } = {}) {
    const { width } = page.viewportSize();
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: whole });
    const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overhang <= 0, `${name} at ${width}: ${overhang} pixels wider than the screen`);
}

async function violations(page) {
    if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
    const { violations: found } = await page.evaluate(() => window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'],
    }));
    return found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, impact, nodes }) => ({
            id, impact, at: nodes.slice(0, 3).map(({ target, any }) => `${target}: ${any[0]?.message ?? ''}`),
        }));
}
