// full_weeks = "greyed": a full week stays in sight, as full, and cannot be picked. The season file
// with that setting is imported while families watch.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { child_of, set_stage, source_dir } from './support/stage.mjs';
import { arrive, phone } from './support/parents.mjs';

const lea = child_of(1, 0);
const folder = mkdtempSync(join(tmpdir(), 'campgate-season-'));
const stage = set_stage();
after(() => rmSync(folder, { recursive: true, force: true }));

async function import_with(full_weeks) {
    const published = readFileSync(join(source_dir, 'data/dalhem-ete-2027.toml'), 'utf8');
    const file = join(folder, 'season.toml');
    writeFileSync(file, published.replace('full_weeks = "hidden"', `full_weeks = "${full_weeks}"`));
    await stage.tell('import', 'season', file);
    await stage.tell('week', 'set-opening', 'all', 'now');
}

test('a full week is hidden, or stays greyed, as the organiser sets it, without a reload', async () => {
    const anne = await arrive(stage, { family: 1 });
    const benoit = await arrive(stage, { family: 2, viewport: phone });
    await Promise.all([anne.mark(), benoit.mark()]);
    const week = await stage.week('nature', 28);
    await stage.set_places(week, 1, anne, benoit);
    await anne.pick(week);
    await anne.book();
    await benoit.leaves(`week-${week}`);

    await import_with('greyed');
    await stage.tell('week', 'set-capacity', week, 1);
    await benoit.becomes(`week-${week}`, 'full');
    assert.match(await benoit.text_of(`week-${week}`), /Complet.*Une place peut revenir/);
    assert.equal(await benoit.at(`pick-${week}`).count(), 0);
    await anne.becomes(`week-${week}`, 'held');

    await anne.release(week, lea);
    await benoit.becomes(`week-${week}`, 'free');
    await benoit.pick(week);
    await benoit.book();
    await anne.go('calendar');
    await anne.becomes(`week-${week}`, 'full');

    await import_with('hidden');
    await stage.tell('week', 'set-capacity', week, 1);
    await anne.leaves(`week-${week}`);
    await benoit.becomes(`week-${week}`, 'held');
    for (const parent of [anne, benoit]) {
        assert.ok(await parent.is_marked(), 'a page was loaded anew');
        parent.is_content();
    }
});
