/** The form that asks why an answer is bad, loaded when the first one is. */

import type { CSSResult, TemplateResult } from "lit";
import type { Kit } from "../kit.ts";
import type { AssistantMessage } from "../protocol.ts";
import type { Verdict } from "../verdicts.ts";
import type { ActionsCalls } from "../view/actions.ts";

export const FEEDBACK_WORDS = {
  whyBad: "What is wrong with it?",
  badWrong: "Not correct",
  badSources: "Sources don't support it",
  badIncomplete: "Not complete",
  badUnclear: "Hard to follow",
  badText: "Anything else? (optional)",
  sendFeedback: "Send feedback",
  skip: "Skip",
} as const;

/** What may be wrong with an answer. */
const FAULTS = ["badWrong", "badSources", "badIncomplete", "badUnclear"] as const;

export type Fault = (typeof FAULTS)[number];

/** Everything that was said, as one text for who runs the server: the faults in English; `null` for nothing. */
export function reasonOf({ faults, text }: Verdict): string | null {
  return (
    [...faults.map((fault) => FEEDBACK_WORDS[fault]), text.trim()].filter((part) => part !== "").join("; ") || null
  );
}

/** What asks the reader why an answer is bad. */
export type FeedbackForm = (item: AssistantMessage, verdict: Verdict, calls: ActionsCalls) => TemplateResult;

export function feedbackForm({ html, nothing, STRINGS, addWords }: Kit): FeedbackForm {
  addWords(FEEDBACK_WORDS);
  return (item, { faults, text, problem }, calls) => {
    const submit = (event: Event) => {
      event.preventDefault();
      calls.sendReason(item);
    };
    const choose = (fault: Fault) => {
      const others = faults.filter((known) => known !== fault);
      calls.reason(item, { faults: others.length < faults.length ? others : [...faults, fault] });
    };
    const choice = (fault: Fault) =>
      html`<label>
      <input type="checkbox" .checked=${faults.includes(fault)} @change=${() => choose(fault)} />${STRINGS[fault]}
    </label>`;
    return html`<form part="feedback" class="feedback" @submit=${submit}>
    <fieldset>
      <legend>${STRINGS.whyBad}</legend>
      ${FAULTS.map(choice)}
    </fieldset>
    <textarea rows="2" maxlength="1500" dir=${text === "" ? nothing : "auto"} aria-label=${STRINGS.badText} placeholder=${STRINGS.badText} .value=${text}
      @input=${(event: Event) => calls.reason(item, { text: (event.target as HTMLTextAreaElement).value })}></textarea>
    ${problem === null ? nothing : html`<p role="alert">${problem}</p>`}
    <div>
      <button type="submit" class="plain">${STRINGS.sendFeedback}</button>
      <button type="button" class="plain" @click=${() => calls.reason(item, { isAsked: false })}>${STRINGS.skip}</button>
    </div>
  </form>`;
  };
}

export function feedbackStyles({ css }: Kit): CSSResult {
  return css`
    .feedback { margin-block-end: 16px; padding: 12px 14px; border: 1px solid var(--_border); border-radius: 10px; }

    .feedback fieldset { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 10px; padding: 0; border: 0; }

    .feedback legend { margin-block-end: 8px; padding: 0; font-weight: 600; }

    .feedback label {
      display: flex;
      align-items: center;
      gap: 6px;
      min-height: 32px;
      padding: 2px 10px;
      border: 1px solid var(--_border);
      border-radius: 999px;
      font-size: 14px;
    }

    .feedback label:has(:checked) { border-color: var(--_accent); background: var(--_surface); }

    .feedback input { margin: 0; accent-color: var(--_accent); }

    .feedback textarea { width: 100%; padding: 8px 10px; border: 1px solid var(--_border); border-radius: 8px; }

    .feedback textarea:focus { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }

    .feedback p { margin: 6px 0 0; color: var(--_danger); }

    .feedback > div { display: flex; gap: 8px; margin-block-start: 10px; }
  `;
}
