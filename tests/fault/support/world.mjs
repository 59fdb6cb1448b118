// One data directory and the servers that come after each other on it: clean ones, and ones that
// die at a named crash point. A demo makes the season and the families; after it `campgate serve`
// goes on, which asks the sequencer for nothing by itself: the first time that a point is passed is
// that of the operation asked for.
import assert from 'node:assert/strict';
import { client } from '../../integration/support/client.mjs';
import { judge } from '../../integration/support/judge.mjs';
import { cli, launch_server, start_server, unlimited } from '../../integration/support/process.mjs';
import { eventually, within } from '../../integration/support/wait.mjs';

// Families of the demo (server/demo_families.hpp) who may ask for something here.
const families = [1, 3, 4, 8];

export class world {
    // `mutant`: a wrong behaviour of core/faults.hpp, for all servers after the demo.
    static async make({ hold = '3d', mutant } = {}) {
        const made = new world();
        made.env = mutant ? { CAMPGATE_MUTANT: mutant } : {};
        made.server = await start_server({ args: [...unlimited, '--hold', hold] });
        made.data = made.server.data;
        made.port = made.server.port;
        made.anybody = new client(made.server.url);
        made.parents = new Map();
        for (const family of families) {
            const parent = await new client(made.server.url, { sockets: 2 }).login(family);
            // A server that is no demo knows its own cookie only.
            parent.cookie = parent.cookie.replace('campgate_demo', '__Host-campgate');
            made.parents.set(family, parent);
        }
        await made.restart();
        return made;
    }

    parent(family) {
        return this.parents.get(family);
    }

    launch(env = {}) {
        this.server = launch_server({ command: 'serve', data: this.data, port: this.port,
                                      args: unlimited, env: { ...this.env, ...env } });
        return this.server;
    }

    // Until it takes requests. The first second of a server may still be without a lease.
    async ready() {
        await this.server.ready();
        await eventually(async () => (await this.anybody.get('/readyz')).status === 200, 'ready');
    }

    // Whatever ran before, a clean server runs now. PostgreSQL is adopted.
    async restart() {
        if (!this.server.has_exited) await this.server.kill();
        this.launch();
        await this.ready();
    }

    // That of the last record.
    async sequence() {
        return (await this.journal()).at(-1).sequence;
    }

    async capacity(week) {
        return (await this.week(week)).capacity;
    }

    async week(week) {
        return (await this.anybody.season()).weeks.find(({ id }) => id === week);
    }

    // A command of the operator: whether it was told that it worked.
    async tell(...args) {
        const answer = await cli(...args, '--data', this.data);
        return answer.code === 0 ? answer.stdout : null;
    }

    async must_tell(...args) {
        const said = await this.tell(...args);
        assert.notEqual(said, null, `campgate ${args.join(' ')}`);
        return said;
    }

    // The journal's records. PostgreSQL lives on when the server dies, so no server is needed.
    async journal() {
        const exported = await cli('journal', 'export', '--data', this.data);
        assert.equal(exported.code, 0, exported.stderr);
        return exported.stdout.trimEnd().split('\n').slice(1).map((line) => JSON.parse(line));
    }

    // I2, I4 and I5 of a quiet moment, and the doctor's opinion.
    async verify() {
        const baskets = new Map();
        for (const [family, parent] of this.parents) {
            baskets.set(family, (await parent.basket()).holds);
        }
        const faults = judge({ parents: [], baskets, season: await this.anybody.season(),
                               weeks: await this.anybody.weeks(), journal: await this.journal() });
        assert.deepEqual(faults, []);
        const doctor = await cli('doctor', '--data', this.data);
        assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr);
    }

    // The present server's own death, which nobody else has caused.
    async death(within_ms = 10_000) {
        const end = await within(this.server.exited, 'the crash point', within_ms);
        assert.deepEqual(end, { code: null, signal: 'SIGKILL' }, this.server.stderr);
    }

    async end() {
        this.anybody.close();
        for (const parent of this.parents.values()) parent.close();
        await this.server.end();
    }
}
