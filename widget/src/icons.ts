/** The few pictures of the interface, drawn with one stroke width. */

import { html, svg, type TemplateResult } from "lit";

function icon(shape: TemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor"
    stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;
}

export const ICONS = {
  ask: () =>
    icon(
      svg`<path d="M12 7v13"/><path d="M3 5.5c3.5-1 6.5-.6 9 1.5 2.5-2.1 5.5-2.5 9-1.5V18.5c-3.5-1-6.5-.6-9 1.5-2.5-2.1-5.5-2.5-9-1.5Z"/>`,
    ),
  close: () => icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  newChat: () => icon(svg`<path d="M12 5v14M5 12h14"/>`),
  send: () => icon(svg`<path d="M12 19V5M6 11l6-6 6 6"/>`),
  stop: () => icon(svg`<rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor"/>`),
} as const;
