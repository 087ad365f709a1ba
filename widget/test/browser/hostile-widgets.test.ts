/** Widgets and other items with hostile strings in every field: nothing runs, nothing is fetched, nothing escapes. */

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StreamEvent } from "../../src/protocol.ts";
import { canSkip, launch } from "../support/browser.ts";
import { itemsOf, STRINGS, widgetsOf } from "../support/hostile-widgets.ts";
import { html, TestServer } from "../support/server.ts";

const PATIENCE = { timeout: 15_000 };
/** Strings in one conversation. */
const BATCH = 10;

describe.skipIf(canSkip)("what a hostile server sends besides text", () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;
  let complaints: string[];
  let requests: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await TestServer.start();
    server.addPage("/p", html('<script type="module" src="/bookside.js" data-server=""></script>'));
    const context = await browser.newContext({ viewport: { width: 500, height: 900 }, reducedMotion: "reduce" });
    page = await context.newPage();
    complaints = [];
    requests = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => message.text().includes("Content Security") && complaints.push(message.text()));
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  const chat = () => page.locator("bookside-chat");

  async function shown(items: readonly object[]): Promise<void> {
    const base = { thread_id: "t", created_at: "2026-01-01T00:00:00Z" };
    const done = (item: object, at: number) => ({ type: "thread.item.done", item: { ...base, id: `i${at}`, ...item } });
    server.nextEvents = [
      ...items.map(done),
      { type: "thread.updated", thread: { ...base, id: "thr_1", items: { data: [], has_more: false, after: null } } },
    ] as unknown as StreamEvent[];
    await page.goto(`${server.url}/p`);
    await chat().locator(".opener").click();
    await chat().locator("textarea").first().fill("Go");
    await chat().locator("textarea").first().press("Enter");
    await expect
      .poll(async () => [...complaints, await chat().locator(".thing").count()], PATIENCE)
      .toEqual([items.length]);
    await expect.poll(() => chat().locator(".thing > .progress").count(), PATIENCE).toBe(0);
  }

  /** What of the drawn tree could do anything. */
  const dangers = () =>
    page.evaluate(() => {
      const found: string[] = [];
      const root = document.querySelector("bookside-chat")?.shadowRoot as ShadowRoot;
      for (const element of root.querySelectorAll<HTMLElement>("*")) {
        const name = element.localName;
        if (/^(script|iframe|object|embed|link|meta|base|video|audio|source|animate|style|foreignobject)$/.test(name)) {
          found.push(`<${name}>`);
        }
        for (const attribute of element.attributes) {
          const { name: key, value } = attribute;
          if (/^on/.test(key)) found.push(`${name} ${key}`);
          if (/^(href|src|action|formaction|srcset|data)$/.test(key) && !/^(https?:\/\/|\/(?!\/|\\)|#)/i.test(value)) {
            found.push(`${name} ${key}=${value}`);
          }
          if (key === "src" && new URL(value, location.href).origin !== location.origin)
            found.push(`${name} src ${value}`);
          if (key === "style" && /url|image|expression|import|position|z-index|[{}\\]|@|-\d/i.test(value)) {
            found.push(`${name} style=${value}`);
          }
          if (key === "name" && !/^(w|q)-[a-z0-9-]*$/i.test(value)) found.push(`${name} name=${value}`);
          if (key === "id" && !/^[\w-]*$/.test(value)) found.push(`${name} id=${value}`);
        }
        const { position, zIndex } = getComputedStyle(element);
        if (element.closest(".thing") && (position === "fixed" || Number(zIndex) > 10))
          found.push(`${name} is ${position}`);
        if (element.closest(".thing") && element.getBoundingClientRect().width > 5000)
          found.push(`${name} is too wide`);
      }
      if ("ran" in window) found.push("a script ran");
      if ("polluted" in {}) found.push("an object was polluted");
      return found;
    });

  it("has at least 150 strings, each in all fields of all components", () => {
    expect(new Set(STRINGS).size).toBeGreaterThanOrEqual(150);
    const fields =
      JSON.stringify(widgetsOf("XYZ")).split("XYZ").length + JSON.stringify(itemsOf("XYZ")).split("XYZ").length;
    expect(fields).toBeGreaterThan(200);
  });

  for (let from = 0; from < STRINGS.length; from += BATCH) {
    const batch = STRINGS.slice(from, from + BATCH);
    it(`is text and no more: strings ${from + 1} to ${from + batch.length}`, async () => {
      const things = batch.flatMap((text) => [
        ...widgetsOf(text).map((widget) => ({ type: "widget", widget })),
        ...itemsOf(text),
      ]);
      await shown(
        things.filter((item) => !["user_message", "assistant_message"].includes((item as { type: string }).type)),
      );
      expect(await dangers()).toEqual([]);
      for (const form of await chat().locator("form[data-form]").all()) {
        await form.evaluate((element) => HTMLFormElement.prototype.requestSubmit.call(element));
      }
      await page.mouse.move(200, 400);
      expect(await dangers()).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }

  it("is bounded in depth and size, and says that there is more", async () => {
    let deep: object = { type: "Text", value: "the bottom" };
    for (let at = 0; at < 1000; at++) deep = { type: "Box", children: [deep] };
    const wide = Array.from({ length: 20_000 }, (_, at) => ({ type: "Text", value: `line ${at}` }));
    const list = Array.from({ length: 20_000 }, () => ({ type: "ListViewItem", children: wide.slice(0, 2) }));
    await shown([
      { type: "widget", widget: { type: "Card", children: [deep] } },
      { type: "widget", widget: { type: "Card", children: wide } },
      { type: "widget", widget: { type: "ListView", children: list } },
      { type: "widget", widget: { type: "Card", children: [{ type: "Text", value: "x".repeat(500_000) }] } },
    ]);
    expect(await chat().locator(".thing *").count()).toBeLessThan(10_000);
    expect(await chat().locator(".thing").first().textContent()).toContain("There is more than can be shown here.");
    expect(await chat().locator(".thing").nth(1).textContent()).toContain("line 1000");
    expect(complaints).toEqual([]);
  });

  it("draws no picture for data that is none, and no SVG", async () => {
    const urls = ["data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,AAAA", "data:image/png;base64,%%%", "x"];
    await shown(urls.map((url) => ({ type: "generated_image", image: { id: "i", url } })));
    await page.waitForTimeout(100);
    expect(await chat().locator(".thing img").count()).toBe(0);
    expect(await chat().locator(".thing canvas").count()).toBe(1);
    expect(complaints).toEqual([]);
  });
});
