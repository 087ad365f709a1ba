/** Room for what a server sends and wants besides text; all but the place of it is in parts that are loaded when needed. */

import { html, type LitElement, type nothing, type TemplateResult } from "lit";
import { Directive, directive } from "lit/directive.js";
import type { ChatKitClient } from "./client.ts";
import type { Conversation } from "./conversation.ts";
import { KIT } from "./kit.ts";
import { duration } from "./language.ts";
import type { Attaching, Uploads } from "./lazy/attaching.ts";
import type { Acts, ClientTools } from "./lazy/tools.ts";
import { safeLink } from "./links.ts";
import { renderMarkdown } from "./markdown.ts";
import type { PartHost } from "./parts.ts";
import type { Passages } from "./passage/passages.ts";
import type { Attachment, ClientToolCall, ThingItem } from "./protocol.ts";
import { wordsOf } from "./reading.ts";
import { STRINGS } from "./strings.ts";
import type { Drawer } from "./widgets/kit.ts";

export class Stage {
  /** The files of the next question; `null` where the server takes none, `undefined` until it is known. */
  attaching: Attaching | null | undefined;
  #drawer: Drawer | null = null;
  #isAsked = false;
  #acts: Acts | null = null;
  #prepared: ChatKitClient | null = null;
  #watching = new AbortController();

  constructor(
    readonly element: LitElement & {
      readonly server: string;
      readonly clientTools: ClientTools;
      readonly passages: Passages;
    },
    readonly part: PartHost,
    readonly getConversation: () => Conversation | null,
  ) {}

  /** The item as what it is; until the part that draws it has come, its words. */
  draw(item: ThingItem, isGrowing: boolean): TemplateResult {
    const drawn = this.#drawing?.draw(item, isGrowing) ?? html`<p class="progress">${wordsOf(item)}</p>`;
    return html`<div class="thing" part="thing" role="group" aria-label=${STRINGS.thing}>${drawn}</div>`;
  }

  /** A file of a question that was asked. */
  attached(attachment: Attachment): TemplateResult | typeof nothing {
    return this.#drawing?.attached(attachment) ?? html`<p>${attachment.name}</p>`;
  }

  get #drawing(): Drawer | null {
    if (!this.#isAsked) void this.#load();
    this.#isAsked = true;
    return this.#drawer;
  }

  async #load(): Promise<void> {
    const loaded = await import("./lazy/items.ts").catch(() => null);
    if (loaded === null) return;
    const { drawer, STYLES } = loaded;
    this.#style(STYLES);
    const isBusy = () => this.getConversation()?.state.isBusy ?? false;
    const { getConversation, element, part } = this;
    const drawing = { directive, Directive, wordsOf, renderMarkdown, safeLink, duration };
    this.#drawer = drawer({ ...KIT, ...drawing, isBusy, getConversation, element, part });
    this.part.changed();
  }

  #style(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    (this.element.renderRoot as ShadowRoot).adoptedStyleSheets.push(sheet);
  }

  /** Find out, once the reader opens the panel, whether files can be attached, and make room for them. */
  async prepare(uploads: Uploads | null): Promise<void> {
    const client = this.getConversation()?.client;
    if (client === undefined || client === this.#prepared) return;
    this.#prepared = client;
    this.attaching = undefined;
    this.#watching.abort();
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    const loaded = await import("./lazy/attaching.ts").catch(() => null);
    const attaching = await loaded?.attachingFor(KIT, client, uploads, this.part.changed);
    // A page that is left breaks both off; that says nothing about the server, and the room stays.
    if (signal.aborted || attaching === undefined) return;
    if (loaded !== null && attaching !== null) this.#style(loaded.STYLES);
    attaching?.watch(this.element, signal);
    this.attaching = attaching;
    this.part.changed();
  }

  // What the server wants of the page ---------------------------------------------------------------------------------

  async effect(name: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    (await this.#acting())?.effect(name, data);
  }

  async called(call: ClientToolCall): Promise<unknown> {
    const acts = await this.#acting();
    return acts?.called(call) ?? { error: "The page could not load its tools." };
  }

  /** The conversation has changed: what waits until nothing is lost by it may be done now. */
  settled(): void {
    this.#acts?.settled();
  }

  async #acting(): Promise<Acts | null> {
    const loaded = await import("./lazy/tools.ts").catch(() => null);
    if (loaded !== null) this.#acts ??= new loaded.Acts(this.element, () => this.getConversation()?.isKept !== false);
    return this.#acts;
  }
}
