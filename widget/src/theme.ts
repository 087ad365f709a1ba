/** Light or dark: what the page says on its root element, else what the reader's system prefers. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

export type Scheme = "light" | "dark";

/** Keeps the host's `data-scheme` attribute in step with the page. */
export class ThemeController implements ReactiveController {
  readonly #system = matchMedia("(prefers-color-scheme: dark)");
  readonly #page = new MutationObserver(() => this.#apply());

  constructor(readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#system.addEventListener("change", this.#apply);
    this.#page.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#apply();
  }

  hostDisconnected(): void {
    this.#system.removeEventListener("change", this.#apply);
    this.#page.disconnect();
  }

  readonly #apply = (): void => {
    const said = document.documentElement.dataset.theme;
    const scheme: Scheme = said === "dark" || said === "light" ? said : this.#system.matches ? "dark" : "light";
    this.host.dataset.scheme = scheme;
  };
}
