/** What happens to a question that the server has not taken, when the conversation becomes another one. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatKitClient } from "../src/client.ts";
import { Conversation } from "../src/conversation.ts";
import { MemoryStorage } from "../src/storage.ts";
import { TestServer } from "./support/server.ts";

const ONE = { text: "One?", quote: null };
const TWO = { text: "Two?", quote: "a quote" };

let server: TestServer;
let conversation: Conversation;
let returned: string[];

beforeEach(async () => {
  server = await TestServer.start();
  server.hasRuns = true;
  returned = [];
  const storage = new MemoryStorage();
  conversation = new Conversation(new ChatKitClient({ server: server.url, storage }), storage, {
    changed: () => undefined,
    answered: () => undefined,
    failed: () => undefined,
    returned: ({ text, quote }) => returned.push(`${text} ${quote}`),
  });
  await conversation.ask(ONE);
  server.refusals = [{ status: 503, problem: { title: "Away" } }];
  await conversation.ask(TWO);
});
afterEach(() => server.close());

describe("an unsent question", () => {
  it("waits where it was asked", () => {
    expect(conversation.state.pending).toEqual(TWO);
    expect(returned).toEqual([]);
  });

  it.each([
    ["a new conversation begins", () => conversation.reset()],
    ["another conversation is opened", () => conversation.open("thr_other")],
    ["the conversation is deleted elsewhere", () => conversation.lose("Gone.")],
    ["the conversation has gone on elsewhere", () => conversation.refresh()],
  ])("is the reader's again when %s", async (_, happen) => {
    await happen();
    expect(returned).toEqual(["Two? a quote"]);
    expect(conversation.state.pending).toBeNull();
  });

  it("is not asked twice when the server has it after all", async () => {
    const [first] = server.threads.get("thr_1") ?? [];
    server.threads.get("thr_1")?.push({ ...first, id: "q2", content: [{ type: "input_text", text: "Two?" }] } as never);
    await conversation.refresh();
    expect(returned).toEqual([]);
  });
});
