/** The ChatKit protocol over fetch; needs no DOM, so it also serves pages with an interface of their own. */

import { OfflineError, ProtocolError, problemFrom } from "./errors.ts";
import type {
  FeedbackKind,
  Page,
  PageContext,
  PageRequest,
  StreamEvent,
  Thread,
  ThreadItem,
  ThreadMetadata,
  UserInput,
} from "./protocol.ts";
import { Session } from "./session.ts";
import { readEvents } from "./sse.ts";
import { type KeyValueStorage, MemoryStorage } from "./storage.ts";

const OFFLINE = "The assistant can't be reached. Check the connection.";
const CUT_OFF = "The connection was lost before the answer was complete.";

export interface ClientOptions {
  /** Address of the server, without `/chatkit`: the page's own origin, or another one that allows it. */
  readonly server: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Keeps the reader's token; memory where none is given. */
  readonly storage?: KeyValueStorage;
  /** Where the reader is at the moment of a request. */
  readonly getContext?: () => PageContext | null;
}

/**
 * One server as one reader sees it.
 *
 * Streams are async iterables of events that begin when they are iterated; an aborted one ends without an error. All
 * methods throw ProblemError for a refusal, OfflineError for a broken connection, ProtocolError for anything strange.
 */
export class ChatKitClient {
  readonly server: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #session: Session;
  readonly #getContext: () => PageContext | null;

  constructor(options: ClientOptions) {
    this.server = options.server.replace(/\/+$/, "");
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#session = new Session(this.server, options.storage ?? new MemoryStorage(), this.#fetch);
    this.#getContext = options.getContext ?? (() => null);
  }

  /** Ask the first question of a new conversation. */
  createThread(input: UserInput, signal?: AbortSignal): AsyncIterable<StreamEvent> {
    return this.#stream("threads.create", { input }, signal);
  }

  addMessage(threadId: string, input: UserInput, signal?: AbortSignal): AsyncIterable<StreamEvent> {
    return this.#stream("threads.add_user_message", { thread_id: threadId, input }, signal);
  }

  /** Answer a question again; all that followed the item is dropped. */
  retry(threadId: string, itemId: string, signal?: AbortSignal): AsyncIterable<StreamEvent> {
    return this.#stream("threads.retry_after_item", { thread_id: threadId, item_id: itemId }, signal);
  }

  /** The thread with its oldest items. */
  getThread(threadId: string): Promise<Thread> {
    return this.#call("threads.get_by_id", { thread_id: threadId }) as Promise<Thread>;
  }

  listThreads(page: PageRequest = {}): Promise<Page<ThreadMetadata>> {
    return this.#call("threads.list", { ...page }) as Promise<Page<ThreadMetadata>>;
  }

  listItems(threadId: string, page: PageRequest = {}): Promise<Page<ThreadItem>> {
    return this.#call("items.list", { thread_id: threadId, ...page }) as Promise<Page<ThreadItem>>;
  }

  updateThread(threadId: string, title: string): Promise<Thread> {
    return this.#call("threads.update", { thread_id: threadId, title }) as Promise<Thread>;
  }

  async deleteThread(threadId: string): Promise<void> {
    await this.#call("threads.delete", { thread_id: threadId });
  }

  async feedback(threadId: string, itemIds: readonly string[], kind: FeedbackKind): Promise<void> {
    await this.#call("items.feedback", { thread_id: threadId, item_ids: itemIds, kind });
  }

  async *#stream(type: string, params: object, signal?: AbortSignal): AsyncGenerator<StreamEvent> {
    try {
      const response = await this.#send(type, params, "text/event-stream", signal);
      if (response.body === null) throw new ProtocolError("The assistant's server sent an empty answer.");
      if (!isOf(response, "text/event-stream")) {
        throw new ProtocolError("The assistant's server did not answer with a stream.");
      }
      for await (const event of readEvents(response.body)) {
        // Several events come in one piece: those behind the reader's Stop are not theirs any more.
        if (signal?.aborted) return;
        yield event;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof TypeError) throw new OfflineError(CUT_OFF, { cause: error });
      throw error;
    }
  }

  async #call(type: string, params: object): Promise<unknown> {
    const response = await this.#send(type, params, "application/json");
    try {
      return await response.json();
    } catch (error) {
      if (error instanceof SyntaxError) {
        throw new ProtocolError("The assistant's server sent an answer that is not JSON.", { cause: error });
      }
      throw new OfflineError(CUT_OFF, { cause: error });
    }
  }

  /** Post a request as the reader; a refused token is replaced once. */
  async #send(type: string, params: object, accept: string, signal?: AbortSignal): Promise<Response> {
    const body = JSON.stringify({ type, params, metadata: this.#getContext() ?? {} });
    const token = await this.#session.token();
    let response = await this.#post(body, accept, token, signal);
    if (response.status === 401 && token !== null) {
      this.#session.forget(token);
      response = await this.#post(body, accept, await this.#session.token(), signal);
    }
    if (!response.ok) throw await problemFrom(response);
    return response;
  }

  async #post(body: string, accept: string, token: string | null, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { "Content-Type": "application/json", Accept: accept };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    try {
      return await this.#fetch(`${this.server}/chatkit`, {
        method: "POST",
        headers,
        body,
        credentials: "omit",
        signal: signal ?? null,
      });
    } catch (error) {
      throw new OfflineError(OFFLINE, { cause: error });
    }
  }
}

function isOf(response: Response, mediaType: string): boolean {
  return (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() === mediaType;
}
