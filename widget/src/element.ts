/** `<bookside-chat>`: a thin shell that draws a conversation and hands the reader's acts to it. */

import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { AnswerBody } from "./answer.ts";
import { numbered } from "./citations.ts";
import { ChatKitClient } from "./client.ts";
import { Conversation } from "./conversation.ts";
import { type BooksideError, ProblemError } from "./errors.ts";
import { ICONS } from "./icons.ts";
import { pageContext, SelectionWatcher } from "./page.ts";
import type { ContextMode } from "./protocol.ts";
import { BrowserStorage } from "./storage.ts";
import { STRINGS } from "./strings.ts";
import { STYLES } from "./styles.ts";
import { ThemeController } from "./theme.ts";
import { answerText, EMPTY, lastAnswer, type PendingQuestion, type ThreadState } from "./thread.ts";
import { type ComposerCalls, composer } from "./view/composer.ts";
import { type HeaderCalls, header } from "./view/header.ts";
import { isEmpty, type MessagesCalls, messages } from "./view/messages.ts";

const PHONE = "(max-width: 480px)";
/** Nearer to the end than this, the list follows a growing answer. */
const FOLLOW_WITHIN_PX = 80;
const QUESTION_GAP_PX = 12;

/**
 * @fires bookside-answer - An answer is complete; `detail` is `{threadId, itemId, text, sources}`.
 * @fires bookside-error - A question failed; `detail` is `{message, status}`.
 */
export class BooksideChat extends LitElement {
  static override styles = STYLES;
  static override properties = {
    server: { type: String },
    layout: { type: String, reflect: true },
    open: { type: Boolean, reflect: true },
    heading: { type: String },
    contextMode: { type: String, attribute: "context-mode" },
    quote: { state: true },
    draft: { state: true },
    isLoading: { state: true },
  };

  /** Address of the Bookside server; empty for the page's own origin. */
  declare server: string;
  /** `panel`: a button that opens a panel over the page; `inline`: fills its own box. */
  declare layout: "panel" | "inline";
  declare open: boolean;
  declare heading: string;
  declare contextMode: ContextMode | null;
  declare private quote: string | null;
  declare private draft: string;
  declare private isLoading: boolean;

  #conversation: Conversation | null = null;
  #sentQuote: string | null = null;
  #announcement = "";
  #wasReconnecting = false;
  #isAway = false;
  #follows = true;
  readonly #bodies = new Map<string, AnswerBody>();
  readonly #selection = new SelectionWatcher(this, (text) => {
    this.quote = text;
  });

  constructor() {
    super();
    this.server = "";
    this.layout = "panel";
    this.open = false;
    this.heading = STRINGS.heading;
    this.contextMode = null;
    this.quote = null;
    this.draft = "";
    this.isLoading = false;
    new ThemeController(this);
  }

  // Life ----------------------------------------------------------------------------------------------------------

  override connectedCallback(): void {
    super.connectedCallback();
    this.#selection.start();
    this.addEventListener("keydown", this.#onKey);
    if (this.#isAway) void this.#conversation?.attach();
    this.#isAway = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#selection.stop();
    this.removeEventListener("keydown", this.#onKey);
    // A move is a removal and an insertion in one task: only an element that stays away lets go of its stream.
    queueMicrotask(() => {
      if (!this.isConnected) this.#conversation?.detach();
      this.#isAway = !this.isConnected;
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("server") || this.#conversation === null) this.#connect();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("open")) this.#showPanel(changed.get("open") === true);
    if (this.#follows) this.#toEnd();
  }

  /** Many deltas arrive between two frames: one drawing is enough. A hidden page draws no frames. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.hasUpdated && !document.hidden) await new Promise((resolve) => requestAnimationFrame(resolve));
    super.scheduleUpdate();
  }

  #connect(): void {
    this.#conversation?.detach();
    this.#bodies.clear();
    const storage = new BrowserStorage();
    const client = new ChatKitClient({
      server: new URL(this.server || "/", location.href).href,
      storage,
      getContext: () => pageContext(this.#sentQuote, this.contextMode),
    });
    const conversation = new Conversation(client, storage, {
      changed: () => this.#changed(conversation),
      answered: () => this.#answered(),
      failed: (error, message) => this.#failed(error, message),
      returned: (question) => this.#returned(question),
    });
    this.#conversation = conversation;
    this.isLoading = true;
    void conversation.resume().finally(() => {
      this.isLoading = false;
    });
  }

  // What the page may call ------------------------------------------------------------------------------------------

  show(): void {
    this.open = true;
  }

  hide(): void {
    this.open = false;
  }

  /** Ask a question as if the reader had typed it. */
  ask(text: string, quote: string | null = this.quote): Promise<void> {
    const question = text.trim();
    if (question === "" || this.#conversation === null || this.#state.isBusy) return Promise.resolve();
    this.draft = "";
    this.quote = null;
    this.#sentQuote = quote;
    this.#follows = true;
    return this.#conversation.ask({ text: question, quote });
  }

  get #state(): ThreadState {
    return this.#conversation?.state ?? EMPTY;
  }

  // What happens ------------------------------------------------------------------------------------------------------

  #changed(conversation: Conversation): void {
    if (conversation !== this.#conversation) return;
    const { isReconnecting, isBusy } = conversation.state;
    this.isLoading = false;
    if (isReconnecting) this.#announcement = STRINGS.reconnecting;
    else if (this.#wasReconnecting) this.#announcement = isBusy ? STRINGS.reconnected : "";
    this.#wasReconnecting = isReconnecting;
    this.requestUpdate();
  }

  /** What the reader has typed meanwhile stays, behind the question. */
  #returned({ text, quote }: PendingQuestion): void {
    this.draft = this.draft.trim() === "" ? text : `${text}\n\n${this.draft}`;
    this.quote ??= quote;
  }

  #answered(): void {
    const answer = lastAnswer(this.#state);
    if (answer === null) return;
    this.#announcement = answerText(answer);
    const sources = numbered(answer.content).sources.map(({ source }) => source);
    this.#fire("bookside-answer", {
      threadId: this.#state.id,
      itemId: answer.id,
      text: answerText(answer),
      sources,
    });
  }

  #failed(error: BooksideError | null, message: string): void {
    this.#fire("bookside-error", { message, status: error instanceof ProblemError ? error.status : null });
  }

  #fire(name: "bookside-answer" | "bookside-error", detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.layout !== "panel" || !this.open) return;
    event.preventDefault();
    event.stopPropagation();
    this.hide();
  };

  /** What the parts of the panel may ask for. */
  readonly #calls: HeaderCalls & ComposerCalls & MessagesCalls = {
    close: () => this.hide(),
    type: (draft) => {
      this.draft = draft;
    },
    send: () => void this.ask(this.draft),
    stop: () => {
      this.#conversation?.stop();
      this.#composer?.focus();
    },
    retry: () => {
      this.#follows = true;
      void this.#conversation?.retry();
      this.#composer?.focus();
    },
    newChat: () => {
      this.#bodies.clear();
      this.#announcement = "";
      this.#conversation?.reset();
      this.#composer?.focus();
    },
    removeQuote: () => {
      this.quote = null;
      this.#composer?.focus();
    },
  };

  #onScroll(event: Event): void {
    const list = event.target as HTMLElement;
    this.#follows = list.scrollHeight - list.scrollTop - list.clientHeight < FOLLOW_WITHIN_PX;
  }

  /** On a phone the panel hides the page: it makes way for a passage that the reader follows a link to. */
  #onLink(event: Event): void {
    const link = (event.target as Element).closest("a[href]");
    if (link !== null && !link.classList.contains("external") && matchMedia(PHONE).matches) this.hide();
  }

  /** To the end of the latest answer, as far as its question stays in view. */
  #toEnd(): void {
    const list = this.renderRoot.querySelector<HTMLElement>(".messages");
    if (list === null || this.#state.items.length === 0) return;
    const question = [...list.querySelectorAll<HTMLElement>(".question")].at(-1);
    const top = question === undefined ? list.scrollHeight : question.offsetTop - list.offsetTop - QUESTION_GAP_PX;
    list.scrollTop = Math.min(list.scrollHeight, top);
  }

  get #composer(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }

  #showPanel(wasOpen: boolean): void {
    const panel = this.renderRoot.querySelector("dialog");
    if (panel === null || panel.open === this.open) return;
    if (this.open) {
      if (matchMedia(PHONE).matches) panel.showModal();
      else panel.show();
      this.#composer?.focus();
      this.#toEnd();
    } else {
      panel.close();
      if (wasOpen) this.renderRoot.querySelector<HTMLElement>(".opener")?.focus();
    }
  }

  // What is drawn -----------------------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    if (this.layout === "inline") {
      return html`<section part="panel" class="panel" aria-labelledby="heading">${this.#panel()}</section>`;
    }
    return html`
      <button part="button" class="opener" type="button" aria-haspopup="dialog" aria-expanded=${this.open}
        @click=${() => this.show()}>${ICONS.ask()}<span>${this.heading}</span></button>
      <dialog part="panel" class="panel" aria-labelledby="heading" @close=${() => this.hide()}>${this.#panel()}</dialog>`;
  }

  #panel(): TemplateResult {
    return html`
      ${header(
        { heading: this.heading, hasConversation: !isEmpty(this.#state), canClose: this.layout === "panel" },
        this.#calls,
      )}
      <div part="messages" class="messages" role="log" aria-live="off" aria-label=${STRINGS.conversation} tabindex="0"
        @scroll=${this.#onScroll} @click=${this.#onLink}>
        ${messages({ state: this.#state, isLoading: this.isLoading, bodies: this.#bodies }, this.#calls)}
      </div>
      ${composer({ draft: this.draft, quote: this.quote, ...this.#state }, this.#calls)}
      <div class="unseen" role="status" aria-live="polite">${this.#announcement}</div>`;
  }
}
