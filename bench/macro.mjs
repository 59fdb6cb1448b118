// Holds and releases over the network by one load generator, against three servers in turn: the
// floor, direct SQL and Campgate, durable. Interleaved, so that a slow moment of the machine meets
// all of them.
import { randomUUID } from 'node:crypto';
import { aim, mean, print_aims, table, thousands } from './stage.mjs';

const seats = 1000;
const families = 4000;
const pool = 16;

export async function macro(on) {
    const floor = await on.serve('campgate-bench-floor');
    const full_floor = await on.serve('campgate-bench-floor', ['full']);
    const sql = await on.serve('campgate-bench-sql', [on.path('sql'), String(pool)]);
    const one = await on.serve('campgate-bench-sql',
        [on.path('sql'), String(pool), 'one-statement']);
    const campgate = await on.campgate(seats, families);
    const [hot, full] = campgate.weeks;
    await fill(campgate, full, on);

    // name, server, week (0: forty weeks)
    const subjects = [
        ['floor', floor, 0],
        ['floor, refusals', full_floor, 0],
        ['direct SQL, one hot week', sql, 1],
        ['direct SQL, forty weeks', sql, 0],
        ['one statement, one hot week', one, 1],
        ['one statement, forty weeks', one, 0],
        ['Campgate, one hot week', campgate, hot],
        ['Campgate, forty weeks', campgate, 0],
        ['Campgate, refusals', campgate, full],
    ];
    const sizes = on.brief ? [8] : [64, 512];
    const rounds = on.brief ? 1 : 3;
    const runs = {};
    for (let round = 0; round < rounds; ++round) {
        for (const size of sizes) {
            for (const [name, server, week] of subjects) {
                const refuses = name.includes('refusals');
                const options = ['--closed', String(size), '--lasts', on.lasts(2.5),
                    '--warm-up', on.brief ? '0s' : '500ms'];
                if (week) options.push('--week', String(week));
                // Those who want the full week are not those who hold it.
                if (refuses && server === campgate) options.push('--families-from', '2000');
                const result = await on.load(server.url, options);
                const counted = refuses ? result.refused : result.held + result.released;
                const others = Object.values(result.other).reduce((sum, n) => sum + n, 0);
                if (counted === 0 || others > 0)
                    throw new Error(`${name}: ${JSON.stringify(result)}`);
                ((runs[name] ??= {})[size] ??= []).push({
                    per_second: counted / result.seconds,
                    p50: result.latency_us.p50 / 1000, p99: result.latency_us.p99 / 1000 });
            }
        }
    }
    const rate = (name, size) => mean(runs[name][size].map((r) => r.per_second));
    const many = sizes.at(-1);
    const rows = subjects.map(([name]) => [name, ...sizes.flatMap((size) => [
        thousands(rate(name, size)), mean(runs[name][size].map((r) => r.p50)).toFixed(1),
        mean(runs[name][size].map((r) => r.p99)).toFixed(1),
        (rate(name, size) / rate('floor', size)).toFixed(2)])]);
    table(['answers a second', ...sizes.flatMap((size) => [`${size} conn.`, 'p50 ms', 'p99 ms',
        'x floor'])], rows);

    // Ratios of a run that was disturbed say little, and this is how it shows.
    const floors = runs.floor[many].map((r) => r.per_second);
    if (Math.min(...floors) < 0.8 * Math.max(...floors))
        console.log(`\nthe machine was not quiet: the floor had ${floors.map(thousands).join(', ')} `
            + 'a second in turn');

    const half = Math.round(rate('Campgate, forty weeks', many) / 2);
    const steady = await on.load(campgate.url, ['--steady', String(half), '--connections',
        String(many), '--lasts', on.lasts(5), '--warm-up', on.brief ? '0s' : '1s']);
    const aims = print_aims([
        aim(`durable, ${many} connections, x floor`,
            rate('Campgate, forty weeks', many) / rate('floor', many), 0.35),
        aim('forty weeks, x direct SQL',
            rate('Campgate, forty weeks', many) / rate('direct SQL, forty weeks', many), 3),
        aim('one hot week, x direct SQL',
            rate('Campgate, one hot week', many) / rate('direct SQL, one hot week', many), 15),
        aim('one hot week, x forty weeks',
            rate('Campgate, one hot week', many) / rate('Campgate, forty weeks', many), 0.9),
        aim('refusals of a full week, x floor',
            rate('Campgate, refusals', many) / rate('floor, refusals', many), 0.8),
        aim(`p99 at half load (${thousands(half)} a second)`, steady.latency_us.p99 / 1000, 20,
            { most: true, unit: ' ms' }),
    ], on);
    for (const server of [floor, full_floor, sql, one, campgate]) await server.stop();
    return { runs, steady, aims };
}

// A week of one seat, and somebody in it.
async function fill(server, week, on) {
    await on.run('campgate', ['week', 'set-capacity', String(week), '1', '--data', server.data]);
    for (let family = 1000; family < 1100; ++family) {
        const login = await fetch(`${server.url}/api/v1/demo/login`, { method: 'POST',
            headers: { 'content-type': 'application/json' }, body: JSON.stringify({ family }) });
        const cookie = login.headers.get('set-cookie').split(';')[0];
        const { csrf, children } = await (await fetch(`${server.url}/api/v1/me`,
            { headers: { cookie } })).json();
        const child = children.find((c) => c.weeks.some((w) => w.week === week && !w.reason));
        if (!child) continue;
        const placed = await fetch(`${server.url}/api/v1/holds`, { method: 'POST',
            headers: { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json',
                'idempotency-key': randomUUID() },
            body: JSON.stringify({ mode: 'each', items: [{ week, child: child.id }] }) });
        if (placed.status === 201) return;
    }
    throw new Error('nobody could have the last seat');
}
