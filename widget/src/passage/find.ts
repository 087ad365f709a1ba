/** Where on a page a quote stands: at that very passage, or nowhere. */

import { headingsOf } from "./content.ts";
import { firstWhere } from "./order.ts";
import { type QuoteBlock, quoteBlocks } from "./quote.ts";
import { labelOf, PageText } from "./text.ts";

/** Fewer characters than these can stand anywhere: they count only within the section that they are from. */
const CERTAIN_LENGTH = 30;

export interface Found {
  readonly range: Range;
  /** Whether all of the quote is there; else its first blocks are, and the rest has changed. */
  readonly isWhole: boolean;
}

/**
 * Find the passage that a quote was cut from.
 *
 * @param root - Where to look; `contentOf(document)` for a whole page.
 * @param anchor - The id of the section that the passage is from, `""` for the text above a page's sections. It decides
 *   between equal passages, and outside of it only a passage counts that is long and stands there once.
 */
export function find(root: Element, quote: string, anchor = ""): Found | null {
  const shown = new Place(root, anchor, false);
  const blocks = quoteBlocks(quote, (line) => shown.page.labels.has(labelOf(line)));
  let all: Place | null = null;
  for (let count = blocks.length; count > 0; count--) {
    const wanted = blocks.slice(0, count);
    const isWhole = count === blocks.length;
    if (!isWhole && lengthOf(wanted) < CERTAIN_LENGTH) return null;
    let range = choose(shown, wanted);
    if (range === null) {
      all ??= new Place(root, anchor, true);
      range = choose(all, wanted);
    }
    if (range !== null) return { range, isWhole };
  }
  return null;
}

/** A page's words, and where the section is that a passage is from. */
class Place {
  readonly page: PageText;
  readonly section: readonly [number, number];

  constructor(root: Element, anchor: string, isFolded: boolean) {
    this.page = new PageText(root, isFolded);
    this.section = sectionOf(this.page, root, anchor);
  }
}

function choose({ page, section: [from, to] }: Place, wanted: readonly QuoteBlock[]): Range | null {
  const pattern = wanted.map((block) => block.pattern).join("");
  const heads = wanted.filter(({ head }) => head !== "").map(({ head }) => new RegExp(head));
  const places = [...page.text.matchAll(new RegExp(pattern, "g"))].filter(({ 0: words, index }) =>
    heads.every((head) => head.test(page.text.slice(0, index + words.length))),
  );
  const here = places.find(({ index }) => index >= from && index < to);
  const [only, second] = places;
  const match = here ?? (second === undefined && lengthOf(wanted) >= CERTAIN_LENGTH ? only : undefined);
  return match === undefined ? null : page.range(match.index, match.index + match[0].length);
}

function lengthOf(blocks: readonly QuoteBlock[]): number {
  return blocks.reduce((sum, block) => sum + block.length, 0);
}

/** Where a section begins and ends: at its heading and at the next one of any level. */
function sectionOf(page: PageText, root: Element, anchor: string): readonly [number, number] {
  const headings = headingsOf(root);
  const target = anchor === "" ? null : root.ownerDocument.getElementById(anchor);
  if (anchor !== "" && target === null) return [0, 0];
  const own =
    target === null
      ? headings.findIndex(({ localName }) => localName === "h1")
      : firstWhere(headings, (heading) => belongs(heading, target));
  const next = headings[own + 1];
  const from = target === null ? 0 : page.offsetOf(target);
  return [from, next === undefined ? page.text.length : page.offsetOf(next)];
}

function belongs(heading: Element, target: Element): boolean {
  if (heading.contains(target) || target.contains(heading)) return true;
  return (target.compareDocumentPosition(heading) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}
