// A campaign of sudden ends under traffic, each followed by the judge (I1 to I5) over all that was
// told so far. A program, not an ordinary test: minutes to hours.
//   CAMPGATE_BINARY=build/release/campgate node tests/fault/campaign.mjs --kills 200 --seed 1
// The seed chooses when and which; what the machine makes of it in time is its own. What a machine
// does not allow is left out, and named on stderr and in the report.
//   --kills N     kill -9 of the server; the next adopts its PostgreSQL
//   --stops N     immediate stops of PostgreSQL (SIGQUIT, as pg_ctl -m immediate), by turns of the
//                 server's own and of another's; the server lives on
//   --backends N  SIGKILL of the backend that writes the journal
//   --leaders N   SIGSTOP of the leader, another takes over, SIGCONT: the stale one commits
//                 nothing, tells nothing more, and ends
//   --disks N     the data directory is full (a small tmpfs; as root), until there is room again
//   --fsyncs N    the next fsync of each process of PostgreSQL fails (strace)
//   --slow-fsyncs N  every fsync takes from a twentieth of a second to three, for a while (strace)
//   --cuts N      the journal's connection is cut at a byte of a request or a reply (the proxy)
//   --descriptors N  idle sockets take all descriptors that the server may have; by turns its
//                 session with PostgreSQL is ended meanwhile, and there is none for another one
//   --mutant NAME a wrong behaviour of core/faults.hpp, which the judge must notice (faults preset)
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync,
         writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { child_of, client, parent_of, week_of } from '../integration/support/client.mjs';
import { make_cluster } from '../integration/support/postgres.mjs';
import { is_alive, make_folder, start_server as start, tell, unlimited }
    from '../integration/support/process.mjs';
import { raw_connect } from '../integration/support/raw.mjs';
import { scene } from '../integration/support/scene.mjs';
import { eventually, within } from '../integration/support/wait.mjs';
import { fault_proxy } from './support/proxy.mjs';

const parts = ['kills', 'stops', 'backends', 'leaders', 'disks', 'fsyncs', 'slow-fsyncs', 'cuts',
               'descriptors'];
const { values } = parseArgs({ options: {
    ...Object.fromEntries(parts.map((name) => [name, { type: 'string' }])),
    seed: { type: 'string', default: '1' }, mutant: { type: 'string' } } });
// Ten of each, or those that are named.
const unnamed = parts.some((name) => name in values) ? 0 : 10;
const [kills, stops, backends, leaders, disks, fsyncs, slow_fsyncs, cuts, descriptors] =
    parts.map((name) => Number(values[name] ?? unnamed));
const seed = Number(values.seed);

// mulberry32; it makes the choices of the traffic's parents as well.
function chance(from) {
    let state = from >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let x = Math.imul(state ^ (state >>> 15), state | 1);
        x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
        return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
    };
}

const some = (least, most) => least + Math.floor(Math.random() * (most - least));
const milliseconds_since = (from) => Math.round(performance.now() - from);
const middle = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? null;

const env = values.mutant ? { CAMPGATE_MUTANT: values.mutant } : {};
const start_server = (options) => start({ env, ...options });

const report = { seed, faults: 0, left_out: {} };
after(() => console.log(JSON.stringify(report, null, 2)));

const stages = [];  // of the part that runs

// A part that was asked for, unless this machine does not allow it.
function part(name, count, missing, run) {
    if (count > 0 && missing) {
        report.left_out[name] = missing;
        console.error(`campaign: ${count} ${name} are LEFT OUT: ${missing}`);
    }
    test(`${count} ${name}`, { skip: count === 0 || missing !== null }, () => {
        Math.random = chance(seed + parts.indexOf(name));  // whatever other parts have run before
        return run().finally(() => {
            for (const { traffic } of stages.splice(0)) if (traffic) traffic.ended = true;
        });
    });
}

// Few places, so that they pass from hand to hand and some requests are refused.
async function make_stage(server) {
    const stage = await scene.make(server);
    stages.push(stage);
    for (const week of stage.weeks) await tell(server, 'week', 'set-capacity', week, 2);
    return stage;
}

// A part of the campaign: what it did, what was told meanwhile, how long each took to come back.
function account(name, traffic, count, times_ms, more = {}) {
    const { placed, refused, released, lost } = traffic.counts;
    report[name] = {
        count, requests_told: traffic.parents.reduce((sum, { told }) => sum + told.length, 0),
        holds_placed: placed, requests_refused: refused, holds_released: released,
        requests_cut: lost, unsettled: traffic.problems,
        back_ms: { middle: middle(times_ms), most: Math.max(...times_ms) }, ...more };
}

async function judged(stage, what, ...where) {
    const faults = await stage.faults(...where);
    report.faults += faults.length;
    assert.deepEqual(faults, [], what);
}

part('kills', kills, null, async () => {
    let server = await start_server({ args: unlimited });
    const stage = await make_stage(server);
    const traffic = stage.begin();
    const times = [];
    for (let time = 1; time <= kills; ++time) {
        await traffic.more(some(1, 40));
        await sleep(some(0, 10));
        await server.kill();
        await traffic.pause();
        const from = performance.now();
        server = await start_server({ data: server.data, port: server.port, args: unlimited });
        times.push(milliseconds_since(from));
        await judged(stage, `after kill ${time}`, server);
        traffic.resume();
    }
    await traffic.more(20);
    await traffic.end();
    await stage.verify(server);
    account('kills', traffic, kills, times);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

// Until more is told as placed than can have been on its way.
async function back(traffic) {
    await traffic.more(25, 30_000);
}

part('stops', stops, null, async () => {
    const own = await start_server({ args: unlimited });
    const cluster = await make_cluster();
    const guest = await start_server({ args: ['--database', cluster.url, ...unlimited] });
    const sides = [];
    for (const server of [own, guest]) {
        const stage = await make_stage(server);
        sides.push({ server, stage, traffic: stage.begin(), times: [] });
        sides.at(-1).traffic.paused = true;
    }
    const crash = [
        async () => {
            const postmaster = own.postgres;
            process.kill(postmaster, 'SIGQUIT');
            await eventually(() => !is_alive(postmaster), 'its end');
        },
        async () => {
            await cluster.stop('SIGQUIT');
            await sleep(some(0, 1_500));
            await cluster.start();
        },
    ];
    for (let time = 1; time <= stops; ++time) {
        const { server, stage, traffic, times } = sides[time % 2];
        traffic.resume();
        await traffic.more(some(1, 40));
        await sleep(some(0, 10));
        const from = performance.now();
        await crash[time % 2]();
        await back(traffic);
        times.push(milliseconds_since(from));
        await traffic.pause();
        assert.ok(!server.has_exited, 'the server needs no restart');
        await judged(stage, `after stop ${time}`, server);
    }
    for (const [n, { server, stage, traffic, times }] of sides.entries()) {
        await traffic.end();
        await stage.verify(server);
        account(n === 0 ? 'stops_of_own' : 'stops_of_another', traffic, times.length, times);
        assert.deepEqual(await server.stop(), { code: 0, signal: null });
    }
    await cluster.end();
});

part('backends', backends, null, async () => {
    const cluster = await make_cluster();
    const server = await start_server({ args: ['--database', cluster.url, ...unlimited] });
    const stage = await make_stage(server);
    const traffic = stage.begin();
    const times = [];
    for (let time = 1; time <= backends; ++time) {
        await traffic.more(some(1, 40));
        await sleep(some(0, 10));
        // The one that has written to the writer row most lately.
        const pid = Number(await cluster.ask(`
            SELECT pid FROM pg_stat_activity
             WHERE pid <> pg_backend_pid() AND query LIKE '%commit_batch%'
             ORDER BY query_start DESC LIMIT 1`));
        assert.ok(pid > 1, 'the writer has a backend');
        const from = performance.now();
        process.kill(pid, 'SIGKILL');
        await eventually(() => !is_alive(pid), 'its end', 10_000, 1);
        await back(traffic);
        times.push(milliseconds_since(from));
        await traffic.pause();
        assert.ok(!server.has_exited, 'the server needs no restart');
        await judged(stage, `after backend ${time}`, server);
        traffic.resume();
    }
    await traffic.end();
    await stage.verify(server);
    account('backends', traffic, backends, times);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    await cluster.end();
});

// What a leader that was stopped says when it wakes: its status, or null when it says nothing.
const last_words = (asking) => asking.then(({ status, problem }) => ({ status, problem }))
    .catch((error) => {
        if (error.code === 'ERR_ASSERTION') throw error;
        return null;
    });

part('leaders', leaders, null, async () => {
    const cluster = await make_cluster();
    // One database, one master key: whoever takes over opens the same sealed files.
    const args = ['--database', cluster.url, '--master-key', join(make_folder(), 'master.key'),
                  ...unlimited];
    let leader = await start_server({ args });
    const stage = await make_stage(leader);
    const bystander = await parent_of(leader, 5, { sockets: 8 });
    const season = await bystander.season();
    const database = ['--database', cluster.url, '--data', make_folder()];
    const traffic = stage.begin();
    const times = [];
    const said = {};
    for (let time = 1; time <= leaders; ++time) {
        await traffic.more(some(1, 40));
        await sleep(some(0, 10));
        const stale = leader;
        stale.signal('SIGSTOP');
        const from = performance.now();
        // By force, or after the silence that lets anybody take over.
        const force = Math.random() < 0.5 ? ['--take-over'] : [];
        leader = await start_server({ command: 'serve', args: [...args, ...force] });
        for (const [, parent] of stage.families) {
            parent.url = new URL(leader.url);
            parent.cookie = parent.cookie.replace('campgate_demo', '__Host-campgate');
        }
        // The new one decides already when the old one wakes; these reach it first. One that it
        // could grant, and one that it could refuse without asking anybody (the sheet is missing).
        const keys = [randomUUID(), randomUUID()];
        const grant = bystander.place('all', [[week_of(season, 'petits', 29), child_of(5, 1)]],
                                      { key: keys[0] });
        const refuse = bystander.place('all', [[week_of(season, 'grands', 29), child_of(5, 0)]],
                                       { key: keys[1] });
        const words = Promise.all([last_words(grant), last_words(refuse)]);
        await sleep(some(20, 200));
        stale.signal('SIGCONT');
        for (const word of await words) {
            const name = word ? `${word.status} ${word.problem}` : 'nothing';
            said[name] = (said[name] ?? 0) + 1;
            assert.ok(word === null || word.status === 503, `a stale leader said ${name}`);
        }
        const end = await within(stale.exited, 'the end of the stale leader', 20_000);
        assert.deepEqual(end, { code: 1, signal: null }, stale.stderr);
        assert.match(stale.stderr, /another process took the journal over/);
        await traffic.more(1, 30_000);
        times.push(milliseconds_since(from));
        await traffic.pause();
        await judged(stage, `after leader ${time}`, leader, database);
        bystander.url = new URL(leader.url);
        bystander.cookie = bystander.cookie.replace('campgate_demo', '__Host-campgate');
        traffic.resume();
    }
    await traffic.end();
    await stage.verify(leader, database);
    // What the stale ones were asked is nowhere: the judge has found no seat of this family's.
    assert.deepEqual((await bystander.basket()).holds, []);
    account('leaders', traffic, leaders, times, { stale_leaders_said: said });
    assert.deepEqual(await leader.stop(), { code: 0, signal: null });
    await cluster.end();
});

// Writes until there is no room left.
function fill(path) {
    const file = openSync(path, 'w');
    try {
        for (let size = 1 << 20; size >= 1; size >>= 1) {
            try {
                for (;;) writeSync(file, Buffer.alloc(size));
            } catch (error) {
                assert.equal(error.code, 'ENOSPC');
            }
        }
    } finally {
        closeSync(file);
    }
}

// Why this machine lets nobody mount a tmpfs, or null.
function why_no_mounts() {
    if (process.geteuid() !== 0) return 'a tmpfs is mounted by root alone';
    const folder = mkdtempSync(join(tmpdir(), 'campgate-disk-'));
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    if (status === 0) spawnSync('umount', [folder]);
    rmdirSync(folder);
    return status === 0 ? null : 'no tmpfs can be mounted here';
}
const no_mounts = disks > 0 ? why_no_mounts() : null;

part('disks', disks, no_mounts, async () => {
    const data = mkdtempSync(join(tmpdir(), 'campgate-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=711', 'tmpfs', data]);
    try {
        const server = await start_server({ data, args: unlimited });
        const stage = await make_stage(server);
        const probe = new client(server.url, { sockets: 1 });
        const traffic = stage.begin();
        const times = [];
        for (let time = 1; time <= disks; ++time) {
            await traffic.more(some(1, 40));
            fill(join(data, 'full'));
            await eventually(async () => (await probe.get('/readyz')).status === 503,
                             'a journal without room', 60_000);
            const { placed } = traffic.counts;
            await sleep(some(0, 2_000));
            assert.equal(traffic.counts.placed, placed, 'nothing is told meanwhile');
            const from = performance.now();
            rmSync(join(data, 'full'));
            await back(traffic);
            times.push(milliseconds_since(from));
            await traffic.pause();
            assert.ok(!server.has_exited, 'the server needs no restart');
            await judged(stage, `after disk ${time}`, server);
            traffic.resume();
        }
        await traffic.end();
        await stage.verify(server);
        account('disks', traffic, disks, times);
        probe.close();
        assert.deepEqual(await server.stop(), { code: 0, signal: null });
    } finally {
        spawnSync('umount', ['-l', data]);
        rmdirSync(data);
    }
});

function children_of(pid) {
    return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).filter((name) => {
        try {
            const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'));
            return Number(parent) === pid;
        } catch {
            return false;  // ended meanwhile
        }
    });
}

// Why this machine lets nobody trace another process, or null.
function why_no_strace() {
    if (spawnSync('strace', ['-V']).status !== 0) return 'there is no strace';
    const traced = spawn('sleep', ['60']);
    const { stderr } = spawnSync('strace', ['-p', String(traced.pid)], { timeout: 500 });
    traced.kill();
    return /attached/.test(stderr) ? null : 'strace may trace nobody here';
}
const no_strace = fsyncs + slow_fsyncs > 0 ? why_no_strace() : null;

// All processes of a PostgreSQL under strace, whose fsyncs do what `what` says.
function inject(postmaster, what) {
    const tracer = spawn('strace', [
        '-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:${what}`,
        ...children_of(postmaster).flatMap((pid) => ['-p', pid])],
        { stdio: ['ignore', 'ignore', 'pipe'] });
    const traced = { seen: '', stop: () => tracer.kill('SIGINT') };
    tracer.stderr.setEncoding('utf8').on('data', (text) => { traced.seen += text; });
    const end = new Promise((resolve) => { tracer.once('close', resolve); });
    traced.ended = (within_ms = 30_000) => within(end, 'the end of strace', within_ms);
    return traced;
}

part('fsyncs', fsyncs, no_strace, async () => {
    const server = await start_server({ args: unlimited });
    const stage = await make_stage(server);
    const traffic = stage.begin();
    const times = [];
    for (let time = 1; time <= fsyncs; ++time) {
        await traffic.more(some(1, 40));
        const from = performance.now();
        // PostgreSQL ends all its processes when one fsync of the journal fails.
        const traced = inject(server.postgres, 'error=EIO:when=1');
        await traced.ended();
        assert.match(traced.seen, /EIO .*INJECTED/);
        await back(traffic);
        times.push(milliseconds_since(from));
        await traffic.pause();
        assert.ok(!server.has_exited, 'the server needs no restart');
        await judged(stage, `after fsync ${time}`, server);
        traffic.resume();
    }
    await traffic.end();
    await stage.verify(server);
    account('fsyncs', traffic, fsyncs, times);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

part('slow-fsyncs', slow_fsyncs, no_strace, async () => {
    const server = await start_server({ args: unlimited });
    const stage = await make_stage(server);
    const traffic = stage.begin();
    const times = [];
    for (let time = 1; time <= slow_fsyncs; ++time) {
        await traffic.more(some(1, 40));
        // At three seconds the lease is lost at each of them.
        const each_ms = [50, 400, 1_200, 3_000][some(0, 4)];
        const traced = inject(server.postgres, `delay_enter=${each_ms}ms`);
        await sleep(some(1_000, 4_000));
        const from = performance.now();
        traced.stop();
        await traced.ended();
        assert.match(traced.seen, /f(data)?sync\(/);
        await back(traffic);
        times.push(milliseconds_since(from));
        await traffic.pause();
        assert.ok(!server.has_exited, 'the server needs no restart');
        await judged(stage, `after slow fsync ${time}`, server);
        traffic.resume();
    }
    await traffic.end();
    await stage.verify(server);
    account('slow-fsyncs', traffic, slow_fsyncs, times);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

part('cuts', cuts, null, async () => {
    const cluster = await make_cluster();
    const proxy = await fault_proxy.before_cluster(cluster);
    const server = await start_server({ args: ['--database', proxy.database(), ...unlimited] });
    const direct = ['--database', cluster.url, '--data', make_folder()];
    const stage = await make_stage(server);
    const traffic = stage.begin();
    const times = [];
    const kinds = {};
    for (let time = 1; time <= cuts; ++time) {
        await traffic.more(some(1, 40));
        // A batch is 700 bytes and more, its answer 75. The count may go on into the next.
        const [way, most] = Math.random() < 0.5 ? ['request', 1_500] : ['reply', 100];
        const ends = Math.random() < 0.7 ? 'both' : 'client';
        const how = Math.random() < 0.3 ? ['reset'] : [];
        const { cuts: before } = proxy;
        await proxy.tell('cut', way, some(0, most), ends, ...how, 'about commit_batch');
        await proxy.cut_after(before);
        const from = performance.now();
        if (Math.random() < 0.3) {
            // Nobody is let in again at once.
            await proxy.tell('refuse');
            await sleep(some(0, 1_000));
            await proxy.tell('pass');
        }
        await back(traffic);
        times.push(milliseconds_since(from));
        await traffic.pause();
        await proxy.tell('pass');  // ends what was held
        assert.ok(!server.has_exited, 'the server needs no restart');
        await judged(stage, `after cut ${time}`, server, direct);
        const kind = [way, ends, ...how].join(' ');
        kinds[kind] = (kinds[kind] ?? 0) + 1;
        traffic.resume();
    }
    await traffic.end();
    await stage.verify(server, direct);
    account('cuts', traffic, cuts, times, { kinds });
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    proxy.end();
    await cluster.end();
});

part('descriptors', descriptors, null, async () => {
    const cluster = await make_cluster();
    const server = await start_server({
        args: ['--database', cluster.url, '--idle-timeout', '4s', ...unlimited] });
    const used = () => readdirSync(`/proc/${server.pid}/fd`).length;
    const limit = (count) =>
        execFileSync('prlimit', ['--pid', String(server.pid), `--nofile=${count}:`]);
    const stage = await make_stage(server);
    const traffic = stage.begin();
    const times = [];
    let newcomers_waited_ms = 0;
    for (let time = 1; time <= descriptors; ++time) {
        await traffic.more(some(1, 40));
        const probe = new client(server.url, { sockets: 1 });
        await probe.get('/readyz');  // connected before it is too late
        const room = some(4, 20);
        const most = used() + room;
        limit(most);
        // More than there is room for: those that are not taken in wait in the kernel.
        const idle = await Promise.all(Array.from({ length: room + 4 }, (_, n) =>
            raw_connect(server.port, { from: `127.2.0.${n + 1}` })));
        await eventually(() => used() >= most, 'all descriptors in use', 5_000, 2);
        const from = performance.now();
        // A newcomer waits its turn, and has its answer: nobody is told anything untrue.
        const newcomer = new client(server.url, { sockets: 1 });
        const asked = newcomer.read('/api/v1/weeks', { timeout_ms: 30_000 }).then(({ weeks }) => {
            assert.ok(weeks.length > 0);
            newcomers_waited_ms = Math.max(newcomers_waited_ms, milliseconds_since(from));
        });
        asked.catch(() => {});  // awaited below
        if (time % 2 === 0) {
            limit(3);  // not even what the session gives back can be had again
            await cluster.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE application_name = 'campgate journal'`);
            await eventually(async () => (await probe.get('/readyz')).status === 503,
                             'a journal without a session', 10_000);
            const { placed } = traffic.counts;
            await sleep(some(0, 1_000));
            assert.equal(traffic.counts.placed, placed, 'nothing is told meanwhile');
            limit(most);
        } else {
            await back(traffic);  // who is in goes on
        }
        // They go, or the server sends them away.
        if (Math.random() < 0.5) for (const connection of idle) connection.close();
        await asked;
        await back(traffic);
        times.push(milliseconds_since(from));
        newcomer.close();
        probe.close();
        for (const connection of idle) connection.close();
        await traffic.pause();
        assert.ok(!server.has_exited, 'the server needs no restart');
        limit(1_024);
        await judged(stage, `after descriptors ${time}`, server);
        traffic.resume();
    }
    await traffic.end();
    await stage.verify(server);
    account('descriptors', traffic, descriptors, times, { newcomers_waited_ms });
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    await cluster.end();
});
