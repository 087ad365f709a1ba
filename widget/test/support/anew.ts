/** What the benchmark of frames is compared with: an answer that is drawn anew, as a whole, whenever it grows. */

import { numbered } from "../../src/citations.ts";
import { finished } from "../../src/late.ts";
import { renderMarkdown } from "../../src/markdown.ts";
import type { AssistantMessage } from "../../src/protocol.ts";

export class AnswerBody {
  readonly element = document.createElement("div");

  constructor(readonly imageOrigins: readonly string[] = []) {
    this.element.className = "answer";
  }

  draw(message: AssistantMessage, isGrowing: boolean): HTMLDivElement {
    const { marks } = numbered(message.content);
    const drawn = message.content.map(({ text }, at) => renderMarkdown(text, { marks: marks[at] ?? [], isGrowing }));
    this.element.replaceChildren(...drawn);
    finished(this.element, false);
    return this.element;
  }
}
