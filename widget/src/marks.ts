/** Where the marks of citations go in Markdown, so that they change the meaning of nothing around them. */

import type { Block } from "./blocks.ts";
import type { Mark } from "./citations.ts";

/** Rare punctuation: Markdown treats a mark between two of them as it treats a full stop. */
const GUARDS = ["⸨", "⸩", "⦃", "⦄", "⧼", "⧽"];

/** Blocks whose text must not be touched: a mark inside goes behind them. */
const CLOSED_BLOCKS = ["code", "html", "hr", "def", "formulaBlock"];
const FENCE_LINE = /^(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*(?:`{3}|~{3})/;
const RULE_LINE = /^[\s>|:-]*$/;

/** The place of a mark that comes behind its block. */
export const BEHIND = Number.POSITIVE_INFINITY;

/** A block with the marks in it. */
export interface MarkedBlock {
  readonly block: Block;
  /** Its marks, by their place in its text; those that cannot be inside are `BEHIND` it. */
  readonly marks: readonly Mark[];
}

/** Give each block its marks: a mark belongs to the words before it. */
export function shared(text: string, blocks: readonly Block[], marks: readonly Mark[]): MarkedBlock[] {
  const own: Mark[][] = blocks.map(() => []);
  let at = 0;
  for (const mark of marks) {
    const end = text.slice(Math.max(0, mark.offset - 500), mark.offset).trimEnd().length;
    const words = Math.max(0, mark.offset - 500) + end;
    while (at + 1 < blocks.length && (blocks[at + 1]?.start ?? 0) < words) at++;
    const block = blocks[at];
    if (block !== undefined) own[at]?.push({ ...mark, offset: placeIn(block, words - block.start) });
  }
  return blocks.map((block, index) => ({ block, marks: (own[index] ?? []).sort((a, b) => a.offset - b.offset) }));
}

function placeIn({ raw, type }: Block, offset: number): number {
  const end = raw.trimEnd().length;
  if (CLOSED_BLOCKS.includes(type)) return BEHIND;
  if (offset <= 0) return end;
  const line = raw.slice(raw.lastIndexOf("\n", offset - 1) + 1, offset);
  if (FENCE_LINE.test(line)) return BEHIND;
  if (type !== "table") return Math.min(offset, end);
  // A mark behind a row belongs to its last cell; the row of dashes has no words.
  if (RULE_LINE.test(line)) return BEHIND;
  return Math.min(offset, end) - (/[\s|]*$/.exec(line)?.[0].length ?? 0);
}

/** Text with a placeholder for each mark in it, and the expression that finds them. */
export function withPlaceholders(raw: string, marks: readonly Mark[]): { markdown: string; placeholder: RegExp } {
  const [open = "⸨", close = "⸩"] = GUARDS.filter((guard) => !raw.includes(guard));
  let markdown = "";
  let done = 0;
  for (const [at, { offset }] of marks.entries()) {
    if (offset === BEHIND) continue;
    markdown += `${raw.slice(done, offset)}${open}${at}${close}`;
    done = offset;
  }
  return { markdown: markdown + raw.slice(done), placeholder: new RegExp(`${open}(\\d+)${close}`, "g") };
}
