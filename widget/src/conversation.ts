/** One conversation: asks the client, folds its events into a state, and says when the state has changed. No DOM. */

import type { ChatKitClient } from "./client.ts";
import { BooksideError, ProblemError } from "./errors.ts";
import { type StreamEvent, type ThreadItem, userInput } from "./protocol.ts";
import type { KeyValueStorage } from "./storage.ts";
import {
  asked,
  EMPTY,
  ended,
  failed,
  lastQuestion,
  loaded,
  type PendingQuestion,
  reduce,
  retried,
  type ThreadState,
} from "./thread.ts";

const ITEMS_PER_PAGE = 100;
const CUT_SHORT = "The answer broke off before its end.";

export interface ConversationListener {
  /** The state is a new one. */
  changed(): void;
  /** An answer has come to its end; never called for one that was stopped or failed. */
  answered(): void;
  failed(error: BooksideError | null, message: string): void;
}

export class Conversation {
  state: ThreadState = EMPTY;
  #running: AbortController | null = null;
  readonly #key: string;

  constructor(
    readonly client: ChatKitClient,
    readonly storage: KeyValueStorage,
    readonly listener: ConversationListener,
  ) {
    this.#key = `bookside-thread:${client.server}`;
  }

  /** Ask, unless an answer is on its way. */
  async ask(question: PendingQuestion): Promise<void> {
    if (this.state.isBusy) return;
    this.#set(asked(this.state, question));
    await this.#askPending(question);
  }

  /** Ask the last question again, whether or not it has reached the server. */
  async retry(): Promise<void> {
    if (this.state.isBusy) return;
    const { id, pending } = this.state;
    if (pending !== null) {
      this.#set(asked(this.state, pending));
      await this.#askPending(pending);
      return;
    }
    const question = lastQuestion(this.state);
    if (id === null || question === null) return;
    this.#set(retried(this.state, question.id));
    await this.#follow((signal) => this.client.retry(id, question.id, signal));
  }

  /** End the answer that is on its way; what has been written stays. */
  stop(): void {
    this.#running?.abort();
    this.#running = null;
    if (this.state.isBusy) this.#set(ended(this.state));
  }

  /** Begin anew; the old conversation stays on the server. */
  reset(): void {
    this.stop();
    this.storage.removeItem(this.#key);
    this.#set(EMPTY);
  }

  /** Show the conversation that was open when the reader left, if the server still has it. */
  async resume(): Promise<void> {
    const id = this.storage.getItem(this.#key);
    if (id === null || this.state.isBusy || this.state.id !== null) return;
    const before = this.state;
    try {
      const thread = await this.client.getThread(id);
      const items = await this.#itemsAfter(id, thread.items);
      if (this.state === before) this.#set(loaded(thread, items));
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (error instanceof ProblemError && error.status === 404) this.storage.removeItem(this.#key);
      // The reader has asked for nothing yet: an empty conversation is the right thing to show.
    }
  }

  async #itemsAfter(id: string, first: { data: readonly ThreadItem[]; has_more: boolean; after: string | null }) {
    const items = [...first.data];
    let page = first;
    while (page.has_more && page.after !== null) {
      page = await this.client.listItems(id, { order: "asc", limit: ITEMS_PER_PAGE, after: page.after });
      items.push(...page.data);
    }
    return items;
  }

  #askPending(question: PendingQuestion): Promise<void> {
    const input = userInput(question.text, question.quote);
    const { id } = this.state;
    return this.#follow((signal) =>
      id === null ? this.client.createThread(input, signal) : this.client.addMessage(id, input, signal),
    );
  }

  /** Fold a stream into the state, until its end or until another one takes its place. */
  async #follow(open: (signal: AbortSignal) => AsyncIterable<StreamEvent>): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      for await (const event of open(running.signal)) {
        if (this.#running !== running) return;
        this.#take(event);
      }
      if (this.#running === running) this.#finish();
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (this.#running === running) this.#fail(error, error.message, error.canRetry);
    } finally {
      if (this.#running === running) this.#running = null;
    }
  }

  #take(event: StreamEvent): void {
    this.#set(reduce(this.state, event));
    if (event.type === "thread.created") this.storage.setItem(this.#key, event.thread.id);
    if (event.type === "error") this.listener.failed(null, this.state.failure?.message ?? "");
  }

  #finish(): void {
    if (this.state.failure !== null) return;
    if (this.state.growing.size > 0 || this.state.pending !== null) {
      this.#fail(null, CUT_SHORT, true);
      return;
    }
    this.#set(ended(this.state));
    this.listener.answered();
  }

  #fail(error: BooksideError | null, message: string, canRetry: boolean): void {
    this.#set(failed(this.state, { message, canRetry }));
    this.listener.failed(error, message);
  }

  #set(state: ThreadState): void {
    this.state = state;
    this.listener.changed();
  }
}
