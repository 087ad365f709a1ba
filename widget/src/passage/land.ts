/** The end of the way to a passage: wait for its page, find it, mark it, and go there; or say that it is not there. */

import { contentOf } from "./content.ts";
import { find } from "./find.ts";
import { focusOn } from "./focus.ts";
import { clearMark, mark } from "./mark.ts";
import { scrollTo, unfold } from "./show.ts";
import { anchorOf, isHere, type Outcome, type Target } from "./target.ts";

/** A page that has changed nothing for so long is drawn. */
const QUIET_MS = 800;
/** No page takes longer to be drawn. */
const PATIENCE_MS = 10_000;
/** A page that has taken over what its server drew is done by then. */
const SETTLED_MS = 4000;

/** How far the page is: `open` for long, `loading` since the reader left another one, or still to be `drawn`. */
export type Arrival = "open" | "loading" | "drawn";

/** Show the target on the page that is open; `null` where the reader has gone on before it was found. */
export async function land(target: Target, arrival: Arrival, signal: AbortSignal): Promise<Outcome | null> {
  clearMark();
  const anchor = anchorOf(target.href);
  const look = () => (target.quote === "" ? null : find(contentOf(document), target.quote, anchor));
  const isThere = () => (target.quote === "" ? anchor === "" || sectionOf(anchor) !== null : found !== null);
  let found = look();
  if (arrival !== "open") {
    let isDrawn = arrival === "loading";
    for (const until = Date.now() + PATIENCE_MS; !isThere() && Date.now() < until && !signal.aborted; ) {
      const hasChanged = await changed(document, QUIET_MS, signal);
      if (hasChanged) found = look();
      else if (isDrawn && document.readyState === "complete") break;
      isDrawn ||= hasChanged;
    }
  }
  if (signal.aborted || !isHere(target.href)) return null;
  if (target.quote === "" && anchor === "") return "section";
  if (found === null) {
    const section = sectionOf(anchor) ?? contentOf(document);
    focusOn(section);
    await scrollTo(section);
    return target.quote === "" ? "section" : "missing";
  }
  unfold(found.range);
  mark(found.range);
  void keep(found.range, look, signal);
  focusOn(found.range);
  await scrollTo(found.range);
  return found.isWhole ? "marked" : "changed";
}

/** A framework that draws the page's text anew takes the marked nodes away: mark those that have come in their place. */
async function keep(range: Range, look: () => { range: Range } | null, signal: AbortSignal): Promise<void> {
  let marked = range;
  for (const until = Date.now() + SETTLED_MS; Date.now() < until && !signal.aborted; ) {
    await changed(document, until - Date.now(), signal);
    if (signal.aborted || marked.toString() !== "") continue;
    marked = look()?.range ?? marked;
    if (marked.toString() !== "") mark(marked);
  }
}

function sectionOf(anchor: string): Element | null {
  return anchor === "" ? null : document.getElementById(anchor);
}

/** Whether the page has changed before the time was over; many changes are told as one. */
function changed(page: Document, withinMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    let pause: ReturnType<typeof setTimeout> | undefined;
    const end = (hasChanged: boolean) => {
      observer.disconnect();
      clearTimeout(pause);
      clearTimeout(timer);
      resolve(hasChanged);
    };
    const observer = new MutationObserver(() => {
      pause ??= setTimeout(() => end(true), 50);
    });
    const timer = setTimeout(() => end(false), Math.max(withinMs, 0));
    signal.addEventListener("abort", () => end(false), { once: true });
    observer.observe(page, { childList: true, subtree: true, characterData: true });
  });
}
