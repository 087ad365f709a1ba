/** The conversation as it is drawn: questions, answers, and what is said around them. */

import { html, nothing, type TemplateResult } from "lit";
import { AnswerBody } from "../answer.ts";
import { renderMarkdown } from "../markdown.ts";
import type { AssistantMessage, Notice, ThreadItem, UserMessage } from "../protocol.ts";
import { sourceList } from "../sources.ts";
import { STRINGS } from "../strings.ts";
import { answerText, type Failure, type ThreadState, userText } from "../thread.ts";

export interface MessagesView {
  readonly state: ThreadState;
  /** Whether a conversation is being opened. */
  readonly isLoading: boolean;
  /** What is drawn of each answer, by the item's id. */
  readonly bodies: Map<string, AnswerBody>;
}

export interface MessagesCalls {
  retry(): void;
}

export function isEmpty({ items, pending, failure }: ThreadState): boolean {
  return items.length === 0 && pending === null && failure === null;
}

export function messages(view: MessagesView, calls: MessagesCalls): TemplateResult {
  if (isEmpty(view.state)) return empty(view.isLoading);
  const { items, pending, failure: failed, notices } = view.state;
  const said = doing(view.state);
  return html`
    ${items.map((item) => drawn(item, view))}
    ${pending === null ? nothing : question(pending.text, pending.quote)}
    ${said === null ? nothing : html`<p class="progress">${said}</p>`}
    ${notices.map(notice)}
    ${failed === null ? nothing : failure(failed, calls.retry)}`;
}

function empty(isLoading: boolean): TemplateResult {
  if (isLoading) return html`<p class="progress">${STRINGS.loading}</p>`;
  return html`<div class="empty"><p class="greeting">${STRINGS.greeting}</p><p>${STRINGS.hint}</p></div>`;
}

/** What is said while the answer does not say anything itself. */
function doing({ isBusy, isReconnecting, growing, items, progress }: ThreadState): string | null {
  if (isReconnecting) return STRINGS.reconnecting;
  const isWriting = items.some(
    (item) => growing.has(item.id) && item.type === "assistant_message" && answerText(item) !== "",
  );
  return isBusy && (progress !== null || !isWriting) ? (progress ?? STRINGS.working) : null;
}

function drawn(item: ThreadItem, view: MessagesView): TemplateResult | typeof nothing {
  if (item.type === "user_message") return asked(item);
  if (item.type === "assistant_message") return answer(item, view);
  return nothing;
}

function asked(item: UserMessage): TemplateResult {
  return question(userText(item), item.quoted_text || null);
}

function question(text: string, quote: string | null): TemplateResult {
  return html`<div class="question" role="group" aria-label=${STRINGS.youAsked}>
    ${quote === null ? nothing : html`<blockquote>${quote}</blockquote>`}
    <p>${text}</p>
  </div>`;
}

function answer(item: AssistantMessage, { state, bodies }: MessagesView): TemplateResult | typeof nothing {
  if (answerText(item) === "") return nothing;
  const isGrowing = state.growing.has(item.id);
  const body = bodies.get(item.id) ?? new AnswerBody();
  bodies.set(item.id, body);
  return html`<article aria-label=${STRINGS.answer} aria-busy=${isGrowing}>
    ${body.draw(item, isGrowing)}
    ${isGrowing ? nothing : sourceList(item)}
  </article>`;
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
