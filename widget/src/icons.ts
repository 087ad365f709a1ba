/** The few pictures of the interface, drawn with one stroke width. */

import { html, svg, type TemplateResult } from "lit";

export function icon(shape: TemplateResult): TemplateResult {
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
  threads: () => icon(svg`<path d="M4 6h16M4 12h16M4 18h10"/>`),
  back: () => icon(svg`<path d="M19 12H5M11 6l-6 6 6 6"/>`),
  expand: () => icon(svg`<path d="M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7"/>`),
  shrink: () => icon(svg`<path d="M19 11h-6V5M13 11l7-7M5 13h6v6M11 13l-7 7"/>`),
  edit: () => icon(svg`<path d="M4 20l1-4L16 5l3 3L8 19zM14 7l3 3"/>`),
  copy: () => icon(svg`<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15H4V4h11v1"/>`),
  done: () => icon(svg`<path d="M5 13l4 4L19 7"/>`),
  regenerate: () => icon(svg`<path d="M20 11a8 8 0 1 0-2 6M20 5v6h-6"/>`),
  good: () => icon(svg`<path d="M7 11l4-7c2 0 3 1 2 5h6l-1.5 11H7zM7 11H3.5v9H7"/>`),
  bad: () => icon(svg`<path d="M17 13l-4 7c-2 0-3-1-2-5H5L6.5 4H17zM17 13h3.5V4H17"/>`),
  down: () => icon(svg`<path d="M12 5v14M6 13l6 6 6-6"/>`),
  send: () => icon(svg`<path d="M12 19V5M6 11l6-6 6 6"/>`),
  stop: () => icon(svg`<rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor"/>`),
} as const;
