/** Judges the colours that a site's theme has for its links and buttons, loaded where a site has one. */

import type { Scheme } from "../theme.ts";

/** What the widget's own backgrounds are when nobody changes them. */
const BACKGROUNDS: Readonly<Record<Scheme, string>> = { light: "#fffefb", dark: "#1b1b1d" };
/** WCAG's contrast for text. */
const READABLE = 4.5;

/** The first colour in which text can be read, and the colour of text on it; `null` where there is none. */
export function readable(colours: readonly string[], scheme: Scheme): readonly [string, string] | null {
  for (const said of colours) {
    const colour = hex(said);
    if (colour === null || contrast(colour, BACKGROUNDS[scheme]) < READABLE) continue;
    return [colour, contrast(colour, "#ffffff") < contrast(colour, "#10202f") ? "#10202f" : "#ffffff"];
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
