/** What the page around the widget tells: where the reader is and which words they have selected. */

import type { ContextMode, PageContext } from "./protocol.ts";

/** The server's own limit; a longer selection is cut here, so that the chip shows what is sent. */
export const MAX_SELECTION_CHARACTERS = 2000;

export function pageContext(selected: string | null, mode: ContextMode | null): PageContext {
  return {
    page_context: { url: location.href, title: document.title, current_path: location.pathname },
    ...(selected ? { selected_text: selected } : {}),
    ...(mode ? { context_mode: mode } : {}),
  };
}

/** Follows the reader's selection on the page; what happens inside the widget does not count. */
export class SelectionWatcher {
  #isInside = false;

  constructor(
    readonly host: HTMLElement,
    readonly changed: (text: string | null) => void,
  ) {}

  start(): void {
    document.addEventListener("selectionchange", this.#onSelection);
    document.addEventListener("pointerdown", this.#onPointer, { capture: true });
  }

  stop(): void {
    document.removeEventListener("selectionchange", this.#onSelection);
    document.removeEventListener("pointerdown", this.#onPointer, { capture: true });
  }

  readonly #onPointer = (event: PointerEvent): void => {
    this.#isInside = event.composedPath().includes(this.host);
  };

  readonly #onSelection = (): void => {
    // A press on the widget takes the selection off the page, and the widget's own text can be selected too: neither
    // changes the words that the reader has chosen on the page.
    if (this.#isInside || document.activeElement === this.host) return;
    const text = document.getSelection()?.toString().trim() ?? "";
    this.changed(text === "" ? null : cut(text));
  };
}

function cut(text: string): string {
  return text.length <= MAX_SELECTION_CHARACTERS ? text : Array.from(text).slice(0, MAX_SELECTION_CHARACTERS).join("");
}
