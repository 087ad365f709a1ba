/** What is read: texts, badges, pictures and charts. */

import { chart } from "./chart.ts";
import { field } from "./controls.ts";
import type { Data } from "./kit.ts";
import { choice, names, textOf } from "./naming.ts";
import type { Draw } from "./painter.ts";
import { boxStyles, colour, length, oneOf } from "./values.ts";

const FIT: Readonly<Record<string, string>> = {
  ...{ cover: "cover", contain: "contain", fill: "fill", "scale-down": "scale-down", none: "none" },
};
const POSITION: Readonly<Record<string, string>> = {
  ...{ "top left": "left top", top: "top", "top right": "right top", left: "left", center: "center", right: "right" },
  ...{ "bottom left": "left bottom", bottom: "bottom", "bottom right": "right bottom" },
};
const MAX_LINES = 40;

function textStyles(node: Data) {
  const lines = linesOf(node.maxLines);
  const least = linesOf(node.minLines);
  return {
    color: colour(node.color),
    width: length(node.width),
    "-webkit-line-clamp": lines === null ? null : String(lines),
    "min-height": least === null ? null : `${least * 1.5}em`,
  };
}

function linesOf(value: unknown): number | null {
  return typeof value === "number" && value >= 1 ? Math.min(Math.floor(value), MAX_LINES) : null;
}

function textNames(kind: string, node: Data): string {
  return names(
    kind,
    choice(kind, node.size, "xs sm md lg xl 2xl 3xl 4xl 5xl"),
    choice("w-weight", node.weight, "normal medium semibold bold"),
    choice("w-align", node.textAlign, "start center end"),
    node.truncate === true && "w-truncate",
    linesOf(node.maxLines) !== null && "w-clamp",
    node.italic === true && "w-italic",
    node.lineThrough === true && "w-through",
  );
}

const text: Draw = (painter, node, place) => {
  if (typeof node.editable === "object" && node.editable !== null) {
    const editable = node.editable as Data;
    if (typeof editable.name === "string") {
      const lines = linesOf(node.minLines) ?? 1;
      return field(painter, { ...editable, defaultValue: node.value }, place, lines > 1 ? "textarea" : "input", lines);
    }
  }
  return painter.kit.html`<p class=${textNames("w-text", node)} ${painter.styled(textStyles(node))}
    aria-busy=${node.streaming === true}>${textOf(node.value)}</p>`;
};

const title: Draw = (painter, node) =>
  painter.kit
    .html`<h3 class=${textNames("w-title", node)} ${painter.styled(textStyles(node))}>${textOf(node.value)}</h3>`;

const caption: Draw = (painter, node) =>
  painter.kit
    .html`<p class=${textNames("w-caption", node)} ${painter.styled(textStyles(node))}>${textOf(node.value)}</p>`;

const markdown: Draw = (painter, node) => {
  return painter.kit
    .html`<div class="w-markdown">${painter.markdown(node, textOf(node.value), node.streaming === true)}</div>`;
};

const badge: Draw = (painter, node) => {
  const className = names(
    "w-badge",
    choice("w-hue", node.color, "secondary success danger warning info discovery") ?? "w-hue-secondary",
    choice("w", node.variant, "solid soft outline") ?? "w-soft",
    choice("w-badge", node.size, "sm md lg"),
    node.pill === true && "w-pill",
  );
  return painter.kit.html`<span class=${className}>${textOf(node.label)}</span>`;
};

const icon: Draw = (painter, node) => {
  const size = choice("", node.size, "xs sm md lg xl 2xl 3xl")?.slice(1);
  return painter.kit
    .html`<span class="w-icon-box" ${painter.styled({ color: colour(node.color) })}>${painter.icon(node.name, size)}</span>`;
};

const image: Draw = (painter, node) => {
  const styles = {
    ...boxStyles(node),
    "object-fit": oneOf(FIT, node.fit),
    "object-position": oneOf(POSITION, node.position),
  };
  const className = names(node.frame === true && "w-frame", node.flush === true && "w-flush");
  return painter.picture(node.src, node.alt, styles, className);
};

export const CONTENT: Readonly<Record<string, Draw>> = {
  Text: text,
  Title: title,
  Caption: caption,
  Markdown: markdown,
  Badge: badge,
  Icon: icon,
  Image: image,
  Chart: chart,
};
