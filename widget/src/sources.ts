/** The list of sources below an answer: where each passage is, and its words. */

import { html, nothing, type TemplateResult } from "lit";
import { type NumberedSource, numbered } from "./citations.ts";
import { safeLink } from "./links.ts";
import type { AssistantMessage, EntitySource, Source } from "./protocol.ts";
import { STRINGS } from "./strings.ts";

export function sourceList(item: AssistantMessage): TemplateResult | typeof nothing {
  const { sources } = numbered(item.content);
  if (sources.length === 0) return nothing;
  return html`<section part="sources" class="sources" aria-label=${STRINGS.sources}>
    <h3>${STRINGS.sources}</h3>
    <ol>${sources.map(entry)}</ol>
  </section>`;
}

function entry({ number, source, quotes }: NumberedSource): TemplateResult {
  const path = source.type === "url" ? source.attribution : source.type === "file" ? source.filename : source.label;
  return html`<li>
    <span class="number">${number}</span>
    <div>
      ${titleOf(source)}
      ${path && path !== source.title ? html`<span class="path">${path}</span>` : nothing}
      ${quotes.map((quote) => html`<blockquote title=${quote}>${quote}</blockquote>`)}
    </div>
  </li>`;
}

function titleOf(source: Source): TemplateResult {
  if (source.type === "entity" && source.interactive) return entity(source);
  const link = source.type === "url" ? safeLink(source.url, location.origin) : null;
  if (link === null) return html`<span class="title">${source.title}</span>`;
  if (!link.isExternal) return html`<a class="title" href=${link.href}>${source.title}</a>`;
  return html`<a class="title external" href=${link.href} target="_blank" rel="noopener noreferrer nofollow ugc">${source.title}</a>`;
}

/** The page knows what it is, and hears that the reader has chosen it. */
function entity(source: EntitySource): TemplateResult {
  const choose = (event: Event) => {
    const detail = { source };
    const chosen = new CustomEvent("bookside-entity", { detail, bubbles: true, composed: true });
    (event.currentTarget as Element).dispatchEvent(chosen);
  };
  return html`<button type="button" class="title entity" @click=${choose}>${source.title}</button>`;
}
