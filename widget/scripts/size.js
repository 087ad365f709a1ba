// Fails when the built widget outgrows its budget, measured as a reader's browser downloads it.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 60_000;

const built = readFileSync(new URL("../../src/bookside/web/bookside.js", import.meta.url));
const size = gzipSync(built, { level: 9 }).length;
console.log(`bookside.js: ${built.length} bytes, ${size} gzipped, budget ${BUDGET_BYTES}`);
if (size > BUDGET_BYTES) process.exit(1);
