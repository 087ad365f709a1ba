/** Loads what was said before as the reader comes near the beginning, and keeps what they read where it is. */

import type { LitElement, ReactiveController } from "lit";

/** So near to the beginning. */
const NEAR = { rootMargin: "200px 0px 0px 0px" };

export class OlderController implements ReactiveController {
  readonly #seen = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) void this.load();
  }, NEAR);
  #button: Element | null = null;

  constructor(
    readonly host: LitElement,
    readonly older: () => Promise<void> | undefined,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    const button = this.host.renderRoot.querySelector(".older");
    if (button === this.#button) return;
    this.#seen.disconnect();
    if (button !== null) this.#seen.observe(button);
    this.#button = button;
  }

  hostDisconnected(): void {
    this.#seen.disconnect();
    this.#button = null;
  }

  async load(): Promise<void> {
    const list = this.host.renderRoot.querySelector(".messages");
    if (list === null) return;
    const fromEnd = list.scrollHeight - list.scrollTop;
    await this.older();
    await this.host.updateComplete;
    list.scrollTop = list.scrollHeight - fromEnd;
  }
}
