/** A quote as a pattern for the words of a page: each of its words is wanted, and its Markdown marks may be missing. */

import { fold } from "./fold.ts";

/** What an author, or a server that cut the passage, put at the end to say that it goes on. */
const CUT = /\s*(?:…|\.\.\.)\s*$/;
const FENCE = /^\s*(?:`{3,}|~{3,})[^`]*$/;
const TABLE_RULE = /^\s*\|?\s*:?-{3,}[-:|\s]*$/;
const LEAD = /^\s*(?:(?:[-*+•]|\d{1,9}[.)]|#{1,6}|>)(?:\s+|$))+(?:\[[ xX]\]\s+)?/;
/** What kind of box a passage is in: sites show it in the reader's language, or as a picture. */
const BOX = /^\s*(?:note|tip|info|important|warning|caution|danger|success|example|quote|abstract|bug)(?::\s|$)/i;
const LINK_END = /\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)/;
/** Marks within a line, of which a page shows none; an underscore within a word is none. */
const MARKS = new RegExp(`${LINK_END.source}|!?\\[|\\]|[|*\`$\\\\]|~~|(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])`, "gu");

interface Piece {
  readonly text: string;
  readonly isOptional: boolean;
}

/** Lines that stand together: what a page shows as one block, or as blocks one behind the other. */
export interface QuoteBlock {
  readonly pattern: string;
  /** What the page must have somewhere above it: the header of a table, where only later rows are quoted. */
  readonly head: string;
  /** How many characters a page must have for it. */
  readonly length: number;
}

/**
 * The blocks of a quote in order; one without any word is none.
 *
 * @param isLabel - Whether a line is the name of a box or a tab, which a page may show elsewhere.
 */
export function quoteBlocks(quote: string, isLabel: (line: string) => boolean): QuoteBlock[] {
  const blocks = quote
    .replace(CUT, "")
    .split(/\n\s*\n/)
    .map((block) => blockOf(block.split("\n"), isLabel));
  return blocks.filter(({ length }) => length > 0);
}

/** A table that was divided has its header again in each piece, where the page has it once, further up. */
function blockOf(lines: readonly string[], isLabel: (line: string) => boolean): QuoteBlock {
  if (!lines[0]?.includes("|") || !TABLE_RULE.test(lines[1] ?? "")) {
    return asBlock(lines.flatMap((line) => (isLabel(line) ? [{ text: line, isOptional: true }] : piecesOf(line))));
  }
  const head = asBlock(piecesOf(lines[0] ?? ""));
  const rows = asBlock(lines.slice(2).flatMap(piecesOf));
  if (rows.length === 0) return head;
  return { pattern: `(?:${head.pattern})?${rows.pattern}`, head: head.pattern, length: rows.length };
}

function piecesOf(line: string): Piece[] {
  if (FENCE.test(line) || TABLE_RULE.test(line)) return [{ text: line, isOptional: true }];
  const lead = (LEAD.exec(line) ?? BOX.exec(line))?.[0] ?? "";
  const pieces: Piece[] = [{ text: lead, isOptional: true }];
  const words = line.slice(lead.length);
  let done = 0;
  for (const mark of words.matchAll(MARKS)) {
    pieces.push({ text: words.slice(done, mark.index), isOptional: false }, { text: mark[0], isOptional: true });
    done = mark.index + mark[0].length;
  }
  return [...pieces, { text: words.slice(done), isOptional: false }];
}

function asBlock(pieces: readonly Piece[]): QuoteBlock {
  let pattern = "";
  let length = 0;
  let optional: string[] = [];
  const close = () => {
    pattern += optionalPattern(optional);
    optional = [];
  };
  for (const { text, isOptional } of pieces) {
    const folded = fold(text).text;
    if (folded === "") continue;
    if (isOptional) {
      optional.push(folded);
    } else {
      close();
      pattern += escaped(folded);
      length += folded.length;
    }
  }
  close();
  return { pattern, head: "", length };
}

/** One mark is there or not; of several in a row any may be, in one step, so that no quote is slow to look for. */
function optionalPattern(marks: readonly string[]): string {
  const [first = "", second] = marks;
  if (first === "") return "";
  if (second === undefined) return `(?:${escaped(first)})?`;
  const all = marks.join("");
  return `[${[...new Set(all)].map((mark) => mark.replace(/[\\\]^-]/g, "\\$&")).join("")}]{0,${all.length}}`;
}

/** A run of dashes may be one on the page. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/--+/g, (dashes) => `-{1,${dashes.length}}`);
}
