// What the tree may look like: who includes whom, and what must not be in a file. Pure functions of
// a folder, so that a test can show that each of them notices its fault.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

// What is made, not written. Of the folders with a dot only .ci is ours.
const left_out = (name) => ['build', 'node_modules', 'dist'].includes(name)
    || (name.startsWith('.') && name !== '.ci');

// Every file of the tree, as paths from its root.
export function files_of(root, folder = root) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return left_out(entry.name) ? [] : files_of(root, path);
        return entry.isFile() ? [relative(root, path)] : [];
    }).sort();
}

// The map: a part may include itself and these.
export const map = {
    core: [],
    persistence: ['core'],
    server: ['core', 'persistence'],
    loadtest: ['core'],
    bench: ['core', 'persistence', 'server', 'loadtest'],
    tests: ['core', 'persistence', 'server', 'loadtest', 'bench'],
};

// What of the outside a part may not include. The core knows the standard library and containers
// only, and of the former nothing that reads, writes, waits for a network or starts a thread.
const outside = {
    core: (header) => !(/^[a-z_]+$/.test(header) || /^boost\/(unordered|container)\//.test(header))
        || ['filesystem', 'fstream', 'future', 'iostream', 'random', 'thread'].includes(header),
    persistence: (header) => /^boost\/(asio|beast)\b/.test(header),
    loadtest: (header) => /^pqxx\b/.test(header),
};

const is_cpp = (path) => /\.(hpp|cpp|h|cc|ipp)$/.test(path);

export function includes_of(text) {
    return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]/gm)]
        .map(([, quote, header]) => ({ header, quoted: quote === '"' }));
}

// Every include that the map does not have, every clock that the core reads.
export function map_faults(root) {
    const faults = [];
    for (const path of files_of(root).filter(is_cpp)) {
        const part = path.split('/')[0];
        const allowed = map[part];
        if (!allowed) {
            faults.push(`${path}: ${part} is not on the map`);
            continue;
        }
        const text = readFileSync(join(root, path), 'utf8');
        for (const { header, quoted } of includes_of(text)) {
            const target = header.split('/')[0];
            if (map[target] && header.includes('/')) {
                if (target !== part && !allowed.includes(target)) {
                    faults.push(`${path}: ${part} may not include ${header}`);
                }
            } else if (quoted) {
                faults.push(`${path}: "${header}" does not start at the root`);
            } else if (outside[part]?.(header)) {
                faults.push(`${path}: ${part} may not include <${header}>`);
            }
        }
        if (part === 'core' && /_clock::now\b/.test(text)) {
            faults.push(`${path}: the core is told the time, it reads no clock`);
        }
    }
    return faults;
}

// Headers that include each other in a circle.
export function cycle_faults(root) {
    const edges = new Map(files_of(root).filter(is_cpp).map((path) =>
        [path, includes_of(readFileSync(join(root, path), 'utf8')).map((i) => i.header)]));
    const done = new Set();
    const faults = [];
    const visit = (path, trail) => {
        if (trail.includes(path)) {
            faults.push([...trail.slice(trail.indexOf(path)), path].join(' > '));
            return;
        }
        if (done.has(path) || !edges.has(path)) return;
        for (const next of edges.get(path)) visit(next, [...trail, path]);
        done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    return faults;
}

// A header without its guard, or a file that does not say what it is: only a source beside the
// header of its name need not.
export function opening_faults(root) {
    const faults = [];
    const paths = files_of(root);
    for (const path of paths.filter((p) => /\.(hpp|cpp|mjs|ts|tsx)$/.test(p))) {
        const text = readFileSync(join(root, path), 'utf8');
        const spoken_for = path.endsWith('.cpp') && paths.includes(path.replace(/cpp$/, 'hpp'));
        if (!spoken_for && !/^(\/\/|\/\*)/.test(text)) {
            faults.push(`${path}: does not say what it is`);
        }
        if (path.endsWith('.hpp') && !text.includes('#pragma once')) {
            faults.push(`${path}: no #pragma once`);
        }
    }
    return faults;
}

// A lock file that names where a package was fetched from: each machine has its own registry.
export function lock_faults(root) {
    return files_of(root).filter((path) => /(^|\/)(package-lock|npm-shrinkwrap)\.json$/.test(path))
        .filter((path) => /"resolved"|https?:\/\/[^"]*\.tgz/
            .test(readFileSync(join(root, path), 'utf8')))
        .map((path) => `${path}: names a registry`);
}

// A path of the machine somebody worked on. (Put together here, so as not to find themselves.)
const machine_path = new RegExp(
    ['work/main', 'work/shared', 'tmp/cg', 'root/[a-zA-Z]'].map((p) => `/${p}`).join('|'));

export function path_faults(root) {
    return files_of(root).flatMap((path) => {
        const bytes = readFileSync(join(root, path));
        if (bytes.includes(0)) return [];
        return bytes.toString('utf8').split('\n').flatMap((line, index) =>
            machine_path.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : []);
    });
}
