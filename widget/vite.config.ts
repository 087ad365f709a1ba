import { defineConfig, type UserConfig } from "vite";
import { LAZY_MODE, lazyParts } from "./scripts/lazy.ts";
import { lexerOnly } from "./scripts/lexer.ts";
import { licences } from "./scripts/licences.ts";
import { smallTemplates } from "./scripts/templates.ts";

const BANNER = "/*! Bookside, Apache-2.0. The licences of the packages inside: bookside.licenses.txt */";

/**
 * Minified ES modules, written beside the server's templates, where they are committed: the widget as one file, and one
 * file for each module in `src/lazy`, which the widget loads when it needs it. None of them imports another one.
 */
export default defineConfig(({ mode }) => {
  const part = mode.startsWith(LAZY_MODE) ? mode.slice(LAZY_MODE.length) : null;
  return part === null ? built("src/index.ts", "bookside") : built(`src/lazy/${part}.ts`, `bookside/${part}`);
});

function built(entry: string, name: string): UserConfig {
  return {
    build: {
      lib: { entry, formats: ["es"], fileName: () => `${name}.js` },
      outDir: "../src/bookside/web",
      emptyOutDir: false,
      copyPublicDir: false,
      sourcemap: false,
      target: "es2022",
      reportCompressedSize: false,
      rolldownOptions: { output: { codeSplitting: false, minify: true, postBanner: BANNER } },
    },
    plugins: [lexerOnly(), lazyParts(), smallTemplates(), licences(`${name}.licenses.txt`)],
    logLevel: "warn",
  };
}
