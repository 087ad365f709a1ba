/** Room for the open panel: the page is told how much of its width the panel takes, and its text can stand beside it. */

import { tabStorage } from "./memory.ts";
import { contentOf } from "./passage/content.ts";

const PROPERTY = "--bookside-room";
const MARK = "data-bookside-room";
/** In the tab's own storage, so that a page can make room before it is painted, and nothing moves when the panel comes. */
const KEY = "bookside-room";
/** Beside the panel, on both sides. */
const GAP_PX = 20;
/** A page that would have less is not asked for room. */
const MIN_PAGE_PX = 480;
const BLOCKS = "p,li,pre,h1,h2,h3,h4,h5,h6,dt,dd,tr,figure,img";

export class Room {
  /** What the panel takes in its usual size; in its larger one it covers the page. */
  #px: number | null = null;

  constructor(readonly host: HTMLElement & { readonly layout: string; open: boolean; expanded: boolean }) {}

  start(): void {
    addEventListener("resize", this.#apply);
  }

  stop(): void {
    removeEventListener("resize", this.#apply);
  }

  /** The panel is open now, or closed, or of another size. */
  update(): void {
    this.#apply();
    if (this.host.layout === "panel") keep(this.#px);
  }

  /** The panel is gone for good. */
  leave(): void {
    this.#px = null;
    set(null);
  }

  readonly #apply = (): void => {
    const { layout, open, expanded, shadowRoot } = this.host;
    const panel = shadowRoot?.querySelector("dialog") ?? null;
    if (layout !== "panel" || !open || panel === null) this.#px = null;
    else if (!expanded) this.#px = panel.offsetWidth + 2 * GAP_PX;
    else this.#px ??= Number.parseFloat(tabStorage.getItem(KEY) ?? "") || null;
    set(this.#px !== null && innerWidth - this.#px >= MIN_PAGE_PX ? `${this.#px}px` : null);
  };
}

function keep(px: number | null): void {
  if (px === null) tabStorage.removeItem(KEY);
  else tabStorage.setItem(KEY, `${px}px`);
}

/** Change the page's room; what the reader sees at the top of the window stays there. */
function set(room: string | null): void {
  const { style } = document.documentElement;
  if (style.getPropertyValue(PROPERTY) === (room ?? "")) return;
  const seen = scrollY === 0 ? null : firstSeen();
  const before = seen?.getBoundingClientRect().top ?? 0;
  if (room === null) style.removeProperty(PROPERTY);
  else style.setProperty(PROPERTY, room);
  document.documentElement.toggleAttribute(MARK, room !== null);
  if (seen === null) return;
  const by = seen.getBoundingClientRect().top - before;
  if (Math.abs(by) >= 1) scrollBy({ top: by, behavior: "instant" });
}

function firstSeen(): Element | null {
  const blocks = contentOf(document).querySelectorAll(BLOCKS);
  return [...blocks].find((block) => block.getBoundingClientRect().bottom > innerHeight * 0.15) ?? null;
}
