/** The ChatKit protocol over fetch; needs no DOM, so it also serves pages with an interface of their own. */

import { BooksideError, OfflineError, ProblemError, ProtocolError, problemFrom } from "./errors.ts";
import type { UploadOptions } from "./lazy/attaching.ts";
import {
  type Action,
  type Attachment,
  type AttachmentParams,
  type FeedbackKind,
  type OpenedThread,
  type Page,
  type PageContext,
  type PageInfo,
  type PageRequest,
  readMetadata,
  readPage,
  readPageInfo,
  readThread,
  type StreamEvent,
  type StructuredInputSubmission,
  type Thread,
  type ThreadItem,
  type ThreadMetadata,
  type UserInput,
} from "./protocol.ts";
import { readAttachment, readItem } from "./reading.ts";
import { type Connections, followed, RECONNECT_DELAYS_MS, type StreamOptions } from "./run.ts";
import { readConfig, type ServerConfig } from "./server-config.ts";
import { Session } from "./session.ts";
import { type KeyValueStorage, MemoryStorage } from "./storage.ts";
import { STRINGS } from "./strings.ts";

const JSON_TYPE = "application/json";
const STREAM_TYPE = "text/event-stream";
export const ITEMS_PER_PAGE = 100;

export interface ClientOptions {
  /** Address of the server, without `/chatkit`: the page's own origin, or another one that allows it. */
  readonly server: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Keeps the reader's token; memory where none is given. */
  readonly storage?: KeyValueStorage;
  /** Where the reader is at the moment of a request. */
  readonly getContext?: () => PageContext | null;
  /** Pauses before the tries to find a lost stream again. */
  readonly reconnectDelaysMs?: readonly number[];
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly accept: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One server as one reader sees it.
 *
 * Streams are async iterables of events that begin when they are iterated; an aborted one ends without an error. Where
 * the server keeps runs, a stream that loses its connection finds it again, and an answer goes on when nobody reads it.
 * All methods throw ProblemError for a refusal, OfflineError for a broken connection, ProtocolError for anything
 * strange.
 */
export class ChatKitClient {
  readonly server: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #session: Session;
  readonly #getContext: () => PageContext | null;
  readonly #delaysMs: readonly number[];

  constructor(options: ClientOptions) {
    this.server = options.server.replace(/\/+$/, "");
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#session = new Session(this.server, options.storage ?? new MemoryStorage(), this.#fetch);
    this.#getContext = options.getContext ?? (() => null);
    this.#delaysMs = options.reconnectDelaysMs ?? RECONNECT_DELAYS_MS;
  }

  /** The longest question, in Unicode characters; `null` until the server has said it. */
  get maxQuestionChars(): number | null {
    return this.#session.maxQuestionChars;
  }

  /** Ask the first question of a new conversation. */
  createThread(input: UserInput, options?: StreamOptions): AsyncIterable<StreamEvent> {
    return this.#stream("threads.create", { input }, options);
  }

  addMessage(threadId: string, input: UserInput, options?: StreamOptions): AsyncIterable<StreamEvent> {
    return this.#stream("threads.add_user_message", { thread_id: threadId, input }, options);
  }

  /** Answer a question again; all that followed the item is dropped. */
  retry(threadId: string, itemId: string, options?: StreamOptions): AsyncIterable<StreamEvent> {
    return this.#stream("threads.retry_after_item", { thread_id: threadId, item_id: itemId }, options);
  }

  /** The events of a run from its first, and then as they come. */
  followRun(runId: string, options: StreamOptions = {}): AsyncIterable<StreamEvent> {
    return this.#followed({ runId }, options);
  }

  /** End a run; what it has written is kept. One that has ended already stays as it is. */
  async stopRun(runId: string): Promise<void> {
    const path = `/assistant/runs/${encodeURIComponent(runId)}/stop`;
    await this.#send({ method: "POST", path, accept: JSON_TYPE });
  }

  /**
   * The thread with its newest items in order and its latest run, from a server that keeps runs or from one that does
   * not; `items.after` is the one before which `listItems` has older ones.
   */
  async openThread(threadId: string): Promise<OpenedThread> {
    const page = { order: "desc", limit: ITEMS_PER_PAGE } as const;
    const path = `/assistant/thread/${encodeURIComponent(threadId)}?order=desc&limit=${ITEMS_PER_PAGE}`;
    try {
      const thread = readThread(await this.#json({ method: "GET", path, accept: JSON_TYPE }));
      if (thread !== null) return { ...thread, items: inOrder(thread.items) };
    } catch (error) {
      const isOtherServer = error instanceof ProblemError ? [404, 405].includes(error.status) : true;
      if (!(error instanceof BooksideError) || !isOtherServer) throw error;
    }
    const thread = { ...(await this.getThread(threadId)), run: null };
    return thread.items.has_more ? { ...thread, items: inOrder(await this.listItems(threadId, page)) } : thread;
  }

  /** The thread with its oldest items. */
  async getThread(threadId: string): Promise<Thread> {
    return this.#read(readThread, "threads.get_by_id", { thread_id: threadId });
  }

  async listThreads(page: PageRequest = {}): Promise<Page<ThreadMetadata>> {
    return readPage(await this.#call("threads.list", { ...page }), readMetadata);
  }

  /** Threads that have all words of a query in their title or messages; another server's are found by their titles. */
  async findThreads(query: string, page: PageRequest = {}): Promise<Page<ThreadMetadata>> {
    const parameters = new URLSearchParams({ q: query });
    for (const [name, value] of Object.entries(page)) parameters.set(name, String(value));
    try {
      const path = `/assistant/threads?${parameters}`;
      return readPage(await this.#json({ method: "GET", path, accept: JSON_TYPE }), readMetadata);
    } catch (error) {
      if (!(error instanceof ProblemError && [404, 405].includes(error.status))) throw error;
    }
    const words = query.toLowerCase().split(/\s+/);
    const { data, ...rest } = await this.listThreads(page);
    const has = ({ title }: ThreadMetadata) => words.every((word) => title?.toLowerCase().includes(word));
    return { ...rest, data: data.filter(has) };
  }

  async listItems(threadId: string, page: PageRequest = {}): Promise<Page<ThreadItem>> {
    return readPage(await this.#call("items.list", { thread_id: threadId, ...page }), readItem);
  }

  updateThread(threadId: string, title: string): Promise<ThreadMetadata> {
    return this.#read(readMetadata, "threads.update", { thread_id: threadId, title });
  }

  async deleteThread(threadId: string): Promise<void> {
    await this.#call("threads.delete", { thread_id: threadId });
  }

  /** A verdict on answers, with a reason where the server takes one. */
  async feedback(
    threadId: string,
    itemIds: readonly string[],
    kind: FeedbackKind,
    reason: string | null = null,
  ): Promise<void> {
    if (reason !== null) {
      const body = JSON.stringify({ thread_id: threadId, item_ids: itemIds, kind, reason });
      try {
        await this.#send({ method: "POST", path: "/assistant/feedback", accept: JSON_TYPE, body });
        return;
      } catch (error) {
        if (!(error instanceof ProblemError && [404, 405].includes(error.status))) throw error;
      }
    }
    await this.#call("items.feedback", { thread_id: threadId, item_ids: itemIds, kind });
  }

  // Widgets, tools and forms ------------------------------------------------------------------------------------------

  /** Send what the reader did to a widget, or without an item what the page itself wants; events may follow. */
  customAction(
    threadId: string,
    action: Action,
    itemId: string | null = null,
    options?: StreamOptions,
  ): AsyncIterable<StreamEvent> {
    return this.#stream("threads.custom_action", actionParams(threadId, action, itemId), options);
  }

  /** The same for an action with `streaming: false`: the server answers at once, with the changed item or `null`. */
  async syncCustomAction(threadId: string, action: Action, itemId: string | null = null): Promise<ThreadItem | null> {
    const answer = await this.#call("threads.sync_custom_action", actionParams(threadId, action, itemId));
    return readItem((answer as { updated_item?: unknown } | null)?.updated_item);
  }

  /** Tell what came of the tool call that the thread ends with, as anything that JSON can say. */
  addClientToolOutput(threadId: string, result: unknown, options?: StreamOptions): AsyncIterable<StreamEvent> {
    return this.#stream("threads.add_client_tool_output", { thread_id: threadId, result: result ?? null }, options);
  }

  /** Answer the questions of an item, or skip them. */
  addStructuredInput(
    threadId: string,
    itemId: string,
    input: StructuredInputSubmission,
    options?: StreamOptions,
  ): AsyncIterable<StreamEvent> {
    return this.#stream("threads.add_structured_input", { thread_id: threadId, item_id: itemId, input }, options);
  }

  // Files and speech --------------------------------------------------------------------------------------------------

  /** Announce a file; the attachment says where its bytes are to be sent. */
  createAttachment({ name, size, mime_type }: AttachmentParams): Promise<Attachment> {
    return this.#read(readAttachment, "attachments.create", { name, size, mime_type });
  }

  /** Attach a file: announced, and then sent where the server says; or sent at once to `uploadUrl`. */
  async attach(file: File, options: UploadOptions = {}): Promise<Attachment> {
    const { attach } = await import("./lazy/attaching.ts");
    return attach(file, options, {
      announce: (params) => this.createAttachment(params),
      headers: async () => bearer(await this.#session.token()),
      read: readAttachment,
      failure: (cause) => {
        if (typeof cause === "object") return problemFrom(cause);
        return cause === "offline" ? new OfflineError(STRINGS.offline) : new ProtocolError(STRINGS.notSent);
      },
    });
  }

  async deleteAttachment(attachmentId: string): Promise<void> {
    await this.#call("attachments.delete", { attachment_id: attachmentId });
  }

  /** The words of a recording: WebM, Ogg or MP4. */
  async transcribe(audio: Blob): Promise<string> {
    const params = { audio_base64: await base64Of(audio), mime_type: audio.type };
    return this.#read(textOf, "input.transcribe", params);
  }

  /** What the server offers; a server that does not say offers what the protocol alone does. */
  async config(): Promise<ServerConfig> {
    try {
      const path = `/assistant/config${this.#ofBook("?")}`;
      return readConfig(await this.#json({ method: "GET", path, accept: JSON_TYPE }));
    } catch (error) {
      if (error instanceof ProblemError || error instanceof ProtocolError) return readConfig(null);
      throw error;
    }
  }

  /** What the server knows of a page; `null` from one that knows no pages. No reader is needed for it. */
  async pageInfo(url: string): Promise<PageInfo | null> {
    const path = `/assistant/starters?url=${encodeURIComponent(url)}${this.#ofBook("&")}`;
    const response = await this.#sendAs(null, { method: "GET", path, accept: JSON_TYPE });
    return response.ok ? readPageInfo(await response.json().catch(() => null)) : null;
  }

  #ofBook(mark: string): string {
    const book = this.#getContext()?.book;
    return book ? `${mark}book=${encodeURIComponent(book)}` : "";
  }

  #stream(type: string, params: object, options: StreamOptions = {}): AsyncIterable<StreamEvent> {
    const { signal } = options;
    return this.#followed(() => this.#connect({ ...this.#chatkit(type, params, true), signal }), options);
  }

  async *#followed(begin: Connections["begin"], options: StreamOptions): AsyncGenerator<StreamEvent> {
    const { signal } = options;
    const connect = (run: string, after: number) => {
      const headers = { "Last-Event-ID": String(after) };
      const path = `/assistant/runs/${encodeURIComponent(run)}/events`;
      return this.#connect({ method: "GET", path, accept: STREAM_TYPE, headers, signal });
    };
    try {
      for await (const event of followed({ begin, connect, delaysMs: this.#delaysMs }, options)) {
        // Several events come in one piece: those behind the reader's Stop are not theirs any more.
        if (signal?.aborted) return;
        yield event;
      }
    } catch (error) {
      if (signal?.aborted) return;
      throw error;
    }
  }

  async #connect(call: Call): Promise<Response> {
    const response = await this.#send(call);
    if (response.body === null) throw new ProtocolError("The assistant's server sent an empty answer.");
    if (!isOf(response, STREAM_TYPE)) {
      throw new ProtocolError("The assistant's server did not answer with a stream.");
    }
    return response;
  }

  async #read<T>(read: (value: unknown) => T | null, type: string, params: object): Promise<T> {
    const value = read(await this.#call(type, params));
    if (value === null) throw new ProtocolError(`The assistant's server answered ${type} with something else.`);
    return value;
  }

  #call(type: string, params: object): Promise<unknown> {
    return this.#json(this.#chatkit(type, params));
  }

  #chatkit(type: string, params: object, isStream = false): Call {
    const metadata = { ...this.#getContext(), ...(isStream ? { resumable: true } : {}) };
    const body = JSON.stringify({ type, params, metadata });
    return { method: "POST", path: "/chatkit", accept: isStream ? STREAM_TYPE : JSON_TYPE, body };
  }

  async #json(call: Call): Promise<unknown> {
    const response = await this.#send(call);
    try {
      return await response.json();
    } catch (error) {
      if (error instanceof SyntaxError) {
        throw new ProtocolError("The assistant's server sent an answer that is not JSON.", { cause: error });
      }
      throw new OfflineError(STRINGS.cutOff, { cause: error });
    }
  }

  /** Send a request as the reader; a refused token is replaced once. */
  async #send(call: Call): Promise<Response> {
    const token = await this.#session.token();
    let response = await this.#sendAs(token, call);
    if (response.status === 401 && token !== null) {
      this.#session.forget(token);
      response = await this.#sendAs(await this.#session.token(), call);
    }
    if (!response.ok) throw await problemFrom(response);
    return response;
  }

  async #sendAs(token: string | null, { method, path, accept, body, headers, signal }: Call): Promise<Response> {
    const sent: Record<string, string> = { Accept: accept, ...headers, ...bearer(token) };
    if (body !== undefined) sent["Content-Type"] = JSON_TYPE;
    try {
      return await this.#fetch(`${this.server}${path}`, {
        method,
        headers: sent,
        body: body ?? null,
        credentials: "omit",
        // A kept answer is a picture of the past.
        cache: "no-store",
        signal: signal ?? null,
      });
    } catch (error) {
      throw new OfflineError(STRINGS.offline, { cause: error });
    }
  }
}

/** A page that begins with the newest item, turned round. */
function inOrder(page: Page<ThreadItem>): Page<ThreadItem> {
  return { ...page, data: page.data.toReversed() };
}

function isOf(response: Response, mediaType: string): boolean {
  return (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() === mediaType;
}

function actionParams(threadId: string, { type, payload }: Action, itemId: string | null) {
  const item = itemId === null ? {} : { item_id: itemId };
  return { thread_id: threadId, ...item, action: { type, payload: payload ?? null } };
}

function textOf(value: unknown): string | null {
  const text = (value as { text?: unknown } | null)?.text;
  return typeof text === "string" ? text : null;
}

function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/** Bytes in Base64, made in pieces: one long call would overflow the stack. */
async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
