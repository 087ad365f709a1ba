/** What the drawing part is given by the widget's main file, so that it needs no module of its own twice. */

import type { html, nothing, svg, TemplateResult } from "lit";
import type { Directive, directive } from "lit/directive.js";
import type { Action, StructuredInputSubmission, ThingItem } from "../protocol.ts";
import type { ItemsWords } from "./words.ts";

export interface Kit extends Given {
  readonly strings: ItemsWords;
}

export interface Given {
  readonly html: typeof html;
  readonly svg: typeof svg;
  readonly nothing: typeof nothing;
  readonly directive: typeof directive;
  readonly Directive: typeof Directive;
  /** The words in the reader's language, where it has them. */
  readonly words: (english: ItemsWords) => ItemsWords;
  /** Text as Markdown, cleaned. */
  readonly markdown: (text: string, isGrowing: boolean) => Node;
  /** The words of something that cannot be drawn. */
  readonly wordsOf: (value: unknown) => string;
  /** A link that may be followed; `null` for an address that may not. */
  readonly link: (address: string) => { readonly href: string; readonly isExternal: boolean } | null;
  /** Whether a picture may be fetched from an address. */
  readonly mayFetch: (address: string) => boolean;
  readonly host: Host;
}

/** An action as a widget has it. */
export interface ActionConfig extends Action {
  readonly handler: "client" | "server";
  readonly loadingBehavior: "auto" | "none" | "self" | "container";
  readonly streaming: boolean;
}

/** What a drawn thing may ask for. */
export interface Host {
  /** Whether an answer is on its way, so that nothing can be sent. */
  readonly isBusy: boolean;
  redraw(): void;
  act(action: ActionConfig, item: ThingItem): Promise<void>;
  answer(item: ThingItem, input: StructuredInputSubmission): Promise<void>;
}

/** Draws the items that are neither a question nor an answer's text. */
export interface Drawer {
  draw(item: ThingItem, isGrowing: boolean): Drawn;
}

/** Data of the server's, of any shape. */
export type Data = Readonly<Record<string, unknown>>;
export type Drawn = TemplateResult | symbol | string | Node | readonly Drawn[];
