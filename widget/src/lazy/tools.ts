/** What a server wants of the page around the widget, loaded when it first does: effects, and calls of tools. */

import type { Outcome, Target } from "../passage/target.ts";
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
function bookAddress({ url, path, href }: Readonly<Record<string, unknown>>): URL | null {
  const wanted = [url, path, href].find((value) => typeof value === "string") as string | undefined;
  const found = wanted !== undefined && URL.canParse(wanted, location.href) ? new URL(wanted, location.href) : null;
  return found !== null && found.origin === location.origin && /^https?:$/.test(found.protocol) ? found : null;
}

/** The words that a server wants to be marked; empty where it names none. */
function words({ quote, text }: Args): string {
  const wanted = [quote, text].find((value) => typeof value === "string") as string | undefined;
  return (wanted ?? "").trim();
}

type Args = Readonly<Record<string, unknown>>;

/** The ways to passages of the book. */
interface Ways {
  open(target: Target): Promise<Outcome | null>;
  highlight(quote: string): Promise<Outcome | null>;
}

export class Acts {
  /** A page of the book that waits until nothing is lost by leaving this one. */
  #next: Target | null = null;

  constructor(
    readonly element: HTMLElement & { readonly clientTools: ClientTools; readonly passages: Ways },
    /** Whether what is being answered is safe when the page is left. */
    readonly canLeave: () => boolean,
  ) {}

  /** Tell the page, and do what every page can, unless it has taken the matter into its own hands. */
  effect(name: string, data: Args): void {
    const detail = { name, data };
    const told = new CustomEvent("bookside-effect", { detail, bubbles: true, composed: true, cancelable: true });
    if (!this.element.dispatchEvent(told)) return;
    if (name === "navigate") this.#navigate(data);
    if (name === "highlight") void this.#highlight(data);
  }

  called(call: ClientToolCall): Promise<unknown> {
    const own: ClientTools = { navigate: (args) => this.#navigate(args), highlight: (args) => this.#highlight(args) };
    return resultOf(call, { ...own, ...this.element.clientTools });
  }

  settled(): void {
    if (this.#next === null || !this.canLeave()) return;
    const next = this.#next;
    this.#next = null;
    void this.element.passages.open(next);
  }

  /** Go to a page or a passage of the book: at once where it is this page, else as soon as nothing is lost by leaving. */
  #navigate(args: Args): object {
    const address = bookAddress(args);
    if (address === null) return { error: "This is no address of the book." };
    const { href, pathname, search, hash } = address;
    const target = { href, quote: words(args) };
    if (pathname !== location.pathname || search !== location.search) {
      this.#next = target;
      this.settled();
    } else if (target.quote !== "" || hash !== "") {
      void this.element.passages.open(target);
    }
    return { url: href };
  }

  /** Mark words on this page; never any but those. */
  async #highlight(args: Args): Promise<object> {
    const wanted = words(args);
    if (wanted === "") return { error: "There are no words to mark." };
    const outcome = await this.element.passages.highlight(wanted);
    return { found: outcome === "marked" || outcome === "changed" };
  }
}
