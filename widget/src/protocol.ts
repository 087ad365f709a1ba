/** The part of the ChatKit wire protocol that the widget reads and writes, as plain readonly data. */

import { ProtocolError } from "./errors.ts";

// Sources and annotations -------------------------------------------------------------------------------------------

export interface UrlSource {
  readonly type: "url";
  readonly title: string;
  readonly url: string;
  /** The passage that the answer rests on, quoted. */
  readonly description?: string | null;
  /** Where in the book: headings from the page down. */
  readonly attribution?: string | null;
  /** Sources of one address and group are one source with one number. */
  readonly group?: string | null;
}

export interface FileSource {
  readonly type: "file";
  readonly title: string;
  readonly filename: string;
  readonly description?: string | null;
  readonly group?: string | null;
}

export interface EntitySource {
  readonly type: "entity";
  readonly title: string;
  readonly id: string;
  readonly description?: string | null;
  readonly group?: string | null;
}

export type Source = UrlSource | FileSource | EntitySource;

export interface Annotation {
  readonly type: "annotation";
  readonly source: Source;
  /** Position of the mark in the part's text, counted in Unicode characters (code points). */
  readonly index?: number | null;
}

// Items -------------------------------------------------------------------------------------------------------------

export interface AssistantContent {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly Annotation[];
}

export type UserContent =
  | { readonly type: "input_text"; readonly text: string }
  | { readonly type: "input_tag"; readonly id: string; readonly text: string };

interface ItemBase {
  readonly id: string;
  readonly thread_id: string;
  readonly created_at: string;
}

export interface UserMessage extends ItemBase {
  readonly type: "user_message";
  readonly content: readonly UserContent[];
  readonly quoted_text?: string | null;
}

export interface AssistantMessage extends ItemBase {
  readonly type: "assistant_message";
  readonly content: readonly AssistantContent[];
}

/** Items that the widget keeps in their place and does not draw. */
export interface OtherItem extends ItemBase {
  readonly type:
    | "client_tool_call"
    | "widget"
    | "generated_image"
    | "structured_input"
    | "workflow"
    | "task"
    | "hidden_context_item"
    | "sdk_hidden_context"
    | "end_of_turn";
}

export type ThreadItem = UserMessage | AssistantMessage | OtherItem;

export interface Page<T> {
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly after: string | null;
}

export interface ThreadMetadata {
  readonly id: string;
  readonly title?: string | null;
  readonly created_at: string;
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
    };

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

type Kind = "string" | "object" | "boolean";

/** The fields without which an event of a type says nothing. */
const REQUIRED: { readonly [Type in KnownEvent["type"]]: Readonly<Record<string, Kind>> } = {
  "thread.created": { thread: "object" },
  "thread.updated": { thread: "object" },
  "thread.item.added": { item: "object" },
  "thread.item.updated": { item_id: "string", update: "object" },
  "thread.item.done": { item: "object" },
  "thread.item.removed": { item_id: "string" },
  "thread.item.replaced": { item: "object" },
  stream_options: { stream_options: "object" },
  progress_update: { text: "string" },
  client_effect: { name: "string" },
  error: {},
  notice: { message: "string" },
};

/**
 * Read one event from the data of an SSE frame.
 *
 * @throws ProtocolError for anything but a JSON object with a `type` and that type's fields.
 */
export function parseEvent(data: string): StreamEvent {
  const event = parseObject(data);
  const type = event.type;
  if (typeof type !== "string") throw new ProtocolError("The assistant's server sent an event without a type.");
  if (!isKnown(type)) return { type: "unknown", name: type, data: event };
  for (const [field, kind] of Object.entries(REQUIRED[type])) {
    const value = event[field];
    if (typeof value !== kind || value === null) {
      throw new ProtocolError(`The assistant's server sent the event ${type} without its ${field}.`);
    }
  }
  return event as unknown as KnownEvent;
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

function isKnown(type: string): type is KnownEvent["type"] {
  return Object.hasOwn(REQUIRED, type);
}

// Requests ----------------------------------------------------------------------------------------------------------

export interface UserInput {
  readonly content: readonly UserContent[];
  readonly attachments: readonly string[];
  readonly quoted_text: string;
  readonly inference_options: Readonly<Record<string, never>>;
}

/** A reader's question as the protocol wants it; `quote` is what they selected on the page, or nothing. */
export function userInput(text: string, quote: string | null = null): UserInput {
  return {
    content: [{ type: "input_text", text }],
    attachments: [],
    quoted_text: quote ?? "",
    inference_options: {},
  };
}

export type ContextMode = "full_book" | "current_chapter" | "current_page" | "selection";

/** `null` for anything but a thread. */
export function readThread(value: unknown): OpenedThread | null {
  const thread = value as OpenedThread | null;
  if (typeof thread?.id !== "string" || !Array.isArray(thread.items?.data)) return null;
  return { ...thread, run: typeof thread.run?.id === "string" ? thread.run : null };
}

/** Where the reader is, sent with every request in `metadata`. */
export interface PageContext {
  readonly page_context: { readonly url: string; readonly title: string; readonly current_path: string };
  readonly selected_text?: string;
  readonly context_mode?: ContextMode;
}

export interface PageRequest {
  readonly limit?: number;
  readonly order?: "asc" | "desc";
  readonly after?: string;
}

export type FeedbackKind = "positive" | "negative";
