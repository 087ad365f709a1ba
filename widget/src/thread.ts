/** A conversation as it is shown: a pure function from one state and one event to the next state. */

import { folded } from "./folding.ts";
import type {
  AssistantMessage,
  Attachment,
  ClientToolCall,
  ItemUpdate,
  Notice,
  StreamEvent,
  Thread,
  ThreadItem,
  ThreadStatus,
  UserMessage,
} from "./protocol.ts";
import { STRINGS } from "./strings.ts";

/** A question on its way, before the server has given it an id. */
export interface PendingQuestion {
  readonly text: string;
  readonly quote: string | null;
  /** Files that have been uploaded for it. */
  readonly attachments?: readonly Attachment[];
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
  /** Whether the server takes more questions here. */
  readonly status: ThreadStatus;
  readonly items: readonly ThreadItem[];
  /** Behind which item the server has older ones that are not loaded; `null` where all are. */
  readonly olderAfter: string | null;
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
  status: { type: "active" },
  items: [],
  olderAfter: null,
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

/** A thread as the server keeps it, with its items in order: all of them, or those behind the ones that are older. */
export function loaded(
  thread: Pick<Thread, "id" | "title" | "status">,
  items: readonly ThreadItem[],
  olderAfter: string | null = null,
): ThreadState {
  return { ...EMPTY, ...headOf(thread), items, olderAfter };
}

function headOf({ id, title, status }: Pick<Thread, "id" | "title" | "status">) {
  return { id, title: title ?? null, status: status ?? EMPTY.status };
}

/** Older items have come, the newest of them first. */
export function extended(state: ThreadState, older: readonly ThreadItem[], olderAfter: string | null): ThreadState {
  const known = new Set(state.items.map(({ id }) => id));
  const fresh = older.filter(({ id }) => !known.has(id)).reverse();
  return { ...state, items: [...fresh, ...state.items], olderAfter };
}

/** An item has changed by what is no stream. */
export function replaced(state: ThreadState, item: ThreadItem): ThreadState {
  return { ...state, items: placed(state.items, item) };
}

function begun(state: ThreadState): ThreadState {
  return { ...ended(state), isBusy: true, canStop: true, failure: null, notices: [] };
}

// What the server says ------------------------------------------------------------------------------------------------

export function reduce(state: ThreadState, event: StreamEvent): ThreadState {
  switch (event.type) {
    case "thread.created":
    case "thread.updated":
      return { ...state, ...headOf(event.thread) };
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
  return { ...state, items: placed(withRoomFor(item, state.items), item), growing };
}

/**
 * Some model providers give all their messages one id, and a server may hand it on: what had the id before the last
 * question was another item, and keeps its place under another name.
 */
function withRoomFor({ id }: ThreadItem, items: readonly ThreadItem[]): readonly ThreadItem[] {
  const place = items.findIndex((known) => known.id === id);
  const known = items[place];
  const isOld = place < items.findLastIndex((item) => item.type === "user_message");
  return known !== undefined && isOld ? items.with(place, { ...known, id: `${id}/${place}` }) : items;
}

function done(state: ThreadState, item: ThreadItem): ThreadState {
  const growing = new Set(state.growing);
  growing.delete(item.id);
  return {
    ...state,
    items: placed(state.items, item),
    growing,
    pending: item.type === "user_message" ? null : state.pending,
    progress: item.type === "user_message" || !isSeen(item) ? state.progress : null,
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
  if (item === undefined) return state;
  const next = folded(item, update);
  if (next === item) return state;
  return { ...state, items: placed(state.items, next), progress: null };
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

/** What the server waits for the page to do: it is the last word of the thread. */
export function pendingCall({ items }: ThreadState): ClientToolCall | null {
  const last = items.findLast((item) => item.type !== "end_of_turn");
  return last?.type === "client_tool_call" && last.status === "pending" ? last : null;
}

/** Whether the last question was followed by something that an action, a form or a tool's result goes on with. */
export function isOpenEnded({ items }: ThreadState): boolean {
  const behind = items.slice(items.findLastIndex((item) => item.type === "user_message") + 1);
  return behind.some(({ type }) => type === "widget" || type === "client_tool_call" || type === "structured_input");
}
