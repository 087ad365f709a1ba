/** Loaded by a page: looks for a quote in a given page. */

import { contentOf } from "../../src/passage/content.ts";
import { find } from "../../src/passage/find.ts";

declare global {
  interface Window {
    found: (html: string, quote: string, anchor: string) => string | null;
    foundIn: (html: string, quote: string, anchor: string) => string | null;
  }
}

function look(html: string, quote: string, anchor: string): Range | null {
  document.body.innerHTML = "<main></main>";
  const main = contentOf(document);
  main.innerHTML = html;
  return find(main, quote, anchor)?.range ?? null;
}

window.found = (html, quote, anchor) => look(html, quote, anchor)?.toString() ?? null;
window.foundIn = (html, quote, anchor) => look(html, quote, anchor)?.startContainer.parentElement?.tagName ?? null;
