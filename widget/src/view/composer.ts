/** Where the reader types: the field, the words they selected on the page, and Send or Stop. */

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { ICONS } from "../icons.ts";
import { amount, duration } from "../language.ts";
import type { Attaching } from "../lazy/attaching.ts";
import type { ThreadStatus } from "../protocol.ts";
import { STRINGS, say } from "../strings.ts";

/** What is left of a question's length, as a part of it, from which on it is shown. */
const NEAR = 0.1;

export interface ComposerView {
  readonly draft: string;
  /** The words that the question is about, and how far the answer may look. */
  readonly about: TemplateResult | typeof nothing;
  readonly scope: TemplateResult | typeof nothing;
  readonly isBusy: boolean;
  readonly canStop: boolean;
  readonly isOffline: boolean;
  /** Seconds until a question is taken again; 0 for now. */
  readonly waitSeconds: number;
  readonly maxCharacters: number;
  /** Whether the conversation takes more questions. */
  readonly status: ThreadStatus;
  /** The files of the question, where the server takes any. */
  readonly attaching: Attaching | null | undefined;
  /** Whether the server took files when it was last asked: the button's room is kept until it is known. */
  readonly mayAttach: boolean;
  /** Whether a question of the conversation is being changed. */
  readonly isEditing: boolean;
}

export interface ComposerCalls {
  type(draft: string): void;
  send(): void;
  stop(): void;
  /** Leave the question that is being changed as it was. */
  leaveEdit(): void;
}

export function composer(view: ComposerView, calls: ComposerCalls): TemplateResult {
  const { draft, about, scope, isBusy, canStop, isOffline, waitSeconds, maxCharacters, status, attaching, mayAttach } =
    view;
  if (status.type !== "active") return html`<p class="composer closed">${status.reason || STRINGS.closed}</p>`;
  const left = maxCharacters - [...draft.trim()].length;
  const isIdle = draft.trim() === "" || isBusy || waitSeconds > 0 || left < 0 || attaching?.isSending === true;
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
    ${view.isEditing ? editing(calls.leaveEdit) : nothing}
    ${about}
    ${attaching?.bar() ?? nothing}
    ${isOffline ? html`<p class="offline" role="status">${STRINGS.youAreOffline}</p>` : nothing}
    <p class="wait">${waitSeconds > 0 ? say(STRINGS.wait, { time: duration(waitSeconds) }) : nothing}</p>
    <div class="field">
      ${attaching?.button() ?? (attaching === undefined && mayAttach ? html`<span class="tool attach"></span>` : nothing)}
      <textarea rows="1" dir=${draft === "" ? nothing : "auto"} aria-label=${STRINGS.question} aria-describedby="count" aria-invalid=${left < 0}
        placeholder=${STRINGS.placeholder} .value=${live(draft)}
        enterkeyhint="send" @input=${input} @keydown=${press}></textarea>
      ${isBusy && canStop ? stopButton(calls.stop) : sendButton(isIdle)}
    </div>
    ${scope}
    <p id="count" class="count" data-over=${left < 0} aria-live=${left < 0 ? "polite" : "off"}>${
      left > maxCharacters * NEAR ? nothing : counted(left)
    }</p>
  </form>`;
}

function editing(leave: () => void): TemplateResult {
  return html`<div class="edited">
    <p>${STRINGS.editing}</p>
    <button type="button" class="plain" @click=${leave}>${STRINGS.cancel}</button>
  </div>`;
}

function counted(left: number): string {
  return left < 0 ? say(STRINGS.tooLong, { over: amount(-left) }) : say(STRINGS.charactersLeft, { left: amount(left) });
}

function sendButton(isIdle: boolean): TemplateResult {
  return html`<button type="submit" class="act" aria-label=${STRINGS.send} title=${STRINGS.send}
    ?disabled=${isIdle}>${ICONS.send()}</button>`;
}

function stopButton(stop: () => void): TemplateResult {
  return html`<button type="button" class="act" aria-label=${STRINGS.stop} title=${STRINGS.stop}
    @click=${stop}>${ICONS.stop()}</button>`;
}
