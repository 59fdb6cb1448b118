// A start with a million live holds: from the command to the ready line, part by part, and what a
// hold costs in memory.
import { aim, print_aims, resident_bytes, table } from './stage.mjs';

export async function start(on) {
    const holds = on.brief ? 2_000 : 1_000_000;
    const data = on.path('start');
    await on.run('campgate-bench-start', ['fill', data, String(holds)]);
    const parts = JSON.parse(await on.run('campgate-bench-start', ['look', data]));
    if (parts.holds !== holds) throw new Error(`${parts.holds} holds instead of ${holds}`);
    const ready = [];
    let bytes = 0;
    for (let i = 0; i < (on.brief ? 1 : 3); ++i) {
        const server = await on.serve('campgate', ['serve', '--port', '0', '--data', data]);
        ready.push(server.ready_ms / 1000);
        bytes = resident_bytes(server.pid);
        await server.stop();
    }
    table(['part of a start', 'seconds'], [
        ['PostgreSQL', parts.postgresql_s], ['tables read', parts.load_s],
        ['rules restored', parts.restore_s], ['beside it, the end of the journal compared', parts.compare_s],
        ['seats and views published', parts.publish_s],
    ].map(([name, value]) => [name, value.toFixed(2)]));
    console.log(`ready after ${ready.map((s) => s.toFixed(2)).join(', ')} s; `
        + `${parts.bytes_per_hold} bytes a hold with its key, `
        + `${Math.round(bytes / 2 ** 20)} MiB the whole server`);
    const aims = print_aims([aim(`ready with ${holds} live holds`, Math.max(...ready), 5,
        { most: true, unit: ' s' })], on);
    return { holds, parts, ready, server_bytes: bytes, aims };
}
