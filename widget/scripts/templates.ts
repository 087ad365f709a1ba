import type { Plugin } from "vite";

/** Takes the blanks and comments out of style sheets in `css` templates, and the indentation out of all templates. */
export function smallTemplates(): Plugin {
  return {
    name: "small-templates",
    enforce: "pre",
    transform(code, id) {
      if (!/\/src\/.*\.ts$/.test(id)) return null;
      const sheets = code.replace(/\bcss`([^`$]*)`/g, (_, sheet: string) => `css\`${small(sheet)}\``);
      return { code: sheets.replace(/\n[ \t]+/g, "\n"), map: null };
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
