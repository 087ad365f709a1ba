import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatKitClient } from "../src/client.ts";
import { Conversation } from "../src/conversation.ts";
import { OfflineError, ProblemError, ProtocolError } from "../src/errors.ts";
import { type StreamEvent, userInput } from "../src/protocol.ts";
import { MemoryStorage } from "../src/storage.ts";
import { lastAnswer } from "../src/thread.ts";
import { TestServer } from "./support/server.ts";

let server: TestServer;
let storage: MemoryStorage;

beforeEach(async () => {
  server = await TestServer.start();
  storage = new MemoryStorage();
});
afterEach(() => server.close());

const newClient = () => new ChatKitClient({ server: server.url, storage });
const types = (events: readonly StreamEvent[]) => events.map(({ type }) => type);

async function collect(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("the client", () => {
  it("asks a first question and reads the stream to its end", async () => {
    const events = await collect(newClient().createThread(userInput("Why?", "a quote")));
    expect(types(events).slice(0, 2)).toEqual(["thread.created", "thread.item.done"]);
    expect(types(events).at(-1)).toBe("thread.updated");
    const input = {
      content: [{ type: "input_text", text: "Why?" }],
      attachments: [],
      quoted_text: "a quote",
      inference_options: {},
    };
    expect(server.requests[0]).toMatchObject({
      type: "threads.create",
      params: { input },
      metadata: { resumable: true },
    });
  });

  it("sends where the reader is with every request", async () => {
    const page_context = { url: "http://b/x", title: "X", current_path: "/x" };
    const client = new ChatKitClient({ server: server.url, getContext: () => ({ page_context, selected_text: "s" }) });
    await collect(client.createThread(userInput("Why?")));
    expect(server.requests[0]?.metadata).toEqual({ page_context, selected_text: "s", resumable: true });
  });

  it("fetches one token for requests made together, and keeps it for the next page", async () => {
    const client = newClient();
    await Promise.all([client.listThreads(), client.listThreads()]);
    expect(server.sessions).toBe(1);
    expect(new Set(server.requests.map((request) => request.authorization))).toEqual(new Set(["Bearer token-1"]));
    expect(storage.getItem(`bookside-token:${server.url}`)).toContain("token-1");
    await newClient().listThreads();
    expect(server.sessions).toBe(1);
  });

  it("gets a new token once when its own is refused", async () => {
    const client = newClient();
    await client.listThreads();
    server.validTokens.clear();
    await client.listThreads();
    expect(server.requests.map((request) => request.authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  it("does not ask for ever when new tokens are refused too", async () => {
    const client = newClient();
    await client.listThreads();
    server.validTokens.add = () => server.validTokens;
    server.validTokens.clear();
    expect(await refusal(client.listThreads())).toMatchObject({ status: 401 });
    expect(server.requests).toHaveLength(3);
  });

  it("throws a token away when its time is over", async () => {
    storage.setItem(`bookside-token:${server.url}`, JSON.stringify({ token: "old", expires_at: 1000 }));
    await newClient().listThreads();
    expect(server.requests[0]?.authorization).toBe("Bearer token-1");
  });

  it("goes without a token where the server hands out none", async () => {
    server.hasSessions = false;
    expect(await newClient().listThreads()).toMatchObject({ data: [] });
    expect(server.requests[0]?.authorization).toBeNull();
  });

  it("makes the JSON calls by their names", async () => {
    const client = newClient();
    await collect(client.createThread(userInput("Why?")));
    const id = [...server.threads.keys()][0] as string;
    const item = server.threads.get(id)?.[1]?.id as string;
    expect((await client.getThread(id)).items.data).toHaveLength(2);
    expect((await client.listItems(id, { limit: 5, order: "asc" })).data).toHaveLength(2);
    await client.updateThread(id, "A title");
    await client.feedback(id, [item], "positive");
    await client.deleteThread(id);
    expect(server.requests.slice(1).map(({ type, params }) => [type, params])).toEqual([
      ["threads.get_by_id", { thread_id: id }],
      ["items.list", { thread_id: id, limit: 5, order: "asc" }],
      ["threads.update", { thread_id: id, title: "A title" }],
      ["items.feedback", { thread_id: id, item_ids: [item], kind: "positive" }],
      ["threads.delete", { thread_id: id }],
    ]);
  });

  it("reads a problem document into a sentence with the time to wait", async () => {
    const problem = { title: "Too many questions", detail: "This site takes 20 questions a minute." };
    server.refusals = [{ status: 429, problem, headers: { "Retry-After": "30" } }];
    const error = await refusal(collect(newClient().createThread(userInput("Why?"))));
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 429, title: "Too many questions", retryAfterSeconds: 30, canRetry: true });
    expect((error as Error).message).toBe("This site takes 20 questions a minute. Try again in 30 seconds.");
  });

  it("says a request is not worth repeating when the request itself is at fault", async () => {
    server.refusals = [{ status: 413, problem: { title: "Too long" } }];
    expect(await refusal(newClient().listThreads())).toMatchObject({
      status: 413,
      canRetry: false,
      message: "Too long",
    });
  });

  it("tells a server that is away from one that refuses", async () => {
    await server.close();
    expect(await refusal(newClient().listThreads())).toBeInstanceOf(OfflineError);
    server = await TestServer.start();
  });

  it("tells a page that is not a stream", async () => {
    const fetch = () => Promise.resolve(new Response("<html>", { headers: { "Content-Type": "text/html" } }));
    const client = new ChatKitClient({
      server: server.url,
      fetch: async (url, init) => (String(url).endsWith("session") ? globalThis.fetch(url, init) : fetch()),
    });
    expect(await refusal(collect(client.createThread(userInput("Why?"))))).toBeInstanceOf(ProtocolError);
  });

  it("ends without an error when it is stopped, and the server sees it", async () => {
    server.answers = [{ text: "A long answer. ".repeat(50), pauseMs: 5 }];
    const stop = new AbortController();
    const seen: StreamEvent[] = [];
    for await (const event of newClient().createThread(userInput("Why?"), { signal: stop.signal })) {
      seen.push(event);
      if (event.type === "thread.item.updated") stop.abort();
    }
    expect(types(seen).at(-1)).toBe("thread.item.updated");
    await expect.poll(() => server.aborted).toBe(1);
  });
});

describe("a conversation", () => {
  const heard: string[] = [];
  const newConversation = () => {
    heard.length = 0;
    return new Conversation(newClient(), storage, {
      changed: () => undefined,
      answered: () => heard.push("answered"),
      failed: (_, message) => heard.push(message),
      returned: ({ text }) => heard.push(`returned: ${text}`),
    });
  };

  it("goes on in the thread that it has begun", async () => {
    const conversation = newConversation();
    await conversation.ask({ text: "One?", quote: null });
    await conversation.ask({ text: "Two?", quote: null });
    expect(server.requests.map(({ type }) => type)).toEqual(["threads.create", "threads.add_user_message"]);
    expect(conversation.state.items).toHaveLength(4);
    expect(heard).toEqual(["answered", "answered"]);
  });

  it("is answered by a server whose answers all have one id", async () => {
    const conversation = newConversation();
    const item = { thread_id: "t", created_at: "2026-01-01T00:00:00Z", id: "one", type: "assistant_message" as const };
    for (const text of ["First.", "Second."]) {
      const content = [{ type: "output_text" as const, text, annotations: [] }];
      server.nextEvents = [{ type: "thread.item.done", item: { ...item, content } }];
      await conversation.ask({ text: "Why?", quote: null });
    }
    expect(heard).toEqual(["answered", "answered"]);
    expect(conversation.state.failure).toBeNull();
  });

  it("comes back whole after a reload, over as many pages as it takes", async () => {
    const first = newConversation();
    await first.ask({ text: "One?", quote: null });
    await first.ask({ text: "Two?", quote: null });
    const second = newConversation();
    await second.resume();
    expect(second.state.items).toEqual(first.state.items);
  });

  it("forgets a thread that the server no longer has", async () => {
    const first = newConversation();
    await first.ask({ text: "One?", quote: null });
    server.threads.clear();
    const second = newConversation();
    await second.resume();
    expect(second.state.items).toEqual([]);
    expect(storage.getItem(`bookside-thread:${server.url}`)).toBeNull();
  });

  it("asks again by the question's id once the server has it", async () => {
    const conversation = newConversation();
    server.breakNext = true;
    server.answers = [{ text: "An answer in several pieces." }];
    await conversation.ask({ text: "Why?", quote: null });
    expect(conversation.state.failure?.canRetry).toBe(true);
    await conversation.retry();
    expect(server.requests.map(({ type }) => type)).toEqual(["threads.create", "threads.retry_after_item"]);
    expect(lastAnswer(conversation.state)?.content[0]?.text).toBe("An answer in several pieces.");
    expect(conversation.state.failure).toBeNull();
  });

  it("sends the question anew when it never arrived", async () => {
    const conversation = newConversation();
    server.refusals = [{ status: 503, problem: { title: "The model is away." } }];
    await conversation.ask({ text: "Why?", quote: null });
    expect(conversation.state).toMatchObject({
      failure: { message: "The model is away.", canRetry: true },
      pending: { text: "Why?" },
    });
    await conversation.retry();
    expect(server.requests.map(({ type }) => type)).toEqual(["threads.create", "threads.create"]);
    expect(conversation.state.items).toHaveLength(2);
    expect(heard).toEqual(["The model is away.", "answered"]);
  });

  it("keeps what was written when the reader stops, and takes nothing after", async () => {
    const conversation = newConversation();
    server.answers = [{ text: "word ".repeat(200), pauseMs: 5 }];
    const asking = conversation.ask({ text: "Why?", quote: null });
    await expect.poll(() => lastAnswer(conversation.state)?.content[0]?.text.length ?? 0).toBeGreaterThan(20);
    conversation.stop();
    const stopped = conversation.state;
    await asking;
    expect(conversation.state).toBe(stopped);
    expect(stopped).toMatchObject({ isBusy: false, failure: null });
    expect(heard).toEqual([]);
  });

  it("takes nothing after a stop from a piece that had arrived whole", async () => {
    const conversation: Conversation = new Conversation(newClient(), storage, {
      changed: () => conversation.state.items.length === 1 && conversation.stop(),
      answered: () => heard.push("answered"),
      failed: (_, message) => heard.push(message),
      returned: ({ text }) => heard.push(`returned: ${text}`),
    });
    heard.length = 0;
    const item = { thread_id: "t", created_at: "2026-01-01T00:00:00Z" };
    server.nextEvents = [
      { type: "thread.item.done", item: { ...item, id: "a", type: "end_of_turn" } },
      { type: "thread.item.done", item: { ...item, id: "b", type: "end_of_turn" } },
    ];
    await conversation.ask({ text: "Why?", quote: null });
    expect(conversation.state.items).toHaveLength(1);
    expect(heard).toEqual([]);
  });

  it("that is begun anew takes nothing from the old answer", async () => {
    const conversation = newConversation();
    server.answers = [{ text: "word ".repeat(200), pauseMs: 5 }];
    const asking = conversation.ask({ text: "Why?", quote: null });
    await expect.poll(() => conversation.state.items.length).toBe(2);
    conversation.reset();
    await asking;
    expect(conversation.state.items).toEqual([]);
  });
});
