/** The boxes beside the panel: a citation's card, the offer to ask about a selection, a notice about a passage. */

import { SourceCard } from "../beside/card.ts";
import { SelectionOffer } from "../beside/offer.ts";
import { closeOverlay, openOverlay } from "../beside/overlay.ts";
import { BOXES } from "../beside/styles.ts";
import { withTextFragment } from "../passage/fragment.ts";

export const BESIDE_WORDS = {
  goToPassage: "Go to the passage",
  passageShown: "The passage is marked on the page.",
  passageChanged: "The passage has changed since. What is left of its beginning is marked.",
  passageMissing: "The passage is no longer on this page. This is the section that it was in.",
  askAboutThis: "Ask about this",
} as const;

export class Boxes {
  readonly card: SourceCard;
  readonly offer: SelectionOffer;
  readonly #root: ShadowRoot;

  /** @param host - Has drawn the three boxes, empty or hidden, in its shadow tree. */
  constructor(host: HTMLElement, root: ShadowRoot, linkWords: string, accept: () => void) {
    this.#root = root;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(BOXES);
    root.adoptedStyleSheets.push(sheet);
    for (const type of ["pointerdown", "keydown"]) root.addEventListener(type, pointAtPassage, { capture: true });
    this.card = new SourceCard(root, linkWords);
    this.offer = new SelectionOffer(host, () => root.querySelector(".offer"), accept);
  }

  /** Say something about a passage; nothing takes the notice away. */
  tell(message: string): void {
    const box = this.#root.querySelector<HTMLElement>(".toast");
    const words = box?.querySelector("p");
    if (!box || !words) return;
    words.textContent = message;
    if (message === "") closeOverlay(box);
    else openOverlay(box);
  }

  stop(): void {
    this.offer.stop();
    this.card.close();
  }
}

/** A link to another site is about to be followed, or copied: its address gets the passage's words. */
function pointAtPassage({ target }: Event): void {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a.external[data-quote]") : null;
  if (link !== null) link.href = withTextFragment(link.href, link.dataset.quote ?? "");
}
