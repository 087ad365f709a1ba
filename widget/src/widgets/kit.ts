/** What the drawing part is given by the widget's main file, so that it needs no module of its own twice. */

import type { TemplateResult } from "lit";
import type { Directive, directive } from "lit/directive.js";
import type { Conversation } from "../conversation.ts";
import type { Kit as MainKit } from "../kit.ts";
import type { duration } from "../language.ts";
import type { SafeLink, safeLink } from "../links.ts";
import type { renderMarkdown } from "../markdown.ts";
import type { PartHost } from "../parts.ts";
import type { Action, Attachment, StructuredInputSubmission, ThingItem } from "../protocol.ts";

/** What the main file gives. */
export type Given = MainKit & {
  readonly directive: typeof directive;
  readonly Directive: typeof Directive;
  /** The words of something that cannot be drawn. */
  readonly wordsOf: (value: unknown) => string;
  readonly renderMarkdown: typeof renderMarkdown;
  readonly safeLink: typeof safeLink;
  readonly duration: typeof duration;
  /** Whether an answer is on its way. */
  readonly isBusy: () => boolean;
  readonly getConversation: () => Conversation | null;
  readonly element: HTMLElement & { readonly server: string };
  readonly part: PartHost;
};

/** What those who draw are given. */
export type Kit = Pick<
  Given,
  "html" | "svg" | "nothing" | "directive" | "Directive" | "wordsOf" | "say" | "duration"
> & {
  readonly strings: Given["STRINGS"];
  /** Text as Markdown, cleaned. */
  readonly markdown: (text: string, isGrowing: boolean) => Node;
  /** A link that may be followed; `null` for an address that may not. */
  readonly link: (address: string) => SafeLink | null;
  /** Whether a picture may be fetched from an address. */
  readonly mayFetch: (address: string) => boolean;
  readonly host: Host;
};

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
  attached(attachment: Attachment): TemplateResult;
}

/** Data of the server's, of any shape. */
export type Data = Readonly<Record<string, unknown>>;
export type Drawn = TemplateResult | symbol | string | Node | readonly Drawn[];
