/** "Ask about this", beside the words that the reader has selected: by mouse, by touch, or by keyboard. */

import { focusOn } from "../passage/focus.ts";
import { closeOverlay, openOverlay, placeOverlay } from "./overlay.ts";

const GAP_PX = 10;
/** Below the handles with which a finger moves the ends of a selection. */
const HANDLE_PX = 44;
const EDGE_PX = 8;

/** @param button - Gives the drawn button, once there is one. */
export class SelectionOffer {
  #range: Range | null = null;
  #isShown = false;

  constructor(
    readonly host: HTMLElement,
    readonly button: () => HTMLElement | null,
    readonly accept: () => void,
  ) {
    document.addEventListener("keydown", this.#onKey, { capture: true });
    addEventListener("scroll", this.#onScroll, { capture: true, passive: true });
    addEventListener("resize", this.#onScroll);
  }

  stop(): void {
    document.removeEventListener("keydown", this.#onKey, { capture: true });
    removeEventListener("scroll", this.#onScroll, { capture: true });
    removeEventListener("resize", this.#onScroll);
    this.hide();
  }

  /** The words stand above the open panel's field already: a button beside them would only cover the page. */
  watch(range: Range): void {
    this.hide();
    this.#range = range;
  }

  show(range: Range, isTouched: boolean): void {
    const button = this.button();
    if (button === null) return;
    this.#range = range;
    this.#isShown = true;
    openOverlay(button);
    const lines = [...range.getClientRects()].filter(({ width }) => width > 0);
    const last = lines.at(-1) ?? range.getBoundingClientRect();
    const first = lines[0] ?? last;
    const { width, height } = button.getBoundingClientRect();
    const gap = isTouched ? HANDLE_PX : GAP_PX;
    const isBelow = last.bottom + gap + height < innerHeight - EDGE_PX;
    const top = isBelow ? last.bottom + gap : Math.min(first.top - gap - height, innerHeight - height - EDGE_PX);
    const left = Math.min(last.right - width / 2, innerWidth - width - EDGE_PX);
    placeOverlay(button, Math.max(left, EDGE_PX), Math.max(top, EDGE_PX));
  }

  hide(): void {
    const button = this.button();
    this.#range = null;
    this.#isShown = false;
    if (button !== null) closeOverlay(button);
  }

  readonly #onScroll = (event: Event): void => {
    const { target } = event;
    if (this.#isShown && !(target instanceof Node && this.host.contains(target))) this.hide();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const range = this.#range;
    if (range === null) return;
    const isOn = document.activeElement === this.host;
    if (event.altKey && event.code === "KeyQ") {
      event.preventDefault();
      this.accept();
    } else if (!this.#isShown) {
      return;
    } else if (event.key === "Escape") {
      this.hide();
      if (isOn) focusOn(range);
    } else if (event.key === "Tab" && !isOn && !event.shiftKey) {
      // The button is the next stop, wherever in the page's order it stands.
      event.preventDefault();
      this.button()?.focus();
    } else if (event.key === "Tab") {
      this.hide();
      focusOn(range);
      // From the passage the browser goes on to what follows it, or back to what is before it.
    }
  };
}
