import type { Plugin } from "vite";

/** What the mode of a build begins with that builds one module of `src/lazy`. */
export const LAZY_MODE = "lazy-";

/** Leaves `import("./lazy/name.ts")` to the browser, which loads `bookside/name.js` from beside the widget's file. */
export function lazyParts(): Plugin {
  return {
    name: "lazy-parts",
    enforce: "pre",
    resolveId(source, importer) {
      const part = /(?:^|\/)lazy\/([a-z-]+)\.ts$/.exec(source)?.[1];
      return part === undefined || importer === undefined ? null : { id: `./bookside/${part}.js`, external: true };
    },
  };
}
