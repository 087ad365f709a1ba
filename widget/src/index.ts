/** The built file's door: registers `<bookside-chat>`, puts a panel on the page if the script tag asks, exports the parts. */

import { BooksideChat } from "./element.ts";
import { loadingScript, mount } from "./mount.ts";

export { ChatKitClient, type ClientOptions } from "./client.ts";
export { Conversation } from "./conversation.ts";
export { BooksideError, OfflineError, ProblemError, ProtocolError } from "./errors.ts";
export { answerAsMarkdown } from "./footnotes.ts";
export type { UploadOptions } from "./lazy/attaching.ts";
export type { ClientTool, ClientTools } from "./lazy/tools.ts";
export type * from "./protocol.ts";
export { parseEvent, userInput } from "./protocol.ts";
export type { ServerConfig } from "./server-config.ts";
export * as thread from "./thread.ts";
export { BooksideChat };

const TAG = "bookside-chat";

declare global {
  interface HTMLElementTagNameMap {
    [TAG]: BooksideChat;
  }
}

if (customElements.get(TAG) === undefined) customElements.define(TAG, BooksideChat);
const script = loadingScript(import.meta.url);
if (script !== null) mount(script, TAG);
