/** Formulas, loaded when an answer has some: from TeX to MathML, by a closed list of elements and attributes. */

import katex from "katex";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set([
  ...["math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"],
  ...["msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom"],
  ...["menclose", "mstyle"],
]);
const ATTRIBUTES = new Set([
  ...["display", "encoding", "mathvariant", "stretchy", "fence", "separator", "minsize", "maxsize", "lspace", "rspace"],
  ...["accent", "accentunder", "movablelimits", "symmetric", "largeop", "form", "displaystyle", "scriptlevel"],
  ...["linethickness", "columnalign", "columnspacing", "rowspacing", "columnlines", "rowlines", "width", "height"],
  ...["depth", "voffset", "mathcolor", "mathbackground", "mathsize", "notation"],
]);

/** A node of KaTeX's tree. */
interface Piece {
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly children?: readonly Piece[];
  readonly text?: string;
  readonly character?: string | null;
  readonly width?: number;
}

interface Trees {
  readonly __renderToDomTree: (tex: string, options: object) => Piece;
}

/** The formula; `null` for what is no TeX, or more than a reader can want. */
export function formula(tex: string, isBlock: boolean): Element | null {
  try {
    const tree = (katex as unknown as Trees).__renderToDomTree(tex, {
      output: "mathml",
      displayMode: isBlock,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxSize: 10,
      maxExpand: 200,
    });
    const box = document.createElement("span");
    for (const piece of tree.children ?? []) draw(box, piece);
    return box.firstElementChild;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return null;
  }
}

function draw(parent: Element, piece: Piece): void {
  if (piece.text !== undefined) {
    parent.append(piece.text);
  } else if (piece.character !== undefined) {
    if (piece.character) parent.append(piece.character);
    else parent.append(mathml("mspace", { width: `${piece.width}em` }));
  } else {
    const isKnown = piece.type !== undefined && ELEMENTS.has(piece.type);
    const box = isKnown ? mathml(piece.type ?? "", piece.attributes ?? {}) : parent;
    for (const child of piece.children ?? []) draw(box, child);
    if (isKnown) parent.append(box);
  }
}

function mathml(name: string, attributes: Readonly<Record<string, unknown>>): Element {
  const element = document.createElementNS(MATHML, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.has(key)) element.setAttribute(key, String(value));
  }
  return element;
}
