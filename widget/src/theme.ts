/** Light or dark, and in which colour: what the page says of itself, else what the reader's system prefers. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

export type Scheme = "light" | "dark";

/** Attributes by which sites say their scheme: Docusaurus, Bootstrap, MkDocs Material, GitHub's, and many others. */
const SAID_BY = ["data-theme", "data-bs-theme", "data-md-color-scheme", "data-color-mode", "data-mode"];
const WATCHED = { attributeFilter: [...SAID_BY, "class", "style", "data-md-color-primary"] };
/** The colour of a site's links and buttons, where its theme has a name for it. */
const ACCENTS = ["--ifm-color-primary", "--md-primary-fg-color"];
/** What the widget's own backgrounds are when nobody changes them. */
const BACKGROUNDS: Readonly<Record<Scheme, string>> = { light: "#fffefb", dark: "#1b1b1d" };
/** WCAG's contrast for text. */
const READABLE = 4.5;

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

  readonly #apply = (): void => {
    const scheme = said() ?? (this.#system.matches ? "dark" : "light");
    this.host.dataset.scheme = scheme;
    const accent = accentOf(BACKGROUNDS[scheme]);
    const { style } = this.host;
    if (accent === null) {
      style.removeProperty("--_site-accent");
      style.removeProperty("--_site-accent-text");
    } else {
      const isLight = contrast(accent, "#ffffff") < contrast(accent, "#10202f");
      style.setProperty("--_site-accent", accent);
      style.setProperty("--_site-accent-text", isLight ? "#10202f" : "#ffffff");
    }
  };
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

/** The site's own colour as `#rrggbb`, if text in it can be read; `null` where there is none. */
function accentOf(background: string): string | null {
  for (const name of ACCENTS) {
    const value = getComputedStyle(document.body).getPropertyValue(name).trim();
    const colour = value === "" ? null : hex(value);
    if (colour !== null && contrast(colour, background) >= READABLE) return colour;
  }
  return null;
}

/** Any opaque colour of CSS as `#rrggbb`. */
function hex(value: string): string | null {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null || !CSS.supports("color", value)) return null;
  context.fillStyle = value;
  return /^#[0-9a-f]{6}$/.test(context.fillStyle) ? context.fillStyle : null;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
