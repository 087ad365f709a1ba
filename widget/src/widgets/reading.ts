/** The check of what is drawn besides text: tasks, workflows and questions have their fields, whatever came. */

import type { Source, StructuredInput, Task, Workflow } from "../protocol.ts";
import type { Data } from "./kit.ts";
import { record, textOf } from "./naming.ts";

const MAX_ENTRIES = 500;

export function readInputs(values: unknown): StructuredInput[] {
  return each(values, (value) => {
    const input = record(value);
    if (typeof input.id !== "string") return null;
    const answer = record(input.answer);
    return {
      id: input.id,
      type: input.type === "multiple_choice" ? "multiple_choice" : "freeform",
      question: textOf(input.question) || input.id,
      description: words(input.description),
      options: each(input.options, (option) => ({ value: textOf(record(option).value) })),
      multiple: input.multiple === true,
      answer: { values: each(answer.values, words), skipped: answer.skipped === true },
    };
  });
}

export function readWorkflow(value: Data): Workflow {
  const { title, icon, duration } = record(value.summary);
  return {
    type: value.type === "reasoning" ? "reasoning" : "custom",
    tasks: each(value.tasks, (task) => (typeof task === "object" && task !== null ? readTask(task as Data) : null)),
    expanded: value.expanded === true,
    summary: {
      ...(typeof title === "string" ? { title } : {}),
      ...(typeof icon === "string" ? { icon } : {}),
      ...(typeof duration === "number" ? { duration } : {}),
    },
  };
}

/** Tasks that have been read: what is drawn of one stays as long as it does. */
const known = new WeakMap<Data, Task>();

/** A task of a type that is not known is a custom one. */
export function readTask(value: Data): Task {
  const read = known.get(value) ?? readTaskOf(value);
  known.set(value, read);
  return read;
}

function readTaskOf(value: Data): Task {
  const { type, status_indicator: status } = value;
  const isKnown = type === "web_search" || type === "thought" || type === "file" || type === "image";
  return {
    type: isKnown ? type : "custom",
    status_indicator: status === "loading" || status === "complete" ? status : "none",
    title: words(value.title),
    icon: words(value.icon),
    title_query: words(value.title_query),
    content: words(value.content),
    queries: each(value.queries, words),
    sources: each(value.sources, readSource),
  };
}

function readSource(value: unknown): Source | null {
  const { type, title, url, filename } = record(value);
  if (type === "url" && typeof url === "string") return { type, url, title: textOf(title) || url };
  const name = textOf(title) || textOf(filename);
  return name === "" ? null : { type: "file", title: name, filename: textOf(filename) };
}

function words(value: unknown): string | null {
  return textOf(value) || null;
}

function each<T>(values: unknown, read: (value: unknown) => T | null): T[] {
  const entries = Array.isArray(values) ? values.slice(0, MAX_ENTRIES) : [];
  return entries.map(read).filter((entry) => entry !== null);
}
