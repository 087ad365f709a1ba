/**
 * How a script tag alone puts the assistant on a page, and keeps it there when the site changes pages by script.
 *
 * @attr data-server - Puts a button and a panel on the page; the address of the server, empty for the script's own.
 * @attr data-heading - Name of the button and the panel.
 * @attr data-book - Id of the book, where the server has several and the page's address does not tell which it is.
 */

import type { BooksideChat } from "./element.ts";

const MOUNTED = "data-mounted";

/** The address of a script's folder: the server that it came from. */
export function serverOf(scriptAddress: string): string {
  return new URL(".", scriptAddress).href.replace(/\/$/, "");
}

/** The tag that loaded this module; it asks for a panel by its `data-server`, which may be empty. */
export function loadingScript(address: string): HTMLScriptElement | null {
  const scripts = [...document.querySelectorAll<HTMLScriptElement>("script[data-server]")];
  return (
    scripts.find((script) => script.src === address) ??
    scripts.find((script) => script.src.includes("bookside.js")) ??
    null
  );
}

/** Append a panel for the script, unless the page has an element of its own. */
export function mount(script: HTMLScriptElement, tag: string): BooksideChat | null {
  if (document.querySelector(tag) !== null) return null;
  const element = document.createElement(tag) as BooksideChat;
  element.server = script.dataset.server || serverOf(script.src);
  const { heading, book } = script.dataset;
  if (heading) element.heading = heading;
  if (book) element.book = book;
  element.setAttribute(MOUNTED, "");
  document.body.append(element);
  keep(element, tag);
  return element;
}

/**
 * Put the element back when the site takes it away with the old page, unless the new page has one of its own. An element
 * that is taken away by itself is meant, and stays away.
 */
function keep(element: BooksideChat, tag: string): void {
  let wasThere = true;
  const observer = new MutationObserver((records) => {
    // A body that was swapped is another one to watch.
    watch();
    const isMeant = records.some(({ removedNodes: [first, second] }) => first === element && second === undefined);
    wasThere = element.isConnected || (wasThere && !isMeant);
    if (element.isConnected || !wasThere) return;
    const other = document.querySelector(tag);
    // A page that a site took from its memory has a copy that knows nothing.
    if (other?.hasAttribute(MOUNTED)) other.replaceWith(element);
    else if (other === null) document.body.append(element);
  });
  const watch = () => {
    observer.observe(document.documentElement, { childList: true });
    if (document.body !== null) observer.observe(document.body, { childList: true });
  };
  watch();
}
