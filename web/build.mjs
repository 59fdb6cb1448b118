// Builds the page into dist/: catalogues, types, bundles with hashed names, compressed twins, and
// the size budget. Every fault ends it with a non-zero code; `--check` stops before the bundling.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { check_catalogues } from "./catalogues.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
// Bytes of JavaScript that a page loads, gzip. The calendar is what thousands open in one minute;
// forms are filled in during the weeks before.
const calendar_max = 40 * 1000;
const forms_max = 60 * 1000;
const main = "src/main.tsx";

const faults = check_catalogues(join(root, "i18n"), join(root, "src"));
if (faults.length > 0) fail(["the catalogues are not complete:", ...faults.map((f) => `  ${f}`)].join("\n"));
check_types();
if (process.argv.includes("--check")) process.exit(0);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const outputs = await bundle();
const icon = write_hashed("favicon", "svg", readFileSync(join(root, "favicon.svg")));
write_page({
    script: output_of(main),
    style: output_of("src/style/index.css"),
    icon,
    shared: imported_by(output_of(main)).slice(1)
        .map((name) => `<link rel="modulepreload" href="/${name}">`).join("\n"),
});
compress();
const sizes = script_sizes();
const list = Object.entries(sizes).map(([page, size]) => `${page} ${(size / 1000).toFixed(1)} kB`).join(", ");
for (const [page, size] of Object.entries(sizes)) {
    const most = page === "calendar" ? calendar_max : forms_max;
    if (size > most) fail(`JavaScript, gzip: ${list}; the budget of ${page} is ${most / 1000} kB`);
}
console.log(`web: ${readdirSync(dist).length} files; JavaScript, gzip: ${list}`);

function check_types() {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const { status } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", root], { stdio: "inherit" });
    if (status !== 0) fail("the types are not right");
}

async function bundle() {
    const output = await build({
        absWorkingDir: root,
        entryPoints: { app: "src/main.tsx", style: "src/style/index.css" },
        outdir: "dist",
        entryNames: "[name]-[hash]",
        chunkNames: "[name]-[hash]",
        bundle: true,
        splitting: true,
        minify: true,
        charset: "utf8",
        format: "esm",
        target: ["es2021", "chrome94", "firefox93", "safari15.4"],
        jsx: "automatic",
        jsxImportSource: "preact",
        legalComments: "none",
        metafile: true,
        logLevel: "warning",
    });
    const name_of = (path) => path.replace(/^dist\//, "");
    return Object.entries(output.metafile.outputs).map(([path, { entryPoint, imports }]) => ({
        name: name_of(path),
        source: entryPoint,
        imports: imports.filter((i) => i.kind === "import-statement").map((i) => name_of(i.path)),
    }));
}

function output_of(source) {
    return outputs.find((o) => o.source === source).name;
}

/** A script and all that it cannot run without, itself first. */
function imported_by(name, found = []) {
    if (found.includes(name)) return found;
    found.push(name);
    for (const next of outputs.find((o) => o.name === name).imports) imported_by(next, found);
    return found;
}

/** What each page loads: the script, the page's own part, and the largest language of both. */
function script_sizes() {
    const size_of = (names) => [...new Set(names)].reduce((sum, n) => sum + statSync(join(dist, `${n}.gz`)).size, 0);
    const language_of = (folder) => Math.max(...["nl", "de", "en"].map((l) => size_of([output_of(`i18n/${folder}${l}.json`)])));
    const everybody = imported_by(output_of(main));
    const sizes = { calendar: size_of(everybody) + language_of("") };
    for (const part of ["family", "sheet", "staff", "orders", "cancellation"]) {
        const own = imported_by(output_of(`src/${part}/page.tsx`));
        sizes[part] = size_of([...everybody, ...own]) + language_of("") + language_of(`${part}/`);
    }
    return sizes;
}

function write_hashed(name, extension, content) {
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
    const file = `${name}-${hash}.${extension}`;
    writeFileSync(join(dist, file), content);
    return file;
}

// The page itself keeps its name, since nobody could find it else; it names the hashed ones.
function write_page(values) {
    const page = readFileSync(join(root, "index.html"), "utf8")
        .replace(/<!--.*?-->\n?/gs, "")
        .replace(/%(\w+)%/g, (_, name) => values[name] ?? fail(`index.html asks for %${name}%`));
    writeFileSync(join(dist, "index.html"), page);
}

/** Writes .gz and .br beside every file. */
function compress() {
    for (const name of readdirSync(dist)) {
        const content = readFileSync(join(dist, name));
        const gzip = gzipSync(content, { level: 9 });
        const brotli = brotliCompressSync(content, {
            params: {
                [constants.BROTLI_PARAM_QUALITY]: 11,
                [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
            },
        });
        writeFileSync(join(dist, `${name}.gz`), gzip);
        writeFileSync(join(dist, `${name}.br`), brotli);
    }
}

function fail(message) {
    console.error(`web: ${message}`);
    process.exit(1);
}
