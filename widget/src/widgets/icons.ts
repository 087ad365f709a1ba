/** Pictures for the icon names of the protocol, drawn with one stroke width on a 24 by 24 grid. */

import type { Kit } from "./kit.ts";

const CIRCLE = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z";
const PAGE = "M6 3h8l4 4v14H6zM14 3v4h4";
const BOOK = "M12 7v13M3 5.5c3.5-1 6.5-.6 9 1.5 2.5-2.1 5.5-2.5 9-1.5V18.5c-3.5-1-6.5-.6-9 1.5-2.5-2.1-5.5-2.5-9-1.5Z";
const STAR = "m12 3 2.7 5.8 6.3.7-4.7 4.3 1.3 6.2L12 16.9 6.4 20l1.3-6.2L3 9.5l6.3-.7Z";
const SPARK = "M12 3c.6 4.8 3.2 7.9 9 9-5.8 1.1-8.4 4.2-9 9-.6-4.8-3.2-7.9-9-9 5.8-1.1 8.4-4.2 9-9Z";
const PEN = "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3";
const FACE = "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM5 20c.6-3.6 3.2-5.5 7-5.5s6.4 1.9 7 5.5";
const PICTURE = "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 8.5h.01";

const SHAPES: Readonly<Record<string, string>> = {
  agent: "M6 9h12v10H6zM12 9V5M9.5 13.5h.01M14.5 13.5h.01M12 4h.01M3 13v3M21 13v3",
  analytics: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  atom: "M12 12h.01M12 8c5 0 9 1.8 9 4s-4 4-9 4-9-1.8-9-4 4-4 9-4ZM8.5 10c2.5-4.3 6-6.8 8-5.7s1.5 5.4-1 9.7-6 6.8-8 5.7-1.5-5.4 1-9.7Z",
  batch: "M4 8l8-4 8 4-8 4zM4 12l8 4 8-4M4 16l8 4 8-4",
  bolt: "M13 3 5 13.5h6L10 21l8-10.5h-6z",
  "book-open": BOOK,
  "book-closed": "M6 3h13v18H7.5A2.5 2.5 0 0 1 5 18.5V4M5 18.5A2.5 2.5 0 0 1 7.5 16H19",
  bug: "M8 9h8v6a4 4 0 0 1-8 0zM9 9a3 3 0 0 1 6 0M4 13h4M16 13h4M5 7l3 2M19 7l-3 2M5 19l3-2M19 19l-3-2",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  check: "M5 12.5 10 17.5 19 7",
  "check-circle": `${CIRCLE}M8 12.5l3 3 5-6`,
  "chevron-left": "M14.5 6l-6 6 6 6",
  "chevron-right": "M9.5 6l6 6-6 6",
  "circle-question": `${CIRCLE}M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M12 16.5h.01`,
  clock: `${CIRCLE}M12 7v5l3 2`,
  compass: `${CIRCLE}M15.5 8.5l-2 5-5 2 2-5z`,
  confetti: "M4 20l5-12 7 7zM14 4v2M19 5l-2 2M18 10h2M11 3l1 2",
  cube: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
  desktop: "M3 5h18v11H3zM9 20h6M12 16v4",
  document: `${PAGE}M9 12h6M9 16h6`,
  dot: "M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z",
  "dots-horizontal": "M6 12h.01M12 12h.01M18 12h.01",
  "dots-vertical": "M12 6h.01M12 12h.01M12 18h.01",
  "empty-circle": CIRCLE,
  "external-link": "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  globe: `${CIRCLE}M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18`,
  keys: "M8 12a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10.5 13l8-8M15 8.5l3 3",
  lab: "M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M7.5 15h9",
  info: `${CIRCLE}M12 11v5M12 8h.01`,
  lifesaver: `${CIRCLE}M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM5.7 5.7l3.8 3.8M14.5 14.5l3.8 3.8M18.3 5.7l-3.8 3.8M9.5 14.5l-3.8 3.8`,
  lightbulb: "M9 17a6.5 6.5 0 1 1 6 0v2H9zM10 21h4",
  mail: "M3 6h18v13H3zM3 7l9 7 9-7",
  "map-pin": "M12 21c-4-4.5-6-8-6-11a6 6 0 1 1 12 0c0 3-2 6.5-6 11ZM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  maps: "M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14",
  mobile: "M7 3h10v18H7zM11 18h2",
  notebook: "M6 3h13v18H6zM10 3v18M3.5 8H7M3.5 16H7",
  "page-blank": PAGE,
  phone: "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2C10.5 20.5 3.5 13.5 3 6a2 2 0 0 1 2-2Z",
  play: "M7 4.5v15l12-7.5z",
  plus: "M12 5v14M5 12h14",
  "profile-card":
    "M3 5h18v14H3zM8.5 9a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM5.5 16.5c.3-1.5 1.4-2.2 3-2.2s2.7.7 3 2.2M14.5 10h4M14.5 14h4",
  reload: "M20 11a8 8 0 1 0-2.3 6.7M20 5v6h-6",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l4.5 4.5",
  "settings-slider": "M4 8h9M17 8h3M15 5.5v5M4 16h3M11 16h9M9 13.5v5",
  sparkle: SPARK,
  "square-code": "M4 4h16v16H4zM10 9l-3 3 3 3M14 9l3 3-3 3",
  "square-image": PICTURE,
  "square-text": "M4 4h16v16H4zM8 9h8M8 12h8M8 15h5",
  star: STAR,
  suitcase: "M3 8h18v12H3zM9 8V4h6v4M3 13h18",
  user: FACE,
  wreath: "M7 4c-4 5-4 11 5 16M17 4c4 5 4 11-5 16M4 10l3 1M20 10l-3 1M6 15l3-1M18 15l-3-1",
  write: PEN,
  close: "M6 6l12 12M18 6L6 18",
};

const ALIASES: Readonly<Record<string, string>> = {
  ...{ "book-clock": "book-open", chart: "analytics", "check-circle-filled": "check-circle", images: "square-image" },
  ...{ name: "profile-card", "notebook-pencil": "write", profile: "user", "sparkle-double": "sparkle" },
  ...{ "star-filled": "star", "write-alt": "write", "write-alt2": "write", file: "document", "file-text": "document" },
  ...{ pencil: "write", pen: "write", zap: "bolt", x: "close", "refresh-cw": "reload", book: "book-closed" },
  ...{ image: "square-image", map: "maps", briefcase: "suitcase", smartphone: "mobile", monitor: "desktop" },
  ...{ "circle-help": "circle-question", "circle-check": "check-circle", "graduation-cap": "book-open", flask: "lab" },
};

const FILLED = new Set(["check-circle-filled", "star-filled", "dot"]);

/** The picture of a name; a dot for a name that has none. It says nothing to a screen reader. */
export function icon({ svg, html, nothing }: Kit, name: unknown, size = "md") {
  if (typeof name !== "string") return nothing;
  const own = name.replace(/^(lucide|vendor):/, "");
  const found = Object.hasOwn(ALIASES, own) ? (ALIASES[own] ?? "") : own;
  const shape = Object.hasOwn(SHAPES, found) ? SHAPES[found] : SHAPES.dot;
  const fill = FILLED.has(own) && own !== "check-circle-filled" ? "currentColor" : "none";
  return html`<svg class="w-icon w-icon-${size}" viewBox="0 0 24 24" fill=${fill} stroke="currentColor" stroke-width="1.75"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${svg`<path d=${shape ?? ""}/>`}</svg>`;
}
