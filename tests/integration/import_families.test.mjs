// S10: the families that the commune bills already come in as a list; faults have line and column
// and change nothing; the same list again changes nothing; children are linked by national number.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { api, parent_of, search_of, staff_of } from './support/client.mjs';
import { cli, make_folder, start_server } from './support/process.mjs';

const columns = ['parent_niss', 'parent_given_name', 'parent_family_name', 'street', 'number', 'box',
                 'postcode', 'city', 'phone', 'email', 'language', 'child_niss', 'child_given_name',
                 'child_family_name', 'child_birth_date', 'child_site', 'child_school_year'];
const check = (nine, prefix) => String(97 - Number(BigInt(prefix + nine) % 97n)).padStart(2, '0');
const born_before = (nine) => nine + check(nine, '');
const born_from_2000 = (nine) => nine + check(nine, '2');
const parent = (number) => [born_before(`760101${String(number).padStart(3, '0')}`), `Zelda${number}`,
    'Listed', 'Rue du Moulin', '1', '', '4607', 'Dalhem', '+32470000000', `p${number}@lists.example`, 'fr'];
const child = (number, name) => [born_from_2000(`190502${String(number).padStart(3, '0')}`), name,
    'Listed', '2019-05-02', 'berneau', 'P2'];
const none = ['', '', '', '', '', ''];

let server;
let staff;
let folder;
before(async () => {
    server = await start_server();
    staff = await staff_of(server);
    folder = make_folder();
});

const import_list = (rows, separator = ',') => {
    const file = join(folder, 'list.csv');
    writeFileSync(file, [columns, ...rows].map((row) => row.join(separator)).join('\n') + '\n');
    return cli('import', 'families', file, '--data', server.data);
};
const find = async (q) =>
    (await search_of(staff, q)).families;

test('S10: parents and children of a list are there at once, and importing again changes nothing', async () => {
    const rows = [[...parent(1), ...child(101, 'Ada')], [...parent(1), ...child(102, 'Bo')], [...parent(2), ...none]];
    const first = await import_list(rows);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /2 parents and 2 children added/);
    const [family] = await find('Zelda1');
    assert.deepEqual(family.children, ['Ada', 'Bo']);
    const file = await staff.read(`${api}/staff/families/${family.family}`);
    assert.deepEqual([file.parent.registered, file.parent.address.postcode, file.children[0].class],
                     [false, '4607', 'resident']);
    const again = await import_list(rows, ';');
    assert.match(again.stdout, /0 parents and 0 children added.* 2 parents and 2 children were known/);
    assert.equal((await staff.read(`${api}/staff/families/${family.family}`)).version, file.version);
});

test('R10: a child that is listed for a second parent is attached, not written twice', async () => {
    const twice = await import_list([[...parent(3), ...child(103, 'Cleo')], [...parent(4), ...child(103, 'Cleo')]]);
    assert.match(twice.stdout, /1 children attached/);
    assert.deepEqual((await find('Cleo')).map(({ parent: name }) => name), ['Zelda3 Listed']);
    const [second] = await find('Zelda4');
    const seen = (await staff.read(`${api}/staff/families/${second.family}`)).children;
    assert.deepEqual(seen.map(({ given_name, role }) => [given_name, role]), [['Cleo', 'second']]);
});

test('a parent who has registered keeps what it said of itself', async () => {
    const anne = await parent_of(server, 1);
    const before = (await anne.read(`${api}/family`)).parent;
    const row = [before.niss, before.given_name, before.family_name, 'Elsewhere', '9', '', '4000', 'Liège',
                 '+32999999999', 'other@lists.example', 'nl', ...none];
    assert.equal((await import_list([row])).code, 0);
    assert.deepEqual((await anne.read(`${api}/family`)).parent, before);
});

test('faults are told with line and column, and nothing is imported', async () => {
    const wrong = parent(6);
    wrong[0] = '76010100600';
    const answer = await import_list([[...parent(5), ...child(105, 'Dan')], [...wrong, ...none],
                                      [...parent(7), ...child(107, 'Eva').with(3, '31/02/2019')]]);
    assert.equal(answer.code, 2);
    const told = answer.stderr.trimEnd().split('\n');
    assert.match(told[0], /list\.csv:3:1: parent_niss: is no national register number/);
    assert.match(told[1], /list\.csv:4:\d+: child_birth_date: must be a date/);
    assert.match(told.at(-1), /nothing was imported/);
    assert.deepEqual(await find('Zelda5'), []);
    // Sites are the season's: the server knows them.
    const site = await import_list([[...parent(8), ...child(108, 'Flo').with(4, 'nowhere')]]);
    assert.equal(site.code, 1);
    assert.match(site.stderr, /child_site: is no site of the season/);
    assert.deepEqual(await find('Zelda8'), []);
});

test('nothing of a list is in the log', () => {
    for (const word of ['Listed', '7601', 'lists.example', 'Moulin'])
        assert.ok(!server.stderr.includes(word), word);
});
