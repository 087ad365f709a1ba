// Builds the widget's file, and beside it one file for each module that it loads when it needs it.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { build } from "vite";

const root = new URL("..", import.meta.url).pathname;
const sources = new URL("../src/lazy/", import.meta.url);

rmSync(new URL("../../src/bookside/web/bookside/", import.meta.url), { recursive: true, force: true });
await build({ root });
for (const file of existsSync(sources) ? readdirSync(sources).sort() : []) {
  if (file.endsWith(".ts")) await build({ root, mode: `lazy-${file.slice(0, -3)}` });
}
