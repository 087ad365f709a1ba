/** One answer as one stream of events, over as many connections as it takes. */

import { OfflineError, ProblemError } from "./errors.ts";
import type { StreamEvent } from "./protocol.ts";
import { type Frame, readFrames } from "./sse.ts";
import { STRINGS } from "./strings.ts";

/** The header by which a server says that it keeps the answer as a run, and under which id. */
const RUN_HEADER = "Bookside-Run";
/** Pauses before the tries to connect again, long enough for a server to restart; a new frame begins them anew. */
export const RECONNECT_DELAYS_MS = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000] as const;
/** A pause is shortened by up to this share, so that not all readers come back in one moment. */
const JITTER = 0.5;
const MAX_RETRY_AFTER_MS = 30_000;
/** Three of the server's keep-alives: a connection that is quiet for longer is dead, as after a computer's sleep. */
const MAX_SILENCE_MS = 45_000;

export interface StreamOptions {
  /** Ends the stream without an error. A run goes on at the server: `stopRun` ends it. */
  readonly signal?: AbortSignal;
  /** The server keeps the answer as a run with this id. */
  readonly onRun?: (runId: string) => void;
  /** The connection is lost and is looked for again, or it is back. */
  readonly onConnection?: (isLost: boolean) => void;
}

export interface Connections {
  /** How the stream begins: with a question, or at the first frame of a run. */
  readonly begin: (() => Promise<Response>) | { readonly runId: string };
  /** Connect to a run, behind the frame with the number `after`. */
  readonly connect: (runId: string, after: number) => Promise<Response>;
  readonly delaysMs: readonly number[];
}

/**
 * The events of an answer, each once and in order. Where the server keeps a run, a lost connection is looked for again.
 *
 * @throws OfflineError when the connection is lost for good.
 */
export async function* followed(
  { begin, connect, delaysMs }: Connections,
  { signal, onRun, onConnection }: StreamOptions,
): AsyncGenerator<StreamEvent> {
  const progress = new Progress();
  // A known run is looked for at once, and then as often as one whose connection was lost.
  let tries = typeof begin === "function" ? 0 : -1;

  async function reconnected(run: string): Promise<Response> {
    let problem: ProblemError | null = null;
    for (; ; tries++) {
      const delayMs = tries < 0 ? 0 : delaysMs[tries];
      if (delayMs === undefined || signal?.aborted) throw new OfflineError(STRINGS.cutOff);
      await pause(waitMs(delayMs, problem), signal);
      try {
        const response = await connect(run, progress.last);
        tries++;
        return response;
      } catch (error) {
        if (!isPassing(error)) throw error;
        problem = error instanceof ProblemError ? error : null;
      }
    }
  }

  let response = await (typeof begin === "function" ? begin() : reconnected(begin.runId));
  const run = typeof begin === "function" ? response.headers.get(RUN_HEADER) : begin.runId;
  if (run !== null) onRun?.(run);
  for (let isFirst = true; ; isFirst = false) {
    const before = progress.last;
    try {
      for await (const frame of readFrames(bodyOf(response), run === null ? undefined : MAX_SILENCE_MS)) {
        if (!progress.takes(frame)) continue;
        tries = 0;
        yield frame.event;
      }
      // A proxy can end a body in the middle as if it were whole. What is asked for behind the last frame settles it.
      if (run === null || progress.isOver || (!isFirst && progress.last === before)) return;
    } catch (error) {
      if (run === null || !(error instanceof OfflineError)) throw error;
      if (progress.hasFailed) return;
    }
    onConnection?.(true);
    response = await reconnected(run);
    onConnection?.(false);
  }
}

/** What has come of a run. */
class Progress {
  /** The number of the last frame. */
  last = 0;
  hasFailed = false;
  #isAnswered = false;
  readonly #growing = new Set<string>();

  /** Whether the frame is a new one. */
  takes({ id, event }: Frame): boolean {
    if (id !== null) {
      if (id <= this.last) return false;
      this.last = id;
    }
    switch (event.type) {
      case "thread.item.added":
        this.#growing.add(event.item.id);
        break;
      case "thread.item.done":
        this.#growing.delete(event.item.id);
        this.#isAnswered ||= event.item.type !== "user_message";
        break;
      case "thread.item.removed":
        this.#growing.delete(event.item_id);
        break;
      case "error":
        this.hasFailed = true;
    }
    return true;
  }

  /** Whether the stream may well have ended here. */
  get isOver(): boolean {
    return this.hasFailed || (this.#isAnswered && this.#growing.size === 0);
  }
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  return response.body ?? new Blob([]).stream();
}

/** Whether the same request may go through in a moment. */
function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError) return error.status === 408 || error.status === 429 || error.status >= 500;
  return error instanceof OfflineError;
}

function waitMs(delayMs: number, problem: ProblemError | null): number {
  const askedMs = Math.min((problem?.retryAfterSeconds ?? 0) * 1000, MAX_RETRY_AFTER_MS);
  return Math.max(askedMs, delayMs * (1 - JITTER * Math.random()));
}

/** Wait: until the browser is back online if it says that it is offline, else until the time is over. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController();
  return new Promise<void>((resolve) => {
    const isOffline = globalThis.navigator?.onLine === false;
    const timer = isOffline ? undefined : setTimeout(resolve, ms);
    over.signal.addEventListener("abort", () => clearTimeout(timer));
    globalThis.addEventListener?.("online", () => resolve(), { signal: over.signal });
    signal?.addEventListener("abort", () => resolve(), { signal: over.signal });
  }).finally(() => over.abort());
}
