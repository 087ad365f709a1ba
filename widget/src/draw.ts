/** From the tokens of Markdown to nodes: every element is named here, and every word of an answer is a text node. */

import type { Token, Tokens } from "marked";
import type { Mark } from "./citations.ts";
import { codeBlock } from "./code.ts";
import { element } from "./dom.ts";
import { applyLink, safeImage } from "./links.ts";
import type { Formula } from "./maths.ts";

/** Deeper than this, lists and quotes are shown as they are written. */
const MAX_DEPTH = 40;
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", reg: "®", trade: "™", deg: "°" },
  ...{ hellip: "…", mdash: "—", ndash: "–", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", laquo: "«", raquo: "»" },
  ...{ times: "×", divide: "÷", plusmn: "±", middot: "·", bull: "•", le: "≤", ge: "≥", ne: "≠", micro: "µ" },
  ...{ larr: "←", rarr: "→", uarr: "↑", darr: "↓", harr: "↔", euro: "€", pound: "£", sect: "§", para: "¶" },
};

export class Drawing {
  /** Marks that cannot be where they fell: inside a link, an address, a picture, code or a formula. */
  #held: Mark[] | null = null;
  #depth = 0;

  constructor(
    readonly marks: readonly Mark[],
    readonly placeholder: RegExp,
    readonly drawMark: (mark: Mark) => Node,
    /** Where the pictures of the book come from. */
    readonly imageOrigins: readonly string[],
  ) {}

  blocks(parent: Node, tokens: readonly Token[]): void {
    if (++this.#depth > MAX_DEPTH) this.#words(parent, tokens.map(({ raw }) => raw).join(""));
    else for (const token of tokens) this.#block(parent, token as Tokens.Generic);
    this.#depth--;
  }

  /** Marks that come behind a block. */
  behind(parent: Node, marks: readonly Mark[]): void {
    if (marks.length > 0) parent.appendChild(element("p", {}, ...marks.map(this.drawMark)));
  }

  #block(parent: Node, token: Tokens.Generic): void {
    switch (token.type) {
      case "space":
      case "def":
        return;
      case "hr":
        parent.appendChild(element("hr"));
        return;
      case "code":
        this.#code(parent, token as Tokens.Code);
        return;
      case "formulaBlock":
        this.#holding(parent, (box) => this.#formula(box, token as unknown as Formula), "p");
        return;
      case "heading":
        this.#inline(into(parent, `h${token.depth}`), token.tokens);
        return;
      case "blockquote":
        this.blocks(into(parent, "blockquote"), token.tokens ?? []);
        return;
      case "list":
        this.#list(parent, token as Tokens.List);
        return;
      case "table":
        this.#table(parent, token as Tokens.Table);
        return;
      case "html":
        // An answer's HTML is shown as it was written.
        this.#words(into(parent, "p"), token.raw.trim());
        return;
      case "paragraph":
        this.#inline(into(parent, "p"), token.tokens);
        return;
      default:
        if (token.tokens) this.#inline(parent, token.tokens);
        else this.#inlineToken(parent, token);
    }
  }

  #code(parent: Node, { text, lang }: Tokens.Code): void {
    const held: Mark[] = [];
    const [words, language] = [this.#bare(text, held), this.#bare(lang ?? "", held)];
    if (language === "math") parent.appendChild(element("p", {}, formulaCode(words, true)));
    else parent.appendChild(codeBlock(words, /^\S{0,30}/.exec(language)?.[0] ?? ""));
    this.behind(parent, held);
  }

  #list(parent: Node, list: Tokens.List): void {
    const box = into(parent, list.ordered ? "ol" : "ul");
    if (typeof list.start === "number" && list.start !== 1) box.setAttribute("start", String(list.start));
    for (const item of list.items) this.blocks(into(box, "li"), item.tokens);
  }

  /** A table scrolls in a box of its own. */
  #table(parent: Node, { header, rows }: Tokens.Table): void {
    const table = into(into(parent, "div", { class: "table", tabindex: "0" }), "table");
    this.#row(into(table, "thead"), header, "th");
    if (rows.length === 0) return;
    const body = into(table, "tbody");
    for (const row of rows) this.#row(body, row, "td");
  }

  #row(parent: Node, cells: readonly Tokens.TableCell[], name: string): void {
    const row = into(parent, "tr");
    for (const { align, tokens } of cells) this.#inline(into(row, name, align ? { align } : {}), tokens);
  }

  #inline(parent: Node, tokens: readonly Token[] = []): void {
    if (++this.#depth > MAX_DEPTH) this.#words(parent, tokens.map(({ raw }) => raw).join(""));
    else for (const token of tokens) this.#inlineToken(parent, token as Tokens.Generic);
    this.#depth--;
  }

  #inlineToken(parent: Node, token: Tokens.Generic): void {
    switch (token.type) {
      case "strong":
      case "em":
      case "del":
        this.#inline(into(parent, token.type), token.tokens);
        return;
      case "br":
        parent.appendChild(element("br"));
        return;
      case "codespan":
        this.#words(into(parent, "code"), token.text);
        return;
      case "checkbox":
        this.#words(parent, token.checked ? "☑ " : "☐ ");
        return;
      case "formula":
        this.#holding(parent, (box) => this.#formula(box, token as unknown as Formula));
        return;
      case "link":
        this.#holding(parent, (box) => this.#link(box, token as Tokens.Link));
        return;
      case "image":
        this.#holding(parent, (box) => this.#image(box, token as Tokens.Image));
        return;
      case "escape":
        this.#words(parent, token.text);
        return;
      case "html":
        this.#words(parent, token.raw);
        return;
      default:
        if (token.tokens) this.#inline(parent, token.tokens);
        else this.#words(parent, decoded(token.text ?? token.raw));
    }
  }

  #link(parent: Node, { href, title, raw, tokens }: Tokens.Link): void {
    const held = this.#held ?? [];
    if (/^[[<]/.test(raw)) {
      const anchor = element("a") as HTMLAnchorElement;
      if (title) anchor.title = this.#bare(decoded(title), held);
      applyLink(anchor, this.#bare(decoded(href), held));
      const isLink = anchor.hasAttribute("href");
      this.#inline(isLink ? parent.appendChild(anchor) : parent, tokens);
      return;
    }
    // A bare address: a mark right behind it hides from Markdown that it ended with a full stop.
    const words = this.#bare(raw, held);
    const tail = /[?!.,:;*_~]*$/.exec(words)?.[0].length ?? 0;
    const shown = words.slice(0, words.length - tail);
    const anchor = element("a", {}, document.createTextNode(shown)) as HTMLAnchorElement;
    applyLink(anchor, shown.startsWith("www.") ? `http://${shown}` : shown);
    if (anchor.hasAttribute("href")) parent.appendChild(anchor);
    append(parent, words.slice(anchor.hasAttribute("href") ? shown.length : 0));
  }

  /** A picture of the book; of any other nothing is fetched, and its words stand for it. */
  #image(parent: Node, { href, title, text }: Tokens.Image): void {
    const held = this.#held ?? [];
    const [address, words] = [this.#bare(decoded(href), held), this.#bare(decoded(text), held)];
    const source = safeImage(address, this.imageOrigins);
    if (source === null) {
      parent.appendChild(document.createTextNode(words));
      return;
    }
    const image = element("img", { alt: words, loading: "lazy", decoding: "async" }) as HTMLImageElement;
    image.referrerPolicy = "no-referrer";
    if (title) image.title = this.#bare(decoded(title), held);
    image.src = source;
    if (parent instanceof HTMLAnchorElement) parent.append(image);
    else applyLink(into(parent, "a", { class: "picture" }, image) as HTMLAnchorElement, source);
  }

  #formula(parent: Node, { tex, isBlock }: Formula): void {
    parent.appendChild(formulaCode(this.#bare(tex, this.#held ?? []), isBlock));
  }

  /** Draw something that no mark may be inside of: the marks come behind it. */
  #holding(parent: Node, draw: (box: Node) => void, name?: string): void {
    const outer = this.#held;
    const held = outer ?? [];
    this.#held = held;
    const box = name === undefined ? parent : into(parent, name);
    draw(box);
    this.#held = outer;
    if (outer === null) for (const mark of held) box.appendChild(this.drawMark(mark));
  }

  /** Words, with the marks among them. */
  #words(parent: Node, text: string): void {
    let done = 0;
    for (const found of text.matchAll(this.placeholder)) {
      append(parent, text.slice(done, found.index));
      const mark = this.marks[Number(found[1])];
      if (mark !== undefined && this.#held !== null) this.#held.push(mark);
      else if (mark !== undefined) parent.appendChild(this.drawMark(mark));
      done = found.index + found[0].length;
    }
    append(parent, text.slice(done));
  }

  /** Words without the marks among them, which are held. */
  #bare(text: string, held: Mark[]): string {
    return text.replace(this.placeholder, (_, at) => {
      const mark = this.marks[Number(at)];
      if (mark !== undefined) held.push(mark);
      return "";
    });
  }
}

/** A formula as it is written, until it is typeset. */
function formulaCode(tex: string, isBlock: boolean): HTMLElement {
  return element("code", { class: isBlock ? "formula block" : "formula" }, tex);
}

function into(parent: Node, name: string, attributes?: Readonly<Record<string, string>>, ...inside: Node[]) {
  return parent.appendChild(element(name, attributes, ...inside));
}

function append(parent: Node, text: string): void {
  const { lastChild } = parent;
  if (text === "") return;
  if (lastChild instanceof Text) lastChild.appendData(text);
  else parent.appendChild(document.createTextNode(text));
}

/** What `&amp;` and its like stand for; the parser has done the numbers. */
function decoded(text: string): string {
  return text.replace(/&(\w{2,6});/g, (written, name) =>
    Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? "") : written,
  );
}
