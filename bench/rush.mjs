// What the load generator itself costs: processor time a request, against wrk on the same server.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { aim, print_aims } from './stage.mjs';

const script = `
local key = 0
request = function()
  key = key + 1
  return wrk.format("POST", "/api/v1/holds", {
    ["Content-Type"] = "application/json", ["Cookie"] = "family=1", ["X-CSRF-Token"] = "csrf",
    ["Idempotency-Key"] = string.format("00000000-0000-4000-8000-%012d", key)},
    '{"mode":"each","items":[{"week":1,"child":1}]}')
end
`;

export async function rush(on) {
    const floor = await on.serve('campgate-bench-floor');
    const lasts = on.brief ? 1 : 5;
    const ours = await on.load(floor.url, ['--closed', '64', '--lasts', `${lasts}s`]);
    const file = on.path('holds.lua');
    writeFileSync(file, script);
    const theirs = await wrk(['-t1', '-c64', `-d${lasts}s`, '-s', file, floor.url]);
    await floor.stop();
    const own = ours.own_cpu_us_per_request;
    if (theirs === null) {
        console.log(`campgate-rush ${own.toFixed(1)} us a request; wrk is not on this machine`);
        return { own };
    }
    console.log(`processor time a request: campgate-rush ${own.toFixed(1)} us, `
        + `wrk ${theirs.toFixed(1)} us`);
    return { own, wrk: theirs,
        aims: print_aims([aim('campgate-rush, x wrk', own / theirs, 1.25, { most: true })], on) };
}

// Microseconds of processor time a request, by bash's own clock; null where there is no wrk.
async function wrk(options) {
    const child = spawn('bash', ['-c', 'TIMEFORMAT="cpu %U %S"; time wrk "$@"', 'wrk', ...options]);
    let out = '';
    child.stdout.on('data', (text) => { out += text; });
    child.stderr.on('data', (text) => { out += text; });
    await new Promise((done) => child.on('close', done));
    const requests = /(\d+) requests in/.exec(out);
    const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(out) ?? [];
    return requests ? 1e6 * (Number(user) + Number(system)) / Number(requests[1]) : null;
}
