/** The list of the reader's conversations, loaded when it is first opened. */

import type { Kit } from "../kit.ts";
import type { Change } from "../tabs.ts";
import { ThreadList, type ThreadListClient } from "../threads.ts";
import { type RowAct, type ThreadsCalls, threadList } from "../view/threads.ts";
import { threadsStyles } from "../view/threads-styles.ts";

export const THREADS_WORDS = {
  searchThreads: "Search conversations",
  noThreads: "No conversations yet.",
  noThreadsFound: "No conversation has these words.",
  threadsFound: "Conversations shown: {count}",
  earlier: "Earlier",
  untitled: "Untitled conversation",
  more: "Show more",
  rename: "Rename",
  newTitle: "New title",
  delete: "Delete",
  confirmDelete: "Delete this conversation for good?",
  keep: "Keep",
} as const;

/** A search is sent once the reader has not typed for so long. */
const SEARCH_AFTER_MS = 250;

/** What the panel needs of the element around it. */
export interface ThreadsHost {
  readonly client: ThreadListClient;
  openId(): string | null;
  open(id: string): void;
  changed(): void;
  /** The reader has renamed a thread, or deleted it. */
  touched(id: string, change: Change): void;
  /** Give the focus to what is about to be drawn. */
  focus(selector: string): void;
}

export class ThreadsPanel {
  readonly styles;
  readonly #list: ThreadList;
  #act: RowAct | null = null;
  #search: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly kit: Kit,
    readonly host: ThreadsHost,
  ) {
    kit.addWords(THREADS_WORDS);
    this.styles = threadsStyles(kit);
    this.#list = new ThreadList(kit, host.client, host.changed);
  }

  /** Begin with the newest threads and no search. */
  begin(): void {
    this.#act = null;
    void this.#list.load("");
  }

  /** The threads are others now; what is looked for stays. */
  refresh(): void {
    void this.#list.load();
  }

  draw() {
    return threadList(this.kit, { ...this.#list.state, openId: this.host.openId(), act: this.#act }, this.#calls);
  }

  readonly #calls: ThreadsCalls = {
    search: (query) => {
      clearTimeout(this.#search);
      this.#search = setTimeout(() => void this.#list.load(query), SEARCH_AFTER_MS);
    },
    more: () => void this.#list.more(),
    open: (id) => this.host.open(id),
    begin: (act) => {
      this.#act = act;
      this.host.changed();
      this.host.focus(`${rowOf(act.id)} :is(input, .deleting .plain)`);
    },
    leave: (id) => {
      this.#act = null;
      this.host.changed();
      this.host.focus(`${rowOf(id)} .row`);
    },
    rename: (id, title) => void this.#rename(id, title.trim()),
    remove: (id) => void this.#remove(id),
  };

  async #rename(id: string, title: string): Promise<void> {
    // The field says it twice: when Enter is pressed, and when it goes away.
    if (this.#act?.id !== id) return;
    this.#calls.leave(id);
    const before = this.#list.state.threads.find((thread) => thread.id === id)?.title ?? "";
    if (title === "" || title === before) return;
    if (await this.#list.rename(id, title)) this.host.touched(id, "changed");
  }

  async #remove(id: string): Promise<void> {
    const { threads } = this.#list.state;
    const at = threads.findIndex((thread) => thread.id === id);
    const next = threads[at + 1] ?? threads[at - 1];
    this.#act = null;
    this.host.focus(next === undefined ? ".search input" : `${rowOf(next.id)} .row`);
    if (await this.#list.remove(id)) this.host.touched(id, "deleted");
  }
}

function rowOf(id: string): string {
  return `[data-id="${CSS.escape(id)}"]`;
}
