// The stage of a browser test: a demo server on a free port with temporary data, and one Chromium,
// both gone at the end of the test file. The server can be ended and started again under open
// pages, on the port and data it had.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { client, week_of } from '../../integration/support/client.mjs';
import { binary, server_process, tell } from '../../integration/support/process.mjs';
import { open_browser } from './parents.mjs';

export { child_of } from '../../integration/support/client.mjs';

export const source_dir = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Sets the stage before the file's tests; `args` are further arguments of `campgate demo`, or what
 * promises them, and `enter` is what is to happen once it is set.
 */
export function set_stage({ args = [], enter } = {}) {
    const stage = new Stage(args);
    // One hook: Node does not wait for one of a file before it begins the next.
    before(async () => {
        await stage.open();
        await enter?.();
    });
    after(() => stage.close());
    return stage;
}

class Stage {
    #args;
    #season = null;
    #server = null;
    browser = null;
    url = null;
    port = 0;
    data = mkdtempSync(join(tmpdir(), 'campgate-browser-'));

    constructor(args) {
        this.#args = args;
        chmodSync(this.data, 0o711);                 // PostgreSQL's own user passes through
    }

    async open() {
        if (typeof this.#args === 'function') this.#args = await this.#args();
        await this.start();
        this.browser = await open_browser();
    }

    async close() {
        await this.browser?.close();
        await this.#server?.end();
        rmSync(this.data, { recursive: true, force: true });
    }

    /** Starts the server: at first on a free port, later on the same again. */
    async start() {
        const args = ['demo', '--port', String(this.port), '--data', this.data, '--families', '60',
            '--web', join(source_dir, 'web/dist'), '--login-per-minute', '1000', ...this.#args];
        const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.#server = new server_process('demo', args, this.data, child);
        await this.#server.ready();
        this.port = this.#server.port;
        this.url = `http://127.0.0.1:${this.port}`;
    }

    /** SIGTERM, and its end. */
    stop() {
        return this.#server.stop();
    }

    /** kill -9. */
    kill() {
        return this.#server.kill();
    }

    /** As the operator: `await stage.tell('week', 'set-capacity', '12', '1')`. */
    tell(...words) {
        return tell(this.#server, ...words);
    }

    async season() {
        const asking = new client(`${this.url}/`);
        const answer = await asking.season();
        asking.close();
        return answer;
    }

    /** The id of a camp's week by its ISO number: `await stage.week('nature', 28)`. */
    async week(camp_code, number) {
        this.#season ??= await this.season();
        return week_of(this.#season, camp_code, number);
    }

    /** Sets a week's seats and waits until these pages show that many as free. */
    async set_places(week, places, ...parents) {
        await this.tell('week', 'set-capacity', week, places);
        await Promise.all(parents.map((parent) => parent.has_places(week, places)));
    }
}
