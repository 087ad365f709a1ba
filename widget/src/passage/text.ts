/** The words of a page as a reader sees them, folded, with the way back to their places in the DOM. */

import { fold, folded } from "./fold.ts";
import { firstWhere } from "./order.ts";

/** What is on a page and is no part of its text. */
const APART = [
  ...["script", "style", "noscript", "template", "nav", "svg", "iframe", "canvas", "audio", "video", "object"],
  ...["button", "select", "textarea", "input", "dialog", "bookside-chat", "bookside-offer"],
  ...["[role=navigation]", "[role=search]", "[role=doc-backlink]", "[aria-hidden=true]"],
  // Signs that site generators add: permalinks, line numbers, references of footnotes.
  ...[".headerlink", ".hash-link", ".anchor-link", ".linenos", ".linenodiv", ".lineno", ".hljs-ln-numbers"],
  ...[
    ".tabbed-labels",
    ".footnote-ref",
    ".footnote-reference",
    ".footnote-backref",
    "[data-footnote-ref]",
    "[data-footnote-backref]",
  ],
].join(",");
/** Names of boxes and tabs: sites put them elsewhere than the source has them, or write them otherwise. */
const LABELS = [
  ...["[role=tablist]", ".tabbed-labels", ".admonition-title", ".markdown-alert-title"],
  ...["[class*=admonitionHeading]", ".alert-title"],
].join(",");
const TEX = 'annotation[encoding="application/x-tex"]';

export class PageText {
  text = "";
  /** The names of the page's boxes and tabs, in small letters. */
  readonly labels = new Set<string>();
  readonly #starts: number[] = [];
  readonly #nodes: Node[] = [];

  /** @param isFolded - Also what is folded away: closed details, tabs that are not shown. */
  constructor(root: Element, isFolded = false) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node instanceof Element && (this.#isLabel(node) || isApart(node, isFolded))
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
    );
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node instanceof Text) this.#add(node, node.data);
      else if (node instanceof HTMLImageElement) this.#add(node, node.alt);
      else if (node instanceof MathMLElement && node.localName === "math") {
        this.#add(node, node.querySelector(TEX)?.textContent ?? node.textContent);
        // What a formula is made of has been read.
        while (walker.lastChild() !== null);
      }
    }
  }

  #isLabel(element: Element): boolean {
    if (!element.matches(LABELS)) return false;
    for (const part of [element, ...element.querySelectorAll("*")]) this.labels.add(labelOf(part.textContent));
    return true;
  }

  #add(node: Node, words: string): void {
    const text = folded(words);
    if (text === "") return;
    this.#starts.push(this.text.length);
    this.#nodes.push(node);
    this.text += text;
  }

  /** The words from one place in the folded text to another, which must not be empty. */
  range(start: number, end: number): Range {
    const range = document.createRange();
    const [first, from] = this.#placeOf(start);
    const [last, to] = this.#placeOf(end - 1);
    if (from === null) range.setStartBefore(first);
    else range.setStart(first, from);
    if (to === null) range.setEndAfter(last);
    else range.setEnd(last, Math.min(to + 1, (last as Text).length));
    return range;
  }

  #placeOf(offset: number): readonly [Node, number | null] {
    const at = Math.max(firstWhere(this.#starts, (start) => start > offset) - 1, 0);
    const node = this.#nodes[at];
    if (node === undefined) throw new RangeError("The page has no words.");
    return [node, node instanceof Text ? (fold(node.data).at[offset - (this.#starts[at] ?? 0)] ?? null) : null];
  }

  /** Where the words that come after the beginning of an element begin. */
  offsetOf(element: Element): number {
    const at = firstWhere(
      this.#nodes,
      (node) => (element.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
    );
    return this.#starts[at] ?? this.text.length;
  }
}

export function labelOf(words: string): string {
  return folded(words).toLowerCase();
}

function isApart(element: Element, isFolded: boolean): boolean {
  if (element.matches(APART)) return true;
  return !isFolded && element.checkVisibility?.({ visibilityProperty: true }) === false;
}
