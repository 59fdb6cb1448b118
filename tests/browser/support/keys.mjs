// The keyboard alone. What has the focus is always visible, marked, and not under something else
// (WCAG 2.2: 2.4.7, 2.4.11).
import assert from 'node:assert/strict';

export async function focused(page) {
    return page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        const seen = document.elementFromPoint(
            Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
            Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
        return {
            id: element.dataset.testid ?? element.getAttribute('href') ?? element.tagName,
            names: [element.dataset.testid, element.getAttribute('href'), element.id && `#${element.id}`,
                element.type === 'radio' && element.name].filter(Boolean),
            name: (element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 60),
            is_page: element === document.body,
            is_marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
            is_inside: box.bottom > 0 && box.top < innerHeight,
            is_on_top: seen !== null && (element.contains(seen) || seen.contains(element)),
        };
    });
}

/** The page is there, and what it does about the focus once it has been drawn is done. */
export async function at_rest(page) {
    await page.waitForFunction(() => document.querySelector('main h1') !== null);
    await page.evaluate(() => new Promise((done) => {
        requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => setTimeout(done))));
    }));
}

/**
 * Tab after tab, each stop in sight, until the focus is on what is called so: a test id, an address
 * of a link, "#id", or the name of a group of radio buttons.
 */
export async function tab_to(page, wanted, key = 'Tab') {
    await at_rest(page);
    for (let stops = 0; stops < 150; stops++) {
        await page.keyboard.press(key);
        let stop = await focused(page);
        if (!stop.is_marked || !stop.is_inside || !stop.is_on_top) {
            await at_rest(page);                     // something has just come, and is judged when it is there
            stop = await focused(page);
        }
        if (stop.is_page) continue;                  // from the last to the first, by way of the browser
        assert.ok(stop.is_marked, `the focus on ${stop.id} (${stop.name}) cannot be seen`);
        assert.ok(stop.is_inside && stop.is_on_top, `${stop.id} (${stop.name}) has the focus, but is hidden`);
        if (stop.names.includes(wanted)) return;
    }
    assert.fail(`no way to ${wanted} with ${key}`);
}

export async function press(page, wanted, key = 'Enter') {
    await tab_to(page, wanted);
    await page.keyboard.press(key);
}

/** What stood in the field gives way. */
export async function type_in(page, wanted, text) {
    await tab_to(page, wanted);
    if (await page.evaluate(() => document.activeElement.type !== 'date')) await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
}

/** A choice of a list, or of a few that are all seen. */
export async function choose(page, wanted, value) {
    await tab_to(page, wanted);
    const current = () => page.evaluate(() => {
        const at = document.activeElement;
        return at.type !== 'radio' || at.checked ? at.value : null;
    });
    for (let steps = 0; steps < 40; steps++) {
        if (await current() === value) return;
        await page.keyboard.press('ArrowDown');
    }
    assert.fail(`${wanted} has no ${value}`);
}
