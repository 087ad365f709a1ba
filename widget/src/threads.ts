/** The reader's conversations as a list: a page after the other, searched, renamed, deleted. No DOM. */

import type { ChatKitClient } from "./client.ts";
import type { Kit } from "./kit.ts";
import type { ThreadMetadata } from "./protocol.ts";

const THREADS_PER_PAGE = 30;

export interface ThreadListState {
  readonly query: string;
  readonly threads: readonly ThreadMetadata[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** What went wrong, in words for the reader. */
  readonly problem: string | null;
}

const NO_THREADS: ThreadListState = { query: "", threads: [], hasMore: false, isLoading: false, problem: null };

export type ThreadListClient = Pick<ChatKitClient, "findThreads" | "updateThread" | "deleteThread">;

export class ThreadList {
  state: ThreadListState = NO_THREADS;
  #after: string | null = null;
  /** Counts the loadings: an answer to an older one comes too late. */
  #turn = 0;

  constructor(
    readonly kit: Pick<Kit, "BooksideError">,
    readonly client: ThreadListClient,
    readonly changed: () => void,
  ) {}

  /** Load the list from its newest thread; what is shown stays until it is there. */
  load(query = this.state.query): Promise<void> {
    this.#set({ query });
    return this.#page(null, []);
  }

  more(): Promise<void> {
    return this.#page(this.#after, this.state.threads);
  }

  /** @returns Whether it was done. */
  rename(id: string, name: string): Promise<boolean> {
    const threads = this.state.threads.map((thread) => (thread.id === id ? { ...thread, title: name } : thread));
    return this.#change(threads, () => this.client.updateThread(id, name));
  }

  /** @returns Whether it was done. */
  remove(id: string): Promise<boolean> {
    const threads = this.state.threads.filter((thread) => thread.id !== id);
    return this.#change(threads, () => this.client.deleteThread(id));
  }

  /** Show a change at once, and take it back if the server refuses it. */
  async #change(threads: readonly ThreadMetadata[], act: () => Promise<unknown>): Promise<boolean> {
    const before = this.state.threads;
    this.#set({ threads, problem: null });
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof this.kit.BooksideError)) throw error;
      this.#set({ threads: before, problem: error.message });
      return false;
    }
  }

  async #page(after: string | null, shown: readonly ThreadMetadata[]): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#set({ isLoading: true, problem: null });
    const request = { limit: THREADS_PER_PAGE, order: "desc" as const, ...(after === null ? {} : { after }) };
    const { query } = this.state;
    try {
      const page = await this.client.findThreads(query.trim(), request);
      if (turn !== this.#turn) return;
      this.#after = page.after;
      this.#set({ threads: [...shown, ...page.data], hasMore: page.has_more, isLoading: false });
    } catch (error) {
      if (!(error instanceof this.kit.BooksideError)) throw error;
      if (turn === this.#turn) this.#set({ isLoading: false, problem: error.message });
    }
  }

  #set(change: Partial<ThreadListState>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }
}
