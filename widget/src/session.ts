/** Who the reader is to the server: an anonymous token, fetched once and kept. */

import { OfflineError, ProtocolError, problemFrom } from "./errors.ts";
import type { KeyValueStorage } from "./storage.ts";
import { STRINGS } from "./strings.ts";

interface Token {
  readonly token: string;
  /** Seconds since the epoch; `null` for a token that says nothing of its end. */
  readonly expiresAtS: number | null;
  readonly maxQuestionChars: number | null;
}

export class Session {
  readonly #key: string;
  #pending: Promise<string | null> | null = null;
  #hasSessions = true;

  /** @param server - Address of the server without a slash at its end. */
  constructor(
    readonly server: string,
    readonly storage: KeyValueStorage,
    readonly fetch: typeof globalThis.fetch,
  ) {
    this.#key = `bookside-token:${server}`;
  }

  /** The reader's token, asked for at most once at a time; `null` where the server hands out none. */
  async token(): Promise<string | null> {
    const kept = this.#kept();
    if (kept !== null) return kept.token;
    if (!this.#hasSessions) return null;
    this.#pending ??= this.#requestAlone().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  /** The longest question, as the server said it; `null` where it said nothing. */
  get maxQuestionChars(): number | null {
    return this.#kept()?.maxQuestionChars ?? null;
  }

  /** Throw a refused token away, unless another request has replaced it already. */
  forget(refused: string): void {
    if (this.#kept()?.token === refused) this.storage.removeItem(this.#key);
  }

  #kept(): Token | null {
    const text = this.storage.getItem(this.#key);
    if (text === null) return null;
    const token = readToken(text);
    const isCurrent = token !== null && (token.expiresAtS === null || token.expiresAtS > Date.now() / 1000);
    if (isCurrent) return token;
    this.storage.removeItem(this.#key);
    return null;
  }

  /** Two tabs that begin at once must not become two readers: the second one finds the token of the first. */
  #requestAlone(): Promise<string | null> {
    const request = async () => this.#kept()?.token ?? (await this.#request());
    // Pages that are not served safely have no locks.
    return globalThis.navigator?.locks?.request(this.#key, request) ?? request();
  }

  async #request(): Promise<string | null> {
    const response = await this.#post();
    if (response.status === 404 || response.status === 405) {
      this.#hasSessions = false;
      return null;
    }
    if (!response.ok) throw await problemFrom(response);
    const text = await response.text();
    const token = readToken(text);
    if (token === null) throw new ProtocolError("The assistant's server sent no session.");
    this.storage.setItem(this.#key, text);
    return token.token;
  }

  async #post(): Promise<Response> {
    try {
      return await this.fetch(`${this.server}/assistant/session`, { method: "POST", credentials: "omit" });
    } catch (error) {
      throw new OfflineError(STRINGS.offline, { cause: error });
    }
  }
}

/** Read `{token, expires_at, max_question_chars}`; the end is seconds since the epoch or an ISO date. */
function readToken(text: string): Token | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { token, expires_at: end, max_question_chars: longest } = value as Record<string, unknown>;
  if (typeof token !== "string" || token === "") return null;
  const maxQuestionChars = typeof longest === "number" ? longest : null;
  if (typeof end === "number") return { token, expiresAtS: end, maxQuestionChars };
  const moment = typeof end === "string" ? Date.parse(end) : Number.NaN;
  return { token, expiresAtS: Number.isNaN(moment) ? null : moment / 1000, maxQuestionChars };
}
