// A login wave: so many logins within so many seconds while so many calendars are open, through the
// demo's own identity provider. Prints what it saw as JSON. Not a test by itself: login_wave.test.mjs
// plays a short one; the whole one is
//   CAMPGATE_BINARY=build/release/campgate node tests/integration/login_wave.mjs --logins 5000 --seconds 60 --calendars 5000
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { start_server, unlimited } from './support/process.mjs';

const roomy = ['--connections-per-address', '16000', '--sockets-per-address', '16000',
               '--login-per-minute', '1000000', ...unlimited];

const at = (sorted, share) => sorted[Math.min(sorted.length - 1,
                                              Math.floor(share * sorted.length))] ?? 0;
function spread(values) {
    const sorted = values.toSorted((a, b) => a - b);
    const ms = (share) => Number(at(sorted, share).toFixed(2));
    return { count: sorted.length, p50: ms(0.5), p99: ms(0.99), most: ms(1) };
}

// User and system time of a process, in seconds.
function cpu_of(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
}

function ask(agent, url, cookie) {
    return new Promise((resolve, reject) => {
        const began = performance.now();
        request(url, { agent, headers: cookie ? { cookie } : {} }, (response) => {
            response.resume().on('error', reject).on('end', () => resolve({
                status: response.statusCode, location: response.headers.location,
                took: performance.now() - began,
                cookies: (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]) }));
        }).on('error', reject).end();
    });
}

async function log_in(server, agent, family) {
    const first = await ask(agent, new URL('/login', server.url));
    const choose = new URL(first.location);
    choose.pathname = '/demo/identity/choose';
    choose.searchParams.set('who', `f${family}`);
    const chosen = await ask(agent, choose);
    const back = await ask(agent, new URL(chosen.location), first.cookies.join('; '));
    const session = back.cookies.find((pair) => /^campgate_demo=\w{32}$/.test(pair));
    if (back.location !== '/' || !session) throw new Error(`no login: ${back.location}`);
    return { begin: first.took, callback: back.took };
}

function open_calendar(server, n) {
    const url = new URL('/api/v1/live', server.url);
    url.protocol = 'ws:';
    return new Promise((resolve, reject) => {
        const socket = new WebSocket(url, ['campgate.live.v1'], {
            perMessageDeflate: false, localAddress: `127.0.0.${2 + n % 200}` });
        socket.on('open', () => resolve(socket)).on('error', reject);
    });
}

export async function play({ logins, seconds, calendars }) {
    const server = await start_server({ families: logins, args: roomy });
    const agent = new Agent({ keepAlive: true, maxSockets: 256 });
    const sockets = [];
    for (let n = 0; n < calendars; n += 50) {
        sockets.push(...await Promise.all(
            Array.from({ length: Math.min(50, calendars - n) }, (_, k) =>
                open_calendar(server, n + k))));
    }
    let ended = false;
    const reader = new Agent({ keepAlive: true, maxSockets: 1 });
    const reads = async (into, until) => {
        while (!until()) {
            into.push((await ask(reader, new URL('/api/v1/weeks', server.url))).took);
            await sleep(10);
        }
    };
    const calm = [];
    const calm_until = performance.now() + 2_000;
    await reads(calm, () => performance.now() > calm_until);

    const cpu_before = cpu_of(server.pid);
    const began = performance.now();
    const busy = [];
    const reading = reads(busy, () => ended);
    const failures = [];
    const done = await Promise.all(Array.from({ length: logins }, async (_, n) => {
        await sleep(n * seconds * 1000 / logins);
        return log_in(server, agent, n + 1).catch((error) => { failures.push(error.message); });
    }));
    const took = (performance.now() - began) / 1000;
    const cpu = cpu_of(server.pid) - cpu_before;
    ended = true;
    await reading;
    const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
    for (const socket of sockets) socket.terminate();
    agent.destroy();
    reader.destroy();
    await server.end();
    const good = done.filter(Boolean);
    return {
        logins: good.length, failures: failures.length, first_failure: failures[0] ?? null,
        seconds: Number(took.toFixed(1)), calendars_open: open,
        server_cpu_seconds: Number(cpu.toFixed(2)),
        cpu_ms_per_login: Number((1000 * cpu / logins).toFixed(2)),
        login_ms: spread(good.map(({ begin }) => begin)),
        callback_ms: spread(good.map(({ callback }) => callback)),
        weeks_ms_before: spread(calm), weeks_ms_during: spread(busy),
    };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
    const option = (name, usual) => {
        const place = process.argv.indexOf(`--${name}`);
        return place < 0 ? usual : Number(process.argv[place + 1]);
    };
    const seen = await play({ logins: option('logins', 5_000), seconds: option('seconds', 60),
                              calendars: option('calendars', 5_000) });
    console.log(JSON.stringify(seen, null, 4));
}
