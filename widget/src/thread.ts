/** A conversation as it is shown: a pure function from one state and one event to the next state. */

import type {
  AssistantContent,
  AssistantMessage,
  ItemUpdate,
  Notice,
  StreamEvent,
  Thread,
  ThreadItem,
  UserMessage,
} from "./protocol.ts";
import { STRINGS } from "./strings.ts";

/** A question on its way, before the server has given it an id. */
export interface PendingQuestion {
  readonly text: string;
  readonly quote: string | null;
}

export interface Failure {
  readonly message: string;
  readonly canRetry: boolean;
  /** Until then the server takes no question; absent where it named no time. */
  readonly waitUntilMs?: number;
}

export interface ThreadState {
  /** `null` until the server has made the thread. */
  readonly id: string | null;
  readonly title: string | null;
  readonly items: readonly ThreadItem[];
  readonly pending: PendingQuestion | null;
  /** Ids of the items whose text is still growing. */
  readonly growing: ReadonlySet<string>;
  /** Whether an answer is on its way. */
  readonly isBusy: boolean;
  readonly canStop: boolean;
  /** Whether the connection to the answer is lost, and looked for. */
  readonly isReconnecting: boolean;
  /** What the assistant says it is doing, until its answer begins. */
  readonly progress: string | null;
  readonly failure: Failure | null;
  readonly notices: readonly Notice[];
}

export const EMPTY: ThreadState = {
  id: null,
  title: null,
  items: [],
  pending: null,
  growing: new Set(),
  isBusy: false,
  canStop: true,
  isReconnecting: false,
  progress: null,
  failure: null,
  notices: [],
};

// What the reader does ------------------------------------------------------------------------------------------------

/** The reader has asked; the question is shown at once. */
export function asked(state: ThreadState, question: PendingQuestion): ThreadState {
  return { ...begun(state), pending: question };
}

/** The reader wants an item answered again: what followed it is gone. */
export function retried(state: ThreadState, itemId: string): ThreadState {
  return answeredAnew(begun(state), itemId);
}

/** The server has begun to answer an item anew. */
export function answeredAnew(state: ThreadState, itemId: string): ThreadState {
  const place = state.items.findIndex((item) => item.id === itemId);
  return place === -1 ? state : { ...state, items: state.items.slice(0, place + 1) };
}

/** The reader has opened a thread in which an answer is being written. */
export function joined(state: ThreadState): ThreadState {
  return begun(state);
}

/** The reader has stopped the answer; its last words may still be on their way. */
export function stopping(state: ThreadState): ThreadState {
  return { ...state, canStop: false };
}

/** The question was refused for the moment, and the reader has it back. */
export function returned(state: ThreadState, failure: Failure): ThreadState {
  return { ...failed(state, failure), pending: null };
}

/** The server has the thread no more; what was read of it stays until the next question, which begins another. */
export function gone(state: ThreadState, message: string): ThreadState {
  return { ...returned(state, { message, canRetry: false }), id: null };
}

/** The reader has seen what went wrong, or it is over. */
export function unfailed(state: ThreadState): ThreadState {
  return { ...state, failure: null };
}

/** The connection was lost, or has been found again. */
export function connected(state: ThreadState, isConnected: boolean): ThreadState {
  return { ...state, isReconnecting: !isConnected };
}

/** The stream is over, by its own end or the reader's Stop: what has been written stays. */
export function ended(state: ThreadState): ThreadState {
  return { ...state, growing: new Set(), isBusy: false, isReconnecting: false, progress: null };
}

export function failed(state: ThreadState, failure: Failure): ThreadState {
  return { ...ended(state), failure };
}

/** A thread as the server keeps it, with all its items in order. */
export function loaded(thread: Pick<Thread, "id" | "title">, items: readonly ThreadItem[]): ThreadState {
  return { ...EMPTY, id: thread.id, title: thread.title ?? null, items };
}

function begun(state: ThreadState): ThreadState {
  return { ...ended(state), isBusy: true, canStop: true, failure: null, notices: [] };
}

// What the server says ------------------------------------------------------------------------------------------------

export function reduce(state: ThreadState, event: StreamEvent): ThreadState {
  switch (event.type) {
    case "thread.created":
    case "thread.updated":
      return { ...state, id: event.thread.id, title: event.thread.title ?? null };
    case "thread.item.added":
      return added(state, event.item);
    case "thread.item.updated":
      return updated(state, event.item_id, event.update);
    case "thread.item.done":
    case "thread.item.replaced":
      return done(state, event.item);
    case "thread.item.removed":
      return removed(state, event.item_id);
    case "stream_options":
      return { ...state, canStop: event.stream_options.allow_cancel };
    case "progress_update":
      return { ...state, progress: event.text };
    case "error":
      return failed(state, {
        message: event.message || STRINGS.unfinished,
        canRetry: event.allow_retry,
      });
    case "notice":
      return { ...state, notices: [...state.notices, event] };
    case "client_effect":
    case "unknown":
      return state;
  }
}

function added(state: ThreadState, item: ThreadItem): ThreadState {
  const growing = new Set(state.growing).add(item.id);
  return { ...state, items: placed(state.items, item), growing };
}

function done(state: ThreadState, item: ThreadItem): ThreadState {
  const growing = new Set(state.growing);
  growing.delete(item.id);
  return {
    ...state,
    items: placed(state.items, item),
    growing,
    pending: item.type === "user_message" ? null : state.pending,
    progress: item.type === "assistant_message" ? null : state.progress,
  };
}

function removed(state: ThreadState, itemId: string): ThreadState {
  const growing = new Set(state.growing);
  growing.delete(itemId);
  return { ...state, items: state.items.filter((item) => item.id !== itemId), growing };
}

/** The item in its place: that of the item with its id, or the end. */
function placed(items: readonly ThreadItem[], item: ThreadItem): readonly ThreadItem[] {
  const place = items.findIndex((known) => known.id === item.id);
  return place === -1 ? [...items, item] : items.with(place, item);
}

function updated(state: ThreadState, itemId: string, update: ItemUpdate): ThreadState {
  const item = state.items.find((known) => known.id === itemId);
  if (item?.type !== "assistant_message") return state;
  const content = updatedContent(item.content, update);
  if (content === item.content) return state;
  return { ...state, items: placed(state.items, { ...item, content }), progress: null };
}

const EMPTY_CONTENT: AssistantContent = { type: "output_text", text: "", annotations: [] };

function updatedContent(content: readonly AssistantContent[], update: ItemUpdate): readonly AssistantContent[] {
  const part = content[update.content_index] ?? EMPTY_CONTENT;
  switch (update.type) {
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
      return withPart(content, update.content_index, update.content);
    case "assistant_message.content_part.text_delta":
      return withPart(content, update.content_index, { ...part, text: part.text + update.delta });
    case "assistant_message.content_part.annotation_added": {
      const annotations = [...part.annotations];
      annotations[Math.min(update.annotation_index, annotations.length)] = update.annotation;
      return withPart(content, update.content_index, { ...part, annotations });
    }
    default:
      // Updates of widgets, workflows and images, or of types yet to come.
      return content;
  }
}

function withPart(
  content: readonly AssistantContent[],
  index: number,
  part: AssistantContent,
): readonly AssistantContent[] {
  const parts = [...content];
  while (parts.length < index) parts.push(EMPTY_CONTENT);
  parts[index] = part;
  return parts;
}

// What the view asks --------------------------------------------------------------------------------------------------

export function userText(item: UserMessage): string {
  return item.content.map((part) => part.text).join("");
}

export function answerText(item: AssistantMessage): string {
  return item.content.map((part) => part.text).join("\n\n");
}

export function lastQuestion(state: ThreadState): UserMessage | null {
  return state.items.findLast((item) => item.type === "user_message") ?? null;
}

/** Whether anything that a reader sees has followed the last question, or none was asked. */
export function isAnswered({ items }: ThreadState): boolean {
  return items.findLast(isSeen)?.type !== "user_message";
}

/** Whether an item is more than a note of the server's to itself. */
export function isSeen({ type }: ThreadItem): boolean {
  return type !== "hidden_context_item" && type !== "sdk_hidden_context" && type !== "end_of_turn";
}

export function lastAnswer(state: ThreadState): AssistantMessage | null {
  return state.items.findLast((item) => item.type === "assistant_message") ?? null;
}
