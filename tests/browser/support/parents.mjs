// Parents at their browsers: Chromium, a context of its own for each, and what they do on the page.
// Whatever a page complains about (errors, the content security policy) is kept, for the test to
// find at its end.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const phone = { width: 390, height: 844 };
export const desk = { width: 1280, height: 900 };
const patience = 10_000;

/** One browser for a test file. */
export function open_browser(...options) {
    return chromium.launch({
        executablePath: process.env.CAMPGATE_CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync',
            ...options],
    });
}

/**
 * A parent in a context of their own, logged in as a demo family unless `family` is null.
 * `before` is what to do with the page before anything is loaded.
 */
export async function arrive({ browser, url }, { family = null, viewport = desk, before, ...context } = {}) {
    const opened = await browser.newContext({
        viewport, locale: 'fr-BE', timezoneId: 'America/New_York', reducedMotion: 'reduce', ...context,
    });
    const page = await opened.newPage();
    const parent = new Parent(opened, page, url);
    await parent.listen();
    await before?.(page);
    if (family === null) await page.goto(`${url}/`);
    else await parent.log_in(family);
    return parent;
}

/** A member of the demo's staff, through the demo's own provider. */
export async function arrive_staff(stage, options) {
    const marie = await arrive(stage, options);
    await marie.page.goto(`${stage.url}/#choose`);
    await marie.at('login').click();
    await marie.page.locator('a.who', { hasText: 'Marie Claessens' }).click();
    await marie.appears('nav-staff');
    await marie.becomes('connection', 'live');
    return marie;
}

class Parent {
    complaints = [];

    constructor(context, page, url) {
        this.context = context;
        this.page = page;
        this.url = url;
        page.setDefaultTimeout(patience);
    }

    async listen() {
        const { page, complaints } = this;
        page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
        page.on('console', (message) => {
            const text = message.text();
            // The browser itself tells of every answer that is none of 200.
            if (message.type() === 'error' && !/^Failed to load resource|WebSocket connection/.test(text)) {
                complaints.push(`console: ${text}`);
            }
        });
        await page.exposeFunction('note_violation', (text) => complaints.push(`policy: ${text}`));
        await page.addInitScript(() => {
            addEventListener('securitypolicyviolation', (event) =>
                window.note_violation(`${event.violatedDirective} ${event.blockedURI}`));
        });
    }

    /** The page had nothing to complain about. */
    is_content() {
        assert.deepEqual(this.complaints, []);
    }

    at(test_id) {
        return this.page.getByTestId(test_id);
    }

    async log_in(family) {
        await this.page.goto(`${this.url}/#choose`);
        await this.at(`family-${family}`).click();
        await this.at('nav-basket').waitFor();
        await this.becomes('connection', 'live');
    }

    async go(route) {
        await this.page.evaluate((hash) => { location.hash = hash; }, route);
        await this.page.locator(`main.page-${route}`).waitFor();
    }

    /** A page of a part, "staff/family/2", with all that it fetches. */
    async visit(route) {
        await this.page.evaluate((hash) => { location.hash = hash; }, route);
        await this.page.locator(`main.page-${route.split('/')[0]} h1`).waitFor();
        await this.page.waitForFunction(() => document.querySelector('main .loading') === null);
    }

    async pick(week) {
        await this.at(`pick-${week}`).click();
        await this.becomes(`week-${week}`, 'picked');
    }

    /** Books what is picked and waits for the outcome. */
    async book(outcome = 'placed') {
        await this.at('book').click();
        await this.becomes('result', outcome);
    }

    /** Gives a held seat back, from wherever the page is. */
    async release(week, child) {
        await this.go('basket');
        await this.at(`release-${week}-${child}`).click();
        await this.at('confirm-release').click();
        await this.leaves(`hold-${week}-${child}`);
    }

    becomes(test_id, state) {
        return this.page.locator(`[data-testid="${test_id}"][data-state="${state}"]`)
            .waitFor({ state: 'attached' });
    }

    has_places(week, places) {
        return this.page.locator(`[data-testid="week-${week}"][data-available="${places}"]`)
            .waitFor({ state: 'attached' });
    }

    appears(test_id) {
        return this.at(test_id).waitFor();
    }

    leaves(test_id) {
        return this.at(test_id).waitFor({ state: 'detached' });
    }

    /** True while the page has not been loaded anew since the last call of `mark`. */
    async is_marked() {
        return this.page.evaluate(() => window.marked === true);
    }

    async mark() {
        await this.page.evaluate(() => { window.marked = true; });
    }

    /**
     * Watches for an element to come or go; the promise that is returned in a function gives the
     * instant, in milliseconds since 1970 by this machine's clock, as the page's own frames saw it.
     */
    async watch(test_id, wanted) {
        const handle = await this.page.evaluateHandle(({ id, there }) => ({
            seen: new Promise((resolve) => {
                const is_so = () => (document.querySelector(`[data-testid="${id}"]`) !== null) === there;
                const note = () => {
                    if (!is_so()) return;
                    observer.disconnect();
                    resolve(performance.timeOrigin + performance.now());
                };
                const observer = new MutationObserver(note);
                observer.observe(document.body, { subtree: true, childList: true, attributes: true });
                note();
            }),
        }), { id: test_id, there: wanted === 'appears' });
        return () => handle.evaluate((watch) => watch.seen);
    }

    /** The instant of the next click on an element, by the same clock. */
    async watch_click(test_id) {
        const handle = await this.page.evaluateHandle((id) => ({
            clicked: new Promise((resolve) => {
                document.querySelector(`[data-testid="${id}"]`).addEventListener('click',
                    () => resolve(performance.timeOrigin + performance.now()), { once: true });
            }),
        }), test_id);
        return () => handle.evaluate((watch) => watch.clicked);
    }

    async text_of(test_id) {
        return (await this.at(test_id).innerText()).replace(/[\s\u00a0\u202f]+/g, ' ').trim();
    }
}
