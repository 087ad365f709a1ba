/** Draws what a server sends besides text: widgets, workflows, questions, images; loaded when the first of them comes. */

import type { ThingItem } from "../protocol.ts";
import type { Drawer, Drawn, Given } from "../widgets/kit.ts";
import { Painter } from "../widgets/painter.ts";
import { picture } from "../widgets/picture.ts";
import { questions } from "../widgets/questions.ts";
import { ITEMS_WORDS } from "../widgets/words.ts";
import { filled, singleTask, workflow } from "../widgets/workflow.ts";

export { STYLES } from "../widgets/styles.ts";

export function drawer(given: Given): Drawer {
  const painter = new Painter({ ...given, strings: given.words(ITEMS_WORDS) });
  return { draw: (item, isGrowing) => drawn(painter, item, isGrowing) };
}

function drawn(painter: Painter, item: ThingItem, isGrowing: boolean): Drawn {
  const { html, nothing, strings } = painter.kit;
  switch (item.type) {
    case "widget":
      return painter.widget(item);
    case "workflow":
      return workflow(painter, item, isGrowing);
    case "task":
      return singleTask(painter, item, isGrowing);
    case "generated_image":
      return picture(painter, item, isGrowing);
    case "structured_input":
      return questions(painter, item);
    case "client_tool_call": {
      const said = item.status === "pending" ? strings.usingTool : strings.usedTool;
      return html`<p class="w-caption w-call">${painter.icon("compass", "sm")}<span>${filled(said, item.name)}</span></p>`;
    }
    case "unreadable":
      return html`<div class="w-task"><p class="w-caption">${strings.unreadable}</p>
        ${item.text ? html`<p class="w-text">${item.text}</p>` : nothing}</div>`;
  }
}
