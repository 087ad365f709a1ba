/** The conversation as it is drawn: questions, answers, and what is said around them. */

import { html, nothing, type TemplateResult } from "lit";
import { AnswerBody } from "../answer.ts";
import { ICONS } from "../icons.ts";
import type { FeedbackForm } from "../lazy/feedback.ts";
import { renderMarkdown } from "../markdown.ts";
import type { AssistantMessage, Notice, ThingItem, ThreadItem, UserMessage } from "../protocol.ts";
import { sourceList } from "../sources.ts";
import type { Stage } from "../stage.ts";
import { STRINGS } from "../strings.ts";
import {
  answerText,
  type Failure,
  isSeen,
  lastAnswer,
  lastQuestion,
  type PendingQuestion,
  type ThreadState,
  userText,
} from "../thread.ts";
import type { Verdicts } from "../verdicts.ts";
import { type ActionsCalls, actions } from "./actions.ts";
import { tool } from "./tool.ts";

export interface MessagesView {
  readonly state: ThreadState;
  /** Whether a conversation is being opened. */
  readonly isLoading: boolean;
  /** What is drawn of each answer, by the item's id. */
  readonly bodies: Map<string, AnswerBody>;
  readonly verdicts: Verdicts;
  /** The question that is being changed. */
  readonly editedId: string | null;
  /** The answer that was just copied. */
  readonly copiedId: string | null;
  readonly form: FeedbackForm | null;
  /** Questions to begin with. */
  readonly starters: TemplateResult | typeof nothing;
  /** Draws the words that a question was about; the one on its way has no id. */
  quoteOf(quote: string, itemId: string | null): TemplateResult;
  /** Where the pictures of the book come from. */
  readonly imageOrigins: readonly string[];
  /** Draws what is no text, and the files of a question. */
  readonly stage: Pick<Stage, "draw" | "attached">;
}

export interface MessagesCalls extends ActionsCalls {
  retry(): void;
  /** Load what was said before. */
  older(): void;
  /** Ask again in other words. */
  edit(item: UserMessage): void;
  /** Leave it as it was. */
  leaveEdit(): void;
}

export function isEmpty({ items, pending, failure }: ThreadState): boolean {
  return items.length === 0 && pending === null && failure === null;
}

export function messages(view: MessagesView, calls: MessagesCalls): TemplateResult {
  if (isEmpty(view.state)) return empty(view);
  const { items, pending, failure: failed, notices } = view.state;
  const said = doing(view.state);
  const { olderAfter } = view.state;
  return html`
    ${
      olderAfter === null
        ? nothing
        : html`<button type="button" class="plain older" @click=${calls.older}>${STRINGS.older}</button>`
    }
    ${items.map((item) => drawn(item, view, calls))}
    ${pending === null ? nothing : question(pending.text, quoteOf(pending.quote, null, view), attached(pending, view))}
    ${said === null ? nothing : html`<p class="progress">${said}</p>`}
    ${notices.map(notice)}
    ${failed === null ? nothing : failure(failed, calls.retry)}`;
}

function empty({ isLoading, starters }: MessagesView): TemplateResult {
  if (isLoading) {
    return html`<p class="progress">${STRINGS.loading}</p>
      <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i></div>`;
  }
  return html`<div class="empty"><p class="greeting">${STRINGS.greeting}</p><p>${STRINGS.hint}</p>${starters}</div>`;
}

/** What is said while the answer does not say anything itself. */
function doing({ isBusy, isReconnecting, growing, items, progress }: ThreadState): string | null {
  if (isReconnecting) return STRINGS.reconnecting;
  const isWriting = items.some(
    (item) => growing.has(item.id) && (item.type !== "assistant_message" || answerText(item) !== ""),
  );
  return isBusy && (progress !== null || !isWriting) ? (progress ?? STRINGS.working) : null;
}

function drawn(item: ThreadItem, view: MessagesView, calls: MessagesCalls): TemplateResult | typeof nothing {
  if (item.type === "user_message") return asked(item, view, calls);
  if (item.type === "assistant_message") return answer(item, view, calls);
  return isSeen(item) ? view.stage.draw(item as ThingItem, view.state.growing.has(item.id)) : nothing;
}

function asked(item: UserMessage, view: MessagesView, calls: MessagesCalls): TemplateResult {
  const isEdited = item.id === view.editedId;
  const act = () => (isEdited ? calls.leaveEdit() : calls.edit(item));
  const edit = tool(STRINGS.edit, ICONS.edit(), act, { isPressed: isEdited });
  return question(userText(item), quoteOf(item.quoted_text, item.id, view), attached(item, view), edit, isEdited);
}

type Files = readonly (TemplateResult | typeof nothing)[];

function attached({ attachments = [] }: PendingQuestion | UserMessage, { stage }: MessagesView): Files {
  return attachments.map((attachment) => stage.attached(attachment));
}

function quoteOf(quote: string | null | undefined, itemId: string | null, view: MessagesView) {
  return quote ? view.quoteOf(quote, itemId) : nothing;
}

function question(
  text: string,
  quote: TemplateResult | typeof nothing,
  files: Files,
  edit: TemplateResult | typeof nothing = nothing,
  isEdited = false,
): TemplateResult {
  return html`<div class="question" ?data-edited=${isEdited} role="group" aria-label=${STRINGS.youAsked}>
    ${quote}
    <p dir="auto">${text}</p>
    ${files}
    ${edit}
  </div>`;
}

function answer(item: AssistantMessage, view: MessagesView, calls: MessagesCalls): TemplateResult | typeof nothing {
  const { state, bodies, verdicts, copiedId, form } = view;
  if (answerText(item) === "") return nothing;
  const isGrowing = state.growing.has(item.id);
  const body = bodies.get(item.id) ?? new AnswerBody(view.imageOrigins);
  bodies.set(item.id, body);
  const verdict = verdicts[item.id] ?? null;
  const shown = { verdict, isCopied: copiedId === item.id, canRegenerate: isLast(item, state), form };
  return html`<article aria-label=${STRINGS.answer} aria-busy=${isGrowing}>
    <div dir="auto">${body.draw(item, isGrowing)} ${isGrowing ? nothing : sourceList(item)}</div>
    ${isGrowing ? nothing : actions(item, shown, calls)}
  </article>`;
}

function isLast(item: AssistantMessage, state: ThreadState): boolean {
  return !state.isBusy && state.failure === null && lastAnswer(state) === item && lastQuestion(state) !== null;
}

function failure({ message, canRetry }: Failure, retry: () => void): TemplateResult {
  return html`<div class="failure" role="alert">
    <p>${message}</p>
    ${canRetry ? html`<button type="button" class="retry" @click=${retry}>${STRINGS.retry}</button>` : nothing}
  </div>`;
}

function notice({ level, title, message }: Notice): TemplateResult {
  return html`<div class="notice" data-level=${level}>
    ${title ? html`<p><strong>${title}</strong></p>` : nothing}
    ${renderMarkdown(message)}
  </div>`;
}
