/** The closed set of style values that a server's JSON may bring about: everything else is as if it were not there. */

import type { ElementPart, Part } from "lit/directive.js";
import type { Data, Kit } from "./kit.ts";

export type Styles = Readonly<Record<string, string | null>>;

/** Pixels of one unit of spacing. */
const SPACE_PX = 4;
const MAX_PX = 1200;
const MOST: Readonly<Record<string, number>> = { px: MAX_PX, rem: 75, em: 75, ch: 120, "%": 100 };

/** A length: a number of pixels (or of `unitPx`), or a number with a unit; never negative, never beyond a screen. */
export function length(value: unknown, unitPx = 1): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? `${bounded(value * unitPx, MAX_PX)}px` : null;
  if (typeof value !== "string") return null;
  const [, number = "", unit = ""] = /^(\d{1,5}(?:\.\d{1,4})?)(px|rem|em|ch|%)?$/.exec(value.trim()) ?? [];
  if (number === "") return null;
  if (unit === "") return length(Number(number), unitPx);
  return `${bounded(Number(number), MOST[unit] ?? 0)}${unit}`;
}

function bounded(value: number, most: number): number {
  return Math.round(Math.min(Math.max(value, 0), most) * 100) / 100;
}

const TOKENS: Readonly<Record<string, string>> = {
  prose: "var(--_text)",
  primary: "var(--_text)",
  emphasis: "var(--_text)",
  secondary: "var(--_muted)",
  tertiary: "var(--_muted)",
  success: "var(--_success)",
  warning: "var(--_warning)",
  danger: "var(--_danger)",
  default: "var(--_border)",
  subtle: "var(--_border)",
  strong: "var(--_muted)",
  surface: "var(--_background)",
  "surface-secondary": "var(--_surface)",
  "surface-tertiary": "var(--_border)",
  "surface-elevated": "var(--_background)",
  "surface-elevated-secondary": "var(--_surface)",
  white: "#fff",
  black: "#000",
  transparent: "transparent",
};

/** Hue and chroma of the colours that are named with a shade, such as `red-500`. */
const HUES: Readonly<Record<string, readonly [number, number]>> = {
  ...{ gray: [265, 0.015], slate: [257, 0.03], zinc: [286, 0.01], neutral: [0, 0], stone: [60, 0.01] },
  ...{ red: [26, 0.2], orange: [48, 0.18], amber: [70, 0.16], yellow: [92, 0.16], lime: [125, 0.19] },
  ...{ green: [148, 0.17], emerald: [162, 0.14], teal: [182, 0.11], cyan: [210, 0.12], sky: [235, 0.14] },
  ...{ blue: [258, 0.19], indigo: [276, 0.2], violet: [292, 0.21], purple: [303, 0.22], fuchsia: [322, 0.24] },
  ...{ pink: [354, 0.2], rose: [15, 0.2] },
};

/** A colour: a token, a named shade, a hex or numeric CSS colour, or one for each theme. */
export function colour(value: unknown): string | null {
  if (typeof value === "object" && value !== null) {
    const { light, dark } = value as Data;
    const [byDay, byNight] = [colourOf(light), colourOf(dark)];
    return byDay && byNight ? `light-dark(${byDay}, ${byNight})` : (byDay ?? byNight);
  }
  return colourOf(value);
}

function colourOf(value: unknown): string | null {
  if (typeof value !== "string" || value.length > 48) return null;
  const name = value.trim().toLowerCase();
  if (Object.hasOwn(TOKENS, name)) return TOKENS[name] ?? null;
  const [, hue = "", shade = ""] = /^([a-z]+)-(\d{2,3})$/.exec(name) ?? [];
  if (Object.hasOwn(HUES, hue)) return shadeOf(HUES[hue] ?? [0, 0], Math.min(Number(shade), 950));
  if (/^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.test(name)) return name;
  return /^(?:rgb|hsl)a?\((?:\s*[\d.]+(?:%|deg)?\s*[,/]?){3,4}\)$/.test(name) ? name : null;
}

function shadeOf([hue, chroma]: readonly [number, number], shade: number): string {
  const light = 0.985 - 0.72 * (shade / 950) ** 1.1;
  const strength = Math.sin(Math.PI * Math.min(shade / 1000 + 0.05, 1)) ** 0.8;
  return `oklch(${light.toFixed(3)} ${(chroma * strength).toFixed(3)} ${hue})`;
}

export const RADIUS: Readonly<Record<string, string>> = {
  ...{ "2xs": "2px", xs: "3px", sm: "4px", md: "6px", lg: "8px", xl: "12px", "2xl": "16px", "3xl": "20px" },
  ...{ "4xl": "24px", full: "9999px", "100%": "100%", none: "0" },
};
const ALIGN: Readonly<Record<string, string>> = {
  ...{ start: "flex-start", center: "center", end: "flex-end", baseline: "baseline", stretch: "stretch" },
};
const JUSTIFY: Readonly<Record<string, string>> = {
  ...{ start: "flex-start", center: "center", end: "flex-end", stretch: "stretch" },
  ...{ between: "space-between", around: "space-around", evenly: "space-evenly" },
};
const WRAP: Readonly<Record<string, string>> = { nowrap: "nowrap", wrap: "wrap", "wrap-reverse": "wrap-reverse" };
const LINES = new Set(["solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset"]);

/** One of a closed set of words. */
export function oneOf(words: Readonly<Record<string, string>>, value: unknown): string | null {
  return typeof value === "string" && Object.hasOwn(words, value) ? (words[value] ?? null) : null;
}

/** What a container, a picture or a chart may say of its box. */
export function boxStyles(node: Data): Styles {
  const size = length(node.size);
  const [least, most] = [length(node.minSize), length(node.maxSize)];
  return {
    "align-items": oneOf(ALIGN, node.align),
    "justify-content": oneOf(JUSTIFY, node.justify),
    "flex-wrap": oneOf(WRAP, node.wrap),
    "flex-grow": flexOf(node.flex),
    "flex-basis": flexOf(node.flex) === null ? null : "0",
    gap: length(node.gap, SPACE_PX),
    width: length(node.width) ?? size,
    height: length(node.height) ?? size,
    "min-width": length(node.minWidth) ?? least,
    "min-height": length(node.minHeight) ?? least,
    "max-width": length(node.maxWidth) ?? most,
    "max-height": length(node.maxHeight) ?? most,
    "aspect-ratio": ratioOf(node.aspectRatio),
    "border-radius": oneOf(RADIUS, node.radius),
    background: colour(node.background),
    ...edges("padding", node.padding),
    ...edges("margin", node.margin),
    ...borders(node.border),
  };
}

function flexOf(value: unknown): string | null {
  const grow = typeof value === "string" ? Number(/^(\d{1,2})(?:\s|$)/.exec(value)?.[1] ?? Number.NaN) : value;
  return typeof grow === "number" && grow >= 0 && grow <= 99 ? String(grow) : null;
}

function ratioOf(value: unknown): string | null {
  if (typeof value === "number") return value > 0.05 && value < 20 ? String(value) : null;
  const [, width, height] = (typeof value === "string" && /^(\d{1,4})(?:\s*\/\s*(\d{1,4}))?$/.exec(value.trim())) || [];
  const ratio = Number(width) / Number(height ?? 1);
  return ratio > 0.05 && ratio < 20 ? `${width} / ${height ?? 1}` : null;
}

function edges(name: "padding" | "margin", value: unknown): Styles {
  if (typeof value !== "object" || value === null) return { [name]: length(value, SPACE_PX) };
  const { top, right, bottom, left, x, y } = value as Data;
  return {
    [`${name}-top`]: length(top ?? y, SPACE_PX),
    [`${name}-right`]: length(right ?? x, SPACE_PX),
    [`${name}-bottom`]: length(bottom ?? y, SPACE_PX),
    [`${name}-left`]: length(left ?? x, SPACE_PX),
  };
}

function borders(value: unknown): Styles {
  if (typeof value !== "object" || value === null || "size" in value) return { border: border(value) };
  const { top, right, bottom, left, x, y } = value as Data;
  return {
    "border-top": border(top ?? y),
    "border-right": border(right ?? x),
    "border-bottom": border(bottom ?? y),
    "border-left": border(left ?? x),
  };
}

function border(value: unknown): string | null {
  if (typeof value === "number") return value >= 0 && value <= 16 ? `${value}px solid var(--_border)` : null;
  if (typeof value !== "object" || value === null) return null;
  const { size, color, style } = value as Data;
  if (typeof size !== "number" || size < 0 || size > 16) return null;
  const line = typeof style === "string" && LINES.has(style) ? style : "solid";
  return `${size}px ${line} ${colour(color) ?? "var(--_border)"}`;
}

/** A directive that sets such styles on its element, where no `style` attribute may stand. */
export function styling({ directive, Directive, nothing }: Kit) {
  class Styled extends Directive {
    #set: readonly string[] = [];

    render(_styles: Styles): typeof nothing {
      return nothing;
    }

    override update(part: Part, props: unknown[]): typeof nothing {
      const { style } = (part as ElementPart).element as HTMLElement;
      const styles = props[0] as Styles;
      for (const name of this.#set) if (!styles[name]) style.removeProperty(name);
      this.#set = Object.keys(styles).filter((name) => styles[name]);
      for (const name of this.#set) style.setProperty(name, styles[name] ?? null);
      return nothing;
    }
  }
  return directive(Styled);
}
