/** Workflows and single tasks: what the assistant is doing, folded away behind one line. */

import type { Source, Task, TaskItem, WorkflowItem } from "../protocol.ts";
import type { Data, Drawn } from "./kit.ts";
import { names } from "./naming.ts";
import type { Painter } from "./painter.ts";
import { readTask, readWorkflow } from "./reading.ts";

export function workflow(painter: Painter, item: WorkflowItem, isGrowing: boolean): Drawn {
  const { html, nothing } = painter.kit;
  const workflow = readWorkflow(item.workflow as unknown as Data);
  const { tasks, summary, expanded } = workflow;
  return html`<details class=${names("w-workflow", isGrowing && "w-growing")} ?open=${expanded === true}>
    <summary>${summary?.icon ? painter.icon(summary.icon, "sm") : nothing}<span>${headline(painter, workflow, isGrowing)}</span></summary>
    <ol aria-label=${painter.kit.strings.steps}>${tasks.map(
      (task) => html`<li class=${`w-${task.status_indicator ?? "none"}`}>
      ${mark(painter, task)}<div>${step(painter, task, isGrowing)}</div></li>`,
    )}</ol>
  </details>`;
}

export function singleTask(painter: Painter, { task }: TaskItem, isGrowing: boolean): Drawn {
  return painter.kit.html`<div class="w-task">${step(painter, readTask(task as unknown as Data), isGrowing)}</div>`;
}

function headline(
  { kit: { strings, say, duration } }: Painter,
  workflow: WorkflowItem["workflow"],
  isGrowing: boolean,
): string {
  const { summary, tasks, type } = workflow;
  if (summary?.title) return summary.title;
  if (typeof summary?.duration === "number") {
    return say(type === "reasoning" ? strings.thoughtFor : strings.workedFor, { time: duration(summary.duration) });
  }
  const current = tasks.findLast((task) => task.status_indicator === "loading") ?? tasks.at(-1);
  return (current && titleOf(current, strings)) || (isGrowing ? strings.underWork : strings.steps);
}

function mark(painter: Painter, { status_indicator: status, type, icon }: Task): Drawn {
  const { html, strings } = painter.kit;
  if (status === "loading") return html`<span class="w-mark w-spin" role="img" aria-label=${strings.underWay}></span>`;
  if (status === "complete") {
    return html`<span class="w-mark" role="img" aria-label=${strings.done}>${painter.icon("check", "sm")}</span>`;
  }
  const own = { web_search: "search", thought: "lightbulb", file: "document", image: "square-image", custom: "dot" };
  return html`<span class="w-mark">${painter.icon(icon ?? own[type], "sm")}</span>`;
}

function titleOf(task: Task, strings: Painter["kit"]["strings"]): string {
  if (task.title) return task.title;
  switch (task.type) {
    case "web_search":
      return task.title_query ?? strings.searched;
    case "thought":
      return strings.thought;
    case "file":
      return strings.readFiles;
    case "image":
      return strings.madeImage;
    case "custom":
      return "";
  }
}

function step(painter: Painter, task: Task, isGrowing: boolean): Drawn {
  const { html, nothing, strings } = painter.kit;
  const title = titleOf(task, strings);
  const queries = task.queries ?? [];
  const sources = task.sources ?? [];
  return html`${title ? html`<p class="w-step">${title}</p>` : nothing}
    ${task.content ? painter.markdown(task, task.content, isGrowing) : nothing}
    ${queries.length > 0 ? html`<ul class="w-queries">${queries.map((query) => html`<li>${query}</li>`)}</ul>` : nothing}
    ${sources.length > 0 ? html`<ul class="w-sources">${sources.map((one) => html`<li>${source(painter, one)}</li>`)}</ul>` : nothing}`;
}

function source(painter: Painter, source: Source): Drawn {
  const { html } = painter.kit;
  const link = source.type === "url" ? painter.kit.link(source.url) : null;
  if (link === null) return html`<span>${source.title}</span>`;
  if (!link.isExternal) return html`<a href=${link.href}>${source.title}</a>`;
  return html`<a class="external" href=${link.href} target="_blank" rel="noopener noreferrer nofollow">${source.title}</a>`;
}
