/** Loaded by a page: gives a test the HTML of a rendered text, and what happens while one grows. */

import { AnswerBody } from "../../src/answer.ts";
import { numbered } from "../../src/citations.ts";
import { renderMarkdown } from "../../src/markdown.ts";
import type { Annotation, AssistantMessage } from "../../src/protocol.ts";

/** What was seen while a text grew. */
export interface Growth {
  /** Whether the end is the same as the text drawn at once. */
  readonly isSame: boolean;
  /** Where words that were shown have changed: what was there, what came. */
  readonly changes: readonly (readonly [string, string])[];
  /** Finished blocks that were made anew. */
  readonly remade: readonly string[];
  /** All that was shown on the way. */
  readonly shown: readonly string[];
}

declare global {
  interface Window {
    rendered: (text: string, annotations: readonly Annotation[], isGrowing: boolean, origins?: string[]) => string;
    grown: (text: string, annotations: readonly Annotation[], step: number) => Growth;
  }
}

window.rendered = (text, annotations, isGrowing, imageOrigins = []) => {
  const { marks } = numbered([{ type: "output_text", text, annotations }]);
  const box = document.createElement("div");
  box.append(renderMarkdown(text, { marks: marks[0] ?? [], isGrowing, imageOrigins }));
  return box.innerHTML;
};

window.grown = (text, annotations, step) => {
  const base = { type: "assistant_message", id: "a", thread_id: "t", created_at: "" } as const;
  const message = (end: number): AssistantMessage => {
    const known = annotations.filter(({ index }) => (index ?? 0) <= end);
    return { ...base, content: [{ type: "output_text", text: text.slice(0, end), annotations: known }] };
  };
  const body = new AnswerBody();
  const shown: string[] = [];
  const changes: [string, string][] = [];
  const remade: string[] = [];
  let finished: ChildNode[] = [];
  let before = "";
  for (let end = step; end < text.length + step; end += step) {
    body.draw(message(Math.min(end, text.length)), true);
    const words = body.element.textContent;
    if (!words.startsWith(before)) changes.push([before.slice(-60), words.slice(Math.max(0, before.length - 60))]);
    before = words;
    shown.push(words);
    remade.push(...finished.filter((node) => node.parentNode === null).map(({ textContent }) => textContent ?? ""));
    finished = [...body.element.childNodes].slice(0, -1);
  }
  body.draw(message(text.length), false);
  remade.push(...finished.filter((node) => node.parentNode === null).map(({ textContent }) => textContent ?? ""));
  const whole = new AnswerBody();
  whole.draw(message(text.length), false);
  return { isSame: body.element.isEqualNode(whole.element), changes, remade, shown };
};
