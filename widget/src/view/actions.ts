/** What the reader can do with an answer: copy it, have it written again, and say what they think of it. */

import { html, nothing, type TemplateResult } from "lit";
import { ICONS } from "../icons.ts";
import type { FeedbackForm } from "../lazy/feedback.ts";
import type { AssistantMessage, FeedbackKind } from "../protocol.ts";
import { STRINGS } from "../strings.ts";
import type { Verdict } from "../verdicts.ts";
import { tool } from "./tool.ts";

export interface ActionsView {
  readonly verdict: Verdict | null;
  readonly isCopied: boolean;
  readonly canRegenerate: boolean;
  /** What asks the reader why an answer is bad, once it is loaded. */
  readonly form: FeedbackForm | null;
}

export interface ActionsCalls {
  copy(item: AssistantMessage): void;
  retry(): void;
  judge(item: AssistantMessage, kind: FeedbackKind): void;
  /** What is being said of the answer has changed, and is not sent yet. */
  reason(item: AssistantMessage, change: Partial<Verdict>): void;
  sendReason(item: AssistantMessage): void;
}

export function actions(item: AssistantMessage, view: ActionsView, calls: ActionsCalls): TemplateResult {
  const { verdict, isCopied, canRegenerate, form } = view;
  const thumb = (kind: FeedbackKind, label: string, icon: TemplateResult) =>
    tool(label, icon, () => calls.judge(item, kind), { isPressed: verdict?.kind === kind });
  return html`<div part="actions" class="actions">
      ${tool(isCopied ? STRINGS.copied : STRINGS.copy, isCopied ? ICONS.done() : ICONS.copy(), () => calls.copy(item))}
      ${canRegenerate ? tool(STRINGS.regenerate, ICONS.regenerate(), calls.retry) : nothing}
      ${thumb("positive", STRINGS.good, ICONS.good())} ${thumb("negative", STRINGS.bad, ICONS.bad())}
    </div>
    ${verdict?.isAsked && form !== null ? form(item, verdict, calls) : nothing}`;
}
