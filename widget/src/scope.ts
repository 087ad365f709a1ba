/** How far an answer may look: the reader's choice, of what the page and the selection allow. */

import { html, nothing, type TemplateResult } from "lit";
import type { ContextMode, PageInfo } from "./protocol.ts";
import { STRINGS, type Strings } from "./strings.ts";

const KEY = "bookside-scope";
const NAMES: readonly (readonly [ContextMode, keyof Strings])[] = [
  ["full_book", "scopeBook"],
  ["up_to_here", "scopeSoFar"],
  ["current_chapter", "scopeChapter"],
  ["current_page", "scopePage"],
  ["selection", "scopeSelection"],
];

export class Scope {
  #wanted = recalled();

  /**
   * What the reader has chosen, as far as there is such a thing here and now. Who wants nothing of later pages keeps to
   * it also where the page is not known, or not yet: what has been told cannot be taken back.
   */
  now(page: PageInfo | null, hasSelection: boolean): ContextMode {
    return this.#possible(page, hasSelection).some(([mode]) => mode === this.#wanted) ? this.#wanted : "full_book";
  }

  /** The choice; nothing where there is only one, and its room while the page is not known yet: nothing moves then. */
  draw(
    page: PageInfo | null,
    isSettled: boolean,
    hasSelection: boolean,
    changed: () => void,
  ): TemplateResult | typeof nothing {
    if (!isSettled) return html`<div class="below"></div>`;
    const modes = this.#possible(page, hasSelection);
    if (modes.length === 1) return nothing;
    const now = this.now(page, hasSelection);
    const choose = (event: Event) => {
      this.#wanted = (event.target as HTMLSelectElement).value as ContextMode;
      keep(this.#wanted);
      changed();
    };
    return html`<div class="below">
      <select class="scope" aria-label=${STRINGS.scope} title=${STRINGS.scope} @change=${choose}>
        ${modes.map(([mode, name]) => html`<option value=${mode} .selected=${mode === now}>${STRINGS[name]}</option>`)}
      </select>
    </div>`;
  }

  #possible(page: PageInfo | null, hasSelection: boolean): typeof NAMES {
    return NAMES.filter(
      ([mode]) =>
        mode === "full_book" ||
        (mode === "up_to_here" && (page?.page || this.#wanted === mode)) ||
        (mode === "current_chapter" && page?.page?.chapter) ||
        (mode === "current_page" && page?.page) ||
        (mode === "selection" && hasSelection),
    );
  }
}

/** Remembered for the tab. */
function recalled(): ContextMode {
  try {
    const kept = sessionStorage.getItem(KEY);
    return NAMES.find(([mode]) => mode === kept)?.[0] ?? "full_book";
  } catch (error) {
    if (error instanceof DOMException) return "full_book";
    throw error;
  }
}

function keep(mode: ContextMode): void {
  try {
    sessionStorage.setItem(KEY, mode);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
