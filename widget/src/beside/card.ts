/** The card beside a citation's mark: where in the book the passage is, and its words. */

import { readable } from "../passage/readable.ts";
import { closeOverlay, openOverlay, placeOverlay } from "./overlay.ts";

const GAP_PX = 8;
const OPENS_AFTER_MS = 250;
/** The way from the mark to the card and back. */
const CLOSES_AFTER_MS = 300;

/**
 * Opens on hover and focus, and on touch with a link in it, as a finger cannot hover.
 *
 * @param root - Where marks are, and one empty `.card` in the panel.
 */
export class SourceCard {
  #mark: HTMLAnchorElement | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTouched = false;

  constructor(
    readonly root: DocumentFragment | HTMLElement,
    /** What its link says. */
    readonly linkWords: string,
  ) {
    root.addEventListener("pointerdown", (event) => {
      this.#isTouched = (event as PointerEvent).pointerType === "touch";
      if (!this.#isIn(event.target)) this.close();
    });
    root.addEventListener("pointerover", (event) => {
      if ((event as PointerEvent).pointerType !== "touch") this.#point(event.target);
    });
    root.addEventListener("pointerout", (event) => {
      if ((event as PointerEvent).pointerType !== "touch") this.#later(CLOSES_AFTER_MS, () => this.close());
    });
    root.addEventListener("focusin", (event) => {
      const mark = markOf(event.target);
      if (mark?.matches(":focus-visible")) this.#open(mark, false);
    });
    root.addEventListener("focusout", (event) => {
      const next = (event as FocusEvent).relatedTarget;
      if (!this.#isIn(next)) this.close();
    });
    const scrolled = (event: Event) => void (this.#isIn(event.target) || this.close());
    root.addEventListener("scroll", scrolled, { capture: true, passive: true });
  }

  get isOpen(): boolean {
    return this.#mark !== null;
  }

  /** Whether a tap on a mark has opened its card, and goes no further. */
  onClick(event: Event): boolean {
    const mark = markOf(event.target);
    if (mark === null || !this.#isTouched) return false;
    event.preventDefault();
    if (this.#mark === mark) this.close();
    else this.#open(mark, true);
    return true;
  }

  /** @returns Whether it was open. */
  close(): boolean {
    clearTimeout(this.#timer);
    const mark = this.#mark;
    this.#mark = null;
    if (mark === null) return false;
    mark.removeAttribute("aria-describedby");
    const card = this.#card;
    if (card?.contains(this.#focused)) mark.focus();
    if (card) closeOverlay(card);
    return true;
  }

  get #card(): HTMLElement | null {
    return this.root.querySelector(".card");
  }

  get #focused(): Element | null {
    const root = this.root.getRootNode();
    return root instanceof ShadowRoot ? root.activeElement : null;
  }

  #isIn(target: EventTarget | null): boolean {
    return target instanceof Node && this.#card?.contains(target) === true;
  }

  #point(target: EventTarget | null): void {
    const mark = markOf(target);
    if (mark !== null && mark !== this.#mark) this.#later(OPENS_AFTER_MS, () => this.#open(mark, false));
    else if (mark !== null || this.#isIn(target)) clearTimeout(this.#timer);
  }

  #later(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }

  #open(mark: HTMLAnchorElement, hasLink: boolean): void {
    this.close();
    const card = this.#card;
    if (card === null || !mark.isConnected) return;
    const { quote = "", path = "", book = "" } = mark.dataset;
    card.replaceChildren(
      ...[element("p", "path", path), element("blockquote", "", readable(quote)), element("p", "book", book)].filter(
        ({ textContent }) => textContent !== "",
      ),
    );
    if (hasLink && mark.href !== "") card.append(linkLike(mark, this.linkWords));
    card.role = hasLink ? "dialog" : "tooltip";
    card.ariaLabel = hasLink ? mark.ariaLabel : null;
    this.#mark = mark;
    if (!hasLink) mark.setAttribute("aria-describedby", card.id);
    openOverlay(card);
    this.#place(card, mark);
    if (hasLink) card.querySelector("a")?.focus({ preventScroll: true });
  }

  /** Below the mark or above it, and within the panel. */
  #place(card: HTMLElement, mark: HTMLElement): void {
    const panel = (card.parentElement ?? card).getBoundingClientRect();
    const at = mark.getBoundingClientRect();
    card.style.maxWidth = `${panel.width - 2 * GAP_PX}px`;
    const { width, height } = card.getBoundingClientRect();
    const left = Math.max(panel.left + GAP_PX, Math.min(at.left - GAP_PX, panel.right - width - GAP_PX));
    const below = at.bottom + GAP_PX;
    const isBelow = below + height <= panel.bottom || at.top - GAP_PX - height < panel.top;
    placeOverlay(card, left, isBelow ? below : at.top - GAP_PX - height);
  }
}

function markOf(target: EventTarget | null): HTMLAnchorElement | null {
  return target instanceof Element ? target.closest<HTMLAnchorElement>("a.citation") : null;
}

function element(tag: string, name: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  if (name !== "") made.className = name;
  made.textContent = text;
  made.dir = "auto";
  return made;
}

function linkLike(mark: HTMLAnchorElement, words: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.textContent = words;
  for (const name of ["href", "target", "rel", "data-quote"]) {
    const value = mark.getAttribute(name);
    if (value !== null) link.setAttribute(name, value);
  }
  if (mark.classList.contains("external")) link.classList.add("external");
  return link;
}
