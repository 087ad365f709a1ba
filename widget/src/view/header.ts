/** The panel's head: its name and its tools. */

import { html, nothing, type TemplateResult } from "lit";
import { ICONS } from "../icons.ts";
import { STRINGS } from "../strings.ts";
import { tool } from "./tool.ts";

export interface HeaderView {
  readonly heading: string;
  readonly hasConversation: boolean;
  readonly isPanel: boolean;
  readonly isExpanded: boolean;
  readonly isListOpen: boolean;
}

export interface HeaderCalls {
  newChat(): void;
  close(): void;
  toggleList(): void;
  toggleSize(): void;
}

export function header(view: HeaderView, calls: HeaderCalls): TemplateResult {
  const { isListOpen, isExpanded } = view;
  return html`<header part="header">
    ${tool(
      isListOpen ? STRINGS.backToChat : STRINGS.threads,
      isListOpen ? ICONS.back() : ICONS.threads(),
      calls.toggleList,
      { className: "list-tool" },
    )}
    <h2 id="heading">${isListOpen ? STRINGS.threads : view.heading}</h2>
    ${view.hasConversation || isListOpen ? tool(STRINGS.newChat, ICONS.newChat(), calls.newChat) : nothing}
    ${
      view.isPanel
        ? html`${tool(
            isExpanded ? STRINGS.shrink : STRINGS.expand,
            isExpanded ? ICONS.shrink() : ICONS.expand(),
            calls.toggleSize,
            { className: "size-tool" },
          )}${tool(STRINGS.close, ICONS.close(), calls.close)}`
        : nothing
    }
  </header>`;
}
