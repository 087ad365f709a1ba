/** Draws what a server sends besides text: widgets, workflows, questions, images; loaded when the first of them comes. */

import type { ThingItem } from "../protocol.ts";
import type { Drawer, Drawn, Given, Host } from "../widgets/kit.ts";
import { Painter } from "../widgets/painter.ts";
import { picture } from "../widgets/picture.ts";
import { questions } from "../widgets/questions.ts";
import { ITEMS_WORDS } from "../widgets/words.ts";
import { singleTask, workflow } from "../widgets/workflow.ts";

export { STYLES } from "../widgets/styles.ts";

export function drawer(given: Given): Drawer {
  given.addWords(ITEMS_WORDS);
  const mayFetch = (address: string) => isOwn(given, address);
  const painter = new Painter({
    ...given,
    strings: given.STRINGS,
    markdown: (text, isGrowing) => given.renderMarkdown(text, { isGrowing }),
    link: (address) => given.safeLink(address, location.origin),
    mayFetch,
    host: hostOf(given),
  });
  return {
    draw: (item, isGrowing) => drawn(painter, item, isGrowing),
    attached: ({ name, type, preview_url: preview }) => {
      const picture = type === "image" && preview && mayFetch(preview) ? preview : null;
      return given.html`<p class="attached">${
        picture === null
          ? painter.icon("page-blank", "sm")
          : given.html`<img src=${picture} alt="" loading="lazy" referrerpolicy="no-referrer">`
      }<span>${name}</span></p>`;
    },
  };
}

/** Pictures come from the site that the reader is on, and from the book's server; no other host hears of the reader. */
function isOwn({ safeLink, element }: Given, address: string): boolean {
  const link = safeLink(address, location.origin);
  if (link === null || !link.isExternal) return link !== null;
  return new URL(address).origin === new URL(element.server || "/", location.href).origin;
}

function hostOf({ isBusy, getConversation, element, part }: Given): Host {
  return {
    get isBusy() {
      return isBusy();
    },
    redraw: () => part.changed(),
    act: async ({ type, payload, handler, streaming }, { id: itemId }) => {
      const action = { type, payload };
      if (handler === "server") return getConversation()?.act(action, itemId, streaming);
      const detail = { action, itemId };
      element.dispatchEvent(new CustomEvent("bookside-action", { detail, bubbles: true, composed: true }));
    },
    answer: async (item, input) => getConversation()?.answer(item.id, input),
  };
}

function drawn(painter: Painter, item: ThingItem, isGrowing: boolean): Drawn {
  const { html, nothing, strings, say } = painter.kit;
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
      return html`<p class="w-caption w-call">${painter.icon("compass", "sm")}<span>${say(said, { name: item.name })}</span></p>`;
    }
    case "unreadable":
      return html`<div class="w-task"><p class="w-caption">${strings.unreadable}</p>
        ${item.text ? html`<p class="w-text">${item.text}</p>` : nothing}</div>`;
  }
}
