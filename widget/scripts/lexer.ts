import type { Plugin } from "vite";

/** The end of the package's file: one ready-made parser, functions around it, and what is exported. */
const READY_MADE = /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse.*?export\{([^}]*)\}/s;
const USED = / as (?:Lexer|Tokenizer|getDefaults)$/;

/** Leaves out what marked makes as soon as it is loaded: the widget draws tokens itself, and needs no HTML of them. */
export function lexerOnly(): Plugin {
  return {
    name: "lexer-only",
    transform(code, id) {
      if (!/\/marked\/lib\/marked\.esm\.js$/.test(id)) return null;
      const [end = "", , names = ""] = READY_MADE.exec(code) ?? [];
      const used = names.split(",").filter((name) => USED.test(name));
      if (used.length !== 3) throw new Error("marked's file has another form: see scripts/lexer.ts");
      return { code: code.replace(end, () => `export{${used.join(",")}}`), map: null };
    },
  };
}
