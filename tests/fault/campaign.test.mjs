// A short campaign of sudden ends, so that the ordinary tests have a few of each kind. What this
// machine does not allow is skipped by name.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const counts = { kills: 8, stops: 4, backends: 4, leaders: 2, disks: 2, fsyncs: 2, 'slow-fsyncs': 2,
                 cuts: 8, descriptors: 2 };

// Node gives its own test runner's words to the programs under it; this one reports by itself.
const { NODE_TEST_CONTEXT: _, ...environment } = process.env;

test('a short campaign', async (t) => {
    const program = fileURLToPath(new URL('campaign.mjs', import.meta.url));
    const words = Object.entries(counts).flatMap(([name, count]) => [`--${name}`, String(count)]);
    // It ends with us, however we end.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, program, ...words,
                                    '--seed', '2027'],
                        { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { said += text; });
    const code = await new Promise((resolve) => { child.once('close', resolve); });
    assert.equal(code, 0, said);
    const report = JSON.parse(/^\{$[^]*^\}$/m.exec(said)[0]);
    assert.equal(report.faults, 0);
    for (const [name, count] of Object.entries(counts)) {
        const why = report.left_out[name];
        await t.test(`${count} ${name}`, { skip: why ? `LEFT OUT: ${why}` : false }, () => {
            // Two databases take their turns in one of the parts.
            const done = Object.entries(report).filter(([part]) => part.startsWith(name))
                .reduce((sum, [, part]) => sum + part.count, 0);
            assert.equal(done, count);
        });
    }
});
