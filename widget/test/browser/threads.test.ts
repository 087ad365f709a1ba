/** The list of conversations, and what two tabs of one reader see, in a real Chromium. */

import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { canSkip } from "../support/browser.ts";
import { onPage } from "../support/reader.ts";

const PATIENCE = { timeout: 10_000 };

describe.skipIf(canSkip)("conversations", () => {
  const reader = onPage();
  const { chat, composer, articles, said, ask, open } = reader;
  const list = () => chat().getByRole("navigation", { name: "Conversations" });
  const rows = () => list().locator(".row .title");
  const search = () => list().getByLabel("Search conversations");

  beforeEach(() => {
    const { server } = reader;
    for (const [at, title] of ["Oldest", "Relays", "Newest"].entries()) {
      const id = `thr_old${at}`;
      const base = { thread_id: id, created_at: "2026-01-01T00:00:00Z" };
      server.titles.set(id, title);
      server.threads.set(id, [
        { ...base, id: `q${at}`, type: "user_message", content: [{ type: "input_text", text: `Asked ${at}?` }] },
        {
          ...base,
          id: `a${at}`,
          type: "assistant_message",
          content: [{ type: "output_text", text: `Answered ${at}.`, annotations: [] }],
        },
      ]);
    }
    server.days.set("thr_old2", new Date().toISOString());
  });

  async function openList(): Promise<void> {
    await open();
    await chat().getByRole("button", { name: "Conversations" }).click();
    await expect.poll(() => rows().allTextContents()).toEqual(["Newest", "Relays", "Oldest"]);
  }

  it("are listed newest first by their days, and open at a press", async () => {
    await openList();
    expect(await list().getByRole("heading").allTextContents()).toEqual(["today", "Earlier"]);
    await expect.poll(() => search().evaluate((field) => field.matches(":focus"))).toBe(true);
    await rows().nth(1).click();
    await expect.poll(() => articles().textContent()).toContain("Answered 1.");
    expect(await list().count()).toBe(0);
    await expect.poll(() => composer().evaluate((field) => field.matches(":focus"))).toBe(true);
    await ask("And then?");
    await expect.poll(() => articles().count()).toBe(2);
    expect(reader.server.requests.at(-1)?.params.thread_id).toBe("thr_old1");
  });

  it("come a page after the other", async () => {
    for (let at = 0; at < 40; at++) reader.server.threads.set(`thr_more${at}`, []);
    await open();
    await chat().getByRole("button", { name: "Conversations" }).click();
    await expect.poll(() => rows().count()).toBe(30);
    await list().getByRole("button", { name: "Show more" }).click();
    await expect.poll(() => rows().count()).toBe(43);
    expect(await list().getByRole("button", { name: "Show more" }).count()).toBe(0);
  });

  it("are found by the words of their titles and messages", async () => {
    await openList();
    await search().fill("answered 0");
    await expect.poll(() => rows().allTextContents()).toEqual(["Oldest"]);
    expect(await list().getByRole("status").textContent()).toContain("Conversations shown: 1");
    await search().fill("nowhere");
    await expect.poll(() => list().textContent()).toContain("No conversation has these words.");
    await search().fill("");
    await expect.poll(() => rows().count()).toBe(3);
  });

  it("are renamed in their place, and Escape changes nothing", async () => {
    await openList();
    await list().getByRole("button", { name: "Rename: Relays" }).click();
    const field = list().getByLabel("New title");
    await expect.poll(() => field.evaluate((input) => input.matches(":focus"))).toBe(true);
    await field.fill("Not this");
    await field.press("Escape");
    await expect.poll(() => rows().nth(1).textContent()).toBe("Relays");
    await list().getByRole("button", { name: "Rename: Relays" }).click();
    await field.fill("Relays and pumps");
    await field.press("Enter");
    await expect.poll(() => rows().nth(1).textContent()).toBe("Relays and pumps");
    await expect.poll(() => reader.server.titles.get("thr_old1")).toBe("Relays and pumps");
    expect(reader.server.requests.filter(({ type }) => type === "threads.update")).toHaveLength(1);
  });

  it("are deleted once the reader has said so twice", async () => {
    await openList();
    await rows().nth(1).click();
    await expect.poll(() => articles().count()).toBe(1);
    await chat().getByRole("button", { name: "Conversations" }).click();
    await list().getByRole("button", { name: "Delete: Relays" }).click();
    await list().getByRole("button", { name: "Keep" }).click();
    expect(reader.server.threads.has("thr_old1")).toBe(true);
    await list().getByRole("button", { name: "Delete: Relays" }).click();
    await list().getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(() => rows().allTextContents()).toEqual(["Newest", "Oldest"]);
    await expect.poll(() => reader.server.threads.has("thr_old1")).toBe(false);
    await expect.poll(() => articles().count()).toBe(0);
    expect(await rows().allTextContents()).toEqual(["Newest", "Oldest"]);
  });

  it("stay in the list when the server refuses", async () => {
    await openList();
    reader.server.refusals = [{ status: 503, problem: { title: "Later, please." } }];
    await list().getByRole("button", { name: "Delete: Relays" }).click();
    await list().getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(() => list().getByRole("alert").textContent()).toBe("Later, please.");
    expect(await rows().count()).toBe(3);
  });

  it("close with Escape before the panel does", async () => {
    await openList();
    await reader.page.keyboard.press("Escape");
    await expect.poll(() => list().count()).toBe(0);
    await expect.poll(reader.focused).toContain("list-tool");
    await reader.page.keyboard.press("Escape");
    await expect.poll(() => chat().locator("dialog").isVisible()).toBe(false);
  });

  it("stand beside the conversation on a page of its own", async () => {
    reader.server.addPage("/chat", reader.html('<bookside-chat layout="page"></bookside-chat>'));
    await reader.page.goto(`${reader.server.url}/chat`);
    await expect.poll(() => rows().count()).toBe(3);
    const box = await list().boundingBox();
    const field = await composer().boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(field?.x ?? 0);
    await ask("What else?");
    await expect.poll(() => articles().count()).toBe(1);
    await expect.poll(() => rows().count()).toBe(4);
    await reader.page.setViewportSize({ width: 600, height: 800 });
    await expect.poll(() => list().isVisible()).toBe(false);
    await chat().getByRole("button", { name: "Conversations" }).click();
    await expect.poll(() => list().isVisible()).toBe(true);
    expect(await composer().isVisible()).toBe(false);
  });

  describe("in two tabs", () => {
    let second: Page;
    const inSecond = (selector: string) => second.locator("bookside-chat").locator(selector);

    beforeEach(async () => {
      reader.server.hasRuns = true;
      await openList();
      await rows().nth(1).click();
      await expect.poll(() => articles().count()).toBe(1);
      second = await reader.page.context().newPage();
      await second.goto(`${reader.server.url}/p`);
      await inSecond(".opener").click();
      await expect.poll(() => inSecond("article").textContent()).toContain("Answered 1.");
    });

    it("show a question of one in the other, and its answer as it grows", async () => {
      const words = Array.from({ length: 40 }, (_, at) => `word${at} `).join("");
      let go = () => {};
      const isOpen = new Promise<void>((resolve) => {
        go = resolve;
      });
      reader.server.answers = [{ text: words, gate: { after: 5, isOpen } }];
      await ask("Why?");
      await expect.poll(() => inSecond(".question").count(), PATIENCE).toBe(2);
      await expect.poll(() => inSecond("article").last().textContent(), PATIENCE).toContain("word7");
      expect(await inSecond("article").last().getAttribute("aria-busy")).toBe("true");
      go();
      await expect.poll(() => inSecond("article").last().textContent(), PATIENCE).toContain("word39");
      await expect.poll(() => inSecond("article[aria-busy=true]").count(), PATIENCE).toBe(0);
      expect(reader.server.threads.get("thr_old1")).toHaveLength(4);
    });

    it("lose what is deleted in one, and keep what is typed in the other", async () => {
      await inSecond("textarea").fill("My draft");
      await chat().getByRole("button", { name: "Conversations" }).click();
      await list().getByRole("button", { name: "Delete: Relays" }).click();
      await list().getByRole("button", { name: "Delete", exact: true }).click();
      const alert = () => inSecond("[role=alert]").textContent();
      await expect.poll(alert, PATIENCE).toContain("This conversation was deleted in another tab.");
      expect(await inSecond("textarea").inputValue()).toBe("My draft");
      await inSecond("textarea").press("Enter");
      await expect.poll(() => inSecond("article").count(), PATIENCE).toBe(1);
      expect(reader.server.requests.at(-1)?.type).toBe("threads.create");
    });

    it("have each a conversation of its own after a reload, and one reader", async () => {
      await chat().getByRole("button", { name: "New conversation" }).click();
      await ask("Another?");
      await expect.poll(() => articles().textContent()).toContain("An answer.");
      await second.reload();
      await expect.poll(() => inSecond("article").textContent()).toContain("Answered 1.");
      await reader.page.reload();
      await expect.poll(() => articles().textContent()).toContain("An answer.");
      expect(reader.server.sessions).toBe(1);
    });
  });

  describe("of a great length", () => {
    for (const hasRuns of [true, false]) {
      it(`open at their end, and have the rest above, ${hasRuns ? "here" : "and with any ChatKit server"}`, async () => {
        reader.server.hasRuns = hasRuns;
        const [question, answer] = reader.server.threads.get("thr_old1") ?? [];
        const items = Array.from({ length: 125 }, (_, at) => [
          { ...question, id: `q_${at}`, content: [{ type: "input_text", text: `Asked ${at}?` }] },
          { ...answer, id: `a_${at}` },
        ]).flat();
        reader.server.threads.set("thr_old1", items as never);
        await openList();
        await rows().nth(1).click();
        const questions = () => chat().locator(".question");
        await expect.poll(() => questions().count()).toBe(50);
        expect(await questions().last().textContent()).toContain("Asked 124?");
        // Pressed from afar, as a screen reader does: to come near it would load the page by itself.
        await chat()
          .getByRole("button", { name: "Show what was said before" })
          .evaluate((button) => (button as HTMLButtonElement).click());
        await expect.poll(() => questions().count()).toBe(100);
        await chat()
          .locator(".messages")
          .evaluate((list) => list.scrollTo(0, 0));
        await expect.poll(() => questions().count()).toBe(125);
        expect(await questions().first().textContent()).toContain("Asked 0?");
        expect(await chat().getByRole("button", { name: "Show what was said before" }).count()).toBe(0);
      });
    }
  });

  it("say nothing while nothing is asked", async () => {
    await open();
    expect((await said())?.trim()).toBe("");
  });
});
