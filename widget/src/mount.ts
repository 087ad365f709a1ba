/** How a script tag alone puts the assistant on a page. */

import type { BooksideChat } from "./element.ts";

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
  const { heading } = script.dataset;
  if (heading) element.heading = heading;
  document.body.append(element);
  return element;
}
