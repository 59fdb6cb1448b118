// A hold that is not finalised ends at its deadline (S26): the seat returns to everybody, and the
// family is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive } from './support/parents.mjs';

const lea = child_of(1, 0);

const stage = set_stage({ args: ['--hold', '4s'] });

test('a hold expires: the seat returns for both, and who held it is told', async (t) => {
    const week = await stage.week('nature', 28);
    const anne = await arrive(stage, { family: 1 });
    const benoit = await arrive(stage, { family: 2 });
    await stage.set_places(week, 1, anne, benoit);
    await Promise.all([anne.mark(), benoit.mark()]);
    await anne.pick(week);
    await anne.book();
    await benoit.leaves(`week-${week}`);

    await anne.go('basket');
    await anne.appears(`hold-${week}-${lea}`);
    assert.match(await anne.text_of('earliest'), /Première échéance : .* encore 0 min [0-5] s/);
    const deadline = Date.parse((await anne.page.evaluate(
        async () => (await (await fetch('/api/v1/basket')).json()).earliest_deadline)));
    const returned = await benoit.watch(`week-${week}`, 'appears');

    await anne.appears('notice-expired');
    assert.match(await anne.text_of('notice-expired'), /Léa, Nature .* : le délai est passé, la place a été rendue/);
    assert.match(await anne.text_of('announcement'), /le délai est passé/);
    await anne.leaves(`hold-${week}-${lea}`);
    const late = await returned() - deadline;
    t.diagnostic(`returned ${late.toFixed(0)} ms after the deadline`);
    assert.ok(late >= 0 && late < 2000, `returned ${late} ms after the deadline`);
    await benoit.has_places(week, 1);
    await anne.go('calendar');
    await anne.becomes(`week-${week}`, 'free');
    for (const parent of [anne, benoit]) {
        assert.ok(await parent.is_marked(), 'a page was loaded anew');
        parent.is_content();
    }
});
