/** Half-written Markdown made whole, so that an answer does not flicker while it grows. */

import { formulaAt, mayBecomeFormula } from "./maths.ts";

/** Marks of quotes and items that a line may begin with. */
const LEAD = /^(?:[ \t]|>|(?:[-*+]|\d{1,9}[.)])[ \t])*/;
/** A line that may yet become a rule, a heading, an item, a row, a fence … */
const UNDECIDED = /^(?:[-=*_+~`#>|:\s]+|\d{1,9}[.)]?|\[[ xX]?\]?|)\s*$/;
const FENCE = /^(`{3,}(?!.*`)|~{3,})/;
const SPECIAL = /[\\`$![<&*_~]/;
const CELL_END = /(?<!\\)\|/;

/**
 * The text as it reads without what is not decided yet, and with what is open closed: emphasis, code, a link whose address
 * is on its way, a table before its columns are known.
 */
export function mended(markdown: string): string {
  const lines = markdown.split("\n");
  const last = lines.at(-1) ?? "";
  const head = markdown.slice(0, markdown.length - last.length);
  const fence = openFence(lines.slice(0, -1));
  if (fence !== null) {
    const mark = last.trim();
    return mark !== "" && mark.length < fence.length && fence.startsWith(mark) ? head : markdown;
  }
  const words = last.replace(LEAD, "");
  const isOpen = last !== "" && (UNDECIDED.test(words) || FENCE.test(words));
  return isOpen ? tailMended(head, [...lines.slice(0, -1), ""]) : tailMended(markdown, lines);
}

/** The mark of the fence that a line below would be inside of. */
function openFence(lines: readonly string[]): string | null {
  let open: string | null = null;
  for (const line of lines) {
    const words = line.replace(LEAD, "");
    const mark = FENCE.exec(words)?.[1];
    if (open === null) open = mark ?? null;
    else if (mark?.startsWith(open) && words.trim() === mark) open = null;
  }
  return open;
}

function tailMended(markdown: string, lines: readonly string[]): string {
  const first = lines.findLastIndex((line, at) => line.trim() === "" && at < lines.length - 1) + 1;
  const paragraph = lines.slice(first);
  const start = markdown.length - paragraph.join("\n").length;
  const [header = "", rule = "", ...rows] = paragraph;
  if (/^[\s>]*\|/.test(header) && paragraph.length < 3 && /^[\s>|:-]*$/.test(rule)) {
    if (paragraph.length < 2 || !isRule(rule, header)) return markdown.slice(0, start);
  }
  if (isRule(rule, header)) {
    const row = rows.at(-1) ?? "";
    return markdown.slice(0, markdown.length - row.length) + rowMended(row);
  }
  const item = paragraph.findLastIndex((line) => /^[\s>]*(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]/.test(line));
  const tail = paragraph.slice(Math.max(item, 0)).join("\n");
  const lead = LEAD.exec(tail)?.[0] ?? "";
  return markdown.slice(0, markdown.length - tail.length) + lead + inlineMended(tail.slice(lead.length));
}

/** Whether a line tells the columns of the table that `header` begins. */
function isRule(line: string, header: string): boolean {
  if (!/^[\s>]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/.test(line) || !header.includes("|")) return false;
  return cells(line).length === cells(header).length;
}

function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^[\s>]*\|/, "")
    .replace(/(?<!\\)\|$/, "")
    .split(CELL_END);
}

function rowMended(row: string): string {
  const cell = row.split(CELL_END).at(-1) ?? "";
  return row.slice(0, row.length - cell.length) + inlineMended(cell);
}

interface Opened {
  readonly mark: string;
  /** Where its words begin. */
  readonly end: number;
}

/** Words with what they opened closed, and without what is still undecided at their end. */
function inlineMended(words: string): string {
  let text = words;
  let open: Opened[] = [];
  let at = 0;
  while (at < text.length) {
    const ahead = text.slice(at).search(SPECIAL);
    if (ahead === -1) break;
    at += ahead;
    const rest = text.slice(at);
    const before = text[at - 1] ?? " ";
    const char = rest.charAt(0);
    if (char === "$" || char === "\\") {
      const formula = formulaAt(rest, before);
      if (formula === undefined && (rest === "\\" || rest === "\\\n" || mayBecomeFormula(rest, before))) {
        return closed(text.slice(0, at), open);
      }
      at += formula?.raw.length ?? (char === "$" ? 1 : 2);
    } else if (char === "`") {
      const ticks = /^`+/.exec(rest)?.[0] ?? "";
      const length = codeLength(rest, ticks);
      if (length === null) return closedCode(text.slice(0, at), ticks, rest.slice(ticks.length), open);
      at += length;
    } else if (char === "[" || rest.startsWith("![")) {
      const link = linkAt(rest);
      if (link.isWhole) at += Math.max(link.length, 1);
      else if (char === "!" || !/\s/.test(link.label)) return closed(text.slice(0, at), open);
      else text = text.slice(0, at) + link.label;
    } else if (/^(?:!|<(?:[a-z/!?][^\s<>]*)?|&(?:#?\w{0,31})?)$/i.test(rest)) {
      return closed(text.slice(0, at), open);
    } else if (char === "*" || char === "_" || char === "~") {
      const run = /^(?:\*+|_+|~+)/.exec(rest)?.[0] ?? char;
      if (run.length === rest.length) return closed(text.slice(0, at), open);
      open = afterRun(open, run, before, rest.charAt(run.length), at + run.length);
      at += run.length;
    } else {
      at++;
    }
  }
  return closed(text, open);
}

/** How long the code is that begins here; `null` when its end has not arrived. */
function codeLength(rest: string, ticks: string): number | null {
  const end = new RegExp(`[^\`]${ticks}(?!\`)`).exec(rest.slice(ticks.length));
  return end === null || rest.length === ticks.length ? null : ticks.length + end.index + 1 + ticks.length;
}

function closedCode(before: string, ticks: string, code: string, open: readonly Opened[]): string {
  const words = code.replace(/`+$/, "");
  return words.trim() === "" ? closed(before, open) : closed(`${before}${ticks}${words}${ticks}`, open);
}

/**
 * A link whose address has not arrived reads as its label; one word in brackets may be a note's mark instead, and waits.
 */
function linkAt(rest: string): { isWhole: boolean; length: number; label: string } {
  const start = rest.indexOf("[") + 1;
  let depth = 1;
  let end = start;
  for (; end < rest.length && depth > 0; end++) {
    if (rest[end] === "\\") end++;
    else if (rest[end] === "[") depth++;
    else if (rest[end] === "]") depth--;
  }
  if (depth > 0 || end > rest.length) return { isWhole: false, length: 0, label: rest.slice(start) };
  const label = rest.slice(start, end - 1);
  if (end === rest.length) return { isWhole: false, length: 0, label };
  if (rest[end] !== "(") return { isWhole: true, length: start, label };
  const address = /^\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)/s.exec(rest.slice(end));
  const isWhole = address !== null;
  return { isWhole, length: isWhole ? end + address[0].length : 0, label };
}

/** What is open behind a run of `*`, `_` or `~`. */
function afterRun(open: readonly Opened[], run: string, before: string, next: string, end: number): Opened[] {
  const char = run.charAt(0);
  const opens = !/\s/.test(next) && !(/\w/.test(before) && (run !== "**" || /\w/.test(next)));
  const closes = !/\s/.test(before) && (char !== "_" || !/\w/.test(next));
  const left = [...open];
  let length = run.length;
  if (closes) {
    for (let last = left.findLastIndex(({ mark }) => mark[0] === char); last !== -1; ) {
      const { mark = "" } = left[last] ?? {};
      if (mark.length > length) break;
      length -= mark.length;
      left.splice(last);
      last = left.findLastIndex((known) => known.mark[0] === char);
    }
    if (length < run.length) return left;
  }
  if (!opens || run.length > 3 || (char === "~" && run.length !== 2)) return left;
  if (run.length === 3) return [...left, { mark: char + char, end: end - 1 }, { mark: char, end }];
  return [...left, { mark: run, end }];
}

function closed(words: string, open: readonly Opened[]): string {
  let text = words;
  const left = [...open];
  for (let last = left.at(-1); last !== undefined && text.slice(last.end).trim() === ""; last = left.at(-1)) {
    text = text.slice(0, last.end - last.mark.length);
    left.pop();
  }
  if (left.length === 0) return text;
  return (
    text.trimEnd() +
    left
      .reverse()
      .map(({ mark }) => mark)
      .join("")
  );
}
