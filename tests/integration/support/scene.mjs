// Families for traffic, and the whole truth of a quiet moment for the judge.
import assert from 'node:assert/strict';
import { child_of, client, parent_of, week_of } from './client.mjs';
import { judge } from './judge.mjs';
import { binary, cli, run } from './process.mjs';
import { traffic } from './traffic.mjs';

// Children of the demo's fixed families that may have every week of their group.
const cast = [
    [1, [['moyens', 0], ['petits', 1], ['grands', 2]]],
    [2, [['grands', 0]]],
    [3, [['moyens', 0], ['grands', 1]]],
    [4, [['moyens', 0]]],
    [8, [['petits', 0], ['petits', 1], ['grands', 2]]],
    [9, [['petits', 0], ['moyens', 1], ['grands', 2]]],
    [10, [['moyens', 0]]],
];
const numbers = [27, 28, 30];

// A parent of each family, who asks for one child or for all of them at once.
export class scene {
    static async make(server) {
        const made = new scene();
        made.season = await new client(server.url).season();
        made.parents = [];
        made.families = [];
        for (const [family, children] of cast) {
            const parent = await parent_of(server, family, { sockets: 2 });
            const choices = numbers.flatMap((number) => {
                const items = children.map(([camp, index]) =>
                    [week_of(made.season, camp, number), child_of(family, index)]);
                return [...items.map((item) => [item]), items];
            });
            made.parents.push([parent, choices]);
            made.families.push([family, parent]);
        }
        return made;
    }

    // The weeks that are wanted.
    get weeks() {
        return new Set(this.parents.flatMap(([, choices]) =>
            choices.flat().map(([week]) => week)));
    }

    begin() {
        this.traffic = new traffic(this.parents);
        return this.traffic;
    }

    // All faults at this moment, which must be a quiet one. `journal`: how to export it, or null.
    async faults(server, export_args = ['--data', server.data]) {
        const anybody = new client(server.url);
        const baskets = new Map();
        for (const [family, parent] of this.families) {
            baskets.set(family, (await parent.basket()).holds);
        }
        const exported = await run(binary, ['journal', 'export', ...export_args]);
        assert.equal(exported.code, 0, exported.stderr);
        const lines = exported.stdout.trimEnd().split('\n').slice(1);
        const parents = (this.traffic?.parents ?? []).map((parent) => ({
            family: parent.client.family, told: parent.told, holds: parent.holds,
            pending: parent.pending }));
        const found = judge({ parents, baskets, weeks: await anybody.weeks(),
                              season: await anybody.season(),
                              journal: lines.map((line) => JSON.parse(line)) });
        anybody.close();
        return found;
    }

    // After the traffic has ended: the same, and `campgate doctor` agrees.
    async verify(server, export_args = ['--data', server.data]) {
        assert.deepEqual(await this.faults(server, export_args), []);
        const doctor = await cli('doctor', ...export_args);
        assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr);
    }
}
