/** A page of a strict site with the widget on it, and a reader who uses it: one for each test. */

import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launch } from "./browser.ts";
import { html, TestServer } from "./server.ts";

const SCRIPT = '<script type="module" src="/bookside.js" data-server=""></script>';
const TEXT = "<h1>Processes</h1><p id='p'>A program that runs is called a process.</p><button id='b'>b</button>";

export interface Reader {
  readonly server: TestServer;
  readonly page: Page;
  /** What the browser complained of; a test that expects something takes it out. */
  readonly complaints: string[];
  readonly html: (body: string, attributes?: string) => string;
  readonly chat: () => Locator;
  readonly composer: () => Locator;
  readonly articles: () => Locator;
  /** What a screen reader was told last. */
  readonly said: () => Promise<string | null>;
  /** The classes of what has the focus inside the widget. */
  readonly focused: () => Promise<string | null>;
  readonly open: () => Promise<void>;
  readonly ask: (question: string) => Promise<void>;
}

/** The reader of the tests around the call: everything is new for each test. */
export function onPage(): Reader {
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
    server.addPage("/p", withScript(TEXT));
    const context = await browser.newContext({
      viewport: { width: 1000, height: 800 },
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
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
  const composer = () => chat().locator(".composer textarea");
  return {
    get server() {
      return server;
    },
    get page() {
      return page;
    },
    get complaints() {
      return complaints;
    },
    html: withScript,
    chat,
    composer,
    articles: () => chat().locator("article"),
    said: () => chat().locator(".panel > [role=status]").textContent(),
    focused: () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className ?? null),
    open: async () => {
      await page.goto(`${server.url}/p`);
      await chat().locator(".opener").click();
    },
    ask: async (question) => {
      await composer().fill(question);
      await composer().press("Enter");
    },
  };
}

function withScript(body: string, attributes = ""): string {
  return html(body + SCRIPT, attributes);
}
