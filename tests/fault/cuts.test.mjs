// A network that is late, slow, cut or half-open, between server and PostgreSQL and between parent
// and server, over real sockets. Whatever parents were told stays true; the server says that it
// cannot write while it cannot, needs no restart, and goes on by itself.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { api, child_of, client, parent_of, week_of } from '../integration/support/client.mjs';
import { make_cluster } from '../integration/support/postgres.mjs';
import { make_folder, start_server, unlimited } from '../integration/support/process.mjs';
import { raw_connect } from '../integration/support/raw.mjs';
import { scene } from '../integration/support/scene.mjs';
import { eventually, within } from '../integration/support/wait.mjs';
import { fault_proxy } from './support/proxy.mjs';

// PostgreSQL's answer to a batch of the journal, cut before its first byte: it was committed.
const committed_unheard = ['cut', 'reply', 0, 'both', 'about', 'commit_batch'];

describe('between server and PostgreSQL', { concurrency: 3 }, () => {
    let cluster;
    let databases = 0;
    before(async () => { cluster = await make_cluster(); });
    after(() => cluster.end());

    // A server whose PostgreSQL is behind a proxy, under traffic, and a look at /readyz.
    async function begin() {
        const name = `cuts${++databases}`;
        await cluster.ask(`CREATE DATABASE ${name}`);
        const proxy = await fault_proxy.before_cluster(cluster);
        const server = await start_server({
            args: ['--database', proxy.database(name), ...unlimited] });
        const stage = await scene.make(server);
        const probe = new client(server.url, { sockets: 1 });
        const direct = ['--data', make_folder(), '--database',
                        cluster.url.replace('dbname=campgate', `dbname=${name}`)];
        const traffic = stage.begin();
        await traffic.more(20);
        return {
            proxy, server, stage, traffic,
            said: async (status, within_ms = 15_000) => eventually(async () =>
                (await probe.get('/readyz')).json.status === status, status, within_ms),
            metric: async (which) => Number(new RegExp(`^campgate_${which} (\\d+)`, 'm').exec(
                await (await fetch(server.metrics_url)).text())?.[1]),
            // More than had been under way before is told, and all of it is true.
            goes_on: async () => traffic.more(25, 30_000),
            end: async () => {
                await traffic.end();
                assert.ok(!server.has_exited, 'the server needs no restart');
                await stage.verify(server, direct);
                probe.close();
                assert.deepEqual(await server.stop(), { code: 0, signal: null });
                proxy.end();
            },
        };
    }

    // Nothing is told while nothing can be committed, and that politely.
    async function tells_nothing({ traffic, stage, said }, while_ms) {
        await said('journal_unavailable');
        const [parent, choices] = stage.parents[0];
        const asked = await parent.place('all', choices[0]);
        assert.deepEqual([asked.status, asked.problem], [503, 'not_ready']);
        assert.match(asked.headers['retry-after'], /^[1-9][0-9]*$/);
        assert.equal((await parent.get('/healthz')).status, 200);
        assert.ok((await parent.weeks()).size > 0, 'reads go on');
        const { placed } = traffic.counts;
        await sleep(while_ms);
        assert.equal(traffic.counts.placed, placed, 'nothing is told meanwhile');
    }

    test('late: it goes on, only later', async () => {
        const s = await begin();
        await s.proxy.tell('delay', 40);
        await s.goes_on();
        assert.equal(await s.metric('lease_held'), 1);
        assert.equal(await s.metric('journal_doubts_total'), 0);
        await s.end();
    });

    test('slow: it goes on; too slow for the lease: it says so; then it goes on', async () => {
        const s = await begin();
        await s.proxy.tell('slow', 30_000);
        await s.goes_on();
        assert.equal(await s.metric('journal_doubts_total'), 0);
        // The second's renewal alone takes longer than the lease lasts.
        await s.proxy.tell('slow', 200);
        await tells_nothing(s, 500);
        await s.proxy.tell('pass');
        await s.said('ready');
        await s.goes_on();
        await s.end();
    });

    test('cut after the COMMIT, before anybody heard of it, again and again', async () => {
        const s = await begin();
        for (let time = 1; time <= 10; ++time) {
            const { cuts } = s.proxy;
            await s.proxy.tell(...committed_unheard);
            await s.proxy.cut_after(cuts);
            await s.traffic.more(5);
        }
        assert.equal(await s.metric('journal_doubts_total'), 10);
        await s.end();
    });

    test('cut anywhere, in order, by reset or with one end alone', async () => {
        const s = await begin();
        for (const words of ['request 0', 'request 1 reset', 'request 300', 'request 700 client',
                             'reply 0 client', 'reply 7', 'reply 40 reset', 'reply 60 client']) {
            const { cuts } = s.proxy;
            await s.proxy.tell('cut', words, 'about commit_batch');
            await s.proxy.cut_after(cuts);
            await s.traffic.more(5);
        }
        await s.proxy.tell('pass');
        await s.end();
    });

    // The longest: an answer is waited for for 15 seconds.
    test('half-open: it is left in time; what was held comes late and does nothing', async () => {
        const s = await begin();
        const { cuts } = s.proxy;
        await s.proxy.tell('cut request 200 neither about commit_batch');
        await s.proxy.cut_after(cuts);
        await s.proxy.tell('half_open');
        const from = performance.now();
        await tells_nothing(s, 500);
        await s.said('ready', 20_000);
        assert.ok(performance.now() - from < 18_000, 'in time');
        await s.goes_on();
        // The connections of workers were silenced too.
        const visitor = await eventually(
            () => parent_of(s.server, 30).catch(() => false), 'a login is kept again', 15_000);
        visitor.close();
        await s.proxy.tell('pass');
        await s.goes_on();
        await s.end();
    });

    test('refused: it says so, and goes on when it is let in again', async () => {
        const s = await begin();
        await s.proxy.tell('refuse');
        await s.goes_on();  // who is in stays in
        await s.proxy.tell('drop');
        await tells_nothing(s, 500);
        await s.proxy.tell('pass');
        await s.said('ready');
        await s.goes_on();
        await s.end();
    });
});

describe('between a parent and the server', () => {
    let server;
    let proxy;
    let parent;
    let item;
    before(async () => {
        server = await start_server({ args: unlimited });
        proxy = await fault_proxy.make(server.host);
        parent = await parent_of(server, 4);
        item = [week_of(await parent.season(), 'moyens', 28), child_of(4)];
    });
    after(async () => {
        parent.close();
        proxy.end();
        await server.end();
    });

    const body_of = () =>
        JSON.stringify({ mode: 'all', items: [{ week: item[0], child: item[1] }] });
    const request_of = (key) => Buffer.from([
        `POST ${api}/holds HTTP/1.1`, `Host: ${server.host}`, `Cookie: ${parent.cookie}`,
        `X-CSRF-Token: ${parent.csrf}`, 'Content-Type: application/json',
        `Content-Length: ${body_of().length}`, `Idempotency-Key: ${key}`, '', body_of(),
    ].join('\r\n'));

    // Asks over the proxy and hears what comes until the end of the connection, or a whole answer.
    async function ask_and_hear(key) {
        const connection = await raw_connect(proxy.port);
        connection.send(request_of(key));
        const whole = await connection.answer();
        const heard = whole ? null : connection.received.toString('utf8');
        connection.close();
        return { whole, heard };
    }

    // With the same key until there is a definite answer.
    const settle = (key) => eventually(async () => {
        const answer = await parent.place('all', [item], { key });
        assert.ok(answer.status === 201 || answer.status === 409, answer.text);
        return answer.problem === 'key_undecided' ? null : answer;
    }, 'an answer');

    // One request that is cut there, and asked again with a key: exactly one hold, one answer, and
    // what was heard of the first was its beginning. Whether there was a cut.
    async function cut_at(way, byte, { again = (key) => key } = {}) {
        const { cuts } = proxy;
        await proxy.tell('cut', way, byte);
        const key = randomUUID();
        const { whole, heard } = await ask_and_hear(key);
        await proxy.tell('pass');
        const happened = proxy.cuts > cuts;
        const answer = await settle(again(key));
        assert.equal(answer.status, 201, answer.text);
        if (whole) assert.equal(whole.text, answer.text);
        const body = heard?.split('\r\n\r\n', 2)[1] ?? '';
        assert.ok(answer.text.startsWith(body), `${body} is no beginning of ${answer.text}`);
        assert.equal((await settle(key)).text, answer.text);
        assert.deepEqual((await parent.basket()).holds.map(({ hold }) => hold),
                         answer.json.placed.map(({ hold }) => hold));
        assert.equal((await parent.release(answer.json.placed[0].hold)).status, 204);
        return happened;
    }

    async function cut_everywhere(t, way) {
        let byte = 0;
        while (await cut_at(way, byte)) ++byte;
        t.diagnostic(`${byte} cuts`);
        return byte;
    }

    test('POST /holds is cut at every byte of its request', async (t) => {
        // The last cut lets all of it pass.
        assert.equal(await cut_everywhere(t, 'request'), request_of(randomUUID()).length + 1);
    });

    test('POST /holds is cut at every byte of its answer', async (t) => {
        assert.ok(await cut_everywhere(t, 'reply') > 300);
    });

    test('control: who asks again with another key is noticed', async () => {
        const other = () => randomUUID();
        await assert.rejects(cut_at('reply', 0, { again: other }), /ERR_ASSERTION|201/);
        const [{ hold }] = (await parent.basket()).holds;
        await parent.release(hold);
    });

    test('nothing of it is in the journal twice', async () => {
        const stage = await scene.make(server);
        stage.families.push([4, parent]);
        await stage.verify(server);
    });
});
