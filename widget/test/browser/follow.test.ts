/** What a reader sees of a list that grows: it follows only while they are at its end. */

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canSkip, launch } from "../support/browser.ts";
import { html, TestServer } from "../support/server.ts";

const PATIENCE = { timeout: 10_000 };
const LONG = Array.from({ length: 60 }, (_, at) => `Paragraph ${at} has a few words.`).join("\n\n");

describe.skipIf(canSkip)("the list of messages", () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;
  let open: () => void;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await TestServer.start();
    server.addPage("/p", html('<script type="module" src="/bookside.js" data-server=""></script>'));
    const isOpen = new Promise<void>((resolve) => {
      open = resolve;
    });
    server.answers = [{ text: LONG, gate: { after: 100, isOpen } }];
    page = await browser.newPage({ viewport: { width: 900, height: 600 }, reducedMotion: "reduce" });
    await page.goto(`${server.url}/p`);
    await page.locator("bookside-chat .opener").click();
    await page.locator("bookside-chat textarea").fill("Why?");
    await page.locator("bookside-chat textarea").press("Enter");
    await expect.poll(() => shown(), PATIENCE).toContain("Paragraph 30");
  });
  afterEach(async () => {
    await page.close();
    await server.close();
  });

  const list = () => page.locator("bookside-chat .messages");
  const latest = () => page.locator("bookside-chat .latest");
  const shown = () => page.locator("bookside-chat .answer").textContent();
  const top = () => list().evaluate((element) => element.scrollTop);
  const below = () => list().evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
  const ended = () => expect.poll(() => shown(), PATIENCE).toContain("Paragraph 59");

  it("keeps a question in view whose answer is longer than the panel, and shows the way to its end", async () => {
    const question = await page.locator("bookside-chat .question").boundingBox();
    const panel = await list().boundingBox();
    expect((question?.y ?? 0) - (panel?.y ?? 0)).toBeCloseTo(12, 0);
    const before = await top();
    open();
    await ended();
    expect(await top()).toBe(before);
    expect(await latest().isVisible()).toBe(true);
  });

  it("follows to the end once the reader is there, and hides the way", async () => {
    await latest().click();
    await expect.poll(below, PATIENCE).toBeLessThan(2);
    open();
    await ended();
    await expect.poll(below, PATIENCE).toBeLessThan(2);
    await expect.poll(() => latest().count(), PATIENCE).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className)).toBe("messages");
  });

  it("stays where the reader has gone", async () => {
    await latest().click();
    await expect.poll(below, PATIENCE).toBeLessThan(2);
    await list().hover();
    await page.mouse.wheel(0, -300);
    await expect.poll(below, PATIENCE).toBeGreaterThan(200);
    const before = await top();
    open();
    await ended();
    expect(await top()).toBe(before);
    await page.mouse.wheel(0, 100_000);
    await expect.poll(below, PATIENCE).toBeLessThan(2);
    await expect.poll(() => latest().count(), PATIENCE).toBe(0);
  });

  it("keeps what is read in its place when something above it grows", async () => {
    await list().hover();
    await page.mouse.wheel(0, 400);
    await expect.poll(top, PATIENCE).toBeGreaterThan(300);
    const place = () =>
      page
        .locator("bookside-chat .answer p")
        .nth(15)
        .evaluate((p) => p.getBoundingClientRect().top);
    const before = await place();
    await page
      .locator("bookside-chat .answer p")
      .first()
      .evaluate((p) => {
        p.style.height = "300px";
      });
    open();
    await ended();
    expect(Math.abs((await place()) - before)).toBeLessThan(2);
  });
});
