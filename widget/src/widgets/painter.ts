/** Draws a widget: finds for each node of its JSON the one who draws it, within bounds of depth and number. */

import type { WidgetItem } from "../protocol.ts";
import { CONTENT } from "./content.ts";
import { CONTROLS } from "./controls.ts";
import { icon } from "./icons.ts";
import type { Data, Drawn, Kit } from "./kit.ts";
import { LAYOUT } from "./layout.ts";
import { MAX_CHARACTERS, textOf } from "./naming.ts";
import { childPlace, type Place, rootPlace, Waiting } from "./place.ts";
import { type Styles, styling } from "./values.ts";

/** How one type of node is drawn. */
export type Draw = (painter: Painter, node: Data, place: Place) => Drawn;

const COMPONENTS: Readonly<Record<string, Draw>> = { ...LAYOUT, ...CONTENT, ...CONTROLS };

export class Painter {
  readonly waiting: Waiting;
  readonly styled: (styles: Styles) => unknown;
  /** Lists that the reader has opened whole. */
  readonly opened = new Set<string>();
  /** The canvases of images that were sent as data, by their item. */
  readonly canvases = new Map<string, { readonly url: string; readonly canvas: HTMLCanvasElement }>();
  /** The elements of texts that are Markdown: one that has not changed is not drawn again. */
  readonly #texts = new WeakMap<object, HTMLElement>();

  constructor(readonly kit: Kit) {
    this.waiting = new Waiting(kit.host);
    this.styled = styling(kit);
  }

  widget(item: WidgetItem): Drawn {
    return this.node(item.widget, rootPlace(item));
  }

  /** One node; of a type that is not known, its words. */
  node(value: unknown, place: Place): Drawn {
    const { html, nothing } = this.kit;
    if (typeof value !== "object" || value === null) return nothing;
    const node = value as Data;
    const draw = typeof node.type === "string" && Object.hasOwn(COMPONENTS, node.type) ? COMPONENTS[node.type] : null;
    if (draw) return draw(this, node, place);
    const own = this.kit.wordsOf({ ...node, children: null });
    const children = this.children(node, place);
    return html`<div class="w-col">${own ? html`<p class="w-text">${own}</p>` : nothing}${children}</div>`;
  }

  /** A node's children, of which there may be one without a list. */
  children({ children }: Data, place: Place): Drawn[] {
    const list: unknown[] = Array.isArray(children) ? children : [children];
    const drawn: Drawn[] = [];
    for (const [at, child] of list.entries()) {
      const inner = childPlace(place, at);
      if (inner !== null) drawn.push(this.node(child, inner));
      else if (child !== null && child !== undefined) {
        drawn.push(this.kit.html`<p class="w-caption">${this.kit.strings.cutWidget}</p>`);
        break;
      }
    }
    return drawn;
  }

  icon(name: unknown, size?: string): Drawn {
    return icon(this.kit, name, size);
  }

  /** Text as Markdown, in an element that stays as long as its node does. */
  markdown(owner: object, text: string, isGrowing: boolean): HTMLElement {
    const known = this.#texts.get(owner);
    if (known !== undefined) return known;
    const element = document.createElement("div");
    element.className = "answer";
    element.append(this.kit.markdown(text.slice(0, MAX_CHARACTERS), isGrowing));
    this.#texts.set(owner, element);
    return element;
  }

  /** A picture that may be fetched; of any other the words, and the way to it. */
  picture(src: unknown, alt: unknown, styles: Styles, names = ""): Drawn {
    const { html, nothing, strings } = this.kit;
    const address = typeof src === "string" ? src : "";
    const words = textOf(alt);
    if (this.kit.mayFetch(address)) {
      return html`<img class=${`w-image ${names}`} src=${address} alt=${words} loading="lazy" decoding="async"
        referrerpolicy="no-referrer" ${this.styled(styles)}>`;
    }
    const link = this.kit.link(address);
    const label = words || strings.image;
    if (link === null) return words ? html`<span class="w-caption">${words}</span>` : nothing;
    return html`<a class=${link.isExternal ? "external" : ""} href=${link.href} target="_blank"
      rel="noopener noreferrer nofollow">${label}</a>`;
  }
}
