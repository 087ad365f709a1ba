/** The DOM of one answer's text, changed only where a new rendering differs: a selection in it survives its growth. */

import { numbered } from "./citations.ts";
import { renderMarkdown } from "./markdown.ts";
import type { AssistantMessage } from "./protocol.ts";

export class AnswerBody {
  readonly element: HTMLDivElement;
  #drawn: AssistantMessage | null = null;
  #drawnGrowing = false;

  constructor() {
    this.element = document.createElement("div");
    this.element.className = "answer";
    this.element.setAttribute("part", "answer");
  }

  /** Draw the message, unless it is the one that is drawn already. */
  draw(message: AssistantMessage, isGrowing: boolean): HTMLDivElement {
    if (message === this.#drawn && isGrowing === this.#drawnGrowing) return this.element;
    this.#drawn = message;
    this.#drawnGrowing = isGrowing;
    const { marks } = numbered(message.content);
    const fragment = document.createDocumentFragment();
    for (const [at, part] of message.content.entries()) {
      fragment.append(renderMarkdown(part.text, { marks: marks[at] ?? [], isGrowing }));
    }
    replaceChanged(this.element, fragment);
    return this.element;
  }
}

function replaceChanged(element: HTMLElement, wanted: DocumentFragment): void {
  const old = [...element.childNodes];
  const next = [...wanted.childNodes];
  const firstChange = next.findIndex((node, at) => !old[at]?.isEqualNode(node));
  const keep = firstChange === -1 ? next.length : firstChange;
  for (const node of old.slice(keep)) node.remove();
  element.append(...next.slice(keep));
}
