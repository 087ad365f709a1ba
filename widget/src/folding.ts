/** What each update makes of its item, as the SDK's own server folds it; pure, and only what changes is new. */

import type { AssistantContent, Task, ThreadItem, WidgetNode } from "./items.ts";
import type { ItemUpdate } from "./protocol.ts";
import { isRecord } from "./reading.ts";

/** Deeper than any honest widget. */
const MAX_DEPTH = 40;

/** The item with the update in it; the item itself where the update does not fit it. */
export function folded(item: ThreadItem, update: ItemUpdate): ThreadItem {
  switch (update.type) {
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
    case "assistant_message.content_part.text_delta":
    case "assistant_message.content_part.annotation_added":
      return item.type === "assistant_message" ? { ...item, content: foldedContent(item.content, update) } : item;
    case "widget.root.updated":
      return item.type === "widget" ? { ...item, widget: update.widget } : item;
    case "widget.component.updated":
    case "widget.streaming_text.value_delta": {
      if (item.type !== "widget") return item;
      const widget = foldedWidget(item.widget, update);
      return widget === item.widget ? item : { ...item, widget };
    }
    case "workflow.task.added":
    case "workflow.task.updated": {
      if (item.type !== "workflow") return item;
      const tasks = foldedTasks(item.workflow.tasks, update);
      return { ...item, workflow: { ...item.workflow, tasks } };
    }
    case "generated_image.updated":
      if (item.type !== "generated_image") return item;
      return { ...item, image: update.image, progress: update.progress ?? null };
  }
}

type ContentUpdate = Extract<ItemUpdate, { content_index: number }>;

const EMPTY_CONTENT: AssistantContent = { type: "output_text", text: "", annotations: [] };

function foldedContent(content: readonly AssistantContent[], update: ContentUpdate): readonly AssistantContent[] {
  const index = update.content_index;
  const parts = [...content];
  while (parts.length <= index) parts.push(EMPTY_CONTENT);
  const part = parts[index] ?? EMPTY_CONTENT;
  switch (update.type) {
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
      parts[index] = update.content;
      break;
    case "assistant_message.content_part.text_delta":
      parts[index] = { ...part, text: part.text + update.delta };
      break;
    case "assistant_message.content_part.annotation_added":
      parts[index] = {
        ...part,
        annotations: part.annotations.toSpliced(update.annotation_index, 0, update.annotation),
      };
  }
  return parts;
}

/** A task that is there already, as it is when a server adds an item that it goes on to change, stays one task. */
function foldedTasks(tasks: readonly Task[], update: Extract<ItemUpdate, { task_index: number }>): readonly Task[] {
  if (update.task_index < tasks.length) return tasks.with(update.task_index, update.task);
  return update.type === "workflow.task.added" ? [...tasks, update.task] : tasks;
}

type NodeUpdate = Extract<ItemUpdate, { component_id: string }>;

function foldedWidget(root: WidgetNode, update: NodeUpdate): WidgetNode {
  if (update.type === "widget.component.updated") {
    return changed(root, update.component_id, () => update.component) ?? root;
  }
  const grown = (node: WidgetNode): WidgetNode | null => {
    if (typeof node.value !== "string") return null;
    const text = { ...node, value: node.value + update.delta };
    return update.done && node.streaming === true ? { ...text, streaming: false } : text;
  };
  return changed(root, update.component_id, grown) ?? root;
}

/** The tree with the last node of an id changed, as the SDK takes the last one; `null` where none was. */
function changed(
  node: WidgetNode,
  id: string,
  change: (node: WidgetNode) => WidgetNode | null,
  depth = 0,
): WidgetNode | null {
  if (depth > MAX_DEPTH) return null;
  const { children } = node;
  if (Array.isArray(children)) {
    for (let at = children.length - 1; at >= 0; at--) {
      const child = isRecord(children[at]) ? changed(children[at], id, change, depth + 1) : null;
      if (child !== null) return { ...node, children: children.with(at, child) };
    }
  } else if (isRecord(children)) {
    const child = changed(children, id, change, depth + 1);
    if (child !== null) return { ...node, children: child };
  }
  return node.id === id ? change(node) : null;
}
