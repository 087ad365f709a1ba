/** Text fragments: how a passage is pointed at on a page where this widget may not be. */

import { readable } from "./readable.ts";

/** So many words at the beginning and at the end of a passage tell it from all others on its page. */
const WORDS = 5;

/** A passage's address with its first and last words, which the browser looks for, and its section, if they are gone. */
export function withTextFragment(href: string, quote: string): string {
  const lines = readable(quote)
    .replace(/ …$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*(?:[-*+•>]|\d{1,9}[.)]|#{1,6})\s+/, "").split(" | ")[0] ?? "")
    .map((line) => line.trim().split(/\s+/))
    .filter(([word]) => word !== "");
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined || href.includes(":~:")) return href;
  const isShort = lines.length === 1 && first.length <= 2 * WORDS;
  const text = isShort ? [first] : [first.slice(0, WORDS), last.slice(-WORDS)];
  return `${href}${href.includes("#") ? "" : "#"}:~:text=${text.map((words) => encoded(words.join(" "))).join(",")}`;
}

/** A dash would be read as the sign of a prefix or a suffix. */
function encoded(words: string): string {
  return encodeURIComponent(words).replace(/-/g, "%2D");
}
