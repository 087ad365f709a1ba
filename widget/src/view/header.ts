/** The panel's head: its name and its tools. */

import { html, nothing, type TemplateResult } from "lit";
import { ICONS } from "../icons.ts";
import { STRINGS } from "../strings.ts";
import { tool } from "./tool.ts";

export interface HeaderView {
  readonly heading: string;
  readonly hasConversation: boolean;
  readonly canClose: boolean;
}

export interface HeaderCalls {
  newChat(): void;
  close(): void;
}

export function header({ heading, hasConversation, canClose }: HeaderView, calls: HeaderCalls): TemplateResult {
  return html`<header>
    <h2 id="heading">${heading}</h2>
    ${hasConversation ? tool(STRINGS.newChat, ICONS.newChat(), calls.newChat) : nothing}
    ${canClose ? tool(STRINGS.close, ICONS.close(), calls.close) : nothing}
  </header>`;
}
