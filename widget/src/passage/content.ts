/** The part of a page that has its text, and its headings. */

const HEADINGS = "h1,h2,h3,h4,h5,h6";
/** Where on the screen a heading has been reached. */
const REACHED = 0.3;
const SIGNS = ".headerlink,.hash-link,.anchor-link,[aria-hidden=true],button,svg,style,script";

export interface Section {
  /** `null` for a heading that cannot be linked to. */
  readonly id: string | null;
  readonly text: string;
}

export function contentOf(page: Document): Element {
  const main = page.querySelector("main, [role=main]") ?? page.body;
  const articles = main.querySelectorAll("article");
  return articles.length === 1 && articles[0] ? articles[0] : main;
}

export function headingsOf(root: Element): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(HEADINGS)];
}

/** The section that the reader sees: that of the last heading near the top of the window, or above it. */
export function visibleSection(page: Document = document): Section | null {
  const line = innerHeight * REACHED;
  return sectionOf(headingsOf(contentOf(page)).filter((heading) => heading.getBoundingClientRect().top < line));
}

/** The section that a place on the page is in. */
export function sectionAt(place: Node, page: Document = document): Section | null {
  return sectionOf(
    headingsOf(contentOf(page)).filter(
      (heading) => heading.contains(place) || heading.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING,
    ),
  );
}

function sectionOf(reached: readonly HTMLElement[]): Section | null {
  const heading = reached.findLast((one) => one.checkVisibility?.() !== false);
  if (heading === undefined) return null;
  const id = heading.id || heading.closest("section[id]")?.id || heading.querySelector("a[id]")?.id || null;
  return { id, text: wordsOf(heading) };
}

function wordsOf(heading: HTMLElement): string {
  const copy = heading.cloneNode(true) as HTMLElement;
  for (const sign of copy.querySelectorAll(SIGNS)) sign.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}
