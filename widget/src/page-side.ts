/** The widget and the page that it stands on: the reader's place and selection, the ways to passages, and back. */

import { html, nothing, type TemplateResult } from "lit";
import type { ChatKitClient } from "./client.ts";
import { ICONS } from "./icons.ts";
import { amount } from "./language.ts";
import type { Boxes } from "./lazy/beside.ts";
import { pageContext } from "./page.ts";
import { Passages } from "./passage/passages.ts";
import { SelectionPlaces } from "./passage/places.ts";
import { type Selected, SelectionWatcher } from "./passage/selection.ts";
import type { Outcome, Target } from "./passage/target.ts";
import type { ContextMode, PageContext } from "./protocol.ts";
import { Scope } from "./scope.ts";
import { PageKnowledge, starterList } from "./starters.ts";
import { BrowserStorage } from "./storage.ts";
import { addWords, STRINGS, say } from "./strings.ts";
import type { ThreadState } from "./thread.ts";
import { tool } from "./view/tool.ts";

/** What the element is to do. */
export interface PageSideCalls {
  client(): ChatKitClient | null;
  /** The words that the next question is about are others. */
  quoted(quote: string | null): void;
  /** The reader wants to ask about their selection. */
  wanted(): void;
  ask(question: string): void;
  /** A passage comes into view: nothing may cover it. */
  makeWay(): void;
  /** The reader is at a passage, which nothing may cover. */
  uncover(): void;
  /** The reader goes back to where they came from: the link that led to a passage, or `null` where it is not drawn. */
  back(link: HTMLElement | null): void;
  say(message: string): void;
  redraw(): void;
}

export class PageSide {
  readonly passages: Passages;
  readonly knowledge: PageKnowledge;
  readonly #watcher: SelectionWatcher;
  readonly #places = new SelectionPlaces(new BrowserStorage());
  readonly #scope = new Scope();
  #boxes: Promise<Boxes | null> | null = null;
  #loaded: Boxes | null = null;
  /** Whether the part with the boxes, which has the styles of what is drawn here, is there, or cannot be had. */
  #hasStyles = false;
  /** The link to a passage that was chosen last. */
  #followed: HTMLAnchorElement | null = null;
  #selected: Selected | null = null;
  /** The reader has said that they want to ask about it: it stays when the page's selection goes. */
  #isPinned = false;
  #sent: { readonly quote: string | null; readonly mode: ContextMode } = { quote: null, mode: "full_book" };

  constructor(
    readonly host: HTMLElement & {
      readonly layout: string;
      readonly open: boolean;
      readonly renderRoot: DocumentFragment | HTMLElement;
      readonly updateComplete: Promise<boolean>;
    },
    readonly calls: PageSideCalls,
  ) {
    this.passages = new Passages(
      host,
      (outcome) => void this.#landed(outcome),
      (target) => calls.back(this.#wayBack(target)),
    );
    this.knowledge = new PageKnowledge(calls.client, calls.redraw);
    this.#watcher = new SelectionWatcher(host, {
      changed: (selected) => this.#select(selected),
      settled: (range, isTouched) => {
        if (range === null) this.#loaded?.offer.hide();
        else
          void this.#beside().then((boxes) => {
            if (host.layout === "panel" && host.open) boxes?.offer.watch(range);
            else boxes?.offer.show(range, isTouched);
          });
      },
    });
  }

  // Life --------------------------------------------------------------------------------------------------------------

  start(): void {
    this.#watcher.start();
    this.passages.start();
    this.host.addEventListener("focusin", this.#onLook);
    addEventListener("popstate", this.#onLook);
  }

  stop(): void {
    this.#watcher.stop();
    this.#loaded?.stop();
    this.#loaded = this.#boxes = null;
    this.passages.stop();
    this.host.removeEventListener("focusin", this.#onLook);
    removeEventListener("popstate", this.#onLook);
  }

  /** The panel is open. */
  opened(): void {
    void this.knowledge.look();
    void this.#beside();
    void this.passages.load();
  }

  /** The boxes, loaded when they are first needed; `null` where they cannot be. */
  #beside(): Promise<Boxes | null> {
    this.#boxes ??= import("./lazy/beside.ts").then(
      async ({ BESIDE_WORDS, Boxes }) => {
        addWords(BESIDE_WORDS);
        this.calls.redraw();
        await this.host.updateComplete;
        const { goToPassage } = STRINGS;
        this.#loaded = new Boxes(this.host, this.host.renderRoot as ShadowRoot, goToPassage, () => this.#accept());
        return this.#loaded;
      },
      () => null,
    );
    void this.#boxes.then(() => {
      this.#hasStyles = true;
      this.calls.redraw();
    });
    return this.#boxes;
  }

  /** Escape has been pressed in the panel; whether it has been used up. */
  onEscape(): boolean {
    return this.#loaded?.card.close() === true;
  }

  readonly #onLook = (): void => void this.knowledge.look();

  // Questions -----------------------------------------------------------------------------------------------------------

  /** How far the next answer may look; what the site has set cannot be widened. */
  mode(set: ContextMode | null, quote: string | null): ContextMode {
    return set ?? this.#scope.now(this.knowledge.info, quote !== null);
  }

  /** A question is sent with these words. */
  sent(quote: string | null, set: ContextMode | null): void {
    this.#sent = { quote, mode: this.mode(set, quote) };
    const selected = this.#selected;
    if (quote !== null && selected?.quote === quote) this.#places.wait(selected);
    this.forget();
  }

  context(set: ContextMode | null, book: string): PageContext {
    const { quote, mode } = this.#sent;
    return pageContext(quote, set ?? (mode === "full_book" ? null : mode), book);
  }

  settle({ items }: ThreadState): void {
    this.#places.settle(items);
  }

  /** The selection is not to be asked about any more. */
  forget(): void {
    this.#selected = null;
    this.#isPinned = false;
    this.#loaded?.offer.hide();
  }

  #select(selected: Selected | null): void {
    if (selected === null && this.#isPinned) return;
    this.#isPinned = false;
    this.#selected = selected;
    this.calls.quoted(selected?.quote ?? null);
  }

  #accept(): void {
    this.#isPinned = this.#selected !== null;
    this.#loaded?.offer.hide();
    this.calls.wanted();
  }

  // Passages ------------------------------------------------------------------------------------------------------------

  /** A click among the messages, or on the chip. */
  readonly onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (link === null || link.classList.contains("external") || this.#loaded?.card.onClick(event)) return;
    this.#loaded?.card.close();
    this.#loaded?.tell("");
    this.#followed = link;
    this.passages.onClick(event, { href: link.href, quote: link.dataset.quote ?? "" });
    if (!event.metaKey && !event.ctrlKey) this.calls.makeWay();
  };

  /** The link that was followed, or on a page that was opened for it, one of those that lead to the same place. */
  #wayBack({ href, quote }: Target): HTMLElement | null {
    const leads = (link: HTMLAnchorElement | null) =>
      link?.isConnected && link.href === href && link.dataset.quote === quote;
    if (leads(this.#followed)) return this.#followed;
    const links = this.host.renderRoot.querySelectorAll<HTMLAnchorElement>(".messages a[data-quote]");
    return [...links].findLast(leads) ?? null;
  }

  async #landed(outcome: Outcome): Promise<void> {
    this.calls.uncover();
    const boxes = await this.#beside();
    const said = saidOf(outcome);
    this.calls.say(said);
    boxes?.tell(outcome === "missing" || outcome === "changed" ? said : "");
  }

  // What is drawn -------------------------------------------------------------------------------------------------------

  /** The words that go with the next question, and what is not sent of them. */
  chip(quote: string, remove: () => void): TemplateResult {
    const selected = this.#selected?.quote === quote ? this.#selected : null;
    const isCut = selected !== null && selected.length > quote.length;
    return html`<div class="chip">
      <p>
        <span class="label">${STRINGS.quote}</span>
        ${backLink(quote, selected?.href ?? null)}
        ${isCut ? html`<span class="label">${say(STRINGS.quoteCut, { count: amount(quote.length), all: amount(selected.length) })}</span>` : nothing}
      </p>
      ${tool(STRINGS.removeQuote, ICONS.close(), remove)}
    </div>`;
  }

  /** The words that a question of the thread was about. */
  quoteOf(quote: string, itemId: string | null): TemplateResult {
    return html`<blockquote>${backLink(quote, itemId === null ? null : this.#places.of(itemId))}</blockquote>`;
  }

  starters(): TemplateResult | typeof nothing {
    return this.#hasStyles ? starterList(this.knowledge.info, this.calls.ask) : nothing;
  }

  /** The choice of how far to look, unless the site has made it. */
  scope(set: ContextMode | null, quote: string | null): TemplateResult | typeof nothing {
    if (set !== null) return nothing;
    const { info, isSettled } = this.knowledge;
    return this.#scope.draw(info, isSettled && this.#hasStyles, quote !== null, this.calls.redraw);
  }

  /** Inside the panel. */
  card(): TemplateResult {
    return html`<div id="card" class="card" popover="manual" hidden @click=${this.onClick}></div>`;
  }

  /** Beside the panel: there also while it is closed. */
  overlays(dir: string): TemplateResult {
    return html`
      <button type="button" part="offer" class="offer" popover="manual" hidden dir=${dir} aria-keyshortcuts="Alt+Q"
        @click=${() => this.#accept()}>${ICONS.ask()}<span>${STRINGS.askAboutThis}</span></button>
      <div class="toast" popover="manual" hidden dir=${dir}>
        <p></p>
        ${tool(STRINGS.close, ICONS.close(), () => this.#loaded?.tell(""))}
      </div>`;
  }
}

/** Where the place is not known, the words are looked for on the page that is open. */
function backLink(quote: string, href: string | null): TemplateResult {
  if (href === null) return html`<span class="quoted" dir="auto">${quote}</span>`;
  return html`<a class="quoted" dir="auto" href=${href} data-quote=${quote} title=${STRINGS.backToPassage}>${quote}</a>`;
}

function saidOf(outcome: Outcome): string {
  if (outcome === "marked") return STRINGS.passageShown;
  if (outcome === "changed") return STRINGS.passageChanged;
  return outcome === "missing" ? STRINGS.passageMissing : "";
}
