/** The DOM of one answer's text: what is finished stays as it is, and only the block that grows is drawn again. */

import { Blocks } from "./blocks.ts";
import { numbered } from "./citations.ts";
import { copyCode } from "./code.ts";
import { finished } from "./late.ts";
import { blockKey, renderBlock } from "./markdown.ts";
import { type MarkedBlock, shared } from "./marks.ts";
import { morphNodes } from "./morph.ts";
import type { AssistantMessage } from "./protocol.ts";

interface Drawn {
  key: string;
  nodes: readonly ChildNode[];
}

export class AnswerBody {
  readonly element: HTMLDivElement;
  #message: AssistantMessage | null = null;
  #isGrowing = false;
  readonly #parts: Blocks[] = [];
  #drawn: Drawn[] = [];

  /**
   * @param imageOrigins - Where the pictures of the book come from; of any other nothing is fetched.
   */
  constructor(readonly imageOrigins: readonly string[] = []) {
    this.element = document.createElement("div");
    this.element.className = "answer";
    this.element.setAttribute("part", "answer");
    this.element.addEventListener("click", copyCode);
  }

  /** Draw the message, unless it is the one that is drawn already. */
  draw(message: AssistantMessage, isGrowing: boolean): HTMLDivElement {
    if (message === this.#message && isGrowing === this.#isGrowing) return this.element;
    this.#message = message;
    this.#isGrowing = isGrowing;
    const { marks } = numbered(message.content);
    let count = 0;
    for (const [at, part] of message.content.entries()) {
      const reading = this.#parts[at] ?? new Blocks();
      this.#parts[at] = reading;
      const blocks = shared(part.text, reading.read(part.text, isGrowing), marks[at] ?? []);
      const isLastPart = isGrowing && at === message.content.length - 1;
      for (const [place, block] of blocks.entries()) {
        this.#drawBlock(count++, block, reading, isLastPart && place === blocks.length - 1);
      }
    }
    for (const { nodes } of this.#drawn.splice(count)) for (const node of nodes) node.remove();
    return this.element;
  }

  #drawBlock(at: number, block: MarkedBlock, { links }: Blocks, isGrowing: boolean): void {
    const options = { isGrowing, links, imageOrigins: this.imageOrigins };
    const key = blockKey(block, options);
    const old = this.#drawn[at];
    if (old?.key === key) return;
    const fragment = renderBlock(block, options);
    const missing = finished(fragment, isGrowing);
    const before = this.#drawn.slice(at + 1).find(({ nodes }) => nodes.length > 0)?.nodes[0] ?? null;
    const drawn = { key, nodes: morphNodes(this.element, old?.nodes ?? [], [...fragment.childNodes], before) };
    this.#drawn[at] = drawn;
    void missing?.then(() => this.#redraw(drawn));
  }

  /** What a block needed has come. */
  #redraw(drawn: Drawn): void {
    if (this.#message === null || !this.#drawn.includes(drawn)) return;
    drawn.key = "";
    const message = this.#message;
    this.#message = null;
    this.draw(message, this.#isGrowing);
  }
}
