/** On a phone the keyboard covers part of the page: the sheet keeps to the part that is left. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

export class ViewportController implements ReactiveController {
  constructor(readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    visualViewport?.addEventListener("resize", this.#apply);
    visualViewport?.addEventListener("scroll", this.#apply);
    this.#apply();
  }

  hostDisconnected(): void {
    visualViewport?.removeEventListener("resize", this.#apply);
    visualViewport?.removeEventListener("scroll", this.#apply);
  }

  readonly #apply = (): void => {
    const seen = visualViewport;
    // A reader who zooms in looks at a part of the sheet: it stays as it is.
    const isCovered = seen !== null && seen.scale === 1 && innerHeight - seen.height > 1;
    const { style } = this.host;
    if (isCovered) {
      style.setProperty("--_seen-height", `${seen.height}px`);
      style.setProperty("--_seen-top", `${seen.offsetTop}px`);
    } else {
      style.removeProperty("--_seen-height");
      style.removeProperty("--_seen-top");
    }
  };
}
