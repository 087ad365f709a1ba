/** Server-sent events from the bytes of a response body. */

import { createParser } from "eventsource-parser";
import { OfflineError, ProtocolError } from "./errors.ts";
import { parseEvent, type StreamEvent } from "./protocol.ts";
import { STRINGS } from "./strings.ts";

/** No event of the protocol comes near this; a server that sends more is not speaking it. */
const MAX_FRAME_CHARACTERS = 4_000_000;

/** One event as it was sent. */
export interface Frame {
  /** Its place in its run, from 1 on; `null` from a server that does not number its frames. */
  readonly id: number | null;
  readonly event: StreamEvent;
}

/**
 * The frames of a stream, however its bytes are cut; comments (keep-alives) and a frame without its end are dropped.
 *
 * Leaving the loop early cancels the body.
 *
 * @param maxSilenceMs - After so long without a byte the connection counts as lost; without it, never.
 * @throws ProtocolError for a frame that is not an event.
 * @throws OfflineError when the connection breaks.
 */
export async function* readFrames(body: ReadableStream<Uint8Array>, maxSilenceMs?: number): AsyncGenerator<Frame> {
  const waiting: { id?: string | undefined; data: string }[] = [];
  let tooLong = false;
  const parser = createParser({
    onEvent: (message) => waiting.push(message),
    onError: (error) => {
      tooLong ||= error.type === "max-buffer-size-exceeded";
    },
    maxBufferSize: MAX_FRAME_CHARACTERS,
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await readPiece(reader, maxSilenceMs);
      parser.feed(done ? decoder.decode() : decoder.decode(value, { stream: true }));
      if (tooLong) throw new ProtocolError("The assistant's server sent an event without an end.");
      for (const { id, data } of waiting.splice(0)) yield { id: numberOf(id), event: parseEvent(data) };
      if (done) return;
    }
  } finally {
    // A stream that broke, or was aborted, rejects here again; the first error has been told already.
    await reader.cancel().catch(() => undefined);
  }
}

async function readPiece(reader: ReadableStreamDefaultReader<Uint8Array>, maxSilenceMs: number | undefined) {
  let isSilent = false;
  const timer =
    maxSilenceMs === undefined
      ? undefined
      : setTimeout(() => {
          isSilent = true;
          // The waiting `read` ends by it.
          reader.cancel().catch(() => undefined);
        }, maxSilenceMs);
  try {
    const piece = await reader.read();
    if (isSilent) throw new OfflineError(STRINGS.cutOff);
    return piece;
  } catch (error) {
    throw error instanceof OfflineError ? error : new OfflineError(STRINGS.cutOff, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function numberOf(id: string | undefined): number | null {
  return id !== undefined && /^[0-9]{1,15}$/.test(id) ? Number(id) : null;
}
