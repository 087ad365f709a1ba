import { defineConfig } from "vite";
import { licences } from "./scripts/licences.ts";

const BANNER = "/*! Bookside, Apache-2.0. The licences of the packages inside: bookside.licenses.txt */";

/** One minified ES module without chunks, written beside the server's templates, where it is committed. */
export default defineConfig({
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "bookside.js" },
    outDir: "../src/bookside/web",
    emptyOutDir: false,
    copyPublicDir: false,
    sourcemap: false,
    target: "es2022",
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: false, minify: true, postBanner: BANNER } },
  },
  plugins: [licences("bookside.licenses.txt")],
  logLevel: "warn",
});
