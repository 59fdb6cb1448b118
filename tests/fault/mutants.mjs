// Which harness notices which wrong behaviour of core/faults.hpp. A program: every mutant goes
// through every harness that could see it, after each harness has passed without one. Needs a build
// with CAMPGATE_FAULTS; ./dev faults makes it and runs this.
//   node tests/fault/mutants.mjs --build build/faults [--out FILE] [--only MUTANT]
//   --harness A,B   these alone; a mutant that none of them could see is left out
//   --short         a mutant that was noticed goes through no other harness, and that a harness passes
//                   without one is left to its own test
// Ends with 1 when a mutant is noticed by none, or a harness fails without one.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '../..');
const { values: asked } = parseArgs({ options: {
    build: { type: 'string', default: join(root, 'build/faults') }, out: { type: 'string' },
    only: { type: 'string' }, harness: { type: 'string' },
    short: { type: 'boolean', default: false } } });
const limit_ms = 180_000;

const gtest = (path, filter = '*') => [join(asked.build, 'tests', path), `--gtest_filter=${filter}`];
const campaign = (...parts) => (mutant) => [
    process.execPath, join(root, 'tests/fault/campaign.mjs'), '--seed', '1', ...parts,
    ...mutant ? ['--mutant', mutant] : []];

// What touches only the journal's database, its owner or its answers.
const of_the_journal = ['doubt_taken_as_committed', 'doubt_resolved_by_read', 'no_fence',
                        'epoch_bump_without_owner', 'lease_unchecked', 'row_counts_unchecked'];
// `blind`: mutants that it cannot see, and why; `sees`: where it is easier to say what it can.
const harnesses = {
    unit: {
        runs: ['core/unit.engine', 'core/unit.intake', 'core/unit.sequencer',
               'persistence/unit.journal_writer'].map((name) => gtest(`unit/${name}`)),
        // Its journal's store is a list of answers, and nothing happens inside of an intake.
        blind: ['no_fence', 'epoch_bump_without_owner', 'row_counts_unchecked',
                'key_not_looked_up_again'] },
    property: {
        runs: [gtest('property/property.engine')],
        // The rules alone, after any sequence of commands, and restored.
        sees: ['overlap_unchecked', 'contended_says_sold_out', 'key_forgotten_at_restart'] },
    protocol: {
        runs: [gtest('interleaving/interleaving.protocol', 'interleaving_protocol.*')],
        // Its journal commits at once, its clock stands still, and nothing restarts.
        blind: [...of_the_journal, 'key_forgotten_at_restart', 'expiry_by_clock'] },
    simulation: {
        runs: [gtest('simulation/simulation.opening_day', 'opening_day.whatever*')],
        // One thread: nobody looks between two views, or between a view and a key. Its database
        // counts rows itself.
        blind: ['availability_before_keys', 'key_not_looked_up_again', 'row_counts_unchecked'] },
    database: {
        runs: ['commit_batch', 'journal_in_doubt', 'ownership', 'recovery'].map((name) =>
            gtest(`integration/persistence/integration.${name}`)),
        sees: [...of_the_journal, 'key_forgotten_at_restart'] },
    campaign: {
        runs: [campaign('--kills', '3', '--stops', '2', '--backends', '2', '--leaders', '1')],
        // What sudden ends bring to light; that two requests meet within an instant is left to others.
        sees: [...of_the_journal.filter((name) => name !== 'row_counts_unchecked'),
               'answer_before_commit', 'seat_returned_before_commit', 'key_forgotten_at_restart',
               'siblings_in_two_batches', 'claims_not_undone', 'overlap_unchecked'] },
};

// Variants of the ledger are programs of their own: a control each, which passes when the explorer
// has found it.
const ledger = gtest('interleaving/interleaving.seat_ledger')[0];

const text = readFileSync(join(root, 'core/faults.hpp'), 'utf8');
const listed = /mutation_names\{([^}]*)\}/.exec(text)[1];
const mutants = [...listed.matchAll(/"(\w+)"/g)].map(([, name]) => name)
    .filter((name) => name !== 'none' && (!asked.only || name === asked.only));
const chosen = asked.harness?.split(',') ?? Object.keys(harnesses);
for (const name of chosen) {
    if (!harnesses[name]) throw new Error(`no harness is called ${name}`);
    for (const [program] of harnesses[name].runs.filter(Array.isArray)) {
        if (!existsSync(program)) throw new Error(`not built: ${program}`);
    }
}

// Ends in its time with its code; its own time-out is its group's end.
function run([program, ...args], mutant) {
    const { CAMPGATE_MUTANT, ...environment } = process.env;
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            detached: true, stdio: ['ignore', 'pipe', 'pipe'],
            env: { ...environment, GTEST_FAIL_FAST: '1', RC_PARAMS: 'max_success=200',
                   CAMPGATE_BINARY: join(asked.build, 'campgate'), CAMPGATE_SOURCE_DIR: root,
                   ...mutant ? { CAMPGATE_MUTANT: mutant } : {} } });
        let said = '';
        let late = false;
        const timer = setTimeout(() => {
            late = true;
            process.kill(-child.pid, 'SIGKILL');
        }, limit_ms);
        child.stdout.on('data', (data) => { said += data; });
        child.stderr.on('data', (data) => { said += data; });
        child.on('error', reject);
        child.on('close', (code) => {
            clearTimeout(timer);
            resolve({ passed: code === 0, late, said });
        });
    });
}

async function verdict({ runs }, mutant) {
    for (const each of runs) {
        const { passed, late, said } = await run(
            typeof each === 'function' ? each(mutant) : each, mutant);
        if (late) return { word: 'hangs', said };
        if (!passed) return { word: 'yes', said };
    }
    return { word: 'no' };
}

const could_see = ({ sees, blind = [] }, mutant) => sees ? sees.includes(mutant)
    : !blind.includes(mutant);

let bad = 0;
const wrong = (what, said = '') => {
    console.error(`mutants: ${what}\n${said.slice(-3000)}`);
    ++bad;
};
for (const name of asked.short ? [] : chosen) {
    const { word, said } = await verdict(harnesses[name]);
    if (word !== 'no') wrong(`${name} fails without a mutant`, said);
    else console.error(`mutants: ${name} passes without a mutant`);
}

const rows = [];
for (const mutant of bad ? [] : mutants) {
    const cells = [];
    for (const name of chosen) {
        const done = asked.short && cells.some((cell) => ['yes', 'hangs'].includes(cell));
        cells.push(could_see(harnesses[name], mutant) && !done
            ? (await verdict(harnesses[name], mutant)).word : '–');
    }
    if (!chosen.some((name) => could_see(harnesses[name], mutant))) continue;
    rows.push([mutant, ...cells]);
    console.error(`mutants: ${mutant}: ${chosen.map((name, n) => `${name} ${cells[n]}`).join(', ')}`);
    if (!cells.some((cell) => ['yes', 'hangs'].includes(cell))) wrong(`${mutant} is noticed by none`);
}

const table = [['mutant', ...chosen], ['---', ...chosen.map(() => '---')], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`);
if (!asked.harness && !asked.only && !bad) {
    table.push('', '| variant of the ledger | interleaving |', '|---|---|');
    const { said } = await run([ledger, '--gtest_filter=interleaving_control.*']);
    for (const [, outcome, name] of said.matchAll(
        /^\[ +(OK|FAILED) +\] interleaving_control\.(\w+)_is_found \(/gm)) {
        table.push(`| ${name} | ${outcome === 'OK' ? 'yes' : 'no'} |`);
        if (outcome !== 'OK') wrong(`${name} is not found`);
    }
    if (!/the_ledger_written_again_without_a_defect_passes \(/.test(said)) wrong('the ledger', said);
}
console.log(table.join('\n'));
if (asked.out) writeFileSync(asked.out, `${table.join('\n')}\n`);
process.exitCode = bad ? 1 : 0;
