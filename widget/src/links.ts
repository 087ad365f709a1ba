/** Which addresses an answer may link to, and whose pictures it may show. */

import { STRINGS } from "./strings.ts";

export interface SafeLink {
  readonly href: string;
  /** Whether it leaves the site that the reader is on. */
  readonly isExternal: boolean;
}

/** An absolute http(s) address or one from the site's root; `null` for anything else. */
export function safeLink(address: string, origin: string): SafeLink | null {
  // Browsers read a backslash as a slash and drop tabs and line breaks: neither belongs in an honest address.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\\\u0000-\u001f]/.test(address)) return null;
  if (address.startsWith("/") && !address.startsWith("//")) return { href: address, isExternal: false };
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  return { href: address, isExternal: new URL(address).origin !== origin };
}

/** Where a Bookside server gives out the book's files. */
const FILES = "/_bookside/files/";

/**
 * The address of a picture that lies on one of `origins`; `null` for any other, which must not be fetched.
 *
 * @param origins - The last one is the Bookside server's, which gives out the book's files.
 */
export function safeImage(address: string, origins: readonly string[]): string | null {
  const link = safeLink(address, location.origin);
  if (link === null) return null;
  const base = address.startsWith(FILES) ? origins.at(-1) : location.origin;
  const { origin, href } = new URL(link.href, base ?? location.origin);
  return origins.includes(origin) ? href : null;
}

/** Let a link lead to a passage: with its words beside the address. */
export function applyPassage(anchor: HTMLAnchorElement, address: string, quote: string): void {
  applyLink(anchor, address);
  if (quote !== "" && anchor.hasAttribute("href")) anchor.dataset.quote = quote;
}

/** Give a link its address, or take it away; one that leaves the site opens beside it and says so. */
export function applyLink(anchor: HTMLAnchorElement, address: string): void {
  const link = safeLink(address, location.origin);
  if (link === null) {
    anchor.removeAttribute("href");
    return;
  }
  anchor.setAttribute("href", link.href);
  if (!link.isExternal) return;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow ugc";
  anchor.classList.add("external");
  if (anchor.title === "") anchor.title = STRINGS.outside;
}
