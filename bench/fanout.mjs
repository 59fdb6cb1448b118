// A change of availability to every open calendar: how long after its answer the last of ten
// thousand sockets shows it, what a socket costs, how often each frame is made, the highest rate
// that still holds the aim; and the same bytes by the cheapest loop there is.
import { aim, cpu_seconds, print_aims, resident_bytes, table } from './stage.mjs';

const last_calendar_ms = 250;

export async function fanout(on) {
    const sockets = on.brief ? 50 : 10_000;
    const rates = on.brief ? [4] : [4, 6, 8, 12];
    const campgate = await on.campgate(1000, 400);
    const fan = await on.serve('campgate-bench-fan');
    const watch = async (server, rate) => {
        const before = cpu_seconds(server.pid);
        const result = await on.load(server.url, ['--steady', String(rate), '--connections', '2',
            '--watchers', String(sockets), '--lasts', on.lasts(10),
            '--warm-up', on.brief ? '100ms' : '2s']);
        result.server_cpu_seconds = cpu_seconds(server.pid) - before;
        return result;
    };
    const frames = async () => {
        const text = await (await fetch(campgate.metrics)).text();
        const count = (name) => Number(new RegExp(`^campgate_frames_${name}_total (\\d+)`, 'm')
            .exec(text)[1]);
        return { made: count('made'), sent: count('sent'), merged: count('merged') };
    };

    // What a socket costs: resident memory with all of them open, less before.
    await watch_idle(on, campgate, 10);
    const without = resident_bytes(campgate.pid);
    const open = watch_idle(on, campgate, sockets);
    let with_all = without;
    const looking = setInterval(() => {
        with_all = Math.max(with_all, resident_bytes(campgate.pid));
    }, 100);
    await open;
    clearInterval(looking);
    const per_socket = (with_all - without) / sockets;

    const before = await frames();
    const runs = [];
    for (const rate of rates) runs.push([rate, await watch(campgate, rate), await watch(fan, rate)]);
    const after = await frames();
    const made = after.made - before.made;
    const sent = after.sent - before.sent;
    const p = (result, which) => result.answer_to_last_calendar_us[which] / 1000;
    table(['changes a second', 'Campgate p50 ms', 'p99 ms', 'loop p50 ms', 'p99 ms',
        'p99 x loop', 'processor x loop'], runs.map(([rate, ours, theirs]) => [String(rate),
        p(ours, 'p50').toFixed(0), p(ours, 'p99').toFixed(0), p(theirs, 'p50').toFixed(0),
        p(theirs, 'p99').toFixed(0), (p(ours, 'p99') / p(theirs, 'p99')).toFixed(2),
        (ours.server_cpu_seconds / theirs.server_cpu_seconds).toFixed(2)]));
    const holds = runs.filter(([, ours]) => p(ours, 'p99') <= last_calendar_ms);
    console.log(`${made} frames made, ${sent} sent (${(sent / made).toFixed(0)} sockets a frame), `
        + `${after.merged - before.merged} merged; highest rate tried within `
        + `${last_calendar_ms} ms: ${holds.at(-1)?.[0] ?? 'none'} a second`);
    const aims = print_aims([
        aim(`answer to the last of ${sockets} calendars, p99, ${rates[0]} changes a second`,
            p(runs[0][1], 'p99'), last_calendar_ms, { most: true, unit: ' ms' }),
        aim('memory of an idle socket', per_socket / 1024, 12, { most: true, unit: ' KiB' }),
    ], on);
    await campgate.stop();
    await fan.stop();
    return { sockets, per_socket, frames: { made, sent }, runs, aims };
}

function watch_idle(on, server, sockets) {
    return on.load(server.url, ['--steady', '0.1', '--connections', '1', '--watchers',
        String(sockets), '--lasts', on.lasts(2), '--warm-up', '0s']);
}
