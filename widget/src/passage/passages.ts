/** Passages as the element has them: a click on a citation, a page that was opened for one, a mark to be taken away. */

import { type Outcome, recall, remember, type Target } from "./target.ts";

type Part = typeof import("../lazy/passage.ts");

export class Passages {
  #way = new AbortController();
  #target: Target | null = null;

  constructor(
    readonly host: HTMLElement,
    /** Told when the reader is there. */
    readonly landed: (outcome: Outcome, target: Target) => void,
    /** Told when the reader has taken the mark off by the keyboard, and wants to be where they came from. */
    readonly left: (target: Target) => void,
  ) {}

  /** Go on where the page before this one was left for a passage. */
  start(): void {
    document.addEventListener("keydown", this.#onKey);
    const target = recall();
    if (target !== null) void this.#run(target, ({ land }, signal) => land(target, "loading", signal));
  }

  stop(): void {
    document.removeEventListener("keydown", this.#onKey);
    this.#way.abort();
  }

  /**
   * Go to a passage, or with an empty quote to a section; nothing but the passage itself is ever marked.
   *
   * @returns What became of it; `null` where another way was taken meanwhile, or this page is left.
   */
  open(target: Target): Promise<Outcome | null> {
    return this.#run(target, ({ go }, signal) => go(target, this.host, signal));
  }

  /** Find words on the page that is open and mark them, wherever they stand. */
  highlight(quote: string): Promise<Outcome | null> {
    return this.open({ href: location.href.replace(/#.*$/, ""), quote });
  }

  /** Take the mark off the page. */
  clear(): void {
    this.#way.abort();
    void this.load().then((part) => part?.clearMark());
  }

  /** A click on a link to a passage; one that opens a new tab is the browser's own. */
  onClick(event: MouseEvent, target: Target): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
      remember(target, true);
    } else {
      event.preventDefault();
      void this.open(target);
    }
  }

  /** Get ready; `null` where the part cannot be loaded. */
  load(): Promise<Part | null> {
    return import("../lazy/passage.ts").catch(() => null);
  }

  /** One way at a time; without the part the reader gets to the section, by its address. */
  async #run(
    target: Target,
    way: (part: Part, signal: AbortSignal) => Promise<Outcome | null>,
  ): Promise<Outcome | null> {
    this.#way.abort();
    this.#way = new AbortController();
    const { signal } = this.#way;
    const part = await this.load();
    if (part === null) location.href = target.href;
    const outcome = part === null || signal.aborted ? null : await way(part, signal);
    if (outcome === null || signal.aborted) return null;
    this.#target = target;
    this.landed(outcome, target);
    return outcome;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || !CSS.highlights?.has("bookside-passage")) return;
    this.clear();
    // In a field of the page Escape is the field's.
    if (this.#target !== null && !isField(document.activeElement)) this.left(this.#target);
    this.#target = null;
  };
}

function isField(element: Element | null): boolean {
  return element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select"));
}
