/** What a screen reader is told: that an answer is being written, is complete, or waits for its connection. */

import { STRINGS } from "./strings.ts";
import type { ThreadState } from "./thread.ts";

/** What is told of an answer at once; the rest is read in the conversation. */
const ANSWER_CHARACTERS = 400;

export class Telling {
  text = "";
  #wasBusy = false;
  #wasReconnecting = false;

  /** The conversation is another one, or has gone on: no delta of an answer is told. */
  changed({ isBusy, isReconnecting }: ThreadState): void {
    if (isReconnecting) this.text = STRINGS.reconnecting;
    else if (this.#wasReconnecting) this.text = isBusy ? STRINGS.reconnected : "";
    else if (isBusy && !this.#wasBusy) this.text = STRINGS.writing;
    this.#wasReconnecting = isReconnecting;
    this.#wasBusy = isBusy;
  }

  answered(answer: string): void {
    this.text = `${STRINGS.complete} ${answer.slice(0, ANSWER_CHARACTERS)}`;
  }
}
