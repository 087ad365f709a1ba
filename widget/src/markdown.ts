/** The one way from an assistant's text to the page: Markdown, cleaned, with citation marks in their places. */

import DOMPurify from "dompurify";
import { Marked } from "marked";
import type { Mark, NumberedSource } from "./citations.ts";
import { applyLink } from "./links.ts";
import { mended } from "./mend.ts";

const TAGS = [
  ...["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "ul", "ol", "li"],
  ...["em", "strong", "del", "a", "table", "thead", "tbody", "tr", "th", "td"],
];
const ATTRIBUTES = ["href", "title", "start", "align"];

/** Rare punctuation: Markdown treats a mark between two of them as it treats a full stop. */
const GUARDS = ["⸨", "⸩", "⦃", "⦄", "⧼", "⧽"];

const markdown = new Marked({
  gfm: true,
  async: false,
  renderer: {
    // An answer's HTML is shown as it was written, and its pictures as their words: nothing is fetched for them.
    html: ({ text }) => escaped(text),
    image: ({ text }) => escaped(text),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

export interface RenderOptions {
  readonly marks?: readonly Mark[];
  /** The text is still growing. */
  readonly isGrowing?: boolean;
}

export function renderMarkdown(text: string, { marks = [], isGrowing = false }: RenderOptions = {}): DocumentFragment {
  const [open, close] = guardsFor(text);
  const marked = withPlaceholders(text, marks, (at) => `${open}${at}${close}`);
  const html = markdown.parse(isGrowing ? mended(marked) : marked, { async: false });
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  const placeholder = new RegExp(`${open}(\\d+)${close}`);
  moveMarksOutOfLinks(fragment, placeholder);
  for (const anchor of fragment.querySelectorAll("a")) applyLink(anchor, anchor.getAttribute("href") ?? "");
  replacePlaceholders(fragment, placeholder, marks);
  for (const table of fragment.querySelectorAll("table")) wrap(table);
  return fragment;
}

/** A link to a source, numbered as in the list below the answer. */
export function markLink({ number, source }: NumberedSource): HTMLElement {
  const link = document.createElement("a");
  link.className = "citation";
  link.setAttribute("part", "citation");
  link.textContent = `[${number}]`;
  link.setAttribute("aria-label", `Source ${number}: ${source.title}`);
  link.title = source.title;
  if (source.type === "url") applyLink(link, source.url);
  return link;
}

function guardsFor(text: string): readonly [string, string] {
  const free = GUARDS.filter((guard) => !text.includes(guard));
  return [free[0] ?? "⸨", free[1] ?? "⸩"];
}

/** The text with a placeholder for each mark, put where it cannot change the meaning of the Markdown around it. */
function withPlaceholders(text: string, marks: readonly Mark[], placeholder: (at: number) => string): string {
  if (marks.length === 0) return text;
  const blocks = codeBlocks(text);
  const places = marks.map((mark, at) => ({ ...placeFor(mark.offset, text, blocks), at }));
  places.sort((a, b) => a.offset - b.offset || a.at - b.at);
  let result = "";
  let done = 0;
  for (const { offset, isBlock, at } of places) {
    result += text.slice(done, offset) + (isBlock ? `\n\n${placeholder(at)}\n\n` : placeholder(at));
    done = offset;
  }
  return result + text.slice(done);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Blocks whose text must not be touched: a mark inside goes behind them. */
function codeBlocks(text: string): readonly Span[] {
  const spans: Span[] = [];
  let offset = 0;
  for (const token of markdown.lexer(text)) {
    if (["code", "html", "hr"].includes(token.type)) spans.push({ start: offset, end: offset + token.raw.length });
    offset += token.raw.length;
  }
  return spans;
}

function placeFor(offset: number, text: string, blocks: readonly Span[]): { offset: number; isBlock: boolean } {
  const block = blocks.find(({ start, end }) => start < offset && offset <= end);
  if (block) return { offset: block.end, isBlock: true };
  // A mark at the head of a line would hide a list's dash or a heading's hash: it belongs to the words before it.
  const words = text.slice(0, offset).trimEnd().length;
  return words > 0 ? { offset: words, isBlock: false } : { offset: text.length, isBlock: false };
}

/** A mark that fell into a link's address or title comes out behind the link. */
function moveMarksOutOfLinks(fragment: DocumentFragment, placeholder: RegExp): void {
  for (const anchor of fragment.querySelectorAll("a")) {
    for (const name of ["href", "title"]) {
      const value = decoded(anchor.getAttribute(name) ?? "");
      const found = placeholder.exec(value);
      if (found === null) continue;
      anchor.setAttribute(name, value.replace(found[0], ""));
      anchor.after(found[0]);
    }
    // A link in a link cannot be: marks among a link's words come out behind it too.
    const inside = anchor.textContent.match(new RegExp(placeholder, "g")) ?? [];
    for (const mark of inside.reverse()) {
      for (const node of textNodes(anchor)) node.data = node.data.replace(mark, "");
      anchor.after(mark);
    }
  }
}

function replacePlaceholders(fragment: DocumentFragment, placeholder: RegExp, marks: readonly Mark[]): void {
  for (const start of textNodes(fragment)) {
    let node = start;
    for (let found = placeholder.exec(node.data); found !== null; found = placeholder.exec(node.data)) {
      const after = node.splitText(found.index);
      after.data = after.data.slice(found[0].length);
      const mark = marks[Number(found[1])];
      if (mark) after.before(markLink(mark.source));
      node = after;
    }
  }
}

function textNodes(root: Node): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  return nodes;
}

/** Tables scroll in a box of their own. */
function wrap(table: Element): void {
  const box = document.createElement("div");
  box.className = "table";
  box.tabIndex = 0;
  table.before(box);
  box.append(table);
}

function decoded(address: string): string {
  try {
    return decodeURI(address);
  } catch (error) {
    if (error instanceof URIError) return address;
    throw error;
  }
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
