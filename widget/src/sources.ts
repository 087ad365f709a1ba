/** The list of sources below an answer: where each passage is, and its words. */

import { html, nothing, type TemplateResult } from "lit";
import { type NumberedSource, numbered } from "./citations.ts";
import { safeLink } from "./links.ts";
import { readable } from "./passage/readable.ts";
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
      ${titleOf(source, quotes[0] ?? "")}
      ${path && path !== source.title ? html`<span class="path">${path}</span>` : nothing}
      ${quotes.map((quote) => html`<blockquote title=${readable(quote)}>${quoted(source, quote, quotes.length > 1)}</blockquote>`)}
    </div>
  </li>`;
}

function titleOf(source: Source, quote: string): TemplateResult {
  return source.type === "entity" && source.interactive
    ? entity(source)
    : leading("title", source, quote, source.title);
}

/** The title leads to the only passage; each of several is a link of its own. */
function quoted(source: Source, quote: string, isOneOfMany: boolean): TemplateResult | string {
  return isOneOfMany ? leading("words", source, quote, readable(quote)) : readable(quote);
}

function leading(name: string, source: Source, quote: string, words: string): TemplateResult {
  const link = source.type === "url" ? safeLink(source.url, location.origin) : null;
  if (link === null) return html`<span class=${name}>${words}</span>`;
  if (!link.isExternal) return html`<a class=${name} href=${link.href} data-quote=${quote}>${words}</a>`;
  return html`<a class="${name} external" href=${link.href} data-quote=${quote} target="_blank" rel="noopener noreferrer nofollow ugc">${words}</a>`;
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
