/** What a tab remembers over reloads and pages: whether the panel is open, what is typed, and how far it is read. */

import type { Aside } from "./editing.ts";
import { attempt, type KeyValueStorage } from "./storage.ts";
import type { PendingQuestion } from "./thread.ts";
import type { Verdicts } from "./verdicts.ts";

export interface Remembered {
  readonly isOpen: boolean;
  readonly isExpanded: boolean;
  readonly draft: string;
  readonly quote: string | null;
  /** A question that the server may not have taken. */
  readonly pending: PendingQuestion | null;
  /** Where the reader is in a thread; none while they follow its end. */
  readonly place: { readonly id: string; readonly top: number } | null;
  readonly verdicts: Verdicts;
  /** Whether the server takes files, as far as this tab knows. */
  readonly mayAttach: boolean;
  /** The draft that waits while a question is changed. */
  readonly aside: Aside | null;
}

const NOTHING: Remembered = {
  isOpen: false,
  isExpanded: false,
  draft: "",
  quote: null,
  pending: null,
  place: null,
  verdicts: {},
  mayAttach: true,
  aside: null,
};

export class Memory {
  readonly #key: string;
  #kept = "";

  constructor(
    readonly storage: KeyValueStorage,
    server: string,
  ) {
    this.#key = `bookside-tab:${server}`;
  }

  read(): Remembered {
    const text = this.storage.getItem(this.#key);
    try {
      return { ...NOTHING, ...JSON.parse(text ?? "{}") };
    } catch (error) {
      if (error instanceof SyntaxError) return NOTHING;
      throw error;
    }
  }

  keep(value: Remembered): void {
    const text = JSON.stringify(value);
    if (text === this.#kept) return;
    this.#kept = text;
    this.storage.setItem(this.#key, text);
  }
}

/** The tab's own storage, which lives as long as the tab. */
export const tabStorage: KeyValueStorage = {
  getItem: (key) => attempt(() => sessionStorage.getItem(key)) ?? null,
  setItem: (key, value) => void attempt(() => sessionStorage.setItem(key, value)),
  removeItem: (key) => void attempt(() => sessionStorage.removeItem(key)),
};

/** A value of the tab's own, which a new tab begins with: the other tabs' latest. */
export class TabFirst implements KeyValueStorage {
  constructor(readonly shared: KeyValueStorage) {}

  getItem(key: string): string | null {
    // An empty value says that this tab has none, whatever others have.
    return (tabStorage.getItem(key) ?? this.shared.getItem(key)) || null;
  }

  setItem(key: string, value: string): void {
    tabStorage.setItem(key, value);
    this.shared.setItem(key, value);
  }

  removeItem(key: string): void {
    tabStorage.setItem(key, "");
    this.shared.removeItem(key);
  }
}
