/** Light or dark, and in which colour: what the page says of itself, else what the reader's system prefers. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

export type Scheme = "light" | "dark";

/** Attributes by which sites say their scheme: Docusaurus, Bootstrap, MkDocs Material, GitHub's, and many others. */
const SAID_BY = ["data-theme", "data-bs-theme", "data-md-color-scheme", "data-color-mode", "data-mode"];
const WATCHED = { attributeFilter: [...SAID_BY, "class", "style", "data-md-color-primary"] };
/** The colour of a site's links and buttons, where its theme has a name for it. */
const ACCENTS = ["--ifm-color-primary", "--md-primary-fg-color"];

/** Keeps the host's `data-scheme` attribute and its accent in step with the page. */
export class ThemeController implements ReactiveController {
  readonly #system = matchMedia("(prefers-color-scheme: dark)");
  readonly #page = new MutationObserver(() => this.#apply());

  constructor(readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#system.addEventListener("change", this.#apply);
    for (const element of [document.documentElement, document.body]) this.#page.observe(element, WATCHED);
    this.#apply();
  }

  hostDisconnected(): void {
    this.#system.removeEventListener("change", this.#apply);
    this.#page.disconnect();
  }

  /** The site's colour, which takes a part of its own to judge: most pages have none that is known. */
  async #colour(scheme: Scheme): Promise<void> {
    const part = named().length === 0 ? null : await import("./lazy/accent.ts").catch(() => null);
    if (this.host.dataset.scheme !== scheme) return;
    // Asked again: the page may have changed them while the part was loaded.
    const colours = part?.readable(named(), scheme) ?? [];
    for (const [at, name] of ["--_site-accent", "--_site-accent-text"].entries()) {
      this.host.style.setProperty(name, colours[at] ?? "");
    }
  }

  readonly #apply = (): void => {
    const scheme = said() ?? (this.#system.matches ? "dark" : "light");
    this.host.dataset.scheme = scheme;
    void this.#colour(scheme);
  };
}

/** The colours that the page's theme has by a name that is known. */
function named(): string[] {
  const page = getComputedStyle(document.body);
  return ACCENTS.map((name) => page.getPropertyValue(name).trim()).filter((value) => value !== "");
}

/** What the page says; `null` where it leaves it to the system. */
function said(): Scheme | null {
  for (const element of [document.documentElement, document.body]) {
    for (const name of SAID_BY) {
      const value = element.getAttribute(name);
      if (value === "dark" || value === "slate") return "dark";
      if (value === "light" || value === "default") return "light";
    }
    if (element.classList.contains("dark")) return "dark";
    if (element.classList.contains("light")) return "light";
  }
  // A page that says nothing in its markup may still say it in its style sheet.
  const schemes = getComputedStyle(document.documentElement).colorScheme.split(" ");
  const [only] = schemes.filter((word) => word === "light" || word === "dark");
  return schemes.includes("light") && schemes.includes("dark") ? null : ((only as Scheme | undefined) ?? null);
}
