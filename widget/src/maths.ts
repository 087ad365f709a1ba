/** What of an answer's text is TeX: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`; "$5 and $6" is not. */

/** Longer formulas are shown as they are written. */
const MAX_CHARS = 2000;
const BODY = `((?:(?!\\n[ \\t]*\\n)[^]){1,${MAX_CHARS}}?)`;
const INLINE = `((?:\\\\[^]|[^$\\\\\\n]|\\n(?![ \\t]*\\n)){1,${MAX_CHARS}}?)`;
const FORMULA = new RegExp(
  `^(?:\\$\\$${BODY}\\$\\$|\\\\\\[${BODY}\\\\\\](?!\\()|\\\\\\(${BODY}\\\\\\)|\\$(?![\\s$])${INLINE}(?<![\\s])\\$(?![\\w$]))`,
);
const BLOCK = new RegExp(`^ {0,3}(?:\\$\\$${BODY}\\$\\$|\\\\\\[${BODY}\\\\\\])[ \\t]*(?:\\n+|$)`);
const BLOCK_AHEAD = new RegExp(`\\n {0,3}(?:\\$\\$${BODY}\\$\\$|\\\\\\[${BODY}\\\\\\])[ \\t]*(?:\\n|$)`);

export interface Formula {
  readonly type: "formula" | "formulaBlock";
  readonly raw: string;
  readonly tex: string;
  /** On a line of its own. */
  readonly isBlock: boolean;
}

/** The formula that `text` begins with, behind the character `before`. */
export function formulaAt(text: string, before: string): Formula | undefined {
  if (!mayBegin(text, before)) return undefined;
  const found = FORMULA.exec(text);
  if (found === null) return undefined;
  const tex = found[1] ?? found[2] ?? found[3] ?? found[4] ?? "";
  if (found[4] !== undefined && isProse(tex)) return undefined;
  return { type: "formula", raw: found[0], tex: asWritten(tex), isBlock: (found[1] ?? found[2]) !== undefined };
}

/** The formula on lines of its own that `text` begins with. */
export function blockFormulaAt(text: string): Formula | undefined {
  const found = BLOCK.exec(text);
  if (found === null) return undefined;
  return { type: "formulaBlock", raw: found[0], tex: asWritten(found[1] ?? found[2] ?? ""), isBlock: true };
}

/** Where in a paragraph a formula on lines of its own begins, if one does. */
export function blockFormulaAhead(text: string): number | undefined {
  const at = text.search(BLOCK_AHEAD);
  return at === -1 ? undefined : at + 1;
}

/** Whether a text that is still growing may become a formula: its beginning has arrived, its end has not. */
export function mayBecomeFormula(text: string, before: string): boolean {
  if (!mayBegin(text, before) || text.length > MAX_CHARS || /\n[ \t]*\n/.test(text)) return false;
  if (text.startsWith("$$")) return true;
  return !isProse(text.slice(1)) && !(text.startsWith("$") && /^\$\s|[^\\]\$./s.test(text));
}

function mayBegin(text: string, before: string): boolean {
  if (text.startsWith("$")) return !/[\w$\\]/.test(before);
  // Behind a bracket the server writes `\(` for a bracket that must not make a link.
  return text.startsWith("\\[") || (text.startsWith("\\(") && before !== "]");
}

/** Words side by side, other than commands and those of `\text{…}`, are no formula: "$5 and 6$". */
function isProse(tex: string): boolean {
  return /\s[a-z]{3}|[a-z]{3}\s+[a-z]{2}/i.test(tex.replace(/\\[a-z]+(?:\s*\{[^{}]*\}?)?|[_^]\{[^{}]*\}?/gi, " "));
}

/** Without the backslashes that the server puts before what might link or be a tag. */
function asWritten(tex: string): string {
  return tex.replace(/\\([<@~`])/g, "$1").trim();
}
