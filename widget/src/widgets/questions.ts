/** Questions of the server's to the reader: a form until they are answered or skipped, then what was said. */

import type { InputAnswer, StructuredInput, StructuredInputItem } from "../protocol.ts";
import type { Drawn } from "./kit.ts";
import { names } from "./naming.ts";
import type { Painter } from "./painter.ts";
import { readInputs } from "./reading.ts";

const MAX_ANSWER_CHARACTERS = 10_000;

export function questions(painter: Painter, item: StructuredInputItem): Drawn {
  const { html, strings, host } = painter.kit;
  const inputs = readInputs(item.inputs);
  if (item.status !== "pending") {
    return html`<dl class="w-answers">${item.inputs.map(
      (input) => html`<dt>${input.question}</dt>
      <dd>${saidTo(input) || html`<span class="w-caption">${strings.skipped}</span>`}</dd>`,
    )}</dl>`;
  }
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (!host.isBusy) void host.answer(item, { status: "answered", answers: answersIn(form, inputs) });
  };
  const skip = () => {
    if (!host.isBusy) void host.answer(item, { status: "skipped", answers: {} });
  };
  return html`<form class=${names("w-card", "w-questions")} @submit=${send}>
    ${inputs.map((input, at) => question(painter, item, input, at))}
    <div class="w-footer">
      <button type="button" class="w-button w-ghost" aria-disabled=${host.isBusy} @click=${skip}>${strings.skip}</button>
      <button type="submit" class="w-button w-solid" aria-disabled=${host.isBusy}>${strings.toSend}</button>
    </div>
  </form>`;
}

function saidTo({ answer }: StructuredInput): string {
  return answer && !answer.skipped ? answer.values.join(", ") : "";
}

function question(painter: Painter, item: StructuredInputItem, input: StructuredInput, at: number): Drawn {
  const { html, nothing, strings } = painter.kit;
  const id = `q-${item.id.replace(/[^a-zA-Z0-9]/g, "-")}-${at}`;
  if (input.type === "freeform") {
    const hasMore = Boolean(input.description);
    return html`<div class="w-col w-question">
      <label class="w-label" for=${id}>${input.question}</label>
      ${hasMore ? html`<p class="w-caption" id=${`${id}-more`}>${input.description}</p>` : nothing}
      <textarea class="w-field" id=${id} rows="2" data-at=${at} maxlength=${MAX_ANSWER_CHARACTERS}
        aria-describedby=${hasMore ? `${id}-more` : nothing}></textarea>
    </div>`;
  }
  const kind = input.multiple === true ? "checkbox" : "radio";
  return html`<fieldset class="w-col w-question">
    <legend class="w-label">${input.question}</legend>
    ${(input.options ?? []).map(
      ({ value }) => html`<label class="w-check"><input type=${kind} name=${id} data-at=${at} value=${value}
        ><span>${value}</span></label>`,
    )}
    <input class="w-field" type="text" data-at=${at} placeholder=${strings.ownAnswer} aria-label=${strings.ownAnswer}
      maxlength=${MAX_ANSWER_CHARACTERS} autocomplete="off">
  </fieldset>`;
}

/** What stands in the form; an own answer is one more value, or where there is one only, that one. */
function answersIn(form: HTMLFormElement, inputs: readonly StructuredInput[]): Record<string, InputAnswer> {
  const answers: [string, InputAnswer][] = inputs.map((input, at) => {
    const fields = [...form.querySelectorAll<HTMLInputElement>(`[data-at="${at}"]`)];
    const isBox = ({ type }: HTMLInputElement) => type === "checkbox" || type === "radio";
    const chosen = fields.filter((field) => isBox(field) && field.checked).map(({ value }) => value);
    const own = fields.filter((field) => !isBox(field)).map(({ value }) => value.trim());
    const written = own.filter((words) => words !== "");
    const values = input.multiple === true ? [...chosen, ...written] : [...written, ...chosen].slice(0, 1);
    return [input.id, { values, skipped: values.length === 0 }];
  });
  return Object.fromEntries(answers);
}
