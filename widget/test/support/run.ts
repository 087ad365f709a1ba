/** An answer that a scripted server makes whether or not anybody is connected, and connections that break. */

import type { ServerResponse } from "node:http";
import type { Run, StreamEvent } from "../../src/protocol.ts";

/** Where a connection breaks: behind so many frames of its own, and so many bytes of the next one. */
export interface Cut {
  readonly frames: number;
  readonly bytes?: number;
  /** Ends the body as if it were whole, as some proxies do. */
  readonly isClean?: boolean;
}

export class ScriptedRun {
  status: Run["status"] = "running";
  isStopping = false;
  readonly stopped: Promise<void>;
  readonly events: StreamEvent[] = [];
  readonly #frames: Buffer[] = [];
  #wake: (() => void)[] = [];
  #stopped: () => void = () => undefined;

  constructor(
    readonly id: string,
    readonly threadId: string,
  ) {
    this.stopped = new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  /** Ask it to end; what it has written comes first. */
  stop(): void {
    this.isStopping = true;
    this.#stopped();
  }

  readonly say = (event: object): void => {
    this.events.push(event as StreamEvent);
    this.#frames.push(Buffer.from(`id: ${this.#frames.length + 1}\ndata: ${JSON.stringify(event)}\n\n`));
    this.#waken();
  };

  end(status: Run["status"]): void {
    this.status = status;
    this.#waken();
  }

  /** Send the frames behind the number `after`, until the run's end or the cut. */
  async send(response: ServerResponse, after: number, cut?: Cut): Promise<void> {
    let sent = 0;
    for (let at = after; !response.destroyed; ) {
      const frame = this.#frames[at];
      if (cut !== undefined && sent === cut.frames && (frame !== undefined || cut.bytes === undefined)) {
        const piece = Buffer.concat([Buffer.from(": ping\n\n"), frame?.subarray(0, cut.bytes ?? 0) ?? Buffer.alloc(0)]);
        if (cut.isClean) response.end(piece);
        else response.write(piece, () => response.destroy());
        return;
      }
      if (frame !== undefined) {
        response.write(frame);
        at++;
        sent++;
      } else if (this.status !== "running") {
        response.end();
        return;
      } else {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    }
  }

  #waken(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }
}
