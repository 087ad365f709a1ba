/** A passage that the reader wants to see: kept while the browser goes from page to page, found again on its page. */

export interface Target {
  /** The passage's page, with its section's anchor. */
  readonly href: string;
  /** The passage's own words, as its citation has them; `""` for the section alone. */
  readonly quote: string;
}

export type Outcome =
  /** The passage is marked. */
  | "marked"
  /** Its beginning is, and what followed has changed. */
  | "changed"
  /** It is not on the page: the reader is at its section. */
  | "missing"
  /** There were no words to mark: the reader is at the section. */
  | "section";

const KEY = "bookside-passage";
/** A page in a new tab is open by then. */
const NEW_TAB_MS = 30_000;

/** Whether an address is on the page that is open, whatever its anchor. */
export function isHere(href: string): boolean {
  const url = new URL(href, location.href);
  return url.origin === location.origin && pathOf(url) === pathOf(location) && url.search === location.search;
}

export function anchorOf(href: string): string {
  const anchor = new URL(href, location.href).hash.slice(1);
  try {
    return decodeURIComponent(anchor);
  } catch (error) {
    if (error instanceof URIError) return anchor;
    throw error;
  }
}

/** Remember a target for the page that is opened next: in this tab, or in a new one. */
export function remember(target: Target, isNewTab = false): void {
  attempt(() => {
    const storage = isNewTab ? localStorage : sessionStorage;
    storage.setItem(KEY, JSON.stringify({ ...target, until: isNewTab ? Date.now() + NEW_TAB_MS : null }));
  });
}

/** The target that was remembered for this page, which is then forgotten. */
export function recall(): Target | null {
  return attempt(() => take(sessionStorage) ?? take(localStorage)) ?? null;
}

function take(storage: Storage): Target | null {
  const text = storage.getItem(KEY);
  if (text === null) return null;
  const { href, quote, until } = Object(JSON.parse(text)) as Record<string, unknown>;
  const isTarget = typeof href === "string" && typeof quote === "string";
  const isOver = typeof until === "number" && until < Date.now();
  if (isTarget && !isOver && !isHere(href)) return null;
  storage.removeItem(KEY);
  return isTarget && !isOver ? { href, quote } : null;
}

function pathOf({ pathname }: { readonly pathname: string }): string {
  return pathname.replace(/(?:index)?\.html$/, "").replace(/\/+$/, "");
}

/** `undefined` where the browser forbids storage, or somebody else has written there. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
