// What one family does is seen by every other at once, without a reload: S21, S25.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive } from './support/parents.mjs';

const second = 1000;
const lea = child_of(1, 0);                          // 8 years old
const louis = child_of(2, 0);                        // 9 years old

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

async function both_go_to_calendar() {
    await Promise.all([anne.go('calendar'), benoit.go('calendar')]);
}

test('the last seat of a week, held by one, vanishes for the other within a second, and returns when it is released', async (t) => {
    const week = await stage.week('nature', 28);
    await stage.set_places(week, 1, anne, benoit);
    await anne.pick(week);

    const vanished = await benoit.watch(`week-${week}`, 'leaves');
    const clicked = await anne.watch_click('book');
    await anne.book();
    const vanished_after = await vanished() - await clicked();
    t.diagnostic(`vanished ${vanished_after.toFixed(0)} ms after the click`);
    assert.ok(vanished_after < second, `vanished only after ${vanished_after} ms`);
    // One's own stays, marked as held.
    await anne.becomes(`week-${week}`, 'held');

    await anne.go('basket');
    await anne.at(`release-${week}-${lea}`).click();
    const returned = await benoit.watch(`week-${week}`, 'appears');
    const confirmed = await anne.watch_click('confirm-release');
    await anne.at('confirm-release').click();
    const returned_after = await returned() - await confirmed();
    t.diagnostic(`returned ${returned_after.toFixed(0)} ms after the release`);
    assert.ok(returned_after < second, `returned only after ${returned_after} ms`);
    await benoit.has_places(week, 1);
    await anne.leaves(`hold-${week}-${lea}`);
});

test('each seat taken or given back is counted on the other page', async () => {
    await both_go_to_calendar();
    const week = await stage.week('nature', 30);
    await stage.set_places(week, 7, anne, benoit);
    await anne.pick(week);
    await anne.book();
    await benoit.has_places(week, 6);
    await anne.release(week, lea);
    await benoit.has_places(week, 7);
});

test('extra places bring a full week back', async () => {
    await both_go_to_calendar();
    const week = await stage.week('multisports', 27);
    await stage.set_places(week, 1, anne, benoit);
    await anne.pick(week);
    await anne.book();
    await benoit.leaves(`week-${week}`);
    await stage.tell('week', 'set-capacity', week, 3);
    await benoit.has_places(week, 2);
    assert.match(await benoit.text_of(`week-${week}`), /Plus que 2 places/);
});

test('a picked week that fills is said in words, leaves the selection, and the others still succeed', async () => {
    await both_go_to_calendar();
    const lost = await stage.week('artistes', 29);
    const kept = await stage.week('nature', 32);
    await stage.set_places(lost, 1, anne, benoit);
    await benoit.pick(lost);
    await benoit.pick(kept);
    assert.match(await benoit.text_of('selection'), /2 places choisies/);

    await anne.pick(lost);
    await anne.book();
    await benoit.appears('notice-vanished');
    const notice = await benoit.text_of('notice-vanished');
    assert.match(notice, /Louis, L'Atelier des artistes, .* : complet entre-temps et retiré de votre sélection/);
    assert.match(notice, /Des désistements ou des places supplémentaires peuvent rendre cette semaine/);
    assert.match(await benoit.text_of('announcement'), /complet entre-temps/);
    await benoit.leaves(`week-${lost}`);
    assert.match(await benoit.text_of('selection'), /1 place choisie/);

    await benoit.book();
    await benoit.appears(`placed-${kept}-${louis}`);

    // It comes back, and says so where it was missed.
    await anne.release(lost, lea);
    await benoit.appears('notice-returned');
    assert.match(await benoit.text_of('notice-returned'), /une place est revenue/);
    await benoit.at('notice-returned').getByRole('button', { name: 'Choisir à nouveau' }).click();
    await benoit.becomes(`week-${lost}`, 'picked');
    await benoit.at(`pick-${lost}`).click();
});

// The week fills while the request is on its way: only the server knows.
async function book_while_another_takes(week) {
    let let_go;
    const gate = new Promise((resolve) => { let_go = resolve; });
    await benoit.page.route('**/api/v1/holds', async (route) => {
        await gate;
        await route.continue();
    }, { times: 1 });
    const sent = benoit.page.waitForRequest('**/api/v1/holds');
    await benoit.at('book').click();
    await sent;
    await anne.pick(week);
    await anne.book();
    let_go();
}

test('a week that fills while the request is under way is refused in words, the others are placed', async () => {
    await both_go_to_calendar();
    const lost = await stage.week('artistes', 31);
    const kept = await stage.week('artistes', 33);
    await stage.set_places(lost, 1, anne, benoit);
    await benoit.pick(lost);
    await benoit.pick(kept);
    await book_while_another_takes(lost);
    await benoit.becomes('result', 'partly');
    await benoit.appears(`placed-${kept}-${louis}`);
    assert.equal(await benoit.at(`refused-${lost}-${louis}`).getAttribute('data-reason'), 'sold_out');
    assert.match(await benoit.text_of('result'), /complet\. .*réapparaîtra dans le calendrier/);
    await benoit.leaves(`week-${lost}`);
    await benoit.at('another-child').click();
});

test('all or nothing: one full week, and nothing is placed', async () => {
    await both_go_to_calendar();
    const lost = await stage.week('multisports', 28);
    const wanted = await stage.week('multisports', 29);
    await stage.set_places(lost, 1, anne, benoit);
    const places = Number(await benoit.at(`week-${wanted}`).getAttribute('data-available'));
    await benoit.pick(lost);
    await benoit.pick(wanted);
    await benoit.at('all-or-nothing').check();
    await book_while_another_takes(lost);
    await benoit.becomes('result', 'refused');
    assert.equal(await benoit.at(`refused-${lost}-${louis}`).getAttribute('data-reason'), 'sold_out');
    assert.equal(await benoit.at(`refused-${wanted}-${louis}`).getAttribute('data-reason'), 'not_tried');
    assert.match(await benoit.text_of('result'), /« tout ou rien » : rien n’a été réservé/);
    await benoit.has_places(wanted, places);
});
