/**
 * Where the words were selected that a question is about.
 *
 * The protocol keeps the words with the question, and no place for them. This browser keeps it: whoever opens the thread
 * elsewhere has the words, and the server learns no more about its readers than it needs.
 */

import type { ThreadItem } from "../protocol.ts";
import type { KeyValueStorage } from "../storage.ts";
import type { Selected } from "./selection.ts";

const KEY = "bookside-selections";
const MAX_PLACES = 200;

interface Kept {
  /** Of the question that has no id yet. */
  readonly waiting: Selected | null;
  readonly places: readonly (readonly [item: string, href: string])[];
}

export class SelectionPlaces {
  constructor(readonly storage: KeyValueStorage) {}

  /** A question about these words is on its way. */
  wait(selected: Selected): void {
    this.#keep({ ...this.#kept(), waiting: selected });
  }

  /** The question has come to the thread. */
  settle(items: readonly ThreadItem[]): void {
    const { waiting, places } = this.#kept();
    if (waiting === null) return;
    const item = items.findLast((one) => one.type === "user_message");
    const quote = item?.quoted_text;
    if (!item || !quote || !waiting.quote.startsWith(quote) || places.some(([id]) => id === item.id)) return;
    this.#keep({ waiting: null, places: [...places, [item.id, waiting.href] as const].slice(-MAX_PLACES) });
  }

  /** The page and the section; `null` where this browser does not know. */
  of(itemId: string): string | null {
    return this.#kept().places.find(([id]) => id === itemId)?.[1] ?? null;
  }

  #kept(): Kept {
    const none: Kept = { waiting: null, places: [] };
    try {
      const kept = JSON.parse(this.storage.getItem(KEY) ?? "null") as Kept | null;
      return Array.isArray(kept?.places) ? kept : none;
    } catch (error) {
      if (error instanceof SyntaxError) return none;
      throw error;
    }
  }

  #keep(kept: Kept): void {
    this.storage.setItem(KEY, JSON.stringify(kept));
  }
}
