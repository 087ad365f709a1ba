/** Where small values outlive a page: the browser's storage, or memory where the browser refuses it. */

/** The few methods of `Storage` that the widget uses. */
export type KeyValueStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class MemoryStorage implements KeyValueStorage {
  readonly #values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#values.set(key, value);
  }

  removeItem(key: string): void {
    this.#values.delete(key);
  }
}

/**
 * The browser's `localStorage`, with memory beside it: a blocked or full storage must not keep a reader from asking.
 */
export class BrowserStorage implements KeyValueStorage {
  readonly #memory = new MemoryStorage();

  getItem(key: string): string | null {
    return this.#memory.getItem(key) ?? attempt(() => localStorage.getItem(key)) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#memory.removeItem(key);
    attempt(() => localStorage.setItem(key, value));
    if (this.getItem(key) !== value) this.#memory.setItem(key, value);
  }

  removeItem(key: string): void {
    this.#memory.removeItem(key);
    attempt(() => localStorage.removeItem(key));
  }
}

/** `undefined` where the browser forbids storage or has no room (a `DOMException`). */
export function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
