/** The words that the reader has selected on the page, and where; what happens inside the widget does not count. */

import { sectionAt } from "./content.ts";

/** The server's own limit; a longer selection is cut here, so that the chip shows what is sent. */
export const MAX_SELECTION_CHARACTERS = 2000;
/** Words that are being selected change so often; then they are what is wanted. */
const SETTLES_MS = 250;
const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable=false])";

export interface Selected {
  /** What goes with the question: the words, cut to the limit. */
  readonly quote: string;
  /** How many characters were selected. */
  readonly length: number;
  /** The page and the section that they were selected in. */
  readonly href: string;
}

export interface SelectionListener {
  /** The selection is another one; `null` for none. */
  changed(selected: Selected | null): void;
  /** The reader has let go of it, and it may be asked about; `null` for none. */
  settled(range: Range | null, isTouched: boolean): void;
}

export class SelectionWatcher {
  #isInside = false;
  #isPressed = false;
  #isTouched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly host: HTMLElement,
    readonly listener: SelectionListener,
  ) {}

  start(): void {
    document.addEventListener("selectionchange", this.#onSelection);
    document.addEventListener("keydown", this.#onKey, { capture: true });
    for (const type of POINTER) document.addEventListener(type, this.#onPointer, { capture: true });
  }

  stop(): void {
    document.removeEventListener("selectionchange", this.#onSelection);
    document.removeEventListener("keydown", this.#onKey, { capture: true });
    for (const type of POINTER) document.removeEventListener(type, this.#onPointer, { capture: true });
    clearTimeout(this.#timer);
  }

  readonly #onPointer = (event: PointerEvent): void => {
    this.#isPressed = event.type === "pointerdown";
    if (this.#isPressed) {
      this.#isInside = event.composedPath().includes(this.host);
      this.#isTouched = event.pointerType === "touch";
    } else {
      this.#settle();
    }
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    this.#isInside = event.composedPath().includes(this.host);
  };

  readonly #onSelection = (): void => {
    // A press on the widget takes the selection off the page, and the widget's own text can be selected too: neither
    // changes the words that the reader has chosen on the page.
    if (this.#isInside || document.activeElement === this.host) return;
    const range = rangeOf(getSelection(), this.host);
    this.listener.changed(range === null ? null : selected(range, String(getSelection()).trim()));
    if (range === null) this.listener.settled(null, false);
    else this.#settle();
  };

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isPressed || this.#isInside || document.activeElement === this.host) return;
      this.listener.settled(rangeOf(getSelection(), this.host), this.#isTouched);
    }, SETTLES_MS);
  }
}

const POINTER = ["pointerdown", "pointerup", "pointercancel"] as const;

/** The selection, unless it is empty, or in a field or the widget. */
function rangeOf(selection: Selection | null, host: Element): Range | null {
  if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const around = range.commonAncestorContainer;
  const element = around instanceof Element ? around : around.parentElement;
  const isOut = element === null || element.closest(FIELDS) !== null || host.contains(around);
  return isOut || String(selection).trim() === "" ? null : range;
}

function selected(range: Range, text: string): Selected {
  const id = sectionAt(range.startContainer)?.id;
  const page = location.href.replace(/#.*$/, "");
  const href = id ? `${page}#${encodeURIComponent(id)}` : page;
  return { quote: cut(text), length: text.length, href };
}

function cut(text: string): string {
  return text.length <= MAX_SELECTION_CHARACTERS ? text : Array.from(text).slice(0, MAX_SELECTION_CHARACTERS).join("");
}
