/** The ChatKit wire protocol: threads, events and requests, as plain readonly data. */

import { ProtocolError } from "./errors.ts";
import type {
  Annotation,
  AssistantContent,
  GeneratedImage,
  InputAnswer,
  Task,
  ThreadItem,
  UserContent,
  WidgetNode,
} from "./items.ts";
import { isIndex, isRecord, optional, readAnnotation, readContent, readImage, readItem } from "./reading.ts";

export type * from "./items.ts";

// Threads -----------------------------------------------------------------------------------------------------------

export interface Page<T> {
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly after: string | null;
}

/** Whether a thread takes more questions; a locked or closed one may say why not. */
export interface ThreadStatus {
  readonly type: "active" | "locked" | "closed";
  readonly reason?: string | null;
}

export interface ThreadMetadata {
  readonly id: string;
  readonly title?: string | null;
  readonly created_at: string;
  readonly status?: ThreadStatus;
}

export interface Thread extends ThreadMetadata {
  readonly items: Page<ThreadItem>;
}

/** How far an answer has come that the server makes whether or not anybody is connected. */
export interface Run {
  readonly id: string;
  readonly status: "running" | "completed" | "failed" | "stopped" | "interrupted";
}

/** A thread as it is opened again. */
export interface OpenedThread extends Thread {
  /** The latest run; `null` where there is none, or the server keeps none. */
  readonly run: Run | null;
}

// Events ------------------------------------------------------------------------------------------------------------

export type ItemUpdate =
  | {
      readonly type: "assistant_message.content_part.added";
      readonly content_index: number;
      readonly content: AssistantContent;
    }
  | {
      readonly type: "assistant_message.content_part.text_delta";
      readonly content_index: number;
      readonly delta: string;
    }
  | {
      readonly type: "assistant_message.content_part.annotation_added";
      readonly content_index: number;
      readonly annotation_index: number;
      readonly annotation: Annotation;
    }
  | {
      readonly type: "assistant_message.content_part.done";
      readonly content_index: number;
      readonly content: AssistantContent;
    }
  | { readonly type: "widget.root.updated"; readonly widget: WidgetNode }
  | { readonly type: "widget.component.updated"; readonly component_id: string; readonly component: WidgetNode }
  | {
      readonly type: "widget.streaming_text.value_delta";
      readonly component_id: string;
      readonly delta: string;
      readonly done: boolean;
    }
  | {
      readonly type: "workflow.task.added" | "workflow.task.updated";
      readonly task_index: number;
      readonly task: Task;
    }
  | { readonly type: "generated_image.updated"; readonly image: GeneratedImage; readonly progress?: number | null };

export type KnownEvent =
  | { readonly type: "thread.created"; readonly thread: Thread }
  | { readonly type: "thread.updated"; readonly thread: Thread }
  | { readonly type: "thread.item.added"; readonly item: ThreadItem }
  | { readonly type: "thread.item.updated"; readonly item_id: string; readonly update: ItemUpdate }
  | { readonly type: "thread.item.done"; readonly item: ThreadItem }
  | { readonly type: "thread.item.removed"; readonly item_id: string }
  | { readonly type: "thread.item.replaced"; readonly item: ThreadItem }
  | { readonly type: "stream_options"; readonly stream_options: { readonly allow_cancel: boolean } }
  | { readonly type: "progress_update"; readonly icon?: string | null; readonly text: string }
  | { readonly type: "client_effect"; readonly name: string; readonly data: Readonly<Record<string, unknown>> }
  | {
      readonly type: "error";
      readonly code: string;
      readonly message?: string | null;
      readonly allow_retry: boolean;
    }
  | Notice;

export interface Notice {
  readonly type: "notice";
  readonly level: "info" | "warning" | "danger";
  readonly message: string;
  readonly title?: string | null;
}

/** An event of a type that this widget does not know: handed on, never an error. */
export interface UnknownEvent {
  readonly type: "unknown";
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type StreamEvent = KnownEvent | UnknownEvent;

/** What an event of each type says; `null` where it lacks what it is about. */
const READERS: Readonly<Record<string, (event: Readonly<Record<string, unknown>>) => object | null>> = {
  "thread.created": ({ thread }) => readThreadOf(thread),
  "thread.updated": ({ thread }) => readThreadOf(thread),
  "thread.item.added": ({ item }) => readItemOf(item),
  "thread.item.updated": ({ item_id, update }) => {
    const read = typeof item_id === "string" ? readUpdate(update) : null;
    return read && { update: read };
  },
  "thread.item.done": ({ item }) => readItemOf(item),
  "thread.item.removed": ({ item_id }) => (typeof item_id === "string" ? {} : null),
  "thread.item.replaced": ({ item }) => readItemOf(item),
  stream_options: ({ stream_options: said }) => {
    return isRecord(said) ? { stream_options: { ...said, allow_cancel: said.allow_cancel !== false } } : null;
  },
  progress_update: ({ text }) => (typeof text === "string" ? {} : null),
  client_effect: ({ name, data }) => (typeof name === "string" ? { data: isRecord(data) ? data : {} } : null),
  error: ({ message, allow_retry }) => ({ message: optional(message), allow_retry: allow_retry === true }),
  notice: ({ message, title }) => (typeof message === "string" ? { title: optional(title) } : null),
};

/**
 * Read one event from the data of an SSE frame.
 *
 * An event that lacks what it is about is an unknown one: what is strange in one event costs no other.
 *
 * @throws ProtocolError for anything but a JSON object with a `type`.
 */
export function parseEvent(data: string): StreamEvent {
  const event = parseObject(data);
  const type = event.type;
  if (typeof type !== "string") throw new ProtocolError("The assistant's server sent an event without a type.");
  const fields = Object.hasOwn(READERS, type) ? READERS[type]?.(event) : null;
  if (!fields) return { type: "unknown", name: type, data: event };
  return { ...event, ...fields } as unknown as KnownEvent;
}

function readItemOf(value: unknown): { item: ThreadItem } | null {
  const item = readItem(value);
  return item && { item };
}

function readThreadOf(value: unknown): { thread: Thread } | null {
  const thread = readMetadata(value);
  return thread && { thread: { ...thread, items: readPage((value as { items: unknown }).items, readItem) } };
}

function readUpdate(value: unknown): ItemUpdate | null {
  if (!isRecord(value)) return null;
  const { type, content_index, delta, component_id } = value;
  switch (type) {
    case "assistant_message.content_part.text_delta":
      return isIndex(content_index) && typeof delta === "string" ? (value as unknown as ItemUpdate) : null;
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
      return isIndex(content_index) ? { type, content_index, content: readContent(value.content) } : null;
    case "assistant_message.content_part.annotation_added": {
      const annotation = readAnnotation(value.annotation);
      const { annotation_index } = value;
      if (!isIndex(content_index) || !isIndex(annotation_index) || annotation === null) return null;
      return { type, content_index, annotation_index, annotation };
    }
    case "widget.root.updated":
      return isRecord(value.widget) ? { type, widget: value.widget } : null;
    case "widget.component.updated":
      return typeof component_id === "string" && isRecord(value.component)
        ? { type, component_id, component: value.component }
        : null;
    case "widget.streaming_text.value_delta":
      return typeof component_id === "string" && typeof delta === "string"
        ? { type, component_id, delta, done: value.done === true }
        : null;
    case "workflow.task.added":
    case "workflow.task.updated": {
      const { task_index, task } = value;
      return isIndex(task_index) && isRecord(task) ? { type, task_index, task: task as unknown as Task } : null;
    }
    case "generated_image.updated": {
      const image = readImage(value.image);
      return image && { type, image, progress: typeof value.progress === "number" ? value.progress : null };
    }
    default:
      return null;
  }
}

function parseObject(data: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw new ProtocolError("The assistant's server sent an event that is not JSON.", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("The assistant's server sent an event that is not an object.");
  }
  return value as Record<string, unknown>;
}

// Answers that are no streams ---------------------------------------------------------------------------------------

/** `null` for anything but a thread. */
export function readMetadata(value: unknown): ThreadMetadata | null {
  if (!isRecord(value) || typeof value.id !== "string") return null;
  const { status } = value;
  const isShut = isRecord(status) && (status.type === "locked" || status.type === "closed");
  return {
    ...value,
    id: value.id,
    title: optional(value.title),
    created_at: optional(value.created_at) ?? "",
    status: isShut ? { type: status.type as "locked", reason: optional(status.reason) } : { type: "active" },
  };
}

/** The entries that can be read; an empty page for what is none. */
export function readPage<T>(value: unknown, read: (entry: unknown) => T | null): Page<T> {
  const page = isRecord(value) && Array.isArray(value.data) ? value : { data: [] };
  const data = (page.data as unknown[]).map(read).filter((entry) => entry !== null);
  const after = optional(page.after);
  return { data, has_more: page.has_more === true && after !== null, after };
}

/** `null` for anything but a thread with its items. */
export function readThread(value: unknown): OpenedThread | null {
  const thread = readMetadata(value);
  const { items, run } = isRecord(value) ? value : {};
  if (thread === null || !isRecord(items) || !Array.isArray(items.data)) return null;
  const hasRun = isRecord(run) && typeof run.id === "string";
  return { ...thread, items: readPage(items, readItem), run: hasRun ? (run as unknown as Run) : null };
}

// Requests ----------------------------------------------------------------------------------------------------------

export interface UserInput {
  readonly content: readonly UserContent[];
  /** Ids of attachments whose files have been uploaded. */
  readonly attachments: readonly string[];
  readonly quoted_text: string;
  readonly inference_options: { readonly model?: string; readonly tool_choice?: { readonly id: string } };
}

/** A reader's question as the protocol wants it; `quote` is what they selected on the page, or nothing. */
export function userInput(text: string, quote: string | null = null, attachments: readonly string[] = []): UserInput {
  return {
    content: [{ type: "input_text", text }],
    attachments,
    quoted_text: quote ?? "",
    inference_options: {},
  };
}

export type ContextMode = "full_book" | "up_to_here" | "current_chapter" | "current_page" | "selection";

/** Where the reader is, sent with every request in `metadata`. */
export interface PageContext {
  readonly page_context: {
    readonly url: string;
    readonly title: string;
    readonly current_path: string;
    /** The section that the reader sees: its heading and its anchor. */
    readonly current_section?: string;
    readonly current_section_id?: string;
    readonly locale?: string;
  };
  readonly selected_text?: string;
  readonly context_mode?: ContextMode;
  /** Which of the server's books it is, where the page's address does not tell. */
  readonly book?: string;
}

export interface Starter {
  /** A question as it stands, or the name of the page or the section that something is wanted of. */
  readonly kind: "question" | "summary" | "explain";
  readonly text: string;
}

/** What a Bookside server knows of a page. */
export interface PageInfo {
  /** `null` for a page that is not of the book. */
  readonly page: { readonly title: string; readonly chapter: string | null } | null;
  readonly starters: readonly Starter[];
}

/** `null` for anything but what is known of a page. */
export function readPageInfo(value: unknown): PageInfo | null {
  const { page, starters } = Object(value) as Partial<PageInfo>;
  if (page === undefined || !Array.isArray(starters)) return null;
  return { page, starters: starters.filter((starter) => typeof starter?.text === "string") };
}

export interface PageRequest {
  readonly limit?: number;
  readonly order?: "asc" | "desc";
  readonly after?: string;
}

export type FeedbackKind = "positive" | "negative";

/** What the reader does to a widget, or the page on its own. */
export interface Action {
  readonly type: string;
  readonly payload?: unknown;
}

/** The reader's answers to an item of questions, by the questions' ids. */
export interface StructuredInputSubmission {
  readonly status: "answered" | "skipped";
  readonly answers: Readonly<Record<string, InputAnswer>>;
}

/** A file that is to be attached. */
export interface AttachmentParams {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly mime_type: string;
}
