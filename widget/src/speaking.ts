/** Keeps an element in the language of its place in the page. */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import { direction, speak } from "./language.ts";

export class LanguageController implements ReactiveController {
  /** Kept as soon as the words are there. */
  ready: Promise<void> = Promise.resolve();
  readonly #page = new MutationObserver(() => this.#listen());
  #wanted = "";

  constructor(readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#page.observe(document.documentElement, { attributeFilter: ["lang", "dir"] });
    this.#page.observe(this.host, { attributeFilter: ["lang", "dir"] });
    this.#listen();
  }

  hostDisconnected(): void {
    this.#page.disconnect();
  }

  /** The page's own word on the direction comes first, where it is in the language that is spoken. */
  get direction(): "rtl" | "ltr" {
    const said = this.host.closest("[dir]")?.getAttribute("dir");
    return said === "rtl" || said === "ltr" ? said : direction();
  }

  #listen(): void {
    const wanted = this.host.closest("[lang]")?.getAttribute("lang") || "en";
    if (wanted !== this.#wanted) this.ready = speak(wanted).then(() => this.host.requestUpdate());
    else this.host.requestUpdate();
    this.#wanted = wanted;
  }
}
