// The server goes and comes back under open pages, the network too; pages find back by themselves
// and show meanwhile what they last knew, and when that was.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive } from './support/parents.mjs';

const lea = child_of(1, 0);
const louis = child_of(2, 0);

let anne;
let benoit;
const stage = set_stage({ enter: async () => {
    anne = await arrive(stage, { family: 1 });
    benoit = await arrive(stage, { family: 2 });
    await Promise.all([anne.mark(), benoit.mark()]);
} });

afterEach(async () => {
    for (const parent of [anne, benoit]) {
        assert.ok(await parent.is_marked(), 'a page was loaded anew');
        parent.is_content();
    }
});

async function shows_last_state(parent) {
    await parent.appears('offline-banner');
    const banner = await parent.text_of('offline-banner');
    assert.match(banner, /Connexion perdue\. Voici le dernier état connu, à \d\d:\d\d:\d\d\./);
    assert.match(banner, /Aucune réservation ne part/);
    return banner;
}

// A restart by the rules, and one by force.
for (const [end, held, wanted] of [['stop', 28, 30], ['kill', 32, 33]]) {
    test(`after ${end} and a new start both pages recover, still logged in, the holds kept`, async () => {
        const week = await stage.week('nature', held);
        const other = await stage.week('nature', wanted);
        await stage.set_places(week, 1, anne, benoit);
        await stage.set_places(other, 4, anne, benoit);
        await anne.pick(week);
        await anne.book();
        await benoit.leaves(`week-${week}`);
        await benoit.pick(other);

        await stage[end]();
        for (const parent of [anne, benoit]) await shows_last_state(parent);
        assert.ok(await benoit.at('book').isDisabled(), 'booking is impossible offline');
        assert.match(await benoit.text_of('selection'), /Hors ligne : la réservation attend/);
        await stage.start();

        for (const parent of [anne, benoit]) {
            await parent.becomes('connection', 'live');
            await parent.leaves('offline-banner');
            assert.match(await parent.text_of('announcement'), /Connexion rétablie/);
        }
        await anne.becomes(`week-${week}`, 'held');
        await anne.go('basket');
        await anne.appears(`hold-${week}-${lea}`);
        assert.equal(await benoit.at(`week-${week}`).count(), 0);

        // The selection outlived it, and the login too.
        await benoit.book();
        await benoit.appears(`placed-${other}-${louis}`);
        await anne.go('calendar');
        await anne.has_places(other, 3);
        await anne.release(week, lea);
        await benoit.has_places(week, 1);
        await anne.go('calendar');
    });
}

test('a request that the server takes while it goes down is answered once, after it is back', async () => {
    const week = await stage.week('artistes', 31);
    await stage.set_places(week, 5, anne, benoit);
    await anne.pick(week);
    // The answer is lost on its way, and the server restarts: only its journal knows.
    let lost;
    const taken = new Promise((resolve) => { lost = resolve; });
    await anne.page.route('**/api/v1/holds', async (route) => {
        await route.fetch();
        await route.abort('connectionreset');
        lost();
    }, { times: 1 });
    await anne.at('book').click();
    await taken;
    await stage.kill();
    await anne.becomes('connection', 'offline');
    await stage.start();
    await anne.becomes('result', 'placed');
    await anne.appears(`placed-${week}-${lea}`);
    await benoit.has_places(week, 4);
});

test('offline: the last state with its time, no booking, and recovery with what happened meanwhile', async () => {
    const week = await stage.week('artistes', 33);
    await stage.set_places(week, 2, anne, benoit);
    await benoit.pick(await stage.week('multisports', 27));
    await benoit.context.setOffline(true);
    await shows_last_state(benoit);
    // Still there to be read, and not to be booked.
    await benoit.has_places(week, 2);
    assert.ok(await benoit.at('book').isDisabled());
    const sent = [];
    benoit.page.on('request', (request) => {
        if (request.method() !== 'GET') sent.push(request.url());
    });
    await benoit.page.evaluate(() => document.querySelector('[data-testid="book"]').click());

    await anne.go('calendar');
    await anne.pick(week);
    await anne.book();
    await benoit.has_places(week, 2);
    assert.deepEqual(sent, []);

    await benoit.context.setOffline(false);
    await benoit.becomes('connection', 'live');
    await benoit.has_places(week, 1);
    await benoit.leaves('offline-banner');
    await benoit.book();
});

test('offline, the basket can be read, with its deadlines, and nothing released', async () => {
    const week = await stage.week('multisports', 27);
    await benoit.go('basket');
    await benoit.context.setOffline(true);
    await shows_last_state(benoit);
    await benoit.appears(`hold-${week}-${louis}`);
    assert.ok(await benoit.at(`release-${week}-${louis}`).isDisabled());
    assert.match(await benoit.text_of('basket'), /Hors ligne : libérer une place attend/);
    await benoit.context.setOffline(false);
    await benoit.becomes('connection', 'live');
    await benoit.release(week, louis);
});
