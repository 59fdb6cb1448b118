// The parts: Google Benchmark's own table, and the ledger's aim.
import { readFileSync } from 'node:fs';
import { aim, print_aims } from './stage.mjs';

export async function micro(on) {
    const file = on.path('micro.json');
    const out = await on.run('campgate-bench', [`--benchmark_min_time=${on.brief ? 0.01 : 0.3}`,
        `--benchmark_out=${file}`, '--benchmark_out_format=json'], { show: true });
    process.stdout.write(out);
    const { benchmarks } = JSON.parse(readFileSync(file, 'utf8'));
    const ledger = benchmarks.find((b) => /ledger_seats>\/weeks:1\/.*threads:1$/.test(b.name));
    const aims = print_aims([aim('ledger, one thread, claim + return, M a second',
        ledger.items_per_second / 1e6, 20)], on);
    return { benchmarks, aims };
}
