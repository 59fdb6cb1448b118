// Builds the page into dist/: catalogues, types, bundles with hashed names, compressed twins, and
// the size budget. Every fault ends it with a non-zero code; `--check` stops before the bundling.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { check_catalogues } from "./catalogues.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const script_max = 40 * 1000;                        // bytes of JavaScript a page loads, gzip

const faults = check_catalogues(join(root, "i18n"), join(root, "src"));
if (faults.length > 0) fail(["the catalogues are not complete:", ...faults.map((f) => `  ${f}`)].join("\n"));
check_types();
if (process.argv.includes("--check")) process.exit(0);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const names = await bundle();
const icon = write_hashed("favicon", "svg", readFileSync(join(root, "favicon.svg")));
write_page({ ...names, icon });
const script_size = compress();
if (script_size > script_max) fail(`JavaScript is ${script_size} bytes gzip, the budget is ${script_max}`);
console.log(`web: ${readdirSync(dist).length} files, JavaScript ${(script_size / 1000).toFixed(1)} kB gzip`);

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
    const outputs = Object.entries(output.metafile.outputs)
        .map(([path, { entryPoint }]) => ({ name: path.replace(/^dist\//, ""), entryPoint }));
    return {
        script: outputs.find((o) => o.entryPoint === "src/main.tsx").name,
        style: outputs.find((o) => o.entryPoint === "src/style/index.css").name,
    };
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

/** Writes .gz and .br beside every file; returns the gzip size of the JavaScript that one page
 * loads: the script, what it shares with its parts, and the largest language. */
function compress() {
    let shared = 0;
    let language = 0;
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
        if (/^(nl|de|en)-/.test(name)) language = Math.max(language, gzip.length);
        else if (name.endsWith(".js")) shared += gzip.length;
    }
    return shared + language;
}

function fail(message) {
    console.error(`web: ${message}`);
    process.exit(1);
}
