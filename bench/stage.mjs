// What the benchmarks share: programs that are started and stopped, a Campgate with forty weeks and
// no limits, runs of the load generator, tables and aims.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

export const weeks = 40;
const limits_lifted = ['--connections-max', '100000', '--connections-per-address', '100000',
    '--sockets-per-address', '100000', '--requests-per-second', '1000000',
    '--requests-burst', '1000000', '--rate-entries-max', '1000000'];

export function machine() {
    const processors = cpus();
    return `${processors.length} x ${processors[0].model.trim()}, `
        + `${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${readFileSync('/proc/sys/kernel/osrelease',
            'utf8').trim()}`;
}

// A season file: four camps of ten weeks, open, for children of any age.
export function season_text(seats) {
    let text = 'format = 1\ncode = "bench"\n[name]\nfr = "Mesures"\n[organiser]\nname = "Mesures"\n'
        + 'address = "Dalhem"\nemail = "mesures@dalhem.example"\npostcodes = ["4606", "4607"]\n'
        + '[opening]\nall = 2026-01-01T09:00:00\n';
    for (let camp = 1; camp <= 4; ++camp) {
        text += `[[camp]]\ncode = "camp-${camp}"\ntheme = "discovery"\nplace = "Dalhem"\n`
            + `name = { fr = "Camp ${camp}" }\ndescription = { fr = "Des places." }\n`
            + 'ages = { from_months = 0, below_months = 240 }\n'
            + 'prices_cents = { resident = 65_00, school = 75_00, other = 95_00 }\n';
        for (let week = 20; week < 20 + weeks / 4; ++week)
            text += `[[camp.week]]\niso = "2027-W${week}"\ncapacity = ${seats}\n`;
    }
    return text;
}

const seconds_of = (ticks) => ticks / 100;  // USER_HZ

// Processor seconds of a process so far.
export function cpu_seconds(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return seconds_of(Number(fields[11]) + Number(fields[12]));
}

export function resident_bytes(pid) {
    return 4096 * Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
}

export function stage(build, brief) {
    const folder = mkdtempSync(join(tmpdir(), 'campgate-bench-'));
    chmodSync(folder, 0o711);  // PostgreSQL runs as another user
    const running = new Set();
    let made = 0;

    const on = {
        build,
        brief,
        // Seconds a measurement lasts.
        lasts: (seconds) => (brief ? '300ms' : `${seconds}s`),
        program: (name) => join(build, name),
        path: (name) => join(folder, `${++made}-${name}`),

        // Runs a program to its end; gives what it wrote to stdout.
        run(name, options, { may_fail = false, show = false } = {}) {
            return new Promise((done, fail) => {
                const child = spawn(on.program(name), options,
                    { stdio: ['ignore', 'pipe', show ? 'inherit' : 'pipe'] });
                let out = '';
                let error = '';
                child.stdout.on('data', (text) => { out += text; });
                child.stderr?.on('data', (text) => { error += text; });
                child.on('error', fail);
                child.on('close', (status) => (status === 0 || may_fail ? done(out)
                    : fail(new Error(`${name} ${options.join(' ')}: ${error.trim() || status}`))));
            });
        },

        // Starts a server; `url` as its ready line says, `ready_ms` since it was started.
        serve(name, options = []) {
            return new Promise((done, fail) => {
                const began = performance.now();
                const child = spawn(on.program(name), options,
                    { stdio: ['ignore', 'pipe', 'pipe'] });
                const server = { name, pid: child.pid, log: '' };
                server.ended = new Promise((end) => child.on('close', end));
                server.stop = async () => {
                    child.kill('SIGTERM');
                    await server.ended;
                    running.delete(server);
                };
                running.add(server);
                let out = '';
                child.on('error', fail);
                child.on('close', () => fail(new Error(`${name} ended: ${server.log.trim()}`)));
                child.stderr.on('data', (text) => { server.log = (server.log + text).slice(-8000); });
                child.stdout.on('data', (text) => {
                    out += text;
                    const found = /ready at (http:\S+?)\/?\s/.exec(out);
                    if (!found || server.url) return;
                    server.url = found[1];
                    server.ready_ms = performance.now() - began;
                    done(server);
                });
            });
        },

        // A demo whose weeks are ours, `seats` each; gives the ids of its weeks too.
        async campgate(seats, families) {
            const data = on.path('campgate');
            const server = await on.serve('campgate', ['demo', '--port', '0', '--data', data,
                '--families', String(families), ...limits_lifted]);
            const file = on.path('season.toml');
            writeFileSync(file, season_text(seats));
            await on.run('campgate', ['import', 'season', file, '--data', data]);
            const season = await (await fetch(`${server.url}/api/v1/season`)).json();
            server.data = data;
            server.weeks = season.weeks.map((week) => week.id);
            server.metrics = /"metrics":"(http:[^"]+)"/.exec(server.log)?.[1];
            return server;
        },

        // One run of the load generator; gives its JSON.
        async load(url, options) {
            const file = on.path('load.json');
            await on.run('campgate-rush', ['--url', url, '--quiet', '--json', file, ...options]);
            return JSON.parse(readFileSync(file, 'utf8'));
        },

        async clear() {
            for (const server of [...running]) await server.stop();
            rmSync(folder, { recursive: true, force: true });
        },
    };
    return on;
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const thousands = (value) => (value >= 10_000 ? `${(value / 1000).toFixed(1)} k`
    : value.toFixed(0));

// Rows of texts under a head, in columns.
export function table(head, rows) {
    const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
    const line = (row) => `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i])
        : cell.padStart(widths[i]))).join(' | ')} |`;
    const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2)
        : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
    console.log([line(head), rule, ...rows.map(line)].join('\n'));
}

// An aim beside what was reached: at least, or at most.
export function aim(what, reached, bound, { most = false, unit = '' } = {}) {
    const met = most ? reached <= bound : reached >= bound;
    return { what, reached, bound, most, met,
        row: [what, `${reached.toFixed(2)}${unit}`, `${most ? '≤' : '≥'} ${bound}${unit}`,
            met ? 'met' : 'missed'] };
}

export function print_aims(aims, on) {
    console.log('');
    if (on.brief) {
        console.log('too brief to say anything of aims');
        return [];
    }
    table(['aim', 'reached', 'wanted', ''], aims.map((one) => one.row));
    return aims.map(({ row, ...rest }) => rest);
}
