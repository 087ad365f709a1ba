/** What the reader selects on a page, with the built file, on pages with a strict content security policy. */

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canSkip, launch } from "../support/browser.ts";
import { html, TestServer } from "../support/server.ts";

const SCRIPT = '<script type="module" src="/bookside.js" data-server=""></script>';
const LONG = "word ".repeat(500).trim();
const TEXT = `<main><h1 id="top">Processes</h1><p id="p">A program that runs is called a process.</p>
  <h2 id="memory">Memory</h2><p id="q">Its <b>memory</b> is its own.</p><p id="long">${LONG}</p>
  <input id="field" value="words in a field"><p id="blank"> </p><button id="b">b</button></main>`;

describe.skipIf(canSkip)("a selection", () => {
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
    server.addPage("/other", html(`<main><h1>Other</h1></main>${SCRIPT}`));
    await open({});
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
    expect(complaints).toEqual([]);
  });

  async function open(options: object): Promise<void> {
    await page?.context().close();
    const context = await browser.newContext({
      viewport: { width: 1000, height: 800 },
      reducedMotion: "reduce",
      ...options,
    });
    page = await context.newPage();
    complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security") && complaints.push(message.text()));
    await page.goto(`${server.url}/p`);
    await page.locator("bookside-chat .opener").waitFor();
  }

  const chat = () => page.locator("bookside-chat");
  const offer = () => chat().locator(".offer");
  const chip = () => chat().locator(".chip");
  const composer = () => chat().locator("textarea");
  const select = (id: string) =>
    page.evaluate((id) => getSelection()?.selectAllChildren(document.getElementById(id) as Node), id);
  const marked = () =>
    page.evaluate(() => [...(CSS.highlights.get("bookside-passage") ?? [])].map((range) => String(range)));

  it("is offered to be asked about, beside it and within the window", async () => {
    await page.locator("#q").click({ clickCount: 3 });
    await offer().waitFor();
    const box = await offer().boundingBox();
    const words = await page.locator("#q").boundingBox();
    expect(box?.y).toBeGreaterThan(words?.y ?? Number.POSITIVE_INFINITY);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(1000);
    await offer().click();
    await expect.poll(() => composer().evaluate((field) => field.matches(":focus"))).toBe(true);
    expect(await chip().innerText()).toContain("Its memory is its own.");
    expect(await offer().isVisible()).toBe(false);
  });

  it("is offered by no button while the open panel has it, and a key leads to the field", async () => {
    await chat().locator(".opener").click();
    await page.locator("#q").click({ clickCount: 3 });
    await expect.poll(() => chip().innerText()).toContain("Its memory is its own.");
    await page.waitForTimeout(400);
    expect(await offer().isVisible()).toBe(false);
    await page.keyboard.press("Alt+q");
    await expect.poll(() => composer().evaluate((field) => field.matches(":focus"))).toBe(true);
    expect(await chip().innerText()).toContain("Its memory is its own.");
  });

  it("is asked about by keyboard: the offer is the next stop, and leads back to the passage", async () => {
    await select("q");
    await offer().waitFor();
    await page.keyboard.press("Tab");
    expect(await offer().evaluate((button) => button.matches(":focus"))).toBe(true);
    await page.keyboard.press("Escape");
    expect(await offer().isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("q");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("field");
    expect(await page.locator("#q").evaluate((block) => block.outerHTML)).toBe(
      '<p id="q">Its <b>memory</b> is its own.</p>',
    );

    await select("p");
    await offer().waitFor();
    await page.keyboard.press("Alt+q");
    await expect.poll(() => chip().innerText()).toContain("A program that runs");
  });

  it("keeps off the handles that a finger holds", async () => {
    await open({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 700 } });
    await page.locator("#p").tap();
    await select("p");
    await offer().waitFor();
    const box = await offer().boundingBox();
    const words = await page.locator("#p").boundingBox();
    expect((box?.y ?? 0) - (words?.y ?? 0) - (words?.height ?? 0)).toBeGreaterThanOrEqual(40);
    expect(box?.height).toBeGreaterThanOrEqual(44);
    await offer().tap();
    await chip().waitFor();
  });

  it.each([
    ["only white space", () => select("blank")],
    ["in a field", () => page.locator("#field").selectText()],
    [
      "in the widget",
      async () => {
        await chat().locator(".opener").click();
        await chat().locator(".greeting").click({ clickCount: 3 });
      },
    ],
  ])("that is %s counts for nothing", async (_, act) => {
    await act();
    await page.waitForTimeout(400);
    expect(await offer().isVisible()).toBe(false);
    expect(await chip().count()).toBe(0);
  });

  it("stays on the chip after the page has lost it, until it is taken off", async () => {
    await select("q");
    await offer().click();
    await page.locator("h1").click();
    expect(await chip().innerText()).toContain("Its memory is its own.");
    await chat().getByRole("button", { name: "Remove the selection" }).click();
    await expect.poll(() => chip().count()).toBe(0);
  });

  it("is gone from the chip with the page's selection as long as nobody wanted it", async () => {
    await chat().locator(".opener").click();
    await page.locator("#q").click({ clickCount: 3 });
    await chip().waitFor();
    await page.locator("h1").click();
    await expect.poll(() => chip().count()).toBe(0);
  });

  it("is cut, and the chip says how much of it is sent", async () => {
    await select("long");
    await offer().click();
    expect(await chip().innerText()).toContain("Only the first 2,000 of 2,499 characters go with your question.");
    await composer().fill("Why?");
    await composer().press("Enter");
    await expect.poll(() => server.requests.length).toBeGreaterThan(0);
    const { params, metadata } = server.requests.find(({ type }) => type === "threads.create") ?? {};
    expect(params?.input.quoted_text).toBe(LONG.slice(0, 2000));
    expect(metadata?.selected_text).toBe(LONG.slice(0, 2000));
  });

  it("leads back to its passage, from the chip and from the question, after a reload and from another page", async () => {
    await select("q");
    await offer().click();
    await chip().locator("a").click();
    await expect.poll(marked).toEqual(["Its memory is its own."]);
    await composer().fill("Why?");
    await composer().press("Enter");
    await expect.poll(() => chat().locator("article").count()).toBe(1);
    await page.goto(`${server.url}/other`);
    await chat().locator(".question a").click();
    await page.waitForURL(/\/p#memory$/);
    await expect.poll(marked).toEqual(["Its memory is its own."]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("q");
    await page.keyboard.press("Escape");
    await expect.poll(marked).toEqual([]);
  });

  it("tells where the reader is with the question", async () => {
    await page.setViewportSize({ width: 1000, height: 300 });
    await page.locator("#long").scrollIntoViewIfNeeded();
    await page.evaluate(() => document.getElementById("memory")?.scrollIntoView());
    await chat().locator(".opener").click();
    await composer().fill("Why?");
    await composer().press("Enter");
    await expect.poll(() => server.requests.length).toBeGreaterThan(0);
    expect(server.requests.at(-1)?.metadata.page_context).toMatchObject({
      current_section: "Memory",
      current_section_id: "memory",
      locale: "en",
    });
  });
});
