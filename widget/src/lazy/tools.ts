/** Tools of the page that a server may call, loaded with the first call: a result always comes, be it that there is none. */

import type { ClientToolCall } from "../protocol.ts";

/** Takes the call's arguments; what it gives, JSON must be able to say. */
export type ClientTool = (args: Readonly<Record<string, unknown>>) => unknown;
export type ClientTools = Readonly<Record<string, ClientTool>>;

const TOOL_WITHIN_MS = 30_000;
const MAX_RESULT_CHARACTERS = 200_000;

/** Call a tool; what goes wrong is a result as well, `{error}`, for the server to hear. */
export async function resultOf(
  { name, arguments: args }: ClientToolCall,
  tools: ClientTools,
  withinMs = TOOL_WITHIN_MS,
): Promise<unknown> {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (typeof tool !== "function") return { error: `This page has no tool ${JSON.stringify(name)}.` };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The tool gave no result within ${withinMs / 1000} seconds.`)), withinMs);
  });
  try {
    const result = await Promise.race([Promise.resolve(args).then(tool), late]);
    const text = JSON.stringify(result ?? null);
    if (text === undefined) throw new TypeError("The tool's result is not JSON.");
    if (text.length > MAX_RESULT_CHARACTERS) throw new RangeError("The tool's result is too long.");
    return JSON.parse(text);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** The address that a server wants the reader to go to; `null` for one that is none of the book's. */
export function bookAddress({ url, path, href }: Readonly<Record<string, unknown>>): URL | null {
  const wanted = [url, path, href].find((value) => typeof value === "string") as string | undefined;
  const found = wanted !== undefined && URL.canParse(wanted, location.href) ? new URL(wanted, location.href) : null;
  return found !== null && found.origin === location.origin && /^https?:$/.test(found.protocol) ? found : null;
}
