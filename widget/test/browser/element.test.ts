/** The built file in a real Chromium, on pages with a strict content security policy. */

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canSkip, launch } from "../support/browser.ts";
import { cite, html, TestServer } from "../support/server.ts";

const SCRIPT = '<script type="module" src="/bookside.js" data-server=""></script>';
/** How long a state may take to come about, on a slow machine too. */
const PATIENCE = { timeout: 10_000 };
const TEXT = "<h1>Processes</h1><p id='p'>A program that runs is called a process.</p><button id='b'>b</button>";

describe.skipIf(canSkip)("<bookside-chat>", () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await TestServer.start();
    server.addPage("/p", html(TEXT + SCRIPT));
    const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, reducedMotion: "reduce" });
    page = await context.newPage();
    complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security") && complaints.push(message.text()));
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
    expect(complaints).toEqual([]);
  });

  const chat = () => page.locator("bookside-chat");
  const opener = () => chat().locator(".opener");
  const composer = () => chat().locator("textarea");
  const articles = () => chat().locator("article");
  const said = () => chat().locator(".panel > [role=status]").textContent();
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className ?? null);

  async function openPage(): Promise<void> {
    await page.goto(`${server.url}/p`);
    await opener().click();
  }

  async function ask(question: string): Promise<void> {
    await composer().fill(question);
    await composer().press("Enter");
  }

  it("puts one panel on the page from a script tag alone", async () => {
    await page.goto(`${server.url}/p`);
    expect(await chat().count()).toBe(1);
    expect(await chat().locator("dialog").isVisible()).toBe(false);
  });

  it("leaves a page alone that has an element of its own", async () => {
    server.addPage("/own", html(`<bookside-chat layout="inline"></bookside-chat>${SCRIPT}`));
    await page.goto(`${server.url}/own`);
    await composer().waitFor();
    expect(await chat().count()).toBe(1);
    expect(await opener().count()).toBe(0);
    await ask("Why?");
    await expect.poll(() => articles().count()).toBe(1);
  });

  it("streams an answer with its marks and sources, and tells the page", async () => {
    const text = "A 🎓 process runs. It has memory.";
    server.answers = [
      {
        text,
        annotations: [cite(16, "/processes#what", "What a process is", "A process is a program.", "Processes › What")],
      },
    ];
    await openPage();
    await page.evaluate(() => {
      document.addEventListener("bookside-answer", (event) => {
        document.title = JSON.stringify((event as CustomEvent).detail);
      });
    });
    await ask("What is a process?");
    await chat().locator(".sources").waitFor();
    expect((await chat().locator(".answer").textContent())?.trim()).toBe("A 🎓 process runs[1]. It has memory.");
    expect(await chat().locator(".citation").getAttribute("href")).toBe("/processes#what");
    expect(await chat().locator(".sources").textContent()).toContain("A process is a program.");
    expect(await composer().inputValue()).toBe("");
    expect(await said()).toBe(`The answer is complete. ${text}`);
    expect(JSON.parse(await page.title())).toMatchObject({
      threadId: "thr_1",
      text,
      sources: [{ url: "/processes#what" }],
    });
  });

  it("sends the page and the words that are selected on it", async () => {
    await page.goto(`${server.url}/p`);
    await page.locator("#p").click({ clickCount: 3 });
    await opener().click();
    expect(await chat().locator(".chip").textContent()).toContain("A program that runs");
    await ask("Explain this");
    await expect.poll(() => articles().count()).toBe(1);
    const [request] = server.requests;
    expect(request?.params.input.quoted_text).toBe("A program that runs is called a process.");
    expect(request?.metadata).toEqual({
      page_context: {
        url: `${server.url}/p`,
        title: "A page of the book",
        current_path: "/p",
        current_section: "Processes",
        locale: "en",
      },
      selected_text: "A program that runs is called a process.",
      resumable: true,
    });
    expect(await chat().locator(".chip").count()).toBe(0);
  });

  it("lets the reader take the selection back", async () => {
    await page.goto(`${server.url}/p`);
    await page.locator("#p").click({ clickCount: 3 });
    await opener().click();
    await chat().locator(".chip button").click();
    await ask("Why?");
    await expect.poll(() => server.requests.length).toBe(1);
    expect(server.requests[0]?.params.input.quoted_text).toBe("");
  });

  it("does not take its own words for a selection on the page", async () => {
    await openPage();
    await composer().fill("My own question");
    await composer().press("Control+a");
    await page.waitForTimeout(50);
    expect(await chat().locator(".chip").count()).toBe(0);
  });

  it("shows the reader's words as words", async () => {
    await openPage();
    await ask("<img src=x onerror=alert(1)> **bold**");
    await expect.poll(() => articles().count()).toBe(1);
    expect(await chat().locator(".question p").textContent()).toBe("<img src=x onerror=alert(1)> **bold**");
  });

  it("has the conversation again after a reload", async () => {
    await openPage();
    await ask("One?");
    await expect.poll(() => articles().count()).toBe(1);
    await ask("Two?");
    await expect.poll(() => articles().count()).toBe(2);
    await page.reload();
    await expect.poll(() => articles().count()).toBe(2);
    await chat().getByLabel("New conversation").click();
    await expect.poll(() => articles().count()).toBe(0);
    await ask("Three?");
    await expect.poll(() => server.requests.at(-1)?.type).toBe("threads.create");
  });

  it("stops an answer and keeps what was written", async () => {
    server.answers = [{ text: "word ".repeat(300), pauseMs: 10 }];
    await openPage();
    await ask("Why?");
    await expect.poll(() => articles().count()).toBe(1);
    await chat().getByLabel("Stop").click();
    await expect.poll(() => server.aborted).toBe(1);
    expect(await chat().locator(".answer").textContent()).toContain("word");
    expect(await chat().getByLabel("Send").count()).toBe(1);
  });

  it("says what went wrong, and tries again", async () => {
    server.refusals = [{ status: 503, problem: { title: "The model is away." } }];
    await openPage();
    await ask("Why?");
    expect(await chat().getByRole("alert").locator("p").textContent()).toBe("The model is away.");
    await chat().getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => articles().count()).toBe(1);
    expect(await chat().getByRole("alert").count()).toBe(0);
  });

  it("gives a question back that is refused for a while, with its quote, and says when to send it", async () => {
    server.refusals = [{ status: 429, problem: { title: "Slow down." }, headers: { "Retry-After": "2" } }];
    await page.goto(`${server.url}/p`);
    await page.locator("#p").click({ clickCount: 3 });
    await opener().click();
    await ask("Why?");
    expect(await chat().getByRole("alert").locator("p").textContent()).toBe("Slow down. Try again in 2 seconds.");
    expect(await chat().getByRole("button", { name: "Try again" }).count()).toBe(0);
    expect(await composer().inputValue()).toBe("Why?");
    expect(await chat().locator(".chip").textContent()).toContain("A program that runs");
    expect(await chat().locator(".wait").textContent()).toMatch(/You can ask again in [12] seconds?\./);
    await composer().press("Enter");
    expect(await chat().getByLabel("Send").isDisabled()).toBe(true);
    expect(await composer().inputValue()).toBe("Why?");
    await expect.poll(() => chat().getByLabel("Send").isEnabled(), PATIENCE).toBe(true);
    expect(await chat().getByRole("alert").count()).toBe(0);
    expect(await said()).toBe("You can ask again now.");
    await composer().press("Enter");
    await expect.poll(() => articles().count()).toBe(1);
    expect(server.requests.at(-1)?.params.input.quoted_text).toBe("A program that runs is called a process.");
  });

  it("moves the focus to the composer and back to the button", async () => {
    await openPage();
    await expect.poll(() => composer().evaluate((area) => area.matches(":focus"))).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(() => chat().locator("dialog").isVisible()).toBe(false);
    await expect.poll(focused).toBe("opener");
  });

  it("breaks a line with Shift+Enter and does not send while a word is composed", async () => {
    await openPage();
    await composer().fill("one");
    await composer().press("Shift+Enter");
    await composer().pressSequentially("two");
    expect(await composer().inputValue()).toBe("one\ntwo");
    await composer().evaluate((area) => {
      const enter = { key: "Enter", bubbles: true, composed: true, cancelable: true };
      area.dispatchEvent(new KeyboardEvent("keydown", { ...enter, isComposing: true }));
    });
    await page.waitForTimeout(50);
    expect(server.requests).toEqual([]);
  });

  it("goes on with its answer when the page moves it", async () => {
    server.answers = [{ text: "word ".repeat(60), pauseMs: 10 }];
    await openPage();
    await ask("Why?");
    await expect.poll(() => articles().count()).toBe(1);
    await page.evaluate(() => document.querySelector("h1")?.before(document.querySelector("bookside-chat") as Node));
    await expect.poll(() => server.threads.get("thr_1")?.length, { timeout: 8000 }).toBe(2);
    expect(server.aborted).toBe(0);
  });

  it("lets go of its answer when the page takes it away", async () => {
    server.answers = [{ text: "word ".repeat(300), pauseMs: 10 }];
    await openPage();
    await ask("Why?");
    await expect.poll(() => articles().count()).toBe(1);
    await page.evaluate(() => document.querySelector("bookside-chat")?.remove());
    await expect.poll(() => server.aborted).toBe(1);
  });

  it("follows the page's theme before the system's", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await openPage();
    expect(await chat().getAttribute("data-scheme")).toBe("dark");
    await page.evaluate(() => document.documentElement.setAttribute("data-theme", "light"));
    await expect.poll(() => chat().getAttribute("data-scheme")).toBe("light");
  });

  it("fills a phone's screen and makes the page behind it inert", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await openPage();
    const box = await chat().locator("dialog").boundingBox();
    expect(box).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    expect(
      await chat()
        .locator("dialog")
        .evaluate((dialog) => dialog.matches(":modal")),
    ).toBe(true);
  });

  it("makes way on a phone for the passage that a mark leads to", async () => {
    server.answers = [{ text: "It runs.", annotations: [cite(8, "/p#p", "What a process is", "")] }];
    await page.setViewportSize({ width: 390, height: 844 });
    await openPage();
    await ask("Why?");
    await chat().locator(".citation").click();
    await expect.poll(() => chat().locator("dialog").isVisible()).toBe(false);
    expect(page.url()).toBe(`${server.url}/p#p`);
  });

  it("works where the browser refuses storage", async () => {
    await page.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get: () => {
          throw new DOMException("denied", "SecurityError");
        },
      });
    });
    await openPage();
    await ask("Why?");
    await expect.poll(() => articles().count()).toBe(1);
    await ask("And?");
    await expect.poll(() => articles().count()).toBe(2);
    expect(server.sessions).toBe(1);
  });

  describe("with a server that keeps runs", () => {
    const WORDS = Array.from({ length: 40 }, (_, at) => `word${at} `).join("");
    let open: () => void;

    beforeEach(() => {
      server.hasRuns = true;
      const isOpen = new Promise<void>((resolve) => {
        open = resolve;
      });
      server.answers = [{ text: WORDS, gate: { after: 5, isOpen } }];
    });

    async function inMidAnswer(): Promise<void> {
      await openPage();
      await ask("Why?");
      await expect.poll(() => articles().textContent(), PATIENCE).toContain("word7");
    }

    async function isWhole(): Promise<void> {
      const shown = async () => (await chat().locator(".answer").textContent())?.trim();
      await expect.poll(shown, PATIENCE).toBe(WORDS.trim());
      await expect.poll(() => chat().locator("article[aria-busy=false]").count(), PATIENCE).toBe(1);
      expect(await chat().locator(".question").count()).toBe(1);
      expect(await chat().getByRole("alert").count()).toBe(0);
    }

    it("goes on with its answer after a reload", async () => {
      await inMidAnswer();
      await page.reload();
      await expect.poll(() => articles().textContent(), PATIENCE).toContain("word7");
      expect(await articles().getAttribute("aria-busy")).toBe("true");
      expect(await chat().getByLabel("Stop").count()).toBe(1);
      open();
      await isWhole();
      expect(server.requests.filter(({ type }) => type === "threads.create")).toHaveLength(1);
    });

    it("says quietly that it looks for its connection, and that it is back", async () => {
      server.runRefusals = Array.from({ length: 8 }, () => ({ status: 503, problem: { title: "Starting" } }));
      await inMidAnswer();
      for (const socket of server.sockets) socket.destroy();
      const lost = "The connection was lost. Reconnecting…";
      await expect.poll(said, PATIENCE).toBe(lost);
      expect(await chat().locator(".progress").textContent()).toBe(lost);
      expect(await articles().textContent()).toContain("word7");
      server.runRefusals = [];
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await expect.poll(said, PATIENCE).toBe("Connected again.");
      await expect.poll(() => chat().locator(".progress").count(), PATIENCE).toBe(0);
      open();
      await isWhole();
    });

    it("waits while the browser is offline, and comes back with it", async () => {
      await inMidAnswer();
      await page.context().setOffline(true);
      for (const socket of server.sockets) socket.destroy();
      await expect
        .poll(() => chat().locator(".progress").textContent(), PATIENCE)
        .toBe("The connection was lost. Reconnecting…");
      open();
      await page.context().setOffline(false);
      await isWhole();
    });

    it("stops an answer at the server, and is ready at its end", async () => {
      await inMidAnswer();
      await chat().getByLabel("Stop").click();
      await expect.poll(() => chat().getByLabel("Send").count(), PATIENCE).toBe(1);
      await expect.poll(() => chat().locator("article[aria-busy=false]").count(), PATIENCE).toBe(1);
      expect(server.runs[0]?.status).toBe("stopped");
      expect(server.aborted).toBe(0);
      expect(await chat().getByRole("alert").count()).toBe(0);
    });

    it("shows what was written of an answer that was interrupted, and tries again", async () => {
      await inMidAnswer();
      await chat().getByLabel("Stop").click();
      await expect.poll(() => server.runs[0]?.status, PATIENCE).toBe("stopped");
      server.runs[0]?.end("interrupted");
      await page.reload();
      expect(await chat().getByRole("alert").locator("p").textContent()).toBe("The answer was interrupted.");
      expect(await articles().textContent()).toContain("word7");
      open();
      await chat().getByRole("button", { name: "Try again" }).click();
      await isWhole();
    });

    it("has its answer when the page takes it away and puts it back", async () => {
      await inMidAnswer();
      await page.evaluate(() => {
        const element = document.querySelector("bookside-chat") as Element;
        element.remove();
        setTimeout(() => document.body.append(element), 50);
      });
      await expect.poll(() => server.aborted, PATIENCE).toBe(1);
      open();
      await isWhole();
    });
  });
});
