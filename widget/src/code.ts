/** Blocks of code: their language, and a button that copies them. */

import { element } from "./dom.ts";
import { STRINGS } from "./strings.ts";

const COPIED_MS = 2000;

/** A block of code in its frame, without colours. */
export function codeBlock(text: string, language: string): HTMLElement {
  // The words of the frame are drawn by the style sheet: they are none of the answer's.
  const button = { class: "copy", type: "button", "aria-label": STRINGS.copyCode, "data-label": STRINGS.copyShort };
  const bar = element("div", { class: "bar", "data-label": language }, element("button", button));
  const code = element("code", language === "" ? {} : { "data-language": language }, text);
  return element("div", { class: "code" }, bar, element("pre", { tabindex: "0" }, code));
}

/** Copies the block of code whose button was pressed. */
export async function copyCode(event: Event): Promise<void> {
  const button = (event.target as Element).closest<HTMLElement>("button.copy");
  const code = button?.closest(".code")?.querySelector("code");
  if (!button || !code) return;
  button.dataset.label = (await copied(code)) ? STRINGS.copied : STRINGS.copyByHand;
  setTimeout(() => {
    button.dataset.label = STRINGS.copyShort;
  }, COPIED_MS);
}

/** Where the page has no leave for the clipboard, the code is selected instead. */
async function copied(code: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
