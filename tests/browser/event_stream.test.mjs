// Where WebSockets do not get through, the calendar lives on Server-Sent Events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive } from './support/parents.mjs';

const lea = child_of(1, 0);
const stage = set_stage({ args: ['--hold', '8s'] });

test('without WebSockets the page falls back to an event stream, and is as live', async (t) => {
    const anne = await arrive(stage, { family: 1 });
    const benoit = await arrive(stage, {
        family: 2,
        before: (page) => page.routeWebSocket(/\/api\/v1\/live/, (socket) => socket.close()),
    });
    await benoit.becomes('connection', 'live');
    const transport = (parent) => parent.at('connection').getAttribute('data-transport');
    assert.equal(await transport(benoit), 'events');
    assert.equal(await transport(anne), 'socket');

    const week = await stage.week('nature', 28);
    await stage.set_places(week, 1, anne, benoit);
    await anne.pick(week);
    const vanished = await benoit.watch(`week-${week}`, 'leaves');
    const clicked = await anne.watch_click('book');
    await anne.book();
    const late = await vanished() - await clicked();
    t.diagnostic(`vanished ${late.toFixed(0)} ms after the click`);
    assert.ok(late < 1000, `vanished only after ${late} ms`);
    await anne.release(week, lea);
    await benoit.has_places(week, 1);

    // What concerns the family alone comes this way too.
    await benoit.pick(week);
    await benoit.book();
    await benoit.appears('notice-expired');
    await anne.go('calendar');
    await anne.has_places(week, 1);
    benoit.is_content();
});
