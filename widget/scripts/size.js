// Fails when the built widget outgrows its budget, measured as a reader's browser downloads it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 60_000;
const web = new URL("../../src/bookside/web/", import.meta.url);
const lazy = new URL("bookside/", web);

const size = said("bookside.js", web);
for (const file of existsSync(lazy) ? readdirSync(lazy).sort() : []) {
  if (file.endsWith(".js")) said(file, lazy);
}
console.log(`budget of bookside.js: ${BUDGET_BYTES}`);
if (size > BUDGET_BYTES) process.exit(1);

function said(file, folder) {
  const built = readFileSync(new URL(file, folder));
  const gzipped = gzipSync(built, { level: 9 }).length;
  console.log(`${file}: ${built.length} bytes, ${gzipped} gzipped`);
  return gzipped;
}
