/** What a server asks of the page around the widget: its tools, its effects, its acts, and room for more than text. */

import { html, type LitElement, nothing, svg, type TemplateResult } from "lit";
import { Directive, directive } from "lit/directive.js";
import type { ChatKitClient } from "./client.ts";
import type { Conversation } from "./conversation.ts";
import { BooksideError } from "./errors.ts";
import { ICONS } from "./icons.ts";
import type { Attaching } from "./lazy/attaching.ts";
import type { ClientTools } from "./lazy/tools.ts";
import { safeLink } from "./links.ts";
import { renderMarkdown } from "./markdown.ts";
import type { PartHost } from "./parts.ts";
import type { Attachment, ClientToolCall, ThingItem } from "./protocol.ts";
import { wordsOf } from "./reading.ts";
import { readConfig, type ServerConfig } from "./server-config.ts";
import { addWords, STRINGS, type Strings } from "./strings.ts";
import type { ActionConfig, Drawer, Drawn, Host } from "./widgets/kit.ts";

/** Which files may be attached. */
export interface Uploads {
  readonly maxBytes?: number | null;
  /** Types and endings, as an `<input type="file">` takes them. */
  readonly accept?: string;
  /** Where a server takes files directly, instead of having them announced. */
  readonly uploadUrl?: string;
}

type Shown = "bookside-action" | "bookside-effect" | "bookside-entity";

export class Stage {
  #drawer: Drawer | null = null;
  /** Whether the part that draws is on its way, or has failed to come. */
  #isAsked = false;
  /** A page of the book that waits until what is being answered is safe. */
  #next: string | null = null;
  /** The files of the next question, where the server takes any. */
  attaching: Attaching | null = null;
  #prepared: ChatKitClient | null = null;
  #watching = new AbortController();

  constructor(
    readonly element: LitElement & { readonly server: string; readonly clientTools: ClientTools },
    readonly part: PartHost,
    readonly getConversation: () => Conversation | null,
  ) {}

  // Drawing -----------------------------------------------------------------------------------------------------------

  /** The item as what it is; until the part that draws it has come, its words. */
  draw(item: ThingItem, isGrowing: boolean): TemplateResult {
    if (this.#drawer === null) void this.#load();
    const drawn: Drawn = this.#drawer?.draw(item, isGrowing) ?? html`<p class="progress">${wordsOf(item)}</p>`;
    return html`<div class="thing" part="thing" role="group" aria-label=${STRINGS.thing}>${drawn}</div>`;
  }

  /** A file of a question that was asked. */
  attached({ name, type, preview_url: preview }: Attachment): TemplateResult {
    const picture = type === "image" && preview && this.#mayFetch(preview) ? preview : null;
    return html`<p class="attached">
      ${picture === null ? ICONS.file() : html`<img src=${picture} alt="" loading="lazy" referrerpolicy="no-referrer">`}
      <span>${name}</span></p>`;
  }

  async #load(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const { drawer, STYLES } = await import("./lazy/items.ts");
    this.#style(STYLES);
    this.#drawer = drawer({
      html,
      svg,
      nothing,
      directive,
      Directive,
      words,
      wordsOf,
      markdown: (text, isGrowing) => renderMarkdown(text, { isGrowing }),
      link: (address) => safeLink(address, location.origin),
      mayFetch: (address) => this.#mayFetch(address),
      host: this.#host,
    });
    this.part.changed();
  }

  #style(css: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const root = this.element.renderRoot as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  /** Find out, once the reader opens the panel, whether files can be attached, and make room for them. */
  async prepare(uploads: Uploads | null): Promise<void> {
    const client = this.getConversation()?.client;
    if (client === undefined || client === this.#prepared) return;
    this.#prepared = client;
    this.#watching.abort();
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    this.attaching = null;
    const offered = uploads ?? (await configOf(client)).attachments;
    if (offered === null || signal.aborted) return;
    const { Attaching, STYLES } = await import("./lazy/attaching.ts");
    const { uploadUrl } = { uploadUrl: undefined, ...offered };
    const direct = uploadUrl === undefined ? {} : { uploadUrl };
    const attaching = new Attaching({
      html,
      nothing,
      words,
      send: (file, options) => client.attach(file, { ...options, ...direct }),
      remove: (id) => client.deleteAttachment(id),
      messageOf: (error) => (error instanceof BooksideError ? error.message : null),
      changed: () => this.part.changed(),
      maxBytes: offered.maxBytes ?? null,
      accept: offered.accept ?? "",
    });
    this.#style(STYLES);
    attaching.watch(this.element, signal);
    this.attaching = attaching;
    this.part.changed();
  }

  /** Pictures come from the site that the reader is on, and from the book's server; no other host hears of the reader. */
  #mayFetch(address: string): boolean {
    const link = safeLink(address, location.origin);
    if (link === null || !link.isExternal) return link !== null;
    return new URL(address).origin === new URL(this.element.server || "/", location.href).origin;
  }

  readonly #host: Host = ((stage: Stage): Host => ({
    get isBusy() {
      return stage.getConversation()?.state.isBusy ?? false;
    },
    redraw: () => stage.part.changed(),
    act: (action, item) => stage.#act(action, item),
    answer: async (item, input) => stage.getConversation()?.answer(item.id, input),
  }))(this);

  // What the reader does, and what the server wants -------------------------------------------------------------------

  async #act({ type, payload, handler, streaming }: ActionConfig, item: ThingItem): Promise<void> {
    const action = { type, payload };
    if (handler === "client") this.tell("bookside-action", { action, itemId: item.id });
    else await this.getConversation()?.act(action, item.id, streaming);
  }

  /** Tell the page; `false` where it has taken the matter into its own hands. */
  tell(name: Shown, detail: object): boolean {
    return this.element.dispatchEvent(
      new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }

  async effect(name: string, data: Args): Promise<void> {
    if (!this.tell("bookside-effect", { name, data })) return;
    if (name !== "navigate") return;
    const { bookAddress } = await import("./lazy/tools.ts");
    const address = bookAddress(data);
    if (address !== null) this.#navigate(address);
  }

  async called(call: ClientToolCall): Promise<unknown> {
    const tools = await import("./lazy/tools.ts").catch(() => null);
    if (tools === null) return { error: "The page could not load its tools." };
    const { bookAddress, resultOf } = tools;
    const navigate = (args: Args) => {
      const address = bookAddress(args);
      return address === null ? { error: "This is no address of the book." } : this.#navigate(address);
    };
    return resultOf(call, { navigate, ...this.element.clientTools });
  }

  /** Go to a page of the book: at once where it is this one, else as soon as nothing is lost by leaving. */
  #navigate({ href, pathname, search, hash }: URL): object {
    if (pathname === location.pathname && search === location.search) location.hash = hash;
    else {
      this.#next = href;
      this.settled();
    }
    return { url: href };
  }

  /** The conversation has changed: it may be safe by now. */
  settled(): void {
    if (this.#next === null || this.getConversation()?.isKept === false) return;
    const next = this.#next;
    this.#next = null;
    location.assign(next);
  }
}

type Args = Readonly<Record<string, unknown>>;

/** The words that are spoken now, with those of a part among them. */
function words(english: Partial<Strings>): Strings {
  addWords(english);
  return STRINGS;
}

/** A server that cannot be reached offers nothing for now: the reader's question will say so. */
async function configOf(client: ChatKitClient): Promise<ServerConfig> {
  try {
    return await client.config();
  } catch (error) {
    if (error instanceof BooksideError) return readConfig(null);
    throw error;
  }
}
