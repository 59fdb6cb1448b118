// What stands in a parent's way is said in words: a health sheet, an age, a refusal, no answer. The
// pages that say so are looked at as in looks.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

const stage = set_stage();

for (const [name, viewport] of [['phone', phone], ['desk', desk]]) {
    test(`who cannot book is told why, at a ${name}`, async () => {
        const petra = await arrive(stage, { viewport, family: 5 });
        await petra.at(`child-${child_of(5, 0)}`).click();
        assert.match(await petra.text_of('child-blocked'),
            /Réservation bloquée pour Finn\. La fiche santé n’a jamais été validée\./);
        await look(petra, 'blocked');
        petra.is_content();
        await petra.context.close();
        const karim = await arrive(stage, { viewport, family: 7 });
        await look(karim, 'ages');
        await karim.go('basket');
        await look(karim, 'basket-empty');
        await karim.context.close();

        const sofie = await arrive(stage, { viewport, family: 3 });
        await sofie.pick(await stage.week('moyens', 28));
        await sofie.page.route('**/api/v1/holds', (route) => route.fulfill({
            status: 422, contentType: 'application/problem+json',
            body: JSON.stringify({ type: 'urn:campgate:problem:key_reused', status: 422,
                detail: 'Cette clé a déjà servi à une autre demande.' }),
        }));
        await sofie.book('failed');
        await look(sofie, 'failed');
        await sofie.context.close();

        const early = await arrive(stage, {
            viewport, before: (page) => page.route('**/api/v1/**', (route) => route.abort()),
        });
        await early.page.getByRole('heading', { name: 'Le calendrier ne répond pas' }).waitFor();
        await look(early, 'no-answer');
        await early.context.close();
    });
}
