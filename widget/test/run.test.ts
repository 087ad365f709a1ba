/** An answer is never lost: whatever breaks, its words arrive once and in order, or the reader is told. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatKitClient } from "../src/client.ts";
import { Conversation } from "../src/conversation.ts";
import { OfflineError, ProblemError } from "../src/errors.ts";
import { type StreamEvent, userInput } from "../src/protocol.ts";
import { readFrames } from "../src/sse.ts";
import { MemoryStorage } from "../src/storage.ts";
import { lastAnswer } from "../src/thread.ts";
import { cite, TestServer } from "./support/server.ts";

const TEXT = "Zoë counts λ, 🎓 and 讀書 in one answer.";
const DELAYS_MS = [1, 1, 1, 1];

let server: TestServer;
let storage: MemoryStorage;
let heard: string[];

beforeEach(async () => {
  server = await TestServer.start();
  server.hasRuns = true;
  server.answers = [{ text: TEXT, annotations: [cite(11, "/a", "A", "a quote")] }];
  storage = new MemoryStorage();
  heard = [];
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

const newClient = (reconnectDelaysMs: readonly number[] = DELAYS_MS) =>
  new ChatKitClient({ server: server.url, storage, reconnectDelaysMs });

function newConversation(client = newClient(), stopWithinMs = 10_000): Conversation {
  const listener = {
    changed: () => undefined,
    answered: () => heard.push("answered"),
    failed: (_: unknown, message: string) => heard.push(`failed: ${message}`),
    returned: ({ text }: { text: string }) => heard.push(`returned: ${text}`),
  };
  return new Conversation(client, storage, listener, stopWithinMs);
}

const WHY = { text: "Why?", quote: null };
const textIn = (conversation: Conversation) => lastAnswer(conversation.state)?.content[0]?.text ?? "";
const run = () => {
  const last = server.runs.at(-1);
  if (last === undefined) throw new Error("there is no run");
  return last;
};

/** Holds the next answers behind so many pieces of their text, until it is called. */
function held(after: number, text = TEXT): () => void {
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  server.answers = [{ text, gate: { after, isOpen } }];
  return open;
}

async function collect(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const ask = (client = newClient()) => collect(client.createThread(userInput("Why?")));

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("a stream", () => {
  it("asks for a run, and its request alone", async () => {
    const client = newClient();
    await ask(client);
    await client.listThreads();
    expect(server.requests.map(({ metadata }) => metadata)).toEqual([{ resumable: true }, {}]);
  });

  it("that is not cut has one connection", async () => {
    expect(await ask()).toEqual(run().events);
    expect(server.runRequests).toEqual([]);
  });

  for (const isClean of [false, true]) {
    it(`is whole after a cut at every frame's end${isClean ? ", when the cut looks like its end" : ""}`, async () => {
      const uncut = await ask();
      const answered = uncut.findLastIndex(({ type }) => type === "thread.item.done");
      for (let frames = 0; frames <= uncut.length; frames++) {
        server.cuts = [{ frames, isClean }];
        const events = await ask();
        // Behind the finished answer a clean end is an end: only the thread's title can be missing.
        const isEnd = isClean && frames > answered;
        expect([frames, events]).toEqual([frames, isEnd ? run().events.slice(0, frames) : run().events]);
      }
    });

    it(`is whole after a cut within every frame${isClean ? ", when the cut looks like its end" : ""}`, async () => {
      const uncut = await ask();
      for (let frames = 0; frames < uncut.length; frames++) {
        const bytes = Buffer.byteLength(`id: ${frames + 1}\ndata: ${JSON.stringify(uncut[frames])}\n\n`);
        for (const at of [1, 5, bytes >> 1, bytes - 2, bytes - 1]) {
          server.cuts = [{ frames, bytes: at, isClean }];
          const events = await ask();
          const isEnd = isClean && frames === uncut.length - 1;
          expect([frames, at, events]).toEqual([frames, at, isEnd ? run().events.slice(0, -1) : run().events]);
        }
      }
    });
  }

  it("is whole when each of its connections breaks behind one frame", async () => {
    const { length } = await ask();
    server.cuts = Array.from({ length }, () => ({ frames: 1, bytes: 9 }));
    expect(await ask()).toEqual(run().events);
    expect(server.cuts).toEqual([]);
  });

  it("is whole when the server sends again what has come", async () => {
    server.ignoresPlace = true;
    server.cuts = [{ frames: 6, bytes: 20 }];
    expect(await ask()).toEqual(run().events);
  });

  it("begins its tries anew with each new frame, and ends them when nothing comes", async () => {
    server.cuts = [{ frames: 4 }, ...Array.from({ length: 10 }, () => ({ frames: 0, bytes: 1 }))];
    expect(await refusal(ask())).toBeInstanceOf(OfflineError);
    expect(server.runRequests).toEqual(DELAYS_MS.map(() => "GET events after 4"));
  });

  it("waits for a server that is busy or starting, and not for one that has lost the run", async () => {
    const away = { status: 503, problem: { title: "Starting" } };
    server.cuts = [{ frames: 4 }];
    server.runRefusals = [away, { status: 429, problem: { title: "Busy" } }];
    expect(await ask()).toEqual(run().events);
    server.cuts = [{ frames: 4 }];
    server.runRefusals = [away, { status: 404, problem: { title: "Gone" } }];
    expect(await refusal(ask())).toMatchObject({ status: 404 });
  });

  it("says when its connection is lost and when it is back", async () => {
    const said: boolean[] = [];
    const ids: string[] = [];
    server.cuts = [{ frames: 4 }];
    const options = { onConnection: (isLost: boolean) => said.push(isLost), onRun: (id: string) => ids.push(id) };
    await collect(newClient().createThread(userInput("Why?"), options));
    expect(said).toEqual([true, false]);
    expect(ids).toEqual(["run_1"]);
  });

  it("ends without an error when it is stopped while it looks for its connection", async () => {
    server.cuts = [{ frames: 4 }];
    const stop = new AbortController();
    const client = newClient([60_000]);
    const options = { signal: stop.signal, onConnection: () => stop.abort() };
    const events = await collect(client.createThread(userInput("Why?"), options));
    expect(events).toHaveLength(4);
  });

  it("waits for the browser to be online, and then tries at once", async () => {
    const page = new EventTarget();
    const network = { onLine: false };
    vi.stubGlobal("navigator", network);
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    server.cuts = [{ frames: 4 }];
    let isLost = false;
    const options = { onConnection: (value: boolean) => (isLost = value) };
    const reading = collect(newClient([1]).createThread(userInput("Why?"), options));
    await expect.poll(() => isLost).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.runRequests).toEqual([]);
    network.onLine = true;
    page.dispatchEvent(new Event("online"));
    expect(await reading).toEqual(run().events);
  });

  it("does not wait for the end of a pause when the browser comes online", async () => {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    server.cuts = [{ frames: 4 }];
    const options = {
      onConnection: (isLost: boolean) => isLost && setTimeout(() => page.dispatchEvent(new Event("online"))),
    };
    expect(await collect(newClient([600_000]).createThread(userInput("Why?"), options))).toEqual(run().events);
  });

  it("takes silence for a lost connection", async () => {
    const body = new ReadableStream<Uint8Array>();
    await expect(readFrames(body, 5).next()).rejects.toBeInstanceOf(OfflineError);
  });

  it("of a server without runs breaks off, as it always did", async () => {
    server.hasRuns = false;
    server.breakNext = true;
    const conversation = newConversation();
    await conversation.ask(WHY);
    expect(conversation.state.failure).toEqual({ message: "The answer broke off before its end.", canRetry: true });
    expect(server.runRequests).toEqual([]);
  });

  it("of a run can be read from its first frame by anybody who may", async () => {
    await ask();
    expect(await collect(newClient().followRun("run_1"))).toEqual(run().events);
    expect(await refusal(collect(newClient().followRun("run_9")))).toBeInstanceOf(ProblemError);
  });
});

describe("a conversation that loses its connection", () => {
  it("shows that it looks for it, and then the whole answer", async () => {
    const open = held(2);
    server.cuts = [{ frames: 7, bytes: 3 }];
    server.runRefusals = [{ status: 503, problem: { title: "Starting" } }];
    const conversation = newConversation(newClient([1, 300]));
    const asking = conversation.ask(WHY);
    await expect.poll(() => conversation.state.isReconnecting).toBe(true);
    expect(conversation.state).toMatchObject({ isBusy: true, failure: null });
    open();
    await asking;
    expect(conversation.state).toMatchObject({ isReconnecting: false, isBusy: false, failure: null });
    expect(textIn(conversation)).toBe(TEXT);
    expect(heard).toEqual(["answered"]);
  });

  it("for good offers to try again, and then takes the answer that the server has made meanwhile", async () => {
    server.cuts = Array.from({ length: 1 + DELAYS_MS.length }, (_, at) => ({ frames: at === 0 ? 7 : 0, bytes: 1 }));
    const conversation = newConversation();
    await conversation.ask(WHY);
    expect(conversation.state).toMatchObject({ isBusy: false, isReconnecting: false, failure: { canRetry: true } });
    expect(TEXT.startsWith(textIn(conversation))).toBe(true);
    await conversation.retry();
    expect(textIn(conversation)).toBe(TEXT);
    expect(conversation.state).toMatchObject({ failure: null, isBusy: false });
    expect(server.requests.map(({ type }) => type)).toEqual(["threads.create"]);
    expect(heard).toEqual(["failed: The connection was lost before the answer was complete.", "answered"]);
  });

  it("for good follows the answer again that still goes on", async () => {
    const open = held(2);
    server.cuts = Array.from({ length: 1 + DELAYS_MS.length }, (_, at) => ({ frames: at === 0 ? 7 : 0 }));
    const conversation = newConversation();
    await conversation.ask(WHY);
    const again = conversation.retry();
    await expect.poll(() => conversation.state).toMatchObject({ isReconnecting: false, isBusy: true });
    open();
    await again;
    expect(textIn(conversation)).toBe(TEXT);
    expect(conversation.state.items).toHaveLength(2);
  });

  it("stays as it is when it can't come back yet", async () => {
    server.cuts = Array.from({ length: 1 + DELAYS_MS.length }, (_, at) => ({ frames: at === 0 ? 7 : 0, bytes: 1 }));
    const conversation = newConversation();
    await conversation.ask(WHY);
    const before = conversation.state;
    await server.close();
    await conversation.retry();
    expect(conversation.state).toMatchObject({ items: before.items, isBusy: false, failure: { canRetry: true } });
    server = await TestServer.start();
  });

  it("and whose run is gone shows what the server has kept of it", async () => {
    held(2);
    server.cuts = [{ frames: 7 }];
    server.runRefusals = [{ status: 404, problem: { title: "Gone" } }];
    const conversation = newConversation();
    await conversation.ask(WHY);
    expect(conversation.state).toMatchObject({
      isBusy: false,
      failure: { message: "The answer was interrupted.", canRetry: true },
    });
    expect(conversation.state.items.map(({ type }) => type)).toEqual(["user_message"]);
  });

  it("and has read more than a server that died had saved shows what was saved", async () => {
    held(2);
    const conversation = newConversation();
    const asking = conversation.ask(WHY);
    await expect.poll(() => textIn(conversation)).not.toBe("");
    const answer = lastAnswer(conversation.state);
    if (answer === null) throw new Error("there is no answer");
    const saved = { ...answer, content: [{ type: "output_text" as const, text: "Zoë", annotations: [] }] };
    server.threads.get("thr_1")?.push(saved);
    run().end("interrupted");
    await asking;
    expect(lastAnswer(conversation.state)).toEqual(saved);
    expect(conversation.state).toMatchObject({ isBusy: false, failure: { message: "The answer was interrupted." } });
    expect(heard).toEqual(["failed: The answer was interrupted."]);
  });

  it("hears of a run that was cut short, and answers the question anew", async () => {
    held(2);
    const conversation = newConversation();
    const asking = conversation.ask(WHY);
    await expect.poll(() => textIn(conversation)).not.toBe("");
    const partial = lastAnswer(conversation.state);
    if (partial === null) throw new Error("there is no answer");
    server.threads.get("thr_1")?.push(partial);
    run().say({ type: "thread.item.done", item: partial });
    run().say({ type: "error", code: "custom", message: "The answer was interrupted.", allow_retry: true });
    run().end("interrupted");
    await asking;
    expect(lastAnswer(conversation.state)).toEqual(partial);
    expect(conversation.state.failure).toEqual({ message: "The answer was interrupted.", canRetry: true });
    server.answers = [{ text: TEXT }];
    await conversation.retry();
    expect(textIn(conversation)).toBe(TEXT);
    expect(conversation.state.items).toHaveLength(2);
  });
});

describe("a conversation that is opened again", () => {
  /** A reader who has left: their conversation, and the answer that goes on. */
  async function left(after: number): Promise<() => void> {
    const open = held(after);
    const before = newConversation();
    void before.ask(WHY);
    await expect.poll(() => run().events.length).toBeGreaterThan(after < 0 ? 3 : 4 + after);
    await expect.poll(() => storage.getItem(`bookside-thread:${server.url}`)).not.toBeNull();
    before.detach();
    await expect.poll(() => server.aborted).toBe(1);
    heard = [];
    return open;
  }

  for (const after of [-1, 0, 1, 2, 3]) {
    it(`goes on with an answer of which ${Math.max(after, 0)} pieces were written`, async () => {
      const open = await left(after);
      const conversation = newConversation();
      const resuming = conversation.resume();
      await expect.poll(() => conversation.state).toMatchObject({ isBusy: true, canStop: true });
      open();
      await resuming;
      expect(conversation.state.items.map(({ type }) => type)).toEqual(["user_message", "assistant_message"]);
      expect(textIn(conversation)).toBe(TEXT);
      expect(conversation.state).toMatchObject({ isBusy: false, failure: null });
      expect(heard).toEqual(["answered"]);
    });
  }

  it("shows what comes meanwhile, and can stop it", async () => {
    await left(2);
    const conversation = newConversation();
    const resuming = conversation.resume();
    await expect.poll(() => textIn(conversation)).toBe(Array.from(TEXT).slice(0, 24).join(""));
    conversation.stop();
    await resuming;
    expect(run().status).toBe("stopped");
    expect(conversation.state).toMatchObject({ isBusy: false, failure: null });
  });

  it("follows the answer in two places", async () => {
    const open = await left(2);
    const [one, two] = [newConversation(), newConversation()];
    const resuming = Promise.all([one.resume(), two.resume()]);
    await expect.poll(() => [textIn(one), textIn(two)]).not.toContain("");
    open();
    await resuming;
    expect([textIn(one), textIn(two)]).toEqual([TEXT, TEXT]);
  });

  it("keeps what was there before the question", async () => {
    const first = newConversation();
    await first.ask(WHY);
    const open = held(1, "Another answer, as long as the first.");
    const asking = first.ask({ text: "And?", quote: null });
    await expect.poll(() => textIn(first)).toBe("Another answ");
    first.detach();
    await asking;
    const second = newConversation();
    const resuming = second.resume();
    await expect.poll(() => textIn(second)).toBe("Another answ");
    open();
    await resuming;
    expect(second.state.items.map(({ id }) => id)).toEqual(server.threads.get("thr_1")?.map(({ id }) => id));
    expect(second.state.items).toHaveLength(4);
  });

  it("shows one answer, not two, when the old one is being replaced", async () => {
    const first = newConversation();
    await first.ask(WHY);
    const open = held(-1, "A new answer.");
    void first.retry();
    await expect.poll(() => server.runs.length).toBe(2);
    await expect.poll(() => run().events.length).toBe(2);
    first.detach();
    const second = newConversation();
    const resuming = second.resume();
    await expect.poll(() => second.state.isBusy).toBe(true);
    expect(textIn(second)).toBe(TEXT);
    open();
    await resuming;
    expect(second.state.items).toHaveLength(2);
    expect(textIn(second)).toBe("A new answer.");
  });

  it("has the answer that was finished between the reading of the thread and of its run", async () => {
    const open = await left(2);
    open();
    await expect.poll(() => run().status).toBe("completed");
    server.threads.get("thr_1")?.pop();
    const conversation = newConversation();
    await conversation.resume();
    expect(textIn(conversation)).toBe(TEXT);
    expect(conversation.state.failure).toBeNull();
  });

  it("tries again while the server is busy", async () => {
    const open = await left(2);
    open();
    server.runRefusals = [{ status: 503, problem: { title: "Busy" } }];
    const conversation = newConversation();
    await conversation.resume();
    expect(textIn(conversation)).toBe(TEXT);
  });

  for (const status of ["interrupted", "failed"] as const) {
    it(`says that an answer was interrupted (${status}), and offers to try again`, async () => {
      await newConversation().ask(WHY);
      run().status = status;
      heard = [];
      const conversation = newConversation();
      await conversation.resume();
      expect(conversation.state).toMatchObject({
        isBusy: false,
        failure: { message: "The answer was interrupted.", canRetry: true },
      });
      expect(textIn(conversation)).toBe(TEXT);
      expect(heard).toEqual([]);
      await conversation.retry();
      expect(server.requests.at(-1)?.type).toBe("threads.retry_after_item");
      expect(conversation.state.failure).toBeNull();
    });
  }

  it("offers to try again when the last question has no answer", async () => {
    await left(-1);
    run().stop();
    await expect.poll(() => run().status).toBe("stopped");
    const conversation = newConversation();
    await conversation.resume();
    expect(conversation.state.failure).toEqual({
      message: "This question has not been answered.",
      canRetry: true,
    });
    server.answers = [{ text: TEXT }];
    await conversation.retry();
    expect(textIn(conversation)).toBe(TEXT);
  });

  it("says nothing of an answer that was stopped", async () => {
    await newConversation().ask(WHY);
    run().status = "stopped";
    const conversation = newConversation();
    await conversation.resume();
    expect(conversation.state.failure).toBeNull();
  });

  it("lets go and comes back where it was", async () => {
    const open = held(2);
    const conversation = newConversation();
    void conversation.ask(WHY);
    await expect.poll(() => textIn(conversation)).not.toBe("");
    conversation.detach();
    expect(conversation.state.isBusy).toBe(false);
    open();
    await conversation.attach();
    expect(textIn(conversation)).toBe(TEXT);
    expect(run().status).toBe("completed");
  });
});

describe("Stop", () => {
  it("is sent to the run, whose stream then ends by itself", async () => {
    held(2);
    const conversation = newConversation();
    const asking = conversation.ask(WHY);
    await expect.poll(() => textIn(conversation)).not.toBe("");
    conversation.stop();
    expect(conversation.state).toMatchObject({ isBusy: true, canStop: false });
    await asking;
    expect(server.runRequests).toEqual(["POST stop"]);
    expect(server.aborted).toBe(0);
    expect(conversation.state).toMatchObject({ isBusy: false, failure: null });
    expect(lastAnswer(conversation.state)).toEqual(server.threads.get("thr_1")?.[1]);
    expect(heard).toEqual([]);
  });

  it("lets go of a stream that does not end in time", async () => {
    held(2);
    server.ignoresStop = true;
    const conversation = newConversation(newClient(), 20);
    const asking = conversation.ask(WHY);
    await expect.poll(() => textIn(conversation)).not.toBe("");
    conversation.stop();
    await asking;
    expect(conversation.state).toMatchObject({ isBusy: false, failure: null });
    await expect.poll(() => server.aborted).toBe(1);
  });

  it("ends the search for a lost connection", async () => {
    held(2);
    server.cuts = [{ frames: 7 }];
    const conversation = newConversation(newClient([60_000]));
    const asking = conversation.ask(WHY);
    await expect.poll(() => conversation.state.isReconnecting).toBe(true);
    conversation.stop();
    expect(conversation.state).toMatchObject({ isBusy: false, isReconnecting: false, failure: null });
    await asking;
    await expect.poll(() => run().status).toBe("stopped");
  });

  it("reaches a run that the server has not told yet", async () => {
    held(2);
    let begin = () => {};
    server.beforeStream = () =>
      new Promise((resolve) => {
        begin = resolve;
      });
    const conversation = newConversation();
    const asking = conversation.ask(WHY);
    await expect.poll(() => server.requests.length).toBe(1);
    conversation.stop();
    expect(conversation.state.isBusy).toBe(false);
    begin();
    await asking;
    await expect.poll(() => server.runRequests).toEqual(["POST stop"]);
    await expect.poll(() => run().status).toBe("stopped");
  });

  it("goes with a new conversation", async () => {
    held(2);
    const conversation = newConversation();
    const asking = conversation.ask(WHY);
    await expect.poll(() => textIn(conversation)).not.toBe("");
    conversation.reset();
    await asking;
    await expect.poll(() => run().status).toBe("stopped");
    expect(conversation.state.items).toEqual([]);
  });

  it("by a question in another tab leaves the words so far", async () => {
    held(2);
    const first = newConversation();
    const asking = first.ask(WHY);
    await expect.poll(() => textIn(first)).not.toBe("");
    await newClient().openThread("thr_1");
    server.answers = [{ text: "Another answer." }];
    await collect(newClient().addMessage("thr_1", userInput("And?")));
    await asking;
    expect(first.state).toMatchObject({ isBusy: false, failure: null });
    expect(textIn(first)).toBe(Array.from(TEXT).slice(0, 24).join(""));
  });
});

describe("a tab whose answer another tab has ended before it began", () => {
  it("shows the other tab's question and follows its answer", async () => {
    held(-1);
    const first = newConversation();
    const asking = first.ask(WHY);
    await expect.poll(() => first.state.items.length).toBe(1);
    const open = held(1);
    const other = collect(newClient().addMessage("thr_1", userInput("And?")));
    await expect.poll(() => textIn(first)).not.toBe("");
    open();
    await Promise.all([asking, other]);
    expect(first.state.items.map(({ type }) => type)).toEqual(["user_message", "user_message", "assistant_message"]);
    expect(textIn(first)).toBe(TEXT);
    expect(first.state.failure).toBeNull();
  });
});

describe("a question that is refused for a while", () => {
  for (const status of [429, 503]) {
    it(`goes back to the reader, who is told when to ask again (${status})`, async () => {
      const conversation = newConversation();
      server.refusals = [{ status, problem: { title: "Too many questions." }, headers: { "Retry-After": "7" } }];
      await conversation.ask(WHY);
      const message = "Too many questions. Try again in 7 seconds.";
      expect(conversation.state).toMatchObject({ pending: null, isBusy: false, failure: { message, canRetry: false } });
      expect(heard).toEqual(["returned: Why?", `failed: ${message}`]);
      await conversation.ask(WHY);
      expect(textIn(conversation)).toBe(TEXT);
    });
  }

  it("the second time keeps its old answer", async () => {
    const conversation = newConversation();
    await conversation.ask(WHY);
    server.refusals = [{ status: 429, problem: { title: "Slow down." }, headers: { "Retry-After": "7" } }];
    await conversation.retry();
    expect(textIn(conversation)).toBe(TEXT);
    expect(conversation.state.failure).toEqual({ message: "Slow down. Try again in 7 seconds.", canRetry: true });
  });
});
