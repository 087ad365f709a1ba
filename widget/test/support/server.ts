/** A small server that speaks the protocol with scripted answers, for the client and for pages in a real browser. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Annotation, AssistantMessage, StreamEvent, ThreadItem, UserMessage } from "../../src/protocol.ts";
import { type Cut, ScriptedRun } from "./run.ts";

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
  /** The answer waits behind so many pieces of its text (-1: before it begins) until the promise is kept. */
  readonly gate?: { readonly after: number; readonly isOpen: Promise<void> };
}

/** How the events of an answer reach their reader. */
interface Voice {
  readonly say: (event: object) => void;
  readonly isLive: () => boolean;
  readonly stopped: Promise<void>;
  /** Whether the words of an answer that is stopped are kept. */
  readonly isRun: boolean;
}

interface Refusal {
  readonly status: number;
  readonly problem: object;
  readonly headers?: Record<string, string>;
}

const CSP = "default-src 'self'; base-uri 'none'; object-src 'none'";
const STREAM = { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache" };
const BUILT = new URL("../../../src/bookside/web/", import.meta.url);

export class TestServer {
  readonly requests: Request[] = [];
  readonly threads = new Map<string, ThreadItem[]>();
  readonly titles = new Map<string, string>();
  /** When each thread was made; the day that all others were where it is not said. */
  readonly days = new Map<string, string>();
  /** The bodies of the verdicts with a reason. */
  readonly reasons: object[] = [];
  /** What the next verdicts with a reason get. */
  feedbackRefusals: Refusal[] = [];
  readonly pages = new Map<string, { type: string; body: string }>();
  /** What the next streams answer; the last one stays. */
  answers: Answer[] = [{ text: "An answer." }];
  /** What the next requests to `/chatkit` get instead of an answer. */
  refusals: Refusal[] = [];
  /** Events that replace the next answer's own after the question is kept; `{pauseMs}` among them is a pause. */
  nextEvents: (StreamEvent | { readonly pauseMs: number })[] | null = null;
  /** Ends the next answer in the middle, as a lost connection does. */
  breakNext = false;
  /** Whether answers are runs where a request asks for it, as with a Bookside server. */
  hasRuns = false;
  readonly runs: ScriptedRun[] = [];
  /** Where the next connections to runs break. */
  cuts: Cut[] = [];
  /** What the next requests for a run's events get; a missing one is let through. */
  runRefusals: (Refusal | undefined)[] = [];
  /** Sends runs from their first frame, whatever is asked for. */
  ignoresPlace = false;
  /** What happens before the headers of the next answers. */
  beforeStream: () => Promise<void> = () => Promise.resolve();
  /** Takes a Stop and does nothing. */
  ignoresStop = false;
  /** `GET` and `POST` below `/assistant/runs` and `/assistant/thread`, with the place that was asked for. */
  readonly runRequests: string[] = [];
  /** The open connections. */
  readonly sockets = new Set<Socket>();
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
    server.on("connection", (socket) => {
      self.sockets.add(socket);
      socket.on("close", () => self.sockets.delete(socket));
    });
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
    if (/^\/bookside(\/[a-z-]+)?\.js$/.test(pathname)) {
      return send(response, 200, "text/javascript", readFileSync(new URL(`.${pathname}`, BUILT), "utf8"));
    }
    if (pathname === "/assistant/threads") return this.#search(request, response);
    if (pathname === "/assistant/feedback") return this.#feedback(request, response);
    if (pathname === "/assistant/session" && this.hasSessions) return this.#session(response);
    if (pathname === "/chatkit") return this.#chatkit(request, response);
    const [, room, id = "", act] = /^\/assistant\/(runs|thread)\/(\w+)(?:\/(\w+))?$/.exec(pathname) ?? [];
    if (this.hasRuns && room === "thread") return this.#thread(request, response, id);
    if (this.hasRuns && room === "runs") return this.#run(request, response, id, act);
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
    const isRun = this.hasRuns && body.metadata.resumable === true;
    if (type === "threads.create") return this.#stream(response, isRun, this.#newThread(), params.input, true);
    const items = this.threads.get(params.thread_id);
    if (type === "threads.list")
      return json(
        response,
        this.#list(params.limit, params.after, () => true),
      );
    if (!items) return problem(response, { status: 404, problem: { title: "No such conversation" } });
    if (type === "threads.add_user_message") return this.#stream(response, isRun, params.thread_id, params.input);
    if (type === "threads.retry_after_item") return this.#retry(response, isRun, params);
    if (type === "threads.get_by_id")
      return json(response, thread(params.thread_id, items.slice(0, 2), items.length > 2));
    if (type === "items.list") return json(response, pageOf(items, params));
    if (type === "threads.delete") this.threads.delete(params.thread_id);
    if (type === "threads.update") {
      this.titles.set(params.thread_id, params.title);
      return json(response, { ...thread(params.thread_id, []), title: params.title });
    }
    return json(response, {});
  }

  /** The newest threads first, a page of them. */
  #list(limit: number, after: string | null, isWanted: (id: string) => boolean) {
    const ids = [...this.threads.keys()].reverse().filter(isWanted);
    const rest = ids.slice(after ? ids.indexOf(after) + 1 : 0);
    const metadata = (id: string) => {
      const { items: _, ...described } = thread(id, []);
      return {
        ...described,
        title: this.titles.get(id) ?? null,
        created_at: this.days.get(id) ?? described.created_at,
      };
    };
    return page(rest.slice(0, limit).map(metadata), rest.length > limit);
  }

  #search(request: IncomingMessage, response: ServerResponse): void {
    const { searchParams } = new URL(request.url ?? "/", this.url);
    const words = (searchParams.get("q") ?? "").toLowerCase();
    const has = (id: string) =>
      JSON.stringify([this.titles.get(id), this.threads.get(id)])
        .toLowerCase()
        .includes(words);
    json(response, this.#list(Number(searchParams.get("limit")), searchParams.get("after"), has));
  }

  async #feedback(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await textOf(request));
    const refusal = this.feedbackRefusals.shift();
    if (refusal) return problem(response, refusal);
    this.reasons.push(body);
    response.writeHead(204).end();
  }

  #newThread(): string {
    const id = `thr_${++this.#count}`;
    this.threads.set(id, []);
    return id;
  }

  #thread(request: IncomingMessage, response: ServerResponse, id: string): void {
    this.runRequests.push("GET thread");
    const items = this.threads.get(id);
    if (items === undefined) {
      problem(response, { status: 404, problem: { title: "No such conversation" } });
      return;
    }
    const run = this.runs.findLast((known) => known.threadId === id);
    const { searchParams } = new URL(request.url ?? "/", this.url);
    const wanted = { order: searchParams.get("order") ?? "asc", limit: Number(searchParams.get("limit") ?? 1000) };
    json(response, {
      ...thread(id, []),
      items: pageOf(items, wanted),
      run: run === undefined ? null : { id: run.id, status: run.status },
    });
  }

  async #run(request: IncomingMessage, response: ServerResponse, id: string, act?: string): Promise<void> {
    const place = request.headers["last-event-id"];
    this.runRequests.push(act === "events" ? `GET events after ${place}` : `POST ${act}`);
    const run = this.runs.find((known) => known.id === id);
    const refusal = act === "events" ? this.runRefusals.shift() : undefined;
    if (refusal) return problem(response, refusal);
    if (!run) return problem(response, { status: 404, problem: { title: "No such run" } });
    if (act === "events") return this.#send(response, run, this.ignoresPlace ? 0 : Number(place ?? 0));
    if (run.status === "running" && !this.ignoresStop) run.stop();
    json(response, { id, status: run.status });
  }

  #send(response: ServerResponse, run: ScriptedRun, after: number): Promise<void> {
    response.writeHead(200, { ...STREAM, "Bookside-Run": run.id });
    response.flushHeaders();
    response.on("close", () => {
      if (!response.writableFinished) this.aborted += 1;
    });
    return run.send(response, after, this.cuts.shift());
  }

  /** A retry deletes nothing before its answer has begun. */
  #retry(response: ServerResponse, isRun: boolean, params: { thread_id: string; item_id: string }): void {
    void this.#stream(response, isRun, params.thread_id, null, false, params.item_id);
  }

  async #stream(
    response: ServerResponse,
    isRun: boolean,
    id: string,
    input: Pick<UserMessage, "content" | "quoted_text"> | null,
    isNew = false,
    retriedId: string | null = null,
  ): Promise<void> {
    await this.beforeStream();
    if (isRun) {
      for (const old of this.runs) if (old.threadId === id && old.status === "running") old.stop();
      const run = new ScriptedRun(`run_${this.runs.length + 1}`, id);
      this.runs.push(run);
      const isLive = () => run.status === "running" && !run.isStopping;
      const voice = { say: run.say, isLive, stopped: run.stopped, isRun };
      const speaking = this.#speak(voice, id, input, isNew, retriedId).then(() => {
        if (run.status === "running") run.end(run.isStopping ? "stopped" : "completed");
      });
      await Promise.all([speaking, this.#send(response, run, 0)]);
      return;
    }
    response.writeHead(200, STREAM);
    let isOpen = true;
    const stopped = new Promise<void>((resolve) => {
      response.on("close", () => {
        isOpen = false;
        if (!response.writableFinished) this.aborted += 1;
        resolve();
      });
    });
    response.write(": ping\n\n");
    const say = (event: object) => isOpen && response.write(`data: ${JSON.stringify(event)}\n\n`);
    await this.#speak({ say, isLive: () => isOpen, stopped, isRun }, id, input, isNew, retriedId);
    if (isOpen) response.end();
  }

  async #speak(
    voice: Voice,
    id: string,
    input: Pick<UserMessage, "content" | "quoted_text"> | null,
    isNew: boolean,
    retriedId: string | null,
  ): Promise<void> {
    const items = this.threads.get(id) ?? [];
    if (isNew) voice.say({ type: "thread.created", thread: thread(id, []) });
    if (input !== null) {
      const item: UserMessage = { ...this.#item(id), type: "user_message", ...input };
      items.push(item);
      voice.say({ type: "thread.item.done", item });
    }
    const script = this.nextEvents;
    this.nextEvents = null;
    if (script)
      for (const event of script) "pauseMs" in event ? await pause(event.pauseMs as number) : voice.say(event);
    else await this.#answer(voice, id, items, retriedId);
  }

  async #answer(voice: Voice, id: string, items: ThreadItem[], retriedId: string | null): Promise<void> {
    const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) as Answer;
    const base = { ...this.#item(id), type: "assistant_message" as const };
    const { say } = voice;
    const update = (value: object) => say({ type: "thread.item.updated", item_id: base.id, update: value });
    say({ type: "stream_options", stream_options: { allow_cancel: true } });
    say({ type: "progress_update", icon: "search", text: "Searching the book" });
    await pause(answer.pauseMs);
    if (answer.gate?.after === -1) await Promise.race([answer.gate.isOpen, voice.stopped]);
    if (voice.isRun && !voice.isLive()) return;
    if (retriedId !== null) items.splice(items.findIndex((item) => item.id === retriedId) + 1);
    say({ type: "thread.item.added", item: { ...base, content: [] } });
    const empty = { type: "output_text", text: "", annotations: [] };
    update({ type: "assistant_message.content_part.added", content_index: 0, content: empty });
    let written = "";
    for (const [at, delta] of (answer.text.match(/.{1,12}/gsu) ?? []).entries()) {
      if (answer.gate?.after === at) await Promise.race([answer.gate.isOpen, voice.stopped]);
      if (!voice.isLive()) break;
      written += delta;
      update({ type: "assistant_message.content_part.text_delta", content_index: 0, delta });
      await pause(answer.pauseMs);
      if (this.breakNext) {
        this.breakNext = false;
        return;
      }
    }
    if (!voice.isLive() && !voice.isRun) return;
    const annotations = written === answer.text ? (answer.annotations ?? []) : [];
    for (const [at, annotation] of annotations.entries()) {
      const type = "assistant_message.content_part.annotation_added";
      update({ type, content_index: 0, annotation_index: at, annotation });
    }
    const item: AssistantMessage = { ...base, content: [{ type: "output_text", text: written, annotations }] };
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

interface Wanted {
  readonly order?: string;
  readonly limit?: number;
  readonly after?: string | null;
}

function pageOf(items: readonly ThreadItem[], { order = "asc", limit = 1000, after = null }: Wanted) {
  const ordered = order === "asc" ? items : items.toReversed();
  const rest = ordered.slice(after ? ordered.findIndex((item) => item.id === after) + 1 : 0);
  return page(rest.slice(0, limit), rest.length > limit);
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
