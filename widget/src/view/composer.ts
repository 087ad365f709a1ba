/** Where the reader types: the field, the words they selected on the page, and Send or Stop. */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { ICONS } from "../icons.ts";
import { STRINGS } from "../strings.ts";
import { tool } from "./tool.ts";

export interface ComposerView {
  readonly draft: string;
  readonly quote: string | null;
  readonly isBusy: boolean;
  readonly canStop: boolean;
}

export interface ComposerCalls {
  type(draft: string): void;
  send(): void;
  stop(): void;
  removeQuote(): void;
}

export function composer({ draft, quote, isBusy, canStop }: ComposerView, calls: ComposerCalls): TemplateResult {
  const submit = (event: Event) => {
    event.preventDefault();
    calls.send();
  };
  const press = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a word; Safari says so by the key code alone.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !isComposing) submit(event);
  };
  const input = (event: Event) => calls.type((event.target as HTMLTextAreaElement).value);
  return html`<form part="composer" class="composer" @submit=${submit}>
    ${quote === null ? nothing : chip(quote, calls.removeQuote)}
    <div class="field">
      <textarea rows="1" aria-label=${STRINGS.question} placeholder=${STRINGS.placeholder} .value=${live(draft)}
        enterkeyhint="send" @input=${input} @keydown=${press}></textarea>
      ${isBusy && canStop ? stopButton(calls.stop) : sendButton(draft.trim() === "" || isBusy)}
    </div>
  </form>`;
}

function chip(text: string, remove: () => void): TemplateResult {
  return html`<div class="chip">
    <p><span class="label">${STRINGS.quote}</span><q>${text}</q></p>
    ${tool(STRINGS.removeQuote, ICONS.close(), remove)}
  </div>`;
}

function sendButton(isIdle: boolean): TemplateResult {
  return html`<button type="submit" class="act" aria-label=${STRINGS.send} title=${STRINGS.send}
    ?disabled=${isIdle}>${ICONS.send()}</button>`;
}

function stopButton(stop: () => void): TemplateResult {
  return html`<button type="button" class="act" aria-label=${STRINGS.stop} title=${STRINGS.stop}
    @click=${stop}>${ICONS.stop()}</button>`;
}
