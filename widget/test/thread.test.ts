import { describe, expect, it } from "vitest";
import { ProtocolError } from "../src/errors.ts";
import { parseEvent, type StreamEvent } from "../src/protocol.ts";
import { readFrames } from "../src/sse.ts";
import { asked, EMPTY, ended, failed, lastAnswer, loaded, reduce, retried, type ThreadState } from "../src/thread.ts";

const base = { thread_id: "t", created_at: "2026-01-01T00:00:00Z" };
const part = (text: string) => ({ type: "output_text" as const, text, annotations: [] });
const question = (id: string) => ({
  ...base,
  id,
  type: "user_message" as const,
  content: [{ type: "input_text" as const, text: "Why?" }],
});
const answer = (id: string, ...texts: string[]) => ({
  ...base,
  id,
  type: "assistant_message" as const,
  content: texts.map(part),
});
const delta = (item_id: string, text: string, content_index = 0): StreamEvent => ({
  type: "thread.item.updated",
  item_id,
  update: { type: "assistant_message.content_part.text_delta", content_index, delta: text },
});
const play = (events: readonly StreamEvent[], from: ThreadState = EMPTY) => events.reduce(reduce, from);

describe("the reader of a stream", () => {
  const frames = [
    ': ping\n\ndata: {"type":"progress_update","text":"Zoë λ 🎓 讀書"}\n\n',
    'data: {"type":"progress_update",\r\ndata: "text":"two lines"}\r\n\r\n',
    ':\r\nevent: whatever\r\nid: 7\r\ndata:{"type":"notice","level":"info","message":"ő"}\r\n\r\n',
  ].join("");
  const expected = [
    { type: "progress_update", text: "Zoë λ 🎓 讀書" },
    { type: "progress_update", text: "two lines" },
    { type: "notice", level: "info", message: "ő", title: null },
  ];

  for (const size of [1, 2, 3, 7, 4096]) {
    it(`gives the same events from pieces of ${size} bytes`, async () => {
      const read = await collect(readFrames(cut(frames, size)));
      expect(read.map(({ event }) => event)).toEqual(expected);
      expect(read.map(({ id }) => id)).toEqual([null, null, 7]);
    });
  }

  it("gives nothing for a frame that never ended", async () => {
    expect(await collect(readFrames(cut('data: {"type":"error"}\n', 5)))).toEqual([]);
  });

  it("refuses a frame that is not JSON", async () => {
    await expect(collect(readFrames(cut("data: {half\n\n", 3)))).rejects.toBeInstanceOf(ProtocolError);
  });

  it("lets go of the body when the loop is left", async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: {"type":"error"}\n\n')),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const _ of readFrames(body)) break;
    expect(isCancelled).toBe(true);
  });
});

describe("an event", () => {
  it("of an unknown type is handed on whole", () => {
    const event = parseEvent('{"type":"thread.sang","song":1}');
    expect(event).toEqual({ type: "unknown", name: "thread.sang", data: { type: "thread.sang", song: 1 } });
    expect(reduce(EMPTY, event)).toBe(EMPTY);
  });

  for (const strange of [
    '{"type":"thread.item.done"}',
    '{"type":"thread.item.done","item":null}',
    '{"type":"thread.item.done","item":{"type":"assistant_message"}}',
    '{"type":"thread.item.updated","item_id":"a","update":{"type":"widget.root.updated","widget":"none"}}',
    '{"type":"notice","message":7}',
  ]) {
    it(`without what it is about is an unknown one: ${strange}`, () => {
      expect(parseEvent(strange).type).toBe("unknown");
    });
  }

  for (const bad of ["[]", "null", "3", "{}", '{"type":1}']) {
    it(`is refused when it reads ${bad}`, () => {
      expect(() => parseEvent(bad)).toThrow(ProtocolError);
    });
  }

  it("with the name of a property of every object is unknown, not known", () => {
    expect(parseEvent('{"type":"constructor"}').type).toBe("unknown");
  });
});

describe("a conversation", () => {
  const opening: StreamEvent[] = [
    { type: "thread.created", thread: { ...base, id: "t", items: { data: [], has_more: false, after: null } } },
    { type: "thread.item.done", item: question("q") },
    { type: "progress_update", text: "Searching" },
  ];

  it("shows the question at once, and once", () => {
    const before = asked(EMPTY, { text: "Why?", quote: null });
    expect(before.pending).toEqual({ text: "Why?", quote: null });
    const after = play(opening, before);
    expect(after.pending).toBeNull();
    expect(after.items.map(({ id }) => id)).toEqual(["q"]);
    expect(after).toMatchObject({ id: "t", isBusy: true, progress: "Searching" });
  });

  it("grows an answer by its deltas and drops the progress at the first", () => {
    const state = play([
      ...opening,
      { type: "thread.item.added", item: answer("a") },
      delta("a", "Be"),
      delta("a", "cause"),
    ]);
    expect(lastAnswer(state)?.content[0]?.text).toBe("Because");
    expect(state.progress).toBeNull();
    expect(state.growing.has("a")).toBe(true);
  });

  it("keeps the parts of an answer apart", () => {
    const state = play([{ type: "thread.item.added", item: answer("a") }, delta("a", "two", 1), delta("a", "one", 0)]);
    expect(lastAnswer(state)?.content.map(({ text }) => text)).toEqual(["one", "two"]);
  });

  it("adds annotations and takes the finished item's word over its own", () => {
    const annotation = {
      type: "annotation" as const,
      index: 2,
      source: { type: "url" as const, url: "/a", title: "A" },
    };
    const annotated = play([
      { type: "thread.item.added", item: answer("a", "text") },
      {
        type: "thread.item.updated",
        item_id: "a",
        update: {
          type: "assistant_message.content_part.annotation_added",
          content_index: 0,
          annotation_index: 0,
          annotation,
        },
      },
    ]);
    expect(lastAnswer(annotated)?.content[0]?.annotations).toEqual([annotation]);
    const finished = reduce(annotated, { type: "thread.item.done", item: answer("a", "final") });
    expect(lastAnswer(finished)?.content).toEqual([part("final")]);
    expect(finished.growing.size).toBe(0);
  });

  it("leaves out updates for items and of kinds that it does not know", () => {
    const state = play([{ type: "thread.item.added", item: answer("a", "text") }]);
    expect(reduce(state, delta("nobody", "x"))).toBe(state);
    const strange = {
      type: "thread.item.updated",
      item_id: "a",
      update: { type: "widget.root.updated" },
    } as unknown as StreamEvent;
    expect(reduce(state, strange)).toBe(state);
  });

  it("replaces an item in its place and removes one", () => {
    const state = loaded({ id: "t" }, [question("q"), answer("a", "old"), question("q2")]);
    const replaced = reduce(state, { type: "thread.item.replaced", item: answer("a", "new") });
    expect(replaced.items.map(({ id }) => id)).toEqual(["q", "a", "q2"]);
    expect(reduce(replaced, { type: "thread.item.removed", item_id: "a" }).items.map(({ id }) => id)).toEqual([
      "q",
      "q2",
    ]);
  });

  it("ends at an error and says whether to try again", () => {
    const state = play([
      ...opening,
      { type: "error", code: "custom", message: "The model is busy.", allow_retry: true },
    ]);
    expect(state).toMatchObject({ isBusy: false, failure: { message: "The model is busy.", canRetry: true } });
  });

  it("keeps what was written when it is stopped or fails", () => {
    const state = play([{ type: "thread.item.added", item: answer("a") }, delta("a", "half")]);
    for (const after of [ended(state), failed(state, { message: "x", canRetry: false })]) {
      expect(lastAnswer(after)?.content[0]?.text).toBe("half");
      expect(after.growing.size).toBe(0);
    }
  });

  it("drops what followed an item that is tried again", () => {
    const state = loaded({ id: "t" }, [question("q"), answer("a", "old")]);
    expect(retried(state, "q").items.map(({ id }) => id)).toEqual(["q"]);
  });

  it("collects notices until the next question", () => {
    const state = reduce(EMPTY, { type: "notice", level: "info", message: "Cut to 2,000 characters." });
    expect(state.notices).toHaveLength(1);
    expect(asked(state, { text: "x", quote: null }).notices).toEqual([]);
  });

  it("keeps an answer whose id comes again for the next question", () => {
    const state = play([
      { type: "thread.item.done", item: question("q1") },
      { type: "thread.item.added", item: answer("fake") },
      delta("fake", "one"),
      { type: "thread.item.done", item: answer("fake", "one") },
      { type: "thread.item.done", item: question("q2") },
      { type: "thread.item.added", item: answer("fake") },
      delta("fake", "two"),
    ]);
    const texts = state.items.map((item) => ("content" in item ? item.content.map(({ text }) => text).join("") : ""));
    expect(texts).toEqual(["Why?", "one", "Why?", "two"]);
    expect(new Set(state.items.map(({ id }) => id)).size).toBe(4);
  });

  it("grows the last of the texts with one id, however deep it is, and shares what has not changed", () => {
    const text = (id: string, value: string) => ({ type: "Text", id, value });
    const still = { type: "Col", children: [text("a", "still")] };
    const widget = { type: "Card", children: [still, { type: "Transition", children: text("b", "be") }] };
    const before = play([{ type: "thread.item.added", item: { ...base, id: "w", type: "widget", widget } }]);
    const grown = {
      type: "widget.streaming_text.value_delta",
      component_id: "b",
      delta: "cause",
      done: false,
    } as const;
    const after = reduce(before, { type: "thread.item.updated", item_id: "w", update: grown });
    const root = (after.items[0] as unknown as { widget: typeof widget }).widget;
    expect(root.children[1]).toEqual({ type: "Transition", children: text("b", "because") });
    expect(root.children[0]).toBe(still);
    const other = { ...grown, component_id: "nobody" };
    expect(reduce(after, { type: "thread.item.updated", item_id: "w", update: other })).toBe(after);
  });

  it("does not add a task twice that its item had already", () => {
    const task = (title: string) => ({ type: "custom" as const, title });
    const item = {
      ...base,
      id: "f",
      type: "workflow" as const,
      workflow: { type: "custom" as const, tasks: [task("a"), task("b")] },
    };
    const added = (task_index: number, title: string): StreamEvent => ({
      type: "thread.item.updated",
      item_id: "f",
      update: { type: "workflow.task.added", task_index, task: task(title) },
    });
    const state = play([{ type: "thread.item.added", item }, added(1, "b"), added(2, "c")]);
    expect(state.items).toEqual([{ ...item, workflow: { type: "custom", tasks: [task("a"), task("b"), task("c")] } }]);
  });

  it("never changes a state that was handed out", () => {
    const before = play([{ type: "thread.item.added", item: answer("a", "text") }]);
    const copy = structuredClone(before);
    play([delta("a", "more"), { type: "thread.item.done", item: answer("a", "done") }], before);
    expect(before).toEqual(copy);
  });
});

function cut(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of stream) found.push(value);
  return found;
}
