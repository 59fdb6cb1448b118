// The benchmarks of ./dev bench, one after the other, with a table of each and all figures as JSON:
//   node bench/run.mjs BUILD-FOLDER OUTPUT-FOLDER [PART...]
// Parts: micro, macro, fanout, start, journal, rush; all without names. CAMPGATE_BENCH_BRIEF=1 runs
// each for a moment, to see that it works. Nothing here asserts a speed: aims are printed beside what
// was measured, and `missed` is said plainly.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fanout } from './fanout.mjs';
import { journal } from './journal.mjs';
import { macro } from './macro.mjs';
import { micro } from './micro.mjs';
import { rush } from './rush.mjs';
import { start } from './start.mjs';
import { machine, stage } from './stage.mjs';

const parts = { micro, macro, fanout, start, journal, rush };
const [build, output, ...wanted] = process.argv.slice(2);
const unknown = wanted.find((name) => !parts[name]);
if (!build || !output || unknown) {
    console.error(unknown ? `bench: there is no part ${unknown}; parts: ${Object.keys(parts).join(' ')}`
        : 'usage: node bench/run.mjs BUILD-FOLDER OUTPUT-FOLDER [PART...]');
    process.exit(2);
}
mkdirSync(output, { recursive: true });
const on = stage(resolve(build), process.env.CAMPGATE_BENCH_BRIEF === '1');
// Nothing is left behind when it is stopped.
for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => on.clear().finally(() => process.exit(130)));
console.log(`${machine()}\n`);
try {
    for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
        const figures = await parts[name](on);
        const file = join(output, `${name}.json`);
        writeFileSync(file, JSON.stringify({ machine: machine(), at: new Date(), ...figures }, null, 1));
        console.log(`figures: ${file}\n`);
    }
} catch (error) {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
} finally {
    await on.clear();
}
