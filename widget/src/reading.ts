/** The one check of items that a server sends: what comes out has the fields of its type, whatever went in. */

import type {
  Annotation,
  AssistantContent,
  Attachment,
  GeneratedImage,
  Source,
  ThreadItem,
  UserContent,
} from "./items.ts";

/** More parts, tasks or questions than an honest item has. */
export const MAX_ENTRIES = 1000;
const MAX_WORDS_CHARACTERS = 2000;
const MAX_DEPTH = 12;

type Data = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is the place of an entry in a list. */
export function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < MAX_ENTRIES;
}

/** The item; one that cannot be read gives its words. `null` for what has no id, and so no place. */
export function readItem(value: unknown): ThreadItem | null {
  if (!isRecord(value) || typeof value.id !== "string") return null;
  const type = typeof value.type === "string" ? value.type : "";
  const fields = Object.hasOwn(FIELDS, type) ? FIELDS[type]?.(value) : null;
  const base = { ...value, id: value.id, thread_id: text(value.thread_id), created_at: text(value.created_at) };
  if (fields) return { ...base, ...fields } as unknown as ThreadItem;
  const { id, thread_id, created_at } = base;
  return { id, thread_id, created_at, type: "unreadable", name: type, text: wordsOf(value) };
}

/** The fields of each type of item; `null` where one is missing without which the item says nothing. */
const FIELDS: Readonly<Record<string, (item: Data) => Data | null>> = {
  user_message: (item) => ({
    content: each(item.content, readUserContent),
    attachments: each(item.attachments, readAttachment),
    quoted_text: optional(item.quoted_text),
  }),
  assistant_message: (item) => ({ content: each(item.content, readContent) }),
  client_tool_call: ({ name, call_id, status, arguments: given }) =>
    typeof name !== "string" || typeof call_id !== "string"
      ? null
      : { arguments: isRecord(given) ? given : {}, status: status === "pending" ? status : "completed" },
  widget: ({ widget, copy_text }) => (isRecord(widget) ? { copy_text: optional(copy_text) } : null),
  generated_image: ({ image }) => ({ image: readImage(image) }),
  structured_input: ({ inputs, status }) => ({
    inputs: each(inputs, recordOf),
    status: status === "answered" || status === "skipped" ? status : "pending",
  }),
  workflow: ({ workflow }) =>
    isRecord(workflow) ? { workflow: { ...workflow, tasks: each(workflow.tasks, recordOf) } } : null,
  task: ({ task }) => (isRecord(task) ? {} : null),
  hidden_context_item: () => ({}),
  sdk_hidden_context: () => ({}),
  end_of_turn: () => ({}),
};

export function readContent(value: unknown): AssistantContent {
  const words = isRecord(value) && typeof value.text === "string" ? value.text : wordsOf(value);
  const annotations = isRecord(value) ? each(value.annotations, readAnnotation) : [];
  return { type: "output_text", text: words, annotations };
}

/** `null` for a mark whose source cannot be named. */
export function readAnnotation(value: unknown): Annotation | null {
  const source = isRecord(value) ? readSource(value.source) : null;
  if (source === null) return null;
  const { index } = value as Data;
  return { type: "annotation", source, index: typeof index === "number" ? index : null };
}

const ADDRESS: Readonly<Record<string, string>> = { url: "url", file: "filename", entity: "id" };

export function readSource(value: unknown): Source | null {
  if (!isRecord(value) || typeof value.type !== "string" || !Object.hasOwn(ADDRESS, value.type)) return null;
  const address = value[ADDRESS[value.type] ?? ""];
  if (typeof address !== "string") return null;
  const source: Record<string, unknown> = { ...value, title: text(value.title) || address };
  for (const name of ["description", "timestamp", "group", "attribution", "icon", "label", "inline_label"]) {
    if (name in source) source[name] = optional(source[name]);
  }
  if (value.type === "entity") {
    source.interactive = value.interactive === true;
    source.data = isRecord(value.data) ? value.data : {};
  }
  return source as unknown as Source;
}

function readUserContent(value: unknown): UserContent | null {
  if (!isRecord(value) || typeof value.text !== "string") return null;
  return value.type === "input_tag" && typeof value.id === "string"
    ? ({ ...value, type: "input_tag" } as unknown as UserContent)
    : { type: "input_text", text: value.text };
}

/** `null` for anything but an attachment. */
export function readAttachment(value: unknown): Attachment | null {
  if (!isRecord(value) || typeof value.id !== "string") return null;
  const { id, upload_descriptor: upload } = value;
  const hasUpload = isRecord(upload) && typeof upload.url === "string";
  return {
    id,
    type: value.type === "image" ? "image" : "file",
    name: text(value.name) || id,
    mime_type: text(value.mime_type),
    preview_url: optional(value.preview_url),
    upload_descriptor: hasUpload
      ? {
          url: upload.url as string,
          method: upload.method === "POST" ? "POST" : "PUT",
          headers: isRecord(upload.headers) ? (upload.headers as Record<string, string>) : {},
        }
      : null,
  };
}

export function readImage(value: unknown): GeneratedImage | null {
  if (!isRecord(value) || typeof value.url !== "string") return null;
  return { id: text(value.id), url: value.url };
}

/** The entries that can be read, in their order. */
function each<T>(values: unknown, read: (value: unknown) => T | null): T[] {
  const entries = Array.isArray(values) ? values.slice(0, MAX_ENTRIES) : [];
  return entries.map(read).filter((entry) => entry !== null);
}

function recordOf(value: unknown): Data | null {
  return isRecord(value) ? value : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function optional(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Fields whose strings are meant for a reader. */
const WORDS = new Set([
  ...["text", "value", "label", "title", "content", "question", "description", "message", "caption", "alt", "summary"],
  ...["children", "options", "inputs", "tasks", "data", "status", "confirm", "cancel", "widget", "placeholder"],
]);

/** The words of something that cannot be drawn as what it is. */
export function wordsOf(value: unknown): string {
  const words: string[] = [];
  let left = MAX_WORDS_CHARACTERS;
  const collect = (found: unknown, depth: number): void => {
    if (left <= 0 || depth > MAX_DEPTH) return;
    if (typeof found === "string") {
      words.push(found.slice(0, left));
      left -= found.length;
    } else if (Array.isArray(found)) {
      for (const entry of found.slice(0, MAX_ENTRIES)) collect(entry, depth + 1);
    } else if (isRecord(found)) {
      for (const [name, entry] of Object.entries(found)) {
        if (WORDS.has(name) && name !== "type") collect(entry, depth + 1);
      }
    }
  };
  collect(value, 0);
  return words.join(" ").replace(/\s+/g, " ").trim();
}
