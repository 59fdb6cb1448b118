// A short login wave: everybody gets in, calendars stay open, and nobody else waits for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from './login_wave.mjs';

test('300 logins in three seconds while 300 calendars are open', async () => {
    const seen = await play({ logins: 300, seconds: 3, calendars: 300 });
    assert.deepEqual([seen.logins, seen.failures, seen.calendars_open], [300, 0, 300],
                     JSON.stringify(seen));
    // Generous, for a busy machine: a blocked io thread would be seconds.
    assert.ok(seen.weeks_ms_during.p99 < 500, JSON.stringify(seen));
});
