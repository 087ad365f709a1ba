/**
 * What can go wrong between the widget and its server. Messages are sentences for the reader.
 *
 *     BooksideError
 *     ├── OfflineError     no answer from the server, or the connection broke off
 *     ├── ProblemError     the server refused, with a reason
 *     └── ProtocolError    the server said something that is not the protocol
 */
import { duration } from "./language.ts";
import { STRINGS, say } from "./strings.ts";

export class BooksideError extends Error {
  override name = "BooksideError";

  /** Whether the same request may succeed when it is sent again. */
  get canRetry(): boolean {
    return true;
  }
}

/** The server could not be reached, or the connection broke off in the middle of an answer. */
export class OfflineError extends BooksideError {
  override name = "OfflineError";
}

/** The server's answer is not the protocol that the widget speaks. */
export class ProtocolError extends BooksideError {
  override name = "ProtocolError";
}

/** The server refused a request; what a problem document (RFC 9457) says, or the status alone. */
export class ProblemError extends BooksideError {
  override name = "ProblemError";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | null,
    /** From the `Retry-After` header; `null` where the server named no time. */
    readonly retryAfterSeconds: number | null,
  ) {
    super(readable(title, detail, retryAfterSeconds));
  }

  override get canRetry(): boolean {
    return this.status === 401 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

function readable(title: string, detail: string | null, retryAfterSeconds: number | null): string {
  const reason = detail ?? title;
  if (retryAfterSeconds === null) return reason;
  return `${reason} ${say(STRINGS.tryAgainIn, { time: duration(retryAfterSeconds) })}`;
}

/** Read a refused response into an error; a body that is no problem document leaves the status alone to speak. */
export async function problemFrom(response: Response): Promise<ProblemError> {
  const fallback = say(STRINGS.serverError, { status: String(response.status) });
  const retryAfter = retryAfterSeconds(response.headers.get("retry-after"));
  const body = await bodyOf(response);
  const title = textField(body, "title") ?? fallback;
  return new ProblemError(response.status, title, textField(body, "detail"), retryAfter);
}

async function bodyOf(response: Response): Promise<unknown> {
  const kind = response.headers.get("content-type") ?? "";
  if (!kind.startsWith("application/problem+json") && !kind.startsWith("application/json")) return null;
  try {
    return JSON.parse(await response.text());
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function textField(body: unknown, name: "title" | "detail"): string | null {
  if (typeof body !== "object" || body === null) return null;
  const value = (body as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function retryAfterSeconds(header: string | null): number | null {
  if (header === null || header === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const moment = Date.parse(header);
  return Number.isNaN(moment) ? null : Math.max(0, Math.ceil((moment - Date.now()) / 1000));
}
