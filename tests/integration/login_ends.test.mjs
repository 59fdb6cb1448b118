// How a login lasts and ends: idle, age, an open calendar, logout of requests and sockets, a
// restart. Durations are settings, so that nobody waits for hours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, client, parent_of } from './support/client.mjs';
import { open_events, open_socket } from './support/live.mjs';
import { make_folder, start_server } from './support/process.mjs';
import { eventually } from './support/wait.mjs';

const data = make_folder();

// The demo's openings were long ago, so they keep no login.
const start = (...args) => start_server({ data, args });

const logged_in = async (parent) => (await parent.get(`${api}/me`)).status === 200;

test('an idle login ends; requests and an open calendar keep one', async () => {
    const server = await start('--login-idle', '3s');
    const idle = await parent_of(server, 1);
    const asking = await parent_of(server, 2);
    const watching = await parent_of(server, 3);
    const listening = await parent_of(server, 4);
    const socket = await open_socket(server, { parent: watching });
    const events = await open_events(server, { parent: listening });
    const began = Date.now();
    while (Date.now() - began < 5_000) {
        assert.ok(await logged_in(asking));
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.equal(await logged_in(idle), false);
    assert.ok(await logged_in(watching));
    assert.ok(await logged_in(listening));
    socket.close();
    events.close();
    for (const each of [idle, asking, watching, listening]) each.close();
    await server.end();
});

test('the oldest age ends a login, also for its open calendar', async () => {
    const server = await start('--login-lifetime', '2s');
    const parent = await parent_of(server, 1);
    const socket = await open_socket(server, { parent });
    await socket.hear('snapshot');
    await eventually(async () => !await logged_in(parent), 'the end', 6_000, 200);
    socket.close();
    parent.close();
    await server.end();
});

test('a logout ends that login for requests and sockets, and no other', async () => {
    const server = await start();
    const here = await parent_of(server, 1);
    const elsewhere = await parent_of(server, 1);
    const ended = await open_socket(server, { parent: here });
    const ended_too = await open_events(server, { parent: here });
    const kept = await open_socket(server, { parent: elsewhere });
    for (const each of [ended, ended_too, kept]) await each.hear('snapshot');
    const { cookie, csrf } = here;
    const answer = await here.ask('POST', `${api}/logout`);
    assert.equal(answer.status, 204);
    assert.match(answer.headers['set-cookie'][0], /^campgate_demo=; .*Max-Age=0/);
    const thief = new client(server.url);
    Object.assign(thief, { cookie, csrf });
    assert.equal(await logged_in(thief), false);
    assert.equal((await thief.place('all', [[1, 8]])).status, 401);
    // Something happens in the family: who is logged in hears of it, who is not does not.
    const season = await elsewhere.season();
    let placed = 0;
    for (const { id } of season.weeks) {
        for (const child of [8, 9, 10]) {
            if (placed === 0 && (await elsewhere.place('all', [[id, child]])).status === 201) {
                ++placed;
            }
        }
    }
    assert.equal(placed, 1);
    await kept.hear('family');
    for (const each of [ended, ended_too]) {
        await each.hear('weeks');
        assert.ok(!each.messages.some(({ type }) => type === 'family'));
        each.close();
    }
    kept.close();
    for (const each of [here, elsewhere, thief]) each.close();
    await server.end();
});

test('a login survives a restart and a kill, an ended one does not come back', async () => {
    let server = await start();
    const stays = await parent_of(server, 1);
    const goes = await parent_of(server, 2);
    const { cookie, csrf } = goes;
    assert.equal((await goes.ask('POST', `${api}/logout`)).status, 204);
    for (const ending of ['stop', 'kill']) {
        await server[ending]();
        server = await start();
        const again = new client(server.url);
        Object.assign(again, { cookie: stays.cookie, csrf: stays.csrf });
        assert.equal((await again.me()).csrf, stays.csrf, ending);
        Object.assign(again, { cookie, csrf });
        assert.equal(await logged_in(again), false, ending);
        again.close();
    }
    stays.close();
    goes.close();
    await server.end();
});

test('when one was last there survives a restart', async () => {
    let server = await start('--login-idle', '1h');
    const parent = await parent_of(server, 1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.ok(await logged_in(parent));
    await server.stop();
    server = await start('--login-idle', '2s');
    const again = new client(server.url);
    Object.assign(again, { cookie: parent.cookie });
    // Down and up again took longer than that.
    await eventually(async () => !await logged_in(again), 'the end', 6_000, 2_500);
    parent.close();
    again.close();
    await server.end();
});
