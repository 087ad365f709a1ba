/** What the server knows of the page that the reader is on, and the questions to begin with there. */

import { html, nothing, type TemplateResult } from "lit";
import type { ChatKitClient } from "./client.ts";
import { BooksideError } from "./errors.ts";
import type { PageInfo, Starter } from "./protocol.ts";
import { STRINGS, say } from "./strings.ts";

/** Asks once for each page that the reader comes to. */
export class PageKnowledge {
  info: PageInfo | null = null;
  /** Whether the server has said what it knows, or cannot. */
  isSettled = false;
  #page: string | null = null;

  constructor(
    readonly client: () => ChatKitClient | null,
    readonly changed: () => void,
  ) {}

  /** The reader may be on another page than before. */
  async look(): Promise<void> {
    const client = this.client();
    const page = location.origin + location.pathname;
    if (client === null || page === this.#page) return;
    this.#page = page;
    this.info = null;
    this.isSettled = false;
    try {
      const info = await client.pageInfo(page);
      if (page !== this.#page) return;
      this.info = info;
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (page !== this.#page) return;
      // Nothing can be proposed; the next look asks again.
      this.#page = null;
    }
    this.isSettled = true;
    this.changed();
  }
}

export function starterList(info: PageInfo | null, ask: (question: string) => void): TemplateResult | typeof nothing {
  if (info === null || info.starters.length === 0) return nothing;
  return html`<ul class="starters" aria-label=${STRINGS.starters}>
    ${info.starters.map(
      (starter) =>
        html`<li><button type="button" @click=${() => ask(question(starter))}>${question(starter)}</button></li>`,
    )}
  </ul>`;
}

function question({ kind, text }: Starter): string {
  if (kind === "summary") return STRINGS.summarisePage;
  return kind === "explain" ? say(STRINGS.explain, { heading: text }) : text;
}
