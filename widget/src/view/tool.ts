/** A small button that is an icon: its label is what a screen reader says and what the pointer shows. */

import { html, nothing, type TemplateResult } from "lit";

export interface ToolOptions {
  readonly className?: string;
  /** Given for a button that stays in or out. */
  readonly isPressed?: boolean;
}

export function tool(
  label: string,
  icon: TemplateResult,
  act: () => void,
  { className = "", isPressed }: ToolOptions = {},
): TemplateResult {
  return html`<button type="button" class="tool ${className}" aria-label=${label} title=${label}
    aria-pressed=${isPressed ?? nothing} @click=${act}>${icon}</button>`;
}
