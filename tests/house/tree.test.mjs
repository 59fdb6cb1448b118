// The tree keeps to its own rules, and each rule is shown to notice a fault.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
    cycle_faults, includes_of, lock_faults, map_faults, opening_faults, path_faults,
} from './tree.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

// The faults that a rule finds in a tree of these files.
function faults_in(rule, files) {
    const folder = mkdtempSync(join(tmpdir(), 'campgate-tree-'));
    try {
        for (const [path, text] of Object.entries(files)) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), text);
        }
        return rule(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test('includes go one way: server, persistence, core', () => {
    assert.deepEqual(map_faults(root), []);
});
test('no headers include each other in a circle', () => {
    assert.deepEqual(cycle_faults(root), []);
});
test('every source says what it is', () => {
    assert.deepEqual(opening_faults(root), []);
});
test('no lock file names a registry', () => {
    assert.deepEqual(lock_faults(root), []);
});
test('no file names a path of somebody\'s machine', () => {
    assert.deepEqual(path_faults(root), []);
});

const allowed = [
    ['core/a.cpp', '#include "core/a.hpp"'],
    ['core/a.cpp', '#include <vector>'],
    ['core/a.cpp', '#include <boost/unordered/unordered_flat_map.hpp>'],
    ['persistence/a.cpp', '#include "core/a.hpp"'],
    ['persistence/a.cpp', '#include <pqxx/pqxx>'],
    ['server/a.cpp', '#include "persistence/a.hpp"'],
    ['server/handlers/a.cpp', '#include <boost/asio/post.hpp>'],
    ['bench/a.cpp', '#include "server/a.hpp"'],
    ['tests/unit/a.cpp', '#include "server/a.hpp"'],
    ['loadtest/a.cpp', '#include <boost/beast/http.hpp>'],
];
for (const [path, line] of allowed) {
    test(`the map allows ${path}: ${line}`, () => {
        assert.deepEqual(faults_in(map_faults, { [path]: `${line}\n` }), []);
    });
}

const forbidden = [
    ['core/a.cpp', '#include "persistence/a.hpp"'],
    ['core/a.cpp', '#include <persistence/a.hpp>'],
    ['core/deep/a.hpp', '  #  include "server/a.hpp"'],
    ['core/a.hpp', '#include <boost/asio/post.hpp>'],
    ['core/a.hpp', '#include <pqxx/pqxx>'],
    ['core/a.hpp', '#include <unistd.h>'],
    ['core/a.hpp', '#include <thread>'],
    ['core/a.hpp', '#include <fstream>'],
    ['core/a.cpp', 'auto now = std::chrono::steady_clock::now();'],
    ['persistence/a.cpp', '#include "server/a.hpp"'],
    ['persistence/a.cpp', '#include <boost/asio.hpp>'],
    ['loadtest/a.cpp', '#include "server/a.hpp"'],
    ['loadtest/a.cpp', '#include "persistence/a.hpp"'],
    ['loadtest/a.cpp', '#include <pqxx/pqxx>'],
    ['server/a.cpp', '#include "a.hpp"'],
    ['server/a.cpp', '#include "../core/a.hpp"'],
    ['server/a.cpp', '#include "bench/a.hpp"'],
    ['server/a.cpp', '#include "tests/a.hpp"'],
    ['utils/a.cpp', '#include <vector>'],
];
for (const [path, line] of forbidden) {
    test(`the map forbids ${path}: ${line}`, () => {
        assert.equal(faults_in(map_faults, { [path]: `${line}\n` }).length, 1);
    });
}

test('an include in a comment is none', () => {
    assert.deepEqual(includes_of('// #include "server/a.hpp"\n'), []);
});
test('a circle is noticed', () => {
    const files = { 'core/a.hpp': '#include "core/b.hpp"\n', 'core/b.hpp': '#include "core/a.hpp"\n' };
    assert.deepEqual(faults_in(cycle_faults, files), ['core/a.hpp > core/b.hpp > core/a.hpp']);
});
test('a source that does not say what it is, is noticed', () => {
    assert.equal(faults_in(opening_faults, { 'core/a.hpp': '#pragma once\n' }).length, 1);
    assert.equal(faults_in(opening_faults, { 'core/a.hpp': '// A thing.\n' }).length, 1);
    assert.equal(faults_in(opening_faults, { 'tests/a.cpp': 'int a;\n' }).length, 1);
});
test('a registry in a lock file is noticed', () => {
    const lock = '{"packages":{"node_modules/a":{"resolved":"somewhere"}}}';
    assert.equal(faults_in(lock_faults, { 'web/package-lock.json': lock }).length, 1);
});
test('a path of a machine is noticed', () => {
    const path = ['', 'root', 'campgate'].join('/');
    assert.equal(faults_in(path_faults, { 'docs/a.md': `see\n${path}\n` }).length, 1);
});
