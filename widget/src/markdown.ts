/** The one way from an assistant's text to the page: Markdown, drawn node by node, with citation marks in their places. */

import { type Block, Blocks, type Links, tokensOf } from "./blocks.ts";
import type { Mark } from "./citations.ts";
import { Drawing } from "./draw.ts";
import { applyPassage } from "./links.ts";
import { BEHIND, type MarkedBlock, shared, withPlaceholders } from "./marks.ts";
import { mended } from "./mend.ts";

export interface RenderOptions {
  readonly marks?: readonly Mark[];
  /** The text is still growing. */
  readonly isGrowing?: boolean;
  /** Origins whose pictures are shown; of any other nothing is fetched. */
  readonly imageOrigins?: readonly string[];
}

/** A text that is drawn once. */
export function renderMarkdown(text: string, options: RenderOptions = {}): DocumentFragment {
  const { marks = [], isGrowing = false, imageOrigins = [] } = options;
  const reading = new Blocks();
  const blocks = shared(text, reading.read(text, isGrowing), marks);
  const fragment = document.createDocumentFragment();
  for (const [at, block] of blocks.entries()) {
    const isLast = isGrowing && at === blocks.length - 1;
    fragment.append(renderBlock(block, { isGrowing: isLast, links: reading.links, imageOrigins }));
  }
  return fragment;
}

export interface BlockOptions {
  /** More of this very block may come. */
  readonly isGrowing: boolean;
  readonly links: Links;
  readonly imageOrigins: readonly string[];
}

export function renderBlock({ block, marks }: MarkedBlock, options: BlockOptions): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const { markdown, placeholder } = withPlaceholders(block.raw, marks);
  const drawing = new Drawing(marks, placeholder, markLink, options.imageOrigins);
  drawing.blocks(fragment, tokensOf(options.isGrowing ? mended(markdown) : markdown, options.links));
  drawing.behind(
    fragment,
    marks.filter(({ offset }) => offset === BEHIND),
  );
  return fragment;
}

/** All that a block's drawing depends on. */
export function blockKey({ block, marks }: MarkedBlock, { isGrowing, links }: BlockOptions): string {
  return `${isGrowing}${block.raw}${JSON.stringify([marks, links])}`;
}

/** A link to a source, numbered as in the list below the answer. */
export function markLink({ source: { number, source }, quote }: Mark): HTMLElement {
  const link = document.createElement("a");
  link.className = "citation";
  link.setAttribute("part", "citation");
  link.textContent = `[${number}]`;
  link.setAttribute("aria-label", `Source ${number}: ${source.title}`);
  if (source.type === "url") applyPassage(link, source.url, quote);
  link.dataset.path = source.title;
  if (source.type === "url" && source.attribution) link.dataset.book = source.attribution;
  return link;
}

export type { Block };
