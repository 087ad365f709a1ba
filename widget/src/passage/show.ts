/** Brings a place on the page before the reader's eyes. */

import { elementOf } from "./focus.ts";

/** Where on the screen a passage comes to stand: below what a site keeps at the top. */
const FROM_TOP = 0.22;
/** Room for the passage's heading above it, where the screen is low. */
const HEADING_PX = 72;
const SCROLL_ENDS_WITHIN_MS = 1500;

/** Open what a passage is folded away in, as a browser does for a word that is searched for on the page. */
export function unfold(range: Range): void {
  for (let element = elementOf(range.startContainer); element !== null; element = element.parentElement) {
    if (element instanceof HTMLDetailsElement) element.open = true;
    if (element.getAttribute("role") === "tabpanel" && element.checkVisibility?.() === false) chooseTab(element);
  }
}

/** The n-th panel belongs to the n-th tab above it. */
function chooseTab(panel: Element): void {
  const panels = [...(panel.parentElement?.children ?? [])].filter((one) => one.getAttribute("role") === "tabpanel");
  for (let around = panel.parentElement; around !== null; around = around.parentElement) {
    const list = around.querySelector("[role=tablist]");
    if (list === null) continue;
    list.querySelectorAll<HTMLElement>("[role=tab]")[panels.indexOf(panel)]?.click();
    return;
  }
}

/** Scroll a passage, or the beginning of a section, into view. */
export async function scrollTo(place: Range | Element): Promise<void> {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const start = place instanceof Range ? elementOf(place.startContainer) : place;
  const scroller = scrollerOf(start);
  const move = (behavior: ScrollBehavior) => {
    const { top, height } = scroller === null ? { top: 0, height: innerHeight } : scroller.getBoundingClientRect();
    const kept = Number.parseFloat(getComputedStyle(scroller ?? document.documentElement).scrollPaddingTop) || 0;
    const fromTop = Math.max(Math.min(height, innerHeight) * FROM_TOP, kept + HEADING_PX);
    const by = place.getBoundingClientRect().top - top - fromTop;
    (scroller ?? window).scrollBy({ top: by, behavior });
  };
  if (!isCalm && Math.abs(place.getBoundingClientRect().top) > 4) {
    const ended = new Promise((resolve) => {
      (scroller ?? document).addEventListener("scrollend", resolve, { once: true });
      setTimeout(resolve, SCROLL_ENDS_WITHIN_MS);
    });
    move("smooth");
    await ended;
  }
  // Pictures above that have come meanwhile have moved it, or nothing was to be moved smoothly.
  const { top, bottom } = place.getBoundingClientRect();
  if (isCalm || bottom < 0 || top > innerHeight) move("instant");
}

function scrollerOf(start: Element | null): Element | null {
  for (let element = start; element !== null && element !== document.body; element = element.parentElement) {
    const { overflowY } = getComputedStyle(element);
    const canScroll = overflowY === "auto" || overflowY === "scroll";
    if (canScroll && element.scrollHeight > element.clientHeight + 1) {
      return element === document.documentElement ? null : element;
    }
  }
  return null;
}
