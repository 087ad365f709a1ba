/** Everything that may stand in a thread, as the ChatKit SDK writes it. */

// Sources and annotations -------------------------------------------------------------------------------------------

export interface UrlSource {
  readonly type: "url";
  readonly title: string;
  readonly url: string;
  /** The passage that the answer rests on, quoted. */
  readonly description?: string | null;
  /** Where in the book: headings from the page down. */
  readonly attribution?: string | null;
  readonly timestamp?: string | null;
  /** Sources of one address and group are one source with one number. */
  readonly group?: string | null;
}

export interface FileSource {
  readonly type: "file";
  readonly title: string;
  readonly filename: string;
  readonly description?: string | null;
  readonly timestamp?: string | null;
  readonly group?: string | null;
}

/** Something that the page around the widget knows by its id. */
export interface EntitySource {
  readonly type: "entity";
  readonly title: string;
  readonly id: string;
  readonly description?: string | null;
  readonly timestamp?: string | null;
  readonly group?: string | null;
  readonly icon?: string | null;
  readonly label?: string | null;
  readonly inline_label?: string | null;
  /** Whether the reader may act on it: the page hears of it by `bookside-entity`. */
  readonly interactive?: boolean;
  readonly data?: Readonly<Record<string, unknown>>;
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
  | {
      readonly type: "input_tag";
      readonly id: string;
      readonly text: string;
      readonly data?: Readonly<Record<string, unknown>>;
      readonly group?: string | null;
      readonly interactive?: boolean;
    };

/** How to send the bytes of an attachment that has been announced. */
export interface UploadDescriptor {
  readonly url: string;
  readonly method: "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Attachment {
  readonly type: "file" | "image";
  readonly id: string;
  readonly name: string;
  readonly mime_type: string;
  /** Of an image. */
  readonly preview_url?: string | null;
  /** Until the file has been uploaded. */
  readonly upload_descriptor?: UploadDescriptor | null;
}

interface ItemBase {
  readonly id: string;
  readonly thread_id: string;
  readonly created_at: string;
}

export interface UserMessage extends ItemBase {
  readonly type: "user_message";
  readonly content: readonly UserContent[];
  readonly attachments?: readonly Attachment[];
  readonly quoted_text?: string | null;
}

export interface AssistantMessage extends ItemBase {
  readonly type: "assistant_message";
  readonly content: readonly AssistantContent[];
}

/** The server waits for the page to do something and to tell what came of it. */
export interface ClientToolCall extends ItemBase {
  readonly type: "client_tool_call";
  readonly status: "pending" | "completed";
  readonly call_id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly output?: unknown;
}

/** One node of a widget: JSON of the server's, checked where it is drawn. */
export type WidgetNode = Readonly<Record<string, unknown>>;

export interface WidgetItem extends ItemBase {
  readonly type: "widget";
  readonly widget: WidgetNode;
  readonly copy_text?: string | null;
}

export interface GeneratedImage {
  readonly id: string;
  readonly url: string;
}

export interface GeneratedImageItem extends ItemBase {
  readonly type: "generated_image";
  readonly image?: GeneratedImage | null;
  /** How far it has come, from 0 to 1; told by updates only. */
  readonly progress?: number | null;
}

export interface InputAnswer {
  readonly values: readonly string[];
  readonly skipped: boolean;
}

/** A question to the reader: with options, or to be answered in their words. */
export interface StructuredInput {
  readonly type: "multiple_choice" | "freeform";
  readonly id: string;
  readonly question: string;
  readonly answer?: InputAnswer | null;
  readonly description?: string | null;
  readonly options?: readonly { readonly value: string }[];
  readonly multiple?: boolean;
}

export interface StructuredInputItem extends ItemBase {
  readonly type: "structured_input";
  readonly status: "pending" | "answered" | "skipped";
  readonly inputs: readonly StructuredInput[];
}

/** One step of a workflow; which fields there are depends on its type. */
export interface Task {
  readonly type: "custom" | "web_search" | "thought" | "file" | "image";
  readonly status_indicator?: "none" | "loading" | "complete";
  readonly title?: string | null;
  readonly icon?: string | null;
  readonly content?: string | null;
  readonly title_query?: string | null;
  readonly queries?: readonly string[];
  readonly sources?: readonly Source[];
}

export interface Workflow {
  readonly type: "custom" | "reasoning";
  readonly tasks: readonly Task[];
  readonly summary?: { readonly title?: string; readonly icon?: string | null; readonly duration?: number } | null;
  readonly expanded?: boolean;
}

export interface WorkflowItem extends ItemBase {
  readonly type: "workflow";
  readonly workflow: Workflow;
}

export interface TaskItem extends ItemBase {
  readonly type: "task";
  readonly task: Task;
}

/** Notes that readers never see. */
export interface HiddenItem extends ItemBase {
  readonly type: "hidden_context_item" | "sdk_hidden_context" | "end_of_turn";
}

/** What this widget cannot read: of a type that it does not know, or with fields that are not of their kind. */
export interface UnreadableItem extends ItemBase {
  readonly type: "unreadable";
  /** The type that the server gave it. */
  readonly name: string;
  /** The words that were found in it. */
  readonly text: string;
}

/** Items that are neither a question nor an answer's text, and are seen. */
export type ThingItem =
  | ClientToolCall
  | WidgetItem
  | GeneratedImageItem
  | StructuredInputItem
  | WorkflowItem
  | TaskItem
  | UnreadableItem;

export type ThreadItem = UserMessage | AssistantMessage | ThingItem | HiddenItem;
