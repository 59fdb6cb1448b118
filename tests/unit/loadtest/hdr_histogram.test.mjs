// Our histogram against HdrHistogram's own JavaScript port: the same values must give the same
// percentiles, to the last digit.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const oracle = await import('hdr-histogram-js').catch(() => null);
const probe = join(process.env.CAMPGATE_BUILD_DIR ?? '.', 'tests/unit/loadtest/hdr_probe');
const percentiles = [0, 0.1, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100];

// A small generator, so that the values are the same each time.
function* numbers(seed) {
    for (let state = seed; ;) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        yield state / 2 ** 32;
    }
}

function values_of(name) {
    const draw = numbers(name.length);
    const next = () => draw.next().value;
    switch (name) {
        case 'none': return [];
        case 'one': return [1234567];
        case 'the edges of every bucket':
            return Array.from({ length: 21 }, (_, i) => 2 ** (i + 11))
                .flatMap((edge) => [edge - 1, edge, edge + 1]);
        case 'the smallest': return Array.from({ length: 3000 }, (_, i) => i);
        case 'of all sizes':
            return Array.from({ length: 20000 }, () => Math.floor(10 ** (next() * 9.5)));
        default: return Array.from({ length: 20000 },
            () => Math.floor(5000 - 2000 * Math.log(1 - next())));
    }
}

for (const name of ['none', 'one', 'the edges of every bucket', 'the smallest', 'of all sizes',
    'waiting times']) {
    test(`as the oracle: ${name}`, { skip: oracle ? false : 'hdr-histogram-js is not installed' },
        () => {
            const values = values_of(name);
            const theirs = oracle.build({
                bitBucketSize: 64, autoResize: false, lowestDiscernibleValue: 1,
                highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3,
            });
            for (const value of values) theirs.recordValue(value);
            const run = spawnSync(probe, percentiles.map(String),
                { input: values.join('\n'), encoding: 'utf8' });
            assert.equal(run.status, 0, run.stderr);
            const ours = run.stdout.trim().split('\n').map(Number);
            percentiles.forEach((percentile, i) =>
                assert.equal(ours[i], theirs.getValueAtPercentile(percentile), `${percentile} %`));
            assert.equal(ours[percentiles.length], values.length);
        });
}
