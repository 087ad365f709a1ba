/** A small server that speaks the protocol with scripted answers, for the client and for pages in a real browser. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Annotation, AssistantMessage, StreamEvent, ThreadItem, UserMessage } from "../../src/protocol.ts";

export interface Request {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body is read as the tests expect it
  readonly params: any;
  // biome-ignore lint/suspicious/noExplicitAny: a body is read as the tests expect it
  readonly metadata: any;
  readonly authorization: string | null;
}

export interface Answer {
  readonly text: string;
  readonly annotations?: readonly Annotation[];
  readonly pauseMs?: number;
}

interface Refusal {
  readonly status: number;
  readonly problem: object;
  readonly headers?: Record<string, string>;
}

const CSP = "default-src 'self'; base-uri 'none'; object-src 'none'";
const BUILT = new URL("../../../src/bookside/web/bookside.js", import.meta.url);

export class TestServer {
  readonly requests: Request[] = [];
  readonly threads = new Map<string, ThreadItem[]>();
  readonly pages = new Map<string, { type: string; body: string }>();
  /** What the next streams answer; the last one stays. */
  answers: Answer[] = [{ text: "An answer." }];
  /** What the next requests to `/chatkit` get instead of an answer. */
  refusals: Refusal[] = [];
  /** Events that replace the next answer's own after the question is kept. */
  nextEvents: StreamEvent[] | null = null;
  /** Ends the next answer in the middle, as a lost connection does. */
  breakNext = false;
  hasSessions = true;
  sessions = 0;
  aborted = 0;
  validTokens = new Set<string>();
  #count = 0;

  private constructor(
    readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TestServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const self = new TestServer(server, `http://127.0.0.1:${port}`);
    server.on("request", (request, response) => void self.#handle(request, response));
    return self;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  addPage(path: string, body: string): void {
    this.pages.set(path, { type: "text/html; charset=utf-8", body });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", this.url);
    const page = this.pages.get(pathname);
    if (request.method === "GET" && page) return send(response, 200, page.type, page.body);
    if (pathname === "/bookside.js") return send(response, 200, "text/javascript", readFileSync(BUILT, "utf8"));
    if (pathname === "/assistant/session" && this.hasSessions) return this.#session(response);
    if (pathname === "/chatkit") return this.#chatkit(request, response);
    return send(response, 404, "text/plain", "not here");
  }

  #session(response: ServerResponse): void {
    this.sessions += 1;
    const token = `token-${this.sessions}`;
    this.validTokens.add(token);
    send(response, 200, "application/json", JSON.stringify({ token, expires_at: "2999-01-01T00:00:00Z" }));
  }

  async #chatkit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const authorization = request.headers.authorization ?? null;
    const body = JSON.parse(await textOf(request));
    this.requests.push({ ...body, authorization });
    if (this.hasSessions && !this.validTokens.has(authorization?.replace("Bearer ", "") ?? "")) {
      return problem(response, { status: 401, problem: { title: "Unknown reader" } });
    }
    const refusal = this.refusals.shift();
    if (refusal) return problem(response, refusal);
    const { type, params } = body;
    if (type === "threads.create") return this.#stream(response, this.#newThread(), params.input, true);
    const items = this.threads.get(params.thread_id);
    if (type === "threads.list") return json(response, page([...this.threads.keys()].map((id) => thread(id, []))));
    if (!items) return problem(response, { status: 404, problem: { title: "No such conversation" } });
    if (type === "threads.add_user_message") return this.#stream(response, params.thread_id, params.input);
    if (type === "threads.retry_after_item") return this.#retry(response, params);
    if (type === "threads.get_by_id")
      return json(response, thread(params.thread_id, items.slice(0, 2), items.length > 2));
    if (type === "items.list") return json(response, page(items.slice(indexAfter(items, params.after))));
    if (type === "threads.delete") this.threads.delete(params.thread_id);
    return json(response, {});
  }

  #newThread(): string {
    const id = `thr_${++this.#count}`;
    this.threads.set(id, []);
    return id;
  }

  #retry(response: ServerResponse, params: { thread_id: string; item_id: string }): void {
    const items = this.threads.get(params.thread_id) ?? [];
    items.splice(items.findIndex((item) => item.id === params.item_id) + 1);
    void this.#stream(response, params.thread_id, null);
  }

  async #stream(
    response: ServerResponse,
    id: string,
    input: Pick<UserMessage, "content" | "quoted_text"> | null,
    isNew = false,
  ): Promise<void> {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache" });
    let isOpen = true;
    response.on("close", () => {
      isOpen = false;
      if (!response.writableFinished) this.aborted += 1;
    });
    const items = this.threads.get(id) ?? [];
    const say = (event: object) => isOpen && response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.write(": ping\n\n");
    if (isNew) say({ type: "thread.created", thread: thread(id, []) });
    if (input !== null) {
      const item: UserMessage = { ...this.#item(id), type: "user_message", ...input };
      items.push(item);
      say({ type: "thread.item.done", item });
    }
    const script = this.nextEvents;
    this.nextEvents = null;
    if (script) for (const event of script) say(event);
    else await this.#answer(say, id, items, () => isOpen);
    if (isOpen) response.end();
  }

  async #answer(say: (event: object) => void, id: string, items: ThreadItem[], isOpen: () => boolean): Promise<void> {
    const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) as Answer;
    const base = { ...this.#item(id), type: "assistant_message" as const };
    const update = (value: object) => say({ type: "thread.item.updated", item_id: base.id, update: value });
    say({ type: "stream_options", stream_options: { allow_cancel: true } });
    say({ type: "progress_update", icon: "search", text: "Searching the book" });
    await pause(answer.pauseMs);
    say({ type: "thread.item.added", item: { ...base, content: [] } });
    const empty = { type: "output_text", text: "", annotations: [] };
    update({ type: "assistant_message.content_part.added", content_index: 0, content: empty });
    for (const delta of answer.text.match(/.{1,12}/gsu) ?? []) {
      if (!isOpen()) return;
      update({ type: "assistant_message.content_part.text_delta", content_index: 0, delta });
      await pause(answer.pauseMs);
      if (this.breakNext) {
        this.breakNext = false;
        return;
      }
    }
    const annotations = answer.annotations ?? [];
    for (const [at, annotation] of annotations.entries()) {
      const type = "assistant_message.content_part.annotation_added";
      update({ type, content_index: 0, annotation_index: at, annotation });
    }
    const item: AssistantMessage = { ...base, content: [{ type: "output_text", text: answer.text, annotations }] };
    items.push(item);
    say({ type: "thread.item.done", item });
    say({ type: "thread.updated", thread: thread(id, []) });
  }

  #item(threadId: string) {
    return { id: `itm_${++this.#count}`, thread_id: threadId, created_at: "2026-01-01T00:00:00Z" };
  }
}

/** A page as a strict site serves it: no inline script or style is allowed to run. */
export function html(body: string, attributes = ""): string {
  return `<!doctype html><html lang="en" ${attributes}><head><meta charset="utf-8"><title>A page of the book</title>
<meta name="viewport" content="width=device-width"></head><body>${body}</body></html>`;
}

export function cite(index: number, url: string, title: string, description: string, attribution = ""): Annotation {
  return { type: "annotation", index, source: { type: "url", url, title, description, attribution } };
}

function thread(id: string, items: readonly ThreadItem[], hasMore = false) {
  return {
    id,
    title: null,
    created_at: "2026-01-01T00:00:00Z",
    status: { type: "active" },
    items: page(items, hasMore),
  };
}

function page(data: readonly object[], has_more = false) {
  const last = data.at(-1) as { id?: string } | undefined;
  return { data, has_more, after: has_more ? (last?.id ?? null) : null };
}

function indexAfter(items: readonly ThreadItem[], after: string | null | undefined): number {
  return after ? items.findIndex((item) => item.id === after) + 1 : 0;
}

function json(response: ServerResponse, value: object): void {
  send(response, 200, "application/json", JSON.stringify(value));
}

function problem(response: ServerResponse, { status, problem: body, headers = {} }: Refusal): void {
  const text = JSON.stringify({ status, ...body });
  send(response, status, "application/problem+json", text, headers);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": CSP, ...headers });
  response.end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

function pause(ms = 0): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
