import type { Plugin } from "vite";

/** Takes the blanks and comments out of style sheets that are written in `css` templates. */
export function smallStyles(): Plugin {
  return {
    name: "small-styles",
    enforce: "pre",
    transform(code, id) {
      if (!/\/src\/.*styles[\w-]*\.ts$|\/lazy\/.*\.ts$/.test(id)) return null;
      return { code: code.replace(/\bcss`([^`$]*)`/g, (_, sheet: string) => `css\`${small(sheet)}\``), map: null };
    },
  };
}

function small(sheet: string): string {
  return sheet
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .replace(/([\w-]): /g, "$1:")
    .replace(/;}/g, "}")
    .trim();
}
