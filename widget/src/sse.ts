/** Server-sent events from the bytes of a response body. */

import { createParser } from "eventsource-parser";
import { ProtocolError } from "./errors.ts";
import { parseEvent, type StreamEvent } from "./protocol.ts";

/** No event of the protocol comes near this; a server that sends more is not speaking it. */
const MAX_FRAME_CHARACTERS = 4_000_000;

/**
 * The events of a stream, however its bytes are cut; comments (keep-alives) are dropped.
 *
 * Leaving the loop early cancels the body.
 *
 * @throws ProtocolError for a frame that is not an event.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const waiting: string[] = [];
  let tooLong = false;
  const parser = createParser({
    onEvent: (message) => waiting.push(message.data),
    onError: (error) => {
      tooLong ||= error.type === "max-buffer-size-exceeded";
    },
    maxBufferSize: MAX_FRAME_CHARACTERS,
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      parser.feed(done ? decoder.decode() : decoder.decode(value, { stream: true }));
      if (tooLong) throw new ProtocolError("The assistant's server sent an event without an end.");
      for (const data of waiting.splice(0)) yield parseEvent(data);
      if (done) return;
    }
  } finally {
    // A stream that broke, or was aborted, rejects here again; the first error has been told already.
    await reader.cancel().catch(() => undefined);
  }
}
