/** Loads the list of conversations when it is first shown, and stands in its place until it is there. */

import { html, type TemplateResult } from "lit";
import { KIT } from "./kit.ts";
import type { ThreadsHost, ThreadsPanel } from "./lazy/threads.ts";
import type { PartHost } from "./parts.ts";
import { STRINGS } from "./strings.ts";

export class Listing {
  #panel: ThreadsPanel | null = null;
  #problem: string | null = null;

  constructor(
    readonly host: PartHost,
    readonly threads: ThreadsHost,
  ) {}

  async begin(): Promise<void> {
    if (this.#panel === null) await this.#load();
    this.#panel?.begin();
    this.host.changed();
  }

  refresh(): void {
    this.#panel?.refresh();
  }

  draw(): TemplateResult {
    return (
      this.#panel?.draw() ??
      html`<div class="threads"><p class="progress">${this.#problem ?? STRINGS.loading}</p></div>`
    );
  }

  async #load(): Promise<void> {
    const part = await import("./lazy/threads.ts").catch(() => null);
    this.#problem = part === null ? STRINGS.offline : null;
    if (part === null || this.#panel !== null) return;
    this.#panel = new part.ThreadsPanel(KIT, this.threads);
    this.host.adopt(this.#panel.styles);
  }
}
