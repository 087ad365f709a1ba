import { build } from "vite";
import { lazyParts } from "../../scripts/lazy.ts";

/** A source file with all it imports as one module, for a page to load. */
export async function bundled(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    plugins: [lazyParts()],
    build: { write: false, lib: { entry, formats: ["es"] }, target: "es2022" },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (bundle === undefined || !("output" in bundle)) throw new Error(`${entry} was not built`);
  return bundle.output[0].code;
}
