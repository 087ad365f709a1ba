/** The mark on a found passage: painted over the page's words by the browser, nothing in the page is changed for it. */

import { MARKED } from "./focus.ts";

const NAME = "bookside-passage";

/** See-through, so that light and dark pages keep their own letters; a page may choose by `--bookside-highlight`. */
const STYLE = `
  ::highlight(${NAME}) { background-color: var(--bookside-highlight, rgb(255 190 0 / 38%)); }
  [${MARKED}]:focus { outline: none; }
  @media (forced-colors: active) { ::highlight(${NAME}) { background-color: Mark; color: MarkText; } }
`;

let sheet: CSSStyleSheet | null = null;

/** Mark a passage in place of the one that is marked; a browser without highlights selects it. */
export function mark(range: Range): void {
  clearMark();
  if (!("highlights" in CSS)) {
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    return;
  }
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
  CSS.highlights.set(NAME, new Highlight(range));
}

export function clearMark(): void {
  if ("highlights" in CSS) CSS.highlights.delete(NAME);
}
