// Builds the widget for the benchmark of frames, drawing answers anew: node scripts/baseline.js FOLDER
import { build } from "vite";

const root = new URL("..", import.meta.url).pathname;
const anew = new URL("../test/support/anew.ts", import.meta.url).pathname;

await build({
  root,
  logLevel: "warn",
  build: { outDir: process.argv[2] },
  plugins: [
    {
      name: "baseline",
      enforce: "pre",
      resolveId: (source) => (/(?:^|\/)answer\.ts$/.test(source) ? anew : null),
    },
  ],
});
