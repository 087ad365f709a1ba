/** `<bookside-chat>`: a thin shell that draws a conversation and hands the reader's acts to it. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { AnswerBody } from "./answer.ts";
import { numbered } from "./citations.ts";
import { ChatKitClient } from "./client.ts";
import { Conversation } from "./conversation.ts";
import { Countdown } from "./countdown.ts";
import { Editing } from "./editing.ts";
import { type BooksideError, ProblemError } from "./errors.ts";
import { Follower } from "./follow.ts";
import { answerAsMarkdown } from "./footnotes.ts";
import { ICONS } from "./icons.ts";
import { Judging } from "./judging.ts";
import { addLanguage } from "./language.ts";
import type { Uploads } from "./lazy/attaching.ts";
import type { ClientTools } from "./lazy/tools.ts";
import { Listing } from "./listing.ts";
import { Memory, TabFirst, tabStorage } from "./memory.ts";
import { OlderController } from "./older.ts";
import { PageSide } from "./page-side.ts";
import { Panel, PHONE } from "./panel.ts";
import type { PartHost } from "./parts.ts";
import type { Passages } from "./passage/passages.ts";
import type { Action, AssistantMessage, ContextMode } from "./protocol.ts";
import { LanguageController } from "./speaking.ts";
import { Stage } from "./stage.ts";
import { BrowserStorage } from "./storage.ts";
import { STRINGS } from "./strings.ts";
import { STYLES } from "./styles.ts";
import { Tabs } from "./tabs.ts";
import { Telling } from "./telling.ts";
import { ThemeController } from "./theme.ts";
import {
  answerText,
  EMPTY,
  lastAnswer,
  lastQuestion,
  type PendingQuestion,
  type ThreadState,
  userText,
} from "./thread.ts";
import { type ComposerCalls, type ComposerView, composer } from "./view/composer.ts";
import { type HeaderCalls, header } from "./view/header.ts";
import { type LatestCalls, toLatest } from "./view/latest.ts";
import { isEmpty, type MessagesCalls, type MessagesView, messages } from "./view/messages.ts";
import { ViewportController } from "./viewport.ts";

const SAY_COPIED_MS = 2000;
const MAX_QUESTION_CHARACTERS = 2000;

/**
 * @fires bookside-answer - An answer is complete; `detail` is `{threadId, itemId, text, sources}`.
 * @fires bookside-error - A question failed; `detail` is `{message, status}`.
 * @fires bookside-action - A widget's action that the page handles; `detail` is `{action, itemId}`.
 * @fires bookside-effect - The server wants something of the page; `detail` is `{name, data}`.
 * @fires bookside-entity - The reader chose a source that the page knows; `detail` is `{source}`.
 * @csspart button - The button that opens the panel.
 * @csspart panel - The panel, or the box of the other layouts.
 * @csspart header - The head of the panel, with its name and its tools.
 * @csspart messages - The conversation.
 * @csspart answer - The text of an answer.
 * @csspart citation - A citation's mark in an answer.
 * @csspart thing - A widget, workflow, image or question of the server's.
 * @csspart sources - The list of sources below an answer.
 * @csspart actions - The buttons below an answer.
 * @csspart feedback - The form that asks why an answer is bad.
 * @csspart thing - What an answer has besides text: a widget, a form, steps, an image.
 * @csspart composer - Where the question is written.
 * @csspart offer - "Ask about this", beside selected words.
 * @csspart threads - The list of conversations.
 */
export class BooksideChat extends LitElement {
  static override styles = STYLES;
  static override properties = {
    server: { type: String },
    layout: { type: String, reflect: true },
    open: { type: Boolean, reflect: true },
    expanded: { type: Boolean, reflect: true },
    heading: { type: String },
    book: { type: String },
    contextMode: { type: String, attribute: "context-mode" },
    uploads: { attribute: false },
    quote: { state: true },
    draft: { state: true },
    isLoading: { state: true },
    isListOpen: { state: true },
    copiedId: { state: true },
  };

  /** Add a language, or words to one: `addLanguage("fr", { send: "Envoyer" })`. What is missing is said in English. */
  static readonly addLanguage = addLanguage;

  /** Address of the Bookside server; empty for the page's own origin. */
  declare server: string;
  /**
   * `panel`: a button that opens a panel over the page; `inline`: fills its own box; `page`: fills its box too, with the
   * list of conversations at its side.
   */
  declare layout: "panel" | "inline" | "page";
  /** Whether the panel is open; a tab remembers it over reloads and pages. */
  declare open: boolean;
  /** Whether the panel is in its larger size. */
  declare expanded: boolean;
  /** Name of the button and the panel, instead of the one in the page's language. */
  declare heading: string;
  /** Id of the book, where the server has several and the page's address does not tell which it is. */
  declare book: string;
  /** How far answers may look: `full_book`, `up_to_here`, `current_chapter`, `current_page` or `selection`. */
  declare contextMode: ContextMode | null;
  /** Tools of the page that the server may call, by name; each takes the call's arguments and gives its result. */
  clientTools: ClientTools = {};
  /** Which files readers may attach, where the server does not say it itself; `null` to ask the server. */
  declare uploads: Uploads | null;
  declare private quote: string | null;
  declare private draft: string;
  declare private isLoading: boolean;
  declare private isListOpen: boolean;
  declare private copiedId: string | null;

  #conversation: Conversation | null = null;
  #memory: Memory | null = null;
  #tabs: Tabs | null = null;
  readonly #telling = new Telling();
  readonly #countdown = new Countdown(
    () => this.#state.failure?.waitUntilMs,
    () => this.requestUpdate(),
    () => {
      this.#conversation?.recover();
      this.#telling.text = STRINGS.mayAsk;
    },
  );
  /** A question of the page before that the server may not have taken. */
  #unsent: PendingQuestion | null = null;
  #titled = "";
  #isAway = false;
  /** Where the reader was on the page before, until its conversation is shown. */
  #place: { readonly id: string; readonly top: number } | null = null;
  #mayAttach = true;
  readonly #editing = new Editing({
    get: () => ({ draft: this.draft, quote: this.quote }),
    set: ({ draft, quote }) => Object.assign(this, { draft, quote }),
    take: () => (this.#stage.attaching?.isSending ? [] : (this.#stage.attaching?.take() ?? [])),
    restore: (files) => this.#stage.attaching?.restore(files),
  });
  readonly #follower = new Follower(() => this.requestUpdate());
  readonly #host: PartHost = {
    changed: () => this.requestUpdate(),
    announce: (text) => {
      this.#telling.text = text;
      this.requestUpdate();
    },
    focus: (selector) => void this.#focus(selector),
    adopt: ({ styleSheet }) => {
      if (styleSheet !== undefined) this.shadowRoot?.adoptedStyleSheets.push(styleSheet);
    },
  };
  readonly #judging = new Judging(this.#host, () => this.#conversation?.client);
  #listing: Listing | null = null;
  readonly #older = new OlderController(this, () => this.#conversation?.older());
  readonly #bodies = new Map<string, AnswerBody>();
  readonly #stage = new Stage(this, this.#host, () => this.#conversation);
  readonly #language = new LanguageController(this);
  readonly #window = new Panel(this, {
    composer: () => this.#composer,
    opened: () => {
      this.#pageSide.opened();
      const { isFollowing, top } = this.#follower;
      if (this.#list !== null && !isFollowing) this.#follower.goTo(this.#list, top);
    },
  });
  readonly #pageSide = new PageSide(this, {
    client: () => this.#conversation?.client ?? null,
    quoted: (quote) => {
      this.quote = quote;
    },
    wanted: () => {
      this.show();
      this.#toComposer();
    },
    ask: (question) => void this.ask(question, null),
    makeWay: () => this.#window.makeWay(),
    back: (link) => void this.#window.back(link),
    uncover: () => void this.#window.uncover(),
    say: this.#host.announce,
    redraw: this.#host.changed,
  });

  constructor() {
    super();
    this.server = "";
    this.layout = "panel";
    this.open = false;
    this.expanded = false;
    this.heading = "";
    this.book = "";
    this.contextMode = null;
    this.uploads = null;
    this.quote = null;
    this.draft = "";
    this.isLoading = false;
    this.isListOpen = false;
    this.copiedId = null;
    new ThemeController(this);
    new ViewportController(this);
  }

  // Life ----------------------------------------------------------------------------------------------------------

  override connectedCallback(): void {
    super.connectedCallback();
    this.#pageSide.start();
    this.#window.start();
    this.addEventListener("keydown", this.#onKey);
    for (const name of ["online", "offline"]) addEventListener(name, this.#onNetwork);
    addEventListener("pagehide", this.#remember);
    if (this.#isAway) void this.#conversation?.attach();
    this.#isAway = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#pageSide.stop();
    this.#window.stop();
    this.removeEventListener("keydown", this.#onKey);
    for (const name of ["online", "offline"]) removeEventListener(name, this.#onNetwork);
    removeEventListener("pagehide", this.#remember);
    // A move is a removal and an insertion in one task, and so is a change of pages by script: only an element that
    // stays away lets go of its stream.
    setTimeout(() => {
      if (this.isConnected) return;
      this.#conversation?.detach();
      this.#window.leave();
      this.#isAway = true;
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("server") || this.#conversation === null) this.#connect();
    if (this.open || this.layout !== "panel") void this.#stage.prepare(this.uploads);
    if (changed.has("layout") && this.layout === "page") void this.#listing?.begin();
  }

  protected override firstUpdated(): void {
    if (this.layout !== "panel") this.#pageSide.opened();
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#window.updated(changed);
    this.#scroll();
    this.#remember();
  }

  /** Many deltas arrive between two frames: one drawing is enough. A hidden page draws no frames. */
  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated) await this.#language.ready;
    else if (!document.hidden) await new Promise((resolve) => requestAnimationFrame(resolve));
    super.scheduleUpdate();
  }

  #connect(): void {
    this.#conversation?.detach();
    this.#tabs?.close();
    this.#bodies.clear();
    const storage = new BrowserStorage();
    const client = new ChatKitClient({
      server: new URL(this.server || "/", location.href).href,
      storage,
      getContext: () => this.#pageSide.context(this.contextMode, this.book),
    });
    const conversation = new Conversation(client, new TabFirst(storage), {
      changed: () => this.#changed(conversation),
      answered: () => this.#answered(),
      failed: (error, message) => this.#failed(error, message),
      returned: (question) => this.#returned(question),
      touched: (id) => this.#tabs?.say(id, "changed"),
      effect: (name, data) => void this.#stage.effect(name, data),
      called: (call) => this.#stage.called(call),
    });
    this.#conversation = conversation;
    this.#tabs = new Tabs(client.server, (id, change) => {
      if (id === this.#state.id && change === "deleted") conversation.lose(STRINGS.deletedElsewhere);
      else if (id === this.#state.id) void conversation.refresh();
      this.#listing?.refresh();
    });
    this.#listing = new Listing(this.#host, {
      client,
      openId: () => conversation.state.id,
      open: (id) => {
        this.#leaveThread();
        this.isListOpen = false;
        void conversation.open(id);
        this.#toComposer();
      },
      changed: this.#host.changed,
      touched: (id, change) => {
        this.#tabs?.say(id, change);
        if (change === "deleted" && id === conversation.state.id) this.#begin();
      },
      focus: this.#host.focus,
    });
    this.#recall(client.server);
    this.isLoading = true;
    void conversation.resume().finally(() => {
      this.isLoading = false;
      this.#takeBack();
    });
  }

  // What a tab remembers --------------------------------------------------------------------------------------------

  #recall(server: string): void {
    this.#memory = new Memory(tabStorage, server);
    const { isOpen, isExpanded, draft, quote, pending, place, verdicts, mayAttach, aside } = this.#memory.read();
    this.#window.opensQuietly = isOpen && !this.open;
    this.open ||= isOpen;
    this.expanded ||= isExpanded;
    this.draft ||= draft;
    this.quote ??= quote;
    this.#judging.verdicts = verdicts;
    this.#judging.prepare();
    this.#unsent = pending;
    this.#place = place;
    this.#mayAttach = mayAttach;
    this.#editing.aside = aside;
  }

  readonly #remember = (): void => {
    const { id, pending } = this.#state;
    const { isFollowing, top } = this.#follower;
    this.#memory?.keep({
      isOpen: this.open,
      isExpanded: this.expanded,
      draft: this.draft,
      quote: this.quote,
      pending: pending ?? this.#unsent,
      place: this.#place ?? (isFollowing || id === null ? null : { id, top }),
      verdicts: this.#judging.verdicts,
      aside: this.#editing.aside,
      mayAttach: this.#stage.attaching === undefined ? this.#mayAttach : this.#stage.attaching !== null,
    });
  };

  /** The question that was on its way when the page was left: the thread has it, or the reader gets it back. */
  #takeBack(): void {
    const unsent = this.#unsent;
    this.#unsent = null;
    if (unsent === null) return;
    const question = lastQuestion(this.#state);
    if (question === null || userText(question) !== unsent.text) this.#returned(unsent);
  }

  // What the page may call ------------------------------------------------------------------------------------------

  /** Open the panel. */
  show(): void {
    this.open = true;
  }

  /** Close the panel. */
  hide(): void {
    this.open = false;
  }

  /** The ways to passages of the book: `open({href, quote})`, `highlight(words)`, `clear()`. */
  get passages(): Passages {
    return this.#pageSide.passages;
  }

  /** Ask a question as if the reader had typed it; what they have typed meanwhile stays. */
  ask(text: string, quote: string | null = this.quote): Promise<void> {
    const question = text.trim();
    const { attaching } = this.#stage;
    if (question === "" || this.#conversation === null || this.#isHeld) return Promise.resolve();
    if (quote === this.quote) this.quote = null;
    this.#pageSide.sent(quote, this.contextMode);
    this.#follower.begin();
    this.isListOpen = false;
    return this.#conversation.ask({ text: question, quote, attachments: attaching?.take() ?? [] });
  }

  /** Send an action as a widget does, for instance behind one that the page has handled itself. */
  sendAction(action: Action, itemId: string | null = null): Promise<void> {
    return this.#conversation?.act(action, itemId) ?? Promise.resolve();
  }

  /** Whether nothing can be asked: an answer or a file is on its way, or the conversation is over. */
  get #isHeld(): boolean {
    const { isBusy, status } = this.#state;
    return isBusy || status.type !== "active" || this.#stage.attaching?.isSending === true;
  }

  get #state(): ThreadState {
    return this.#conversation?.state ?? EMPTY;
  }

  // What happens ------------------------------------------------------------------------------------------------------

  #changed(conversation: Conversation): void {
    if (conversation !== this.#conversation) return;
    const { id, title, isBusy, items, pending } = conversation.state;
    this.isLoading = isBusy && items.length === 0 && pending === null;
    this.#telling.changed(conversation.state);
    const titled = `${id} ${title}`;
    if (titled !== this.#titled) this.#listing?.refresh();
    this.#titled = titled;
    this.#countdown.begin();
    this.#stage.settled();
    this.#pageSide.settle(conversation.state);
    this.requestUpdate();
  }

  /** What the reader has typed meanwhile stays, behind the question. */
  #returned({ text, quote, attachments }: PendingQuestion): void {
    this.#stage.attaching?.restore(attachments ?? []);
    this.draft = this.draft.trim() === "" ? text : `${text}\n\n${this.draft}`;
    this.quote ??= quote;
  }

  #answered(): void {
    const answer = lastAnswer(this.#state);
    if (answer === null) return;
    const text = answerText(answer);
    this.#telling.answered(text);
    const sources = numbered(answer.content).sources.map(({ source }) => source);
    this.#fire("bookside-answer", { threadId: this.#state.id, itemId: answer.id, text, sources });
  }

  #failed(error: BooksideError | null, message: string): void {
    this.#fire("bookside-error", { message, status: error instanceof ProblemError ? error.status : null });
    // However long the last answer is: the reader is to see what went wrong.
    void this.updateComplete.then(() => {
      const list = this.#list;
      if (list !== null) list.scrollTop = list.scrollHeight;
    });
  }

  #fire(name: "bookside-answer" | "bookside-error", detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  readonly #onNetwork = (): void => {
    if (navigator.onLine && this.#countdown.seconds === 0) this.#conversation?.recover();
    this.requestUpdate();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // What stands above the panel, such as a popover, has taken it already.
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (this.#pageSide.onEscape()) this.requestUpdate();
    else if (this.isListOpen) this.#calls.toggleList();
    else if (this.#editing.aside !== null) this.#calls.leaveEdit();
    else if (this.layout === "panel" && this.open) this.hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** What the parts of the panel may ask for. */
  readonly #calls: HeaderCalls & ComposerCalls & MessagesCalls & LatestCalls = {
    close: () => this.hide(),
    toggleList: () => {
      this.isListOpen = !this.isListOpen;
      if (!this.isListOpen) return void this.#focus(".list-tool");
      // On a phone the keyboard would cover half of the list.
      void this.#listing?.begin().then(() => {
        if (!matchMedia(PHONE).matches) void this.#focus(".search input");
      });
    },
    toggleSize: () => {
      this.expanded = !this.expanded;
    },
    type: (draft) => {
      this.draft = draft;
    },
    send: () => {
      const { draft } = this;
      if (this.#isHeld || this.#countdown.seconds > 0 || [...draft.trim()].length > this.#maxCharacters) return;
      this.draft = "";
      void this.ask(draft);
      this.#editing.end();
    },
    stop: () => {
      this.#conversation?.stop();
      this.#toComposer();
    },
    retry: () => {
      this.#follower.begin();
      void this.#conversation?.retry();
      this.#toComposer();
    },
    latest: () => {
      this.#follower.toEnd();
      this.#list?.focus({ preventScroll: true });
    },
    older: () => void this.#older.load(),
    newChat: () => {
      this.#begin();
      this.isListOpen = false;
      this.#toComposer();
    },
    edit: (item) => {
      this.#editing.begin(item.id, { draft: userText(item), quote: item.quoted_text || null });
      this.#telling.text = STRINGS.editing;
      this.#toComposer();
    },
    leaveEdit: () => {
      this.#editing.end();
      this.requestUpdate();
      this.#toComposer();
    },
    copy: (item) => void this.#copy(item),
    judge: (item, kind) => this.#judging.judge(item, kind),
    reason: (item, change) => {
      this.#judging.change(item, change);
      if (change.isAsked === false) this.#toComposer();
    },
    sendReason: (item) => {
      this.#judging.explain(item);
      this.#toComposer();
    },
  };

  #begin(): void {
    this.#leaveThread();
    this.#conversation?.reset();
  }

  #leaveThread(): void {
    this.#editing.end();
    this.#bodies.clear();
    this.#telling.text = "";
    this.#follower.begin();
    this.#place = null;
  }

  async #copy(item: AssistantMessage): Promise<void> {
    await navigator.clipboard.writeText(answerAsMarkdown(item));
    this.copiedId = item.id;
    this.#telling.text = STRINGS.copied;
    setTimeout(() => {
      this.copiedId = null;
    }, SAY_COPIED_MS);
  }

  // Where things are --------------------------------------------------------------------------------------------------

  readonly #removeQuote = (): void => {
    this.quote = null;
    this.#pageSide.forget();
    this.#toComposer();
  };

  /** To the end, or to where the reader was on the page before. */
  #scroll(): void {
    const list = this.#list;
    if (list === null || list.clientHeight === 0 || this.#state.items.length === 0) return;
    if (this.#place?.id === this.#state.id) {
      this.#follower.goTo(list, this.#place.top);
      this.#place = null;
    } else {
      this.#follower.drawn(list);
    }
  }

  get #list(): HTMLElement | null {
    return this.renderRoot.querySelector(".messages");
  }

  get #composer(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector(".composer textarea");
  }

  /** Give the focus to what is about to be drawn. */
  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    const found = this.renderRoot.querySelector<HTMLElement>(selector);
    found?.focus();
    if (found instanceof HTMLInputElement && found.type === "text") found.select();
  }

  #toComposer(): void {
    void this.#focus(".composer textarea");
  }

  get #isListShown(): boolean {
    return this.isListOpen || this.layout === "page";
  }

  get #maxCharacters(): number {
    return this.#conversation?.client.maxQuestionChars ?? MAX_QUESTION_CHARACTERS;
  }

  // What is drawn -----------------------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    const heading = this.heading || STRINGS.heading;
    const dir = this.#language.direction;
    if (this.layout !== "panel") {
      return html`<section part="panel" class="panel" aria-labelledby="heading" dir=${dir}>${this.#panel(heading)}</section>
        ${this.#pageSide.overlays(dir)}`;
    }
    return html`
      <button part="button" class="opener" type="button" aria-haspopup="dialog" aria-expanded=${this.open} dir=${dir}
        @click=${() => this.show()}>${ICONS.ask()}<span>${heading}</span></button>
      <dialog part="panel" class="panel" aria-labelledby="heading" dir=${dir}
        @close=${this.#window.onClosed}>${this.#panel(heading)}</dialog>
      ${this.#pageSide.overlays(dir)}`;
  }

  #panel(heading: string): TemplateResult {
    const state = this.#state;
    const { isListOpen, expanded: isExpanded } = this;
    const hasConversation = !isEmpty(state);
    const isPanel = this.layout === "panel";
    return html`
      ${header({ heading, hasConversation, isPanel, isExpanded, isListOpen }, this.#calls)}
      <div class="body" ?data-list=${isListOpen}>
        ${this.#isListShown ? this.#listing?.draw() : nothing}
        <div class="talk" @click=${this.#pageSide.onClick}>
          <div part="messages" class="messages" role="log" aria-live="off" aria-label=${STRINGS.conversation} tabindex="0"
            @scroll=${() => this.#follower.scrolled()}>
            ${messages({ ...this.#shown, state }, this.#calls)}
          </div>
          ${this.#follower.hasMore ? toLatest(this.#calls) : nothing}
          ${composer({ ...this.#typed, ...state }, this.#calls)}
        </div>
      </div>
      ${this.#pageSide.card()}
      <div class="unseen" role="status" aria-live="polite">${this.#telling.text}</div>`;
  }

  get #shown(): Omit<MessagesView, "state"> {
    const { isLoading, copiedId } = this;
    const { verdicts, form } = this.#judging;
    return {
      isLoading,
      copiedId,
      editedId: this.#editing.aside?.itemId ?? null,
      verdicts,
      form,
      bodies: this.#bodies,
      imageOrigins: this.#imageOrigins,
      stage: this.#stage,
      starters: this.#pageSide.starters(),
      quoteOf: (quote: string, itemId: string | null) => this.#pageSide.quoteOf(quote, itemId),
    };
  }

  /** The book's pictures lie where its pages are, or on the assistant's server. */
  get #imageOrigins(): readonly string[] {
    return [location.origin, new URL(this.server || "/", location.href).origin];
  }

  get #typed(): Omit<ComposerView, keyof ThreadState> {
    const { draft, quote } = this;
    const isOffline = !navigator.onLine;
    const { attaching } = this.#stage;
    const about = quote === null ? nothing : this.#pageSide.chip(quote, this.#removeQuote);
    const scope = this.#pageSide.scope(this.contextMode, quote);
    return {
      draft,
      about,
      scope,
      isOffline,
      waitSeconds: this.#countdown.seconds,
      maxCharacters: this.#maxCharacters,
      attaching,
      mayAttach: this.#mayAttach,
      isEditing: this.#editing.aside !== null,
    };
  }
}
