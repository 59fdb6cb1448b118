// The fault proxy (tests/fault/fault_proxy_main.cpp) as a process of the test's own. It ends with
// the test file that started it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { binary } from '../../integration/support/process.mjs';
import { eventually, within } from '../../integration/support/wait.mjs';

const program = join(dirname(binary), 'campgate-fault-proxy');
const started = new Set();
after(() => {
    for (const proxy of started) proxy.end();
});

export class fault_proxy {
    // `upstream`: "127.0.0.1:PORT" or the path of a unix socket.
    static async make(upstream) {
        const made = new fault_proxy();
        made.child = spawn(program, [upstream], { stdio: ['pipe', 'pipe', 'inherit'] });
        made.child.stdin.on('error', () => {});
        made.cuts = 0;     // that have happened
        made.waiting = []; // for answers, in order
        started.add(made);
        const ready = new Promise((resolve, reject) => {
            made.ready = resolve;
            made.child.once('error', reject);
            made.child.once('exit', () => reject(new Error('the fault proxy has ended')));
        });
        let text = '';
        made.child.stdout.setEncoding('utf8').on('data', (more) => {
            text += more;
            const lines = text.split('\n');
            text = lines.pop();
            for (const line of lines) made.#hear(line);
        });
        made.port = Number(await within(ready, 'the fault proxy'));
        return made;
    }

    // Before one of the tests' PostgreSQL clusters.
    static before_cluster(cluster) {
        return fault_proxy.make(join(cluster.folder, '.s.PGSQL.5432'));
    }

    // The connection string of a database behind it.
    database(name = 'campgate') {
        return `host=127.0.0.1 port=${this.port} user=campgate dbname=${name} sslmode=disable`;
    }

    #hear(line) {
        const [word, rest] = /^(\w+) ?(.*)$/.exec(line).slice(1);
        if (word === 'ready') this.ready(rest);
        else if (word === 'cut') ++this.cuts;
        else this.waiting.shift()(line);
    }

    // A command and its words, as that program understands them; what it says after "ok".
    async tell(...words) {
        const line = words.join(' ');
        const answer = new Promise((resolve) => { this.waiting.push(resolve); });
        this.child.stdin.write(`${line}\n`);
        const said = await within(answer, `the fault proxy: ${line}`);
        assert.ok(said.startsWith('ok'), `${line}: ${said}`);
        return said.slice(3);
    }

    async counts() {
        const words = (await this.tell('counts')).split(' ');
        return Object.fromEntries(words.flatMap((word, n) =>
            n % 2 === 0 ? [[word, Number(words[n + 1])]] : []));
    }

    // Waits for a cut beyond those that had happened before.
    cut_after(before, within_ms) {
        return eventually(() => this.cuts > before, 'the cut', within_ms, 2);
    }

    end() {
        this.child.kill('SIGKILL');
        started.delete(this);
    }
}
