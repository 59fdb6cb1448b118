// The demo's own people: one click through its built-in provider, the same way as any login.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { set_stage } from './support/stage.mjs';
import { arrive, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

const stage = set_stage();
const people = [
    { who: 'Noémie Dumont', sees: 'register', staff: 0 },
    { who: 'Laurent Thiry', sees: 'register', staff: 0 },
    { who: 'Marie Claessens', sees: 'nav-staff', staff: 1 },
];

for (const { who, sees, staff } of people) {
    test(`one click as ${who}`, async () => {
        const parent = await arrive(stage, { viewport: phone });
        await parent.page.goto(`${stage.url}/#choose`);
        await parent.at('login').click();
        await look(parent, 'demo-people', { whole: true });
        await parent.page.locator('a.who', { hasText: who }).first().click();
        await parent.appears('nav-portal');
        assert.match(parent.page.url(), /#portal$/);
        await parent.appears(sees);
        assert.equal(await parent.at('nav-staff').count(), staff);
        parent.is_content();
        await parent.context.close();
    });
}
