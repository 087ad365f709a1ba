/** Loaded by a page: gives a test the HTML of a rendered text. */

import { numbered } from "../../src/citations.ts";
import { renderMarkdown } from "../../src/markdown.ts";
import type { Annotation } from "../../src/protocol.ts";

declare global {
  interface Window {
    rendered: (text: string, annotations: readonly Annotation[], isGrowing: boolean) => string;
  }
}

window.rendered = (text, annotations, isGrowing) => {
  const { marks } = numbered([{ type: "output_text", text, annotations }]);
  const box = document.createElement("div");
  box.append(renderMarkdown(text, { marks: marks[0] ?? [], isGrowing }));
  return box.innerHTML;
};
