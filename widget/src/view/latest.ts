/** The button that leads to the words that are being written, while the reader is elsewhere. */

import { html, type TemplateResult } from "lit";
import { ICONS } from "../icons.ts";
import { STRINGS } from "../strings.ts";

export interface LatestCalls {
  /** Go to the end, and follow it. */
  latest(): void;
}

export function toLatest({ latest }: LatestCalls): TemplateResult {
  return html`<div class="below">
    <button type="button" class="latest" aria-label=${STRINGS.toLatest} title=${STRINGS.toLatest} @click=${latest}>
      ${ICONS.down()}
    </button>
  </div>`;
}
