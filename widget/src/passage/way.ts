/** The way to a passage from wherever the reader is: on this page, or on another one of the site. */

import { follow } from "./follow.ts";
import { land } from "./land.ts";
import { isHere, type Outcome, recall, remember, type Target } from "./target.ts";

/** A router has changed the page's address by then. */
const ARRIVES_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;

/**
 * Go to a passage; `null` where the reader has gone elsewhere meanwhile, or the browser opens the page anew, and then it
 * is gone on from there.
 *
 * @param host - Takes a link for the length of a click.
 */
export async function go(target: Target, host: Element, signal: AbortSignal): Promise<Outcome | null> {
  const { hash, href } = new URL(target.href, location.href);
  if (isHere(href)) {
    if (hash !== "" && hash !== location.hash) location.href = href;
    return land(target, "open", signal);
  }
  remember(target);
  follow(href, host);
  for (const until = Date.now() + ARRIVES_WITHIN_MS; Date.now() < until && !signal.aborted; ) {
    if (isHere(href)) {
      recall();
      if (hash !== location.hash) history.replaceState(history.state, "", href);
      return land(target, "drawn", signal);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return null;
}
