/** What outlives a page, a network and a server, and what the reader can do with an answer, in a real Chromium. */

import { describe, expect, it } from "vitest";
import { canSkip } from "../support/browser.ts";
import { onPage } from "../support/reader.ts";

const PATIENCE = { timeout: 10_000 };
const LONG = Array.from({ length: 300 }, (_, at) => `Paragraph ${at}.\n\n`).join("");

describe.skipIf(canSkip)("the panel", () => {
  const reader = onPage();
  const { chat, composer, articles, said, focused, ask, open } = reader;
  const panel = () => chat().locator("dialog");
  const alert = () => chat().getByRole("alert");
  const send = () => chat().getByRole("button", { name: "Send", exact: true });

  describe("remembers", () => {
    it("that it is open, its size, and a draft with its quote, and takes no focus when it opens by itself", async () => {
      await reader.page.goto(`${reader.server.url}/p`);
      await reader.page.locator("#p").click({ clickCount: 3 });
      await chat().locator(".opener").click();
      await composer().fill("Half a quest");
      await chat().getByRole("button", { name: "Larger" }).click();
      await reader.page.reload();
      await expect.poll(() => panel().isVisible()).toBe(true);
      expect(await composer().inputValue()).toBe("Half a quest");
      expect(await chat().locator(".chip").textContent()).toContain("A program that runs");
      expect(await chat().getByRole("button", { name: "Smaller" }).count()).toBe(1);
      expect(await reader.page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
      await chat().getByRole("button", { name: "Close" }).click();
      await reader.page.reload();
      await chat().locator(".opener").waitFor();
      expect(await panel().isVisible()).toBe(false);
    });

    it("that there is room for files, where a page was left before the server was asked", async () => {
      await reader.page.route("**/bookside/attaching.js", (route) => route.abort());
      await open();
      await reader.page.waitForTimeout(100);
      await reader.page.reload();
      await composer().waitFor();
      expect(await chat().locator(".field .tool.attach").count()).toBe(1);
      await reader.page.unroute("**/bookside/attaching.js");
    });

    it("how far a conversation was read", async () => {
      reader.server.answers = [{ text: LONG }];
      await open();
      await ask("Why?");
      await expect.poll(() => articles().textContent()).toContain("Paragraph 299");
      const list = () => chat().locator(".messages");
      await list().evaluate((element) => {
        element.scrollTop = 1234;
      });
      await reader.page.waitForTimeout(100);
      await reader.page.reload();
      await expect.poll(() => list().evaluate(({ scrollTop }) => scrollTop)).toBe(1234);
    });

    it("a question that the server has not taken", async () => {
      reader.server.refusals = [{ status: 503, problem: { title: "Away" } }];
      await open();
      await ask("Not lost?");
      await alert().waitFor();
      await composer().fill("And this?");
      await reader.page.waitForTimeout(100);
      await reader.page.reload();
      await expect.poll(() => composer().inputValue()).toBe("Not lost?\n\nAnd this?");
      await composer().press("Enter");
      await expect.poll(() => articles().count()).toBe(1);
      await reader.page.reload();
      await expect.poll(() => articles().count()).toBe(1);
      expect(await composer().inputValue()).toBe("");
    });
  });

  describe("stays when the site changes its page by script", () => {
    const swap = (how: string) =>
      reader.page.evaluate((way) => {
        const body = document.createElement("body");
        body.innerHTML = "<h1>Another page</h1>";
        if (way === "body") document.body.replaceWith(body);
        if (way === "children") document.body.innerHTML = "<h1>Another page</h1>";
        if (way === "copy") {
          body.append(document.querySelector("bookside-chat")?.cloneNode(true) as Node);
          document.body.replaceWith(body);
        }
      }, how);

    for (const way of ["body", "children", "copy"]) {
      it(`in the midst of an answer, by a new ${way}`, async () => {
        const words = Array.from({ length: 40 }, (_, at) => `word${at} `).join("");
        let go = () => {};
        const isOpen = new Promise<void>((resolve) => {
          go = resolve;
        });
        reader.server.answers = [{ text: words, gate: { after: 5, isOpen } }];
        await open();
        await ask("Why?");
        await expect.poll(() => articles().textContent()).toContain("word7");
        await composer().fill("My next one");
        await swap(way);
        await reader.page.getByRole("heading", { name: "Another page" }).waitFor();
        go();
        await expect.poll(() => articles().textContent(), PATIENCE).toContain("word39");
        expect(await chat().count()).toBe(1);
        expect(await panel().isVisible()).toBe(true);
        expect(await composer().inputValue()).toBe("My next one");
        expect(reader.server.aborted).toBe(0);
      });
    }
  });

  describe("loses nothing that is typed", () => {
    it("while the browser is offline, and takes it when the reader sends it again", async () => {
      await open();
      await composer().fill("Typed before");
      await reader.page.context().setOffline(true);
      const note = chat().getByText("You are offline. What you type stays here until you send it.");
      await expect.poll(() => note.count()).toBe(1);
      await composer().press("Enter");
      await expect.poll(() => composer().inputValue()).toBe("Typed before");
      expect(await alert().textContent()).toContain("can't be reached");
      await reader.page.context().setOffline(false);
      await expect.poll(() => note.count()).toBe(0);
      expect(await alert().count()).toBe(0);
      expect(reader.server.requests).toEqual([]);
      await composer().press("Enter");
      await expect.poll(() => articles().count()).toBe(1);
    });

    it("when the session has ended and no other is given", async () => {
      await open();
      await ask("One?");
      await expect.poll(() => articles().count()).toBe(1);
      reader.server.refusals = [401, 401].map((status) => ({ status, problem: { title: "Unknown reader." } }));
      await ask("Two?");
      await expect.poll(() => alert().textContent()).toContain("Your session has ended");
      expect(await composer().inputValue()).toBe("Two?");
      expect(await articles().count()).toBe(1);
    });

    it("when the conversation is gone, and begins another one with it", async () => {
      await open();
      await ask("One?");
      await expect.poll(() => articles().count()).toBe(1);
      reader.server.threads.clear();
      await ask("Two?");
      await expect.poll(() => alert().textContent()).toContain("no longer on the server");
      expect(await composer().inputValue()).toBe("Two?");
      await composer().press("Enter");
      await expect.poll(() => reader.server.requests.at(-1)?.type).toBe("threads.create");
      await expect.poll(() => chat().locator(".question").count()).toBe(1);
    });

    it("when it is too long: it says by how much, and cuts nothing", async () => {
      await open();
      await composer().fill("x".repeat(1799));
      expect(await chat().locator(".count").textContent()).toBe("");
      await composer().fill("x".repeat(1900));
      await expect.poll(() => chat().locator(".count").textContent()).toBe("100 characters left");
      await composer().fill("🎓".repeat(2001));
      await expect.poll(() => chat().locator(".count").textContent()).toBe("1 characters too many");
      expect(await send().isDisabled()).toBe(true);
      await composer().press("Enter");
      expect(await composer().inputValue()).toBe("🎓".repeat(2001));
      expect(reader.server.requests).toEqual([]);
    });

    it("and sees why, however long the last answer is", async () => {
      reader.server.answers = [{ text: LONG }];
      await open();
      await ask("Why?");
      await expect.poll(() => articles().textContent()).toContain("Paragraph 299");
      reader.server.refusals = [{ status: 503, problem: { title: "The model is away." } }];
      await ask("And then?");
      await alert().waitFor();
      const isSeen = () =>
        alert().evaluate((element) => {
          const list = element.closest(".messages")?.getBoundingClientRect();
          return element.getBoundingClientRect().bottom <= (list?.bottom ?? 0);
        });
      await expect.poll(isSeen).toBe(true);
    });

    it("when the server refuses the question itself", async () => {
      reader.server.refusals = [{ status: 413, problem: { title: "Too long", detail: "At most 10 characters." } }];
      await open();
      await ask("A question of more");
      expect(await alert().locator("p").textContent()).toBe("At most 10 characters.");
      expect(await composer().inputValue()).toBe("A question of more");
    });

    it("when the page asks, or a new conversation begins", async () => {
      await open();
      await composer().fill("My draft");
      await reader.page.evaluate(() => document.querySelector("bookside-chat")?.ask("The page's question?"));
      await expect.poll(() => articles().count()).toBe(1);
      expect(await composer().inputValue()).toBe("My draft");
      reader.server.refusals = [{ status: 503, problem: { title: "Away" } }];
      await composer().press("Enter");
      await alert().waitFor();
      await chat().getByRole("button", { name: "New conversation" }).click();
      await expect.poll(() => composer().inputValue()).toBe("My draft");
    });
  });

  describe("lets the reader", () => {
    it("copy an answer", async () => {
      reader.server.answers = [{ text: "A **bold** answer." }];
      await open();
      await ask("Why?");
      await chat().getByRole("button", { name: "Copy the answer" }).click();
      await expect.poll(said).toBe("Copied");
      const copied = await reader.page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toContain("A **bold** answer.");
    });

    it("have the last answer written again", async () => {
      reader.server.answers = [{ text: "First." }, { text: "Second." }, { text: "Third." }];
      await open();
      await ask("One?");
      await expect.poll(() => articles().count()).toBe(1);
      await ask("Two?");
      await expect.poll(() => articles().count()).toBe(2);
      expect(await chat().getByRole("button", { name: "Answer again" }).count()).toBe(1);
      await chat().getByRole("button", { name: "Answer again" }).click();
      await expect.poll(() => articles().last().textContent()).toContain("Third.");
      expect(await articles().count()).toBe(2);
    });

    it("say what is wrong with an answer, and keeps it over a refusal and a reload", async () => {
      await open();
      await ask("Why?");
      await chat().getByRole("button", { name: "Bad answer" }).click();
      const form = () => chat().locator(".feedback");
      await form().getByLabel("Not complete").check();
      await form().getByLabel("Anything else?").fill("It says nothing of pumps.");
      reader.server.feedbackRefusals = [{ status: 429, problem: { title: "Too many verdicts." } }];
      await form().getByRole("button", { name: "Send feedback" }).click();
      expect(await form().getByRole("alert").textContent()).toBe("Too many verdicts.");
      await reader.page.reload();
      await expect.poll(() => form().getByLabel("Anything else?").inputValue()).toBe("It says nothing of pumps.");
      await form().getByRole("button", { name: "Send feedback" }).click();
      await expect.poll(() => form().count()).toBe(0);
      expect(reader.server.reasons).toEqual([
        {
          thread_id: "thr_1",
          item_ids: ["itm_3"],
          kind: "negative",
          reason: "Not complete; It says nothing of pumps.",
        },
      ]);
      expect(reader.server.requests.find(({ type }) => type === "items.feedback")?.params.kind).toBe("negative");
      const bad = chat().getByRole("button", { name: "Bad answer" });
      expect(await bad.getAttribute("aria-pressed")).toBe("true");
    });
  });

  it("says that an answer is being written, and that it is complete", async () => {
    let go = () => {};
    const isOpen = new Promise<void>((resolve) => {
      go = resolve;
    });
    reader.server.answers = [{ text: "All of it.", gate: { after: 0, isOpen } }];
    await open();
    await ask("Why?");
    await expect.poll(said).toBe("The answer is being written.");
    go();
    await expect.poll(said).toBe("The answer is complete. All of it.");
  });

  describe("looks like its page", () => {
    const scheme = () => chat().getAttribute("data-scheme");

    for (const [signal, element, name, value] of [
      ["Bootstrap's", "html", "data-bs-theme", "dark"],
      ["MkDocs Material's", "body", "data-md-color-scheme", "slate"],
      ["Tailwind's", "html", "class", "dark"],
      ["the page's own style", "html", "style", "dark"],
    ]) {
      it(`by ${signal} signal`, async () => {
        await open();
        await expect.poll(scheme).toBe("light");
        await reader.page.evaluate(
          ([selector = "", attribute = "", said = ""]) => {
            // A style attribute that is set so is refused by the page's own rules; its owner is not.
            if (attribute === "style") document.documentElement.style.colorScheme = said;
            else document.querySelector(selector)?.setAttribute(attribute, said);
          },
          [element, name, value],
        );
        await expect.poll(scheme).toBe("dark");
      });
    }

    it("in its colour, where text in it can be read", async () => {
      await open();
      const accent = () => chat().evaluate((element) => element.style.getPropertyValue("--_site-accent"));
      const paint = (colour: string) =>
        reader.page.evaluate((value) => {
          document.documentElement.style.setProperty("--ifm-color-primary", value);
        }, colour);
      await paint("hsl(150 80% 25%)");
      await expect.poll(accent).toBe("#0d7340");
      await paint("#ffee00");
      await expect.poll(accent).toBe("");
    });
  });

  describe("on a phone", () => {
    it("keeps to the part of the screen that the keyboard leaves", async () => {
      await reader.page.setViewportSize({ width: 390, height: 844 });
      await open();
      await reader.page.evaluate(() => {
        Object.defineProperty(visualViewport, "height", { get: () => 500 });
        visualViewport?.dispatchEvent(new Event("resize"));
      });
      await expect.poll(() => panel().boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 500 });
    });

    it("keeps the focus in the sheet", async () => {
      await reader.page.setViewportSize({ width: 390, height: 844 });
      await open();
      for (let at = 0; at < 12; at++) {
        await reader.page.keyboard.press("Tab");
        const active = await reader.page.evaluate(() => document.activeElement?.tagName);
        expect(["BOOKSIDE-CHAT", "BODY"]).toContain(active);
      }
    });
  });

  it("moves the focus back to its button when it closes", async () => {
    await open();
    await reader.page.keyboard.press("Escape");
    await expect.poll(focused).toBe("opener");
  });
});
