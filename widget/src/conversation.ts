/** One conversation: asks the client, folds its events into a state, and says when the state has changed. No DOM. */

import { type ChatKitClient, ITEMS_PER_PAGE } from "./client.ts";
import { BooksideError, ProblemError } from "./errors.ts";
import {
  type Action,
  type ClientToolCall,
  type OpenedThread,
  type StreamEvent,
  type StructuredInputSubmission,
  type ThreadItem,
  userInput,
} from "./protocol.ts";
import type { StreamOptions } from "./run.ts";
import type { KeyValueStorage } from "./storage.ts";
import { STRINGS } from "./strings.ts";
import {
  answeredAnew,
  asked,
  connected,
  EMPTY,
  ended,
  extended,
  type Failure,
  failed,
  gone,
  isAnswered,
  isOpenEnded,
  isSeen,
  joined,
  lastQuestion,
  loaded,
  type PendingQuestion,
  pendingCall,
  reduce,
  replaced,
  retried,
  returned,
  stopping,
  type ThreadState,
  unfailed,
  userText,
} from "./thread.ts";

/** A stopped answer that has not ended by then is left to itself. */
const STOP_WITHIN_MS = 5000;
/** So many tools in a row answer no question. */
const MAX_CALLS = 25;

export interface ConversationListener {
  /** The state is a new one. */
  changed(): void;
  /** An answer has come to its end; never called for one that was stopped or failed. */
  answered(): void;
  failed(error: BooksideError | null, message: string): void;
  /** A question was refused for a while: it is the reader's again, to send it later. */
  returned(question: PendingQuestion): void;
  /** The thread on the server is no longer what it was; other tabs may want to know. */
  touched?(threadId: string): void;
  /** The server wants something of the page, each time once, also where an answer is read again. */
  effect?(name: string, data: Readonly<Record<string, unknown>>): void;
  /** The server waits for a tool of the page: the result, or what went wrong. Never rejects, and never hangs. */
  called?(call: ClientToolCall): Promise<unknown>;
}

/** One stream on its way. */
class Running {
  readonly connection = new AbortController();
  /** Its run, once the server has told it. */
  runId: string | null = null;
  hasBegun = false;
  hasItems = false;
  hasAnswer = false;
  isStopped = false;
  /** Effects so far. */
  effects = 0;
  /** Whether it answers a question; what follows an action may be nothing. */
  isAsked = true;

  constructor(
    /** What to show again if the server refuses to begin. */
    readonly before: ThreadState,
    /** Whether the run was begun before, or by somebody else. */
    readonly isJoined = false,
  ) {}
}

export class Conversation {
  state: ThreadState = EMPTY;
  #running: Running | null = null;
  /** Whether the server may have more of the answer than is shown. */
  #isBehind = false;
  #calls = 0;
  #isExtending = false;
  readonly #key: string;

  constructor(
    readonly client: ChatKitClient,
    readonly storage: KeyValueStorage,
    readonly listener: ConversationListener,
    readonly stopWithinMs = STOP_WITHIN_MS,
  ) {
    this.#key = `bookside-thread:${client.server}`;
  }

  // What the reader does ----------------------------------------------------------------------------------------------

  /** Ask, unless an answer is on its way. */
  async ask(question: PendingQuestion): Promise<void> {
    if (this.state.isBusy) return;
    // What is shown of a thread that is gone is not the beginning of the next one.
    const before = this.state.id === null ? EMPTY : this.state;
    this.#calls = 0;
    this.#set(asked(before, question));
    await this.#askPending(question, before);
  }

  /** Send what the reader did to a widget, or what the page wants; the widget may be another one then. */
  async act(action: Action, itemId: string | null, isStreamed = true): Promise<void> {
    const { id } = this.state;
    if (id === null) return;
    if (isStreamed) return this.#send((options) => this.client.customAction(id, action, itemId, options));
    try {
      const item = await this.client.syncCustomAction(id, action, itemId);
      if (item !== null && this.state.id === id) this.#set(replaced(this.state, item));
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (this.state.id === id && !this.state.isBusy) this.#fail(error, error.message, false);
    }
  }

  /** Answer the questions of an item. */
  async answer(itemId: string, input: StructuredInputSubmission): Promise<void> {
    const { id } = this.state;
    if (id !== null) await this.#send((options) => this.client.addStructuredInput(id, itemId, input, options));
  }

  /** Whether what is being answered goes on at the server when the page is left. */
  get isKept(): boolean {
    return !this.state.isBusy || (this.#running !== null && this.#running.runId !== null);
  }

  /** Get the last question's answer: the one that the server goes on with, or has by now, else a new one. */
  async retry(): Promise<void> {
    if (this.state.isBusy) return;
    const before = this.state;
    const { id, pending } = before;
    if (id !== null && this.#isBehind) return this.#reopen(id);
    if (pending !== null) {
      this.#set(asked(before, pending));
      return this.#askPending(pending, before);
    }
    const question = lastQuestion(before);
    if (id === null || question === null) return;
    this.#set(retried(before, question.id));
    await this.#follow((options) => this.client.retry(id, question.id, options), new Running(before));
  }

  /** End the answer that is on its way; what has been written stays. */
  stop(): void {
    const running = this.#running;
    if (running === null || running.isStopped) return;
    running.isStopped = true;
    if (running.runId !== null) void this.#stopRun(running, running.runId);
    if (running.runId !== null && !this.state.isReconnecting) {
      this.#set(stopping(this.state));
      return;
    }
    // A server that has begun, and told no run, stops with the connection. Of another the run is still to be heard.
    if (running.hasBegun) running.connection.abort();
    else setTimeout(() => running.connection.abort(), this.stopWithinMs);
    this.#leave(running);
  }

  /** Begin anew; the old conversation stays on the server. */
  reset(): void {
    this.#giveBack();
    this.stop();
    this.detach();
    this.storage.removeItem(this.#key);
    this.#isBehind = false;
    this.#set(EMPTY);
  }

  /** Show another conversation; the answer in this one goes on at the server. */
  async open(id: string): Promise<void> {
    if (id === this.state.id) return;
    this.#giveBack();
    this.detach();
    this.storage.setItem(this.#key, id);
    this.#set({ ...EMPTY, id });
    await this.#reopen(id, { isNews: false });
  }

  /** Somebody has changed the thread elsewhere: show what it is now, without a word. */
  async refresh(): Promise<void> {
    const before = this.state;
    if (before.id === null || before.isBusy) return;
    try {
      const thread = await this.client.openThread(before.id);
      if (this.state !== before) return;
      const asked = lastQuestion(loaded(thread, thread.items.data));
      if (asked === null || userText(asked) !== before.pending?.text) this.#giveBack();
      await this.#show(thread);
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (this.state === before && isGone(error)) this.lose(STRINGS.deletedElsewhere);
    }
  }

  /** A question that has not been sent goes along to the next conversation. */
  #giveBack(): void {
    const { pending, isBusy } = this.state;
    if (pending !== null && !isBusy) this.listener.returned(pending);
  }

  /** The thread is not to be had any more. */
  lose(message: string): void {
    const { pending } = this.state;
    this.detach();
    if (pending !== null) this.listener.returned(pending);
    this.storage.removeItem(this.#key);
    this.#isBehind = false;
    this.#set(gone(EMPTY, message));
  }

  /** What went wrong is over: the reader may ask again. */
  recover(): void {
    if (this.state.failure !== null && !this.state.failure.canRetry) this.#set(unfailed(this.state));
  }

  // Leaving and coming back -------------------------------------------------------------------------------------------

  /** Let go of the connection: a run goes on without it, any other answer ends. */
  detach(): void {
    const running = this.#running;
    if (running === null ? this.state.isBusy : running.runId !== null) this.#isBehind = true;
    running?.connection.abort();
    this.#running = null;
    // What is being loaded finds another state, and gives up.
    this.#set(ended(this.state));
  }

  /** Come back after `detach`. */
  async attach(): Promise<void> {
    const { id, isBusy } = this.state;
    if (id === null) await this.resume();
    else if (this.#isBehind && !isBusy) await this.#reopen(id);
  }

  /** Show the conversation that was open when the reader left, if the server still has it, and follow its answer. */
  async resume(): Promise<void> {
    const id = this.storage.getItem(this.#key);
    if (id === null || this.state.isBusy || this.state.id !== null) return;
    const before = this.state;
    try {
      const thread = await this.client.openThread(id);
      if (this.state === before) await this.#show(thread);
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (error instanceof ProblemError && error.status === 404) this.storage.removeItem(this.#key);
      // The reader has asked for nothing yet: an empty conversation is the right thing to show.
    }
  }

  /** Show what the server has by now; what is shown already stays until then. */
  async #reopen(
    id: string,
    { deadRun = null, isNews = true }: { deadRun?: string | null; isNews?: boolean } = {},
  ): Promise<void> {
    const before: ThreadState = stopping(connected(joined(this.state), false));
    this.#set(before);
    try {
      const thread = await this.client.openThread(id);
      if (this.state !== before) return;
      const isFollowed = await this.#show(thread, deadRun);
      const { failure } = this.state;
      if (isFollowed || !isNews) return;
      if (failure === null) this.listener.answered();
      else this.listener.failed(null, failure.message);
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (this.state !== before) return;
      if (isGone(error)) this.lose(STRINGS.gone);
      else this.#lose(error);
    }
  }

  /** Load a page of the items before those that are shown. */
  async older(): Promise<void> {
    const { id, olderAfter } = this.state;
    if (id === null || olderAfter === null || this.#isExtending) return;
    this.#isExtending = true;
    try {
      const page = await this.client.listItems(id, { order: "desc", limit: ITEMS_PER_PAGE, after: olderAfter });
      if (this.state.olderAfter === olderAfter) {
        this.#set(extended(this.state, page.data, page.has_more ? page.after : null));
      }
    } catch (error) {
      // The reader is at the top still, and may ask again.
      if (!(error instanceof BooksideError)) throw error;
    } finally {
      this.#isExtending = false;
    }
  }

  /**
   * Show a thread, and follow the run that is answering in it, to its end.
   *
   * @param deadRun - Not this one: its stream has nothing more to give.
   * @returns Whether there was a run to follow.
   */
  async #show(thread: OpenedThread, deadRun: string | null = null): Promise<boolean> {
    const { run } = thread;
    const state = loaded(thread, thread.items.data, thread.items.has_more ? thread.items.after : null);
    const hasAnswer = isAnswered(state);
    this.#isBehind = false;
    // From now on it is this tab's own, whatever other tabs open.
    this.storage.setItem(this.#key, thread.id);
    // A run that ends between the reading of the items and its own is complete, and its answer is not among them.
    const mayHaveMore = run?.status === "running" || (run?.status === "completed" && !hasAnswer);
    if (run !== null && mayHaveMore && run.id !== deadRun) {
      this.#set(joined(state));
      const running = new Running(state, true);
      running.runId = run.id;
      await this.#follow((options) => this.client.followRun(run.id, options), running);
      return true;
    }
    const isWhole = run === null || run.status === "completed" || run.status === "stopped";
    if (hasAnswer && isWhole) this.#set(state);
    else this.#set(failed(state, { message: isWhole ? STRINGS.unanswered : STRINGS.interrupted, canRetry: true }));
    return false;
  }

  // Streams -----------------------------------------------------------------------------------------------------------

  #askPending(question: PendingQuestion, before: ThreadState): Promise<void> {
    const input = userInput(
      question.text,
      question.quote,
      question.attachments?.map((attachment) => attachment.id),
    );
    const { id } = this.state;
    return this.#follow(
      (options) =>
        id === null ? this.client.createThread(input, options) : this.client.addMessage(id, input, options),
      new Running(before),
    );
  }

  /** Fold a stream into the state, until its end or until another one takes its place. */
  async #follow(open: (options: StreamOptions) => AsyncIterable<StreamEvent>, running: Running): Promise<void> {
    this.#running = running;
    const isCurrent = () => this.#running === running;
    const options: StreamOptions = {
      signal: running.connection.signal,
      onRun: (runId) => {
        running.runId = runId;
        if (this.state.id !== null) this.listener.touched?.(this.state.id);
        if (running.isStopped) void this.#stopRun(running, runId);
      },
      onConnection: (isLost) => {
        if (isCurrent()) this.#set(connected(this.state, !isLost));
      },
    };
    try {
      for await (const event of open(options)) {
        if (!isCurrent()) return;
        this.#take(event, running);
      }
      if (isCurrent()) await this.#finish(running);
      if (isCurrent()) await this.#answerCall(running);
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      if (isCurrent()) await this.#break(error, running);
    } finally {
      if (isCurrent()) this.#running = null;
      if (!running.isJoined && this.state.id !== null) this.listener.touched?.(this.state.id);
    }
  }

  #take(event: StreamEvent, running: Running): void {
    running.hasBegun = true;
    if (event.type === "thread.item.done" && isAnswer(event.item)) running.hasAnswer = true;
    if ("item" in event && !running.hasItems) {
      running.hasItems = true;
      // A run that does not begin with its question, and goes on with nothing else, answers the last question anew.
      const question = event.item.type === "user_message" ? null : lastQuestion(this.state);
      const isAnew = event.type !== "thread.item.replaced" && !isOpenEnded(this.state);
      if (running.isJoined && isAnew && question !== null) this.#set(answeredAnew(this.state, question.id));
    }
    this.#set(reduce(this.state, event));
    if (event.type === "client_effect" && this.#isNewEffect(running)) this.listener.effect?.(event.name, event.data);
    if (event.type === "thread.created") this.storage.setItem(this.#key, event.thread.id);
    if (event.type === "error") this.listener.failed(null, this.state.failure?.message ?? "");
  }

  async #finish(running: Running): Promise<void> {
    const { id, failure, growing, pending, notices } = this.state;
    const isCut = growing.size > 0 || pending !== null;
    if (failure !== null) return;
    const isWhole = !isCut && (!running.isAsked || pendingCall(this.state) !== null);
    if (running.isStopped || (isWhole && !running.hasAnswer)) {
      this.#set(ended(this.state));
    } else if (!isCut && (running.hasAnswer || notices.length > 0)) {
      this.#set(ended(this.state));
      this.listener.answered();
    } else if (running.runId !== null && id !== null) {
      await this.#settle(running, id);
    } else {
      this.#fail(null, isCut ? STRINGS.cutShort : STRINGS.unanswered, true);
    }
  }

  async #break(error: BooksideError, running: Running): Promise<void> {
    const { id, pending } = this.state;
    if (running.isStopped) {
      this.#set(ended(this.state));
    } else if (running.runId !== null && id !== null) {
      if (error instanceof ProblemError) await this.#settle(running, id);
      else this.#lose(error);
    } else if (pending !== null && isForNow(error)) {
      const isThreadGone = id !== null && isGone(error);
      if (isThreadGone) this.storage.removeItem(this.#key);
      this.#set(isThreadGone ? gone(this.state, STRINGS.gone) : returned(this.state, refusal(error)));
      this.listener.returned(pending);
      this.listener.failed(error, this.state.failure?.message ?? error.message);
    } else {
      if (!running.hasBegun && pending === null) this.#set(running.before);
      this.#fail(error, error.message, running.isAsked && error.canRetry);
    }
  }

  /** Send what is no question, and take in what follows. */
  async #send(open: (options: StreamOptions) => AsyncIterable<StreamEvent>): Promise<void> {
    if (this.state.isBusy) return;
    const running = new Running(this.state);
    running.isAsked = false;
    this.#calls = 0;
    this.#set(joined(this.state));
    await this.#follow(open, running);
  }

  /** Do what the server waits for, if its stream has ended with a call of a tool, and follow what it says to the result. */
  async #answerCall(before: Running): Promise<void> {
    const call = pendingCall(this.state);
    const { id, failure } = this.state;
    if (call === null || id === null || failure !== null || before.isStopped) return;
    if (++this.#calls > MAX_CALLS) return this.#fail(null, STRINGS.tooManyCalls, false);
    const running = new Running(this.state);
    running.isAsked = false;
    this.#running = running;
    this.#set(joined(this.state));
    const { listener } = this;
    const result = listener.called ? await listener.called(call) : { error: "This page has no tools." };
    if (this.#running !== running) return;
    await this.#follow((options) => this.client.addClientToolOutput(id, result, options), running);
  }

  /** An answer that is read again after a reload repeats its effects: the reader's browser remembers how many it had. */
  #isNewEffect(running: Running): boolean {
    running.effects += 1;
    if (running.runId === null) return true;
    const key = `bookside-effects:${this.client.server}`;
    const [run, count] = (this.storage.getItem(key) ?? "").split(" ");
    if (run === running.runId && Number(count) >= running.effects) return false;
    this.storage.setItem(key, `${running.runId} ${running.effects}`);
    return true;
  }

  /** A run's stream is over without an end: the server has the last word on what became of it. */
  #settle(running: Running, id: string): Promise<void> {
    this.#running = null;
    return this.#reopen(id, { deadRun: running.runId });
  }

  async #stopRun(running: Running, runId: string): Promise<void> {
    const leave = () => {
      running.connection.abort();
      this.#leave(running);
    };
    const timer = setTimeout(leave, this.stopWithinMs);
    running.connection.signal.addEventListener("abort", () => clearTimeout(timer));
    try {
      await this.client.stopRun(runId);
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      leave();
    }
  }

  /** Take nothing more from a stream. */
  #leave(running: Running): void {
    if (this.#running !== running) return;
    this.#running = null;
    this.#set(ended(this.state));
  }

  /** The connection is lost for good, and the server may go on with the answer. */
  #lose(error: BooksideError): void {
    this.#isBehind = true;
    this.#fail(error, error.message, true);
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

function isGone(error: BooksideError): boolean {
  return error instanceof ProblemError && error.status === 404;
}

/** Whether a question can't be taken as it is or as things are: it is the reader's again, to change or to send later. */
function isForNow(error: BooksideError): boolean {
  if (!(error instanceof ProblemError)) return globalThis.navigator?.onLine === false;
  return error.retryAfterSeconds !== null || (error.status >= 400 && error.status < 500);
}

function refusal(error: BooksideError): Failure {
  if (!(error instanceof ProblemError)) return { message: error.message, canRetry: false };
  if (error.status === 401) return { message: `${error.message} ${STRINGS.sessionEnded}`, canRetry: false };
  const { retryAfterSeconds } = error;
  const wait = retryAfterSeconds === null ? {} : { waitUntilMs: Date.now() + retryAfterSeconds * 1000 };
  return { message: error.message, canRetry: false, ...wait };
}

/** Whether an item answers the reader; a call of a tool is on the way to an answer. */
function isAnswer(item: ThreadItem): boolean {
  return isSeen(item) && item.type !== "user_message" && item.type !== "client_tool_call";
}
