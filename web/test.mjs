// Runs tests/*.test.ts: bundled by esbuild, run by node:test.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const output = join(root, ".test-build");
const names = readdirSync(join(root, "tests")).filter((name) => name.endsWith(".test.ts"));

rmSync(output, { recursive: true, force: true });
await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => join("tests", name)),
    outdir: output,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    external: ["*/catalogues.mjs"],
    logLevel: "warning",
});
const files = names.map((name) => join(output, name.replace(/\.ts$/, ".mjs")));
const { status } = spawnSync(process.execPath, ["--test", ...files], { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
