/** A small button that is an icon: its label is what a screen reader says and what the pointer shows. */

import { html, type TemplateResult } from "lit";

export function tool(label: string, icon: TemplateResult, act: () => void): TemplateResult {
  return html`<button type="button" class="tool" aria-label=${label} title=${label} @click=${act}>${icon}</button>`;
}
