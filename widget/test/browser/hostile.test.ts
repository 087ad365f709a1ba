/** Hostile strings through the real element over the real protocol: none runs, and no request leaves for another host. */

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Annotation, AssistantMessage, StreamEvent, ThreadItem } from "../../src/protocol.ts";
import { canSkip, launch } from "../support/browser.ts";
import { ADDRESSES, HOSTILE } from "../support/hostile.ts";
import { hostileItems } from "../support/hostile-items.ts";
import { html, TestServer } from "../support/server.ts";

const PATIENCE = { timeout: 40_000 };
/** All elements that an answer, a source, a notice or a question may be made of. */
const KNOWN = new Set([
  ...["article", "section", "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br"],
  ...["pre", "code", "span", "button", "a", "img", "em", "strong", "del", "table", "thead", "tbody", "tr", "th", "td"],
  ...["math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"],
  ...["msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom"],
  ...[
    "menclose",
    "mstyle",
    "details",
    "summary",
    "header",
    "footer",
    "time",
    "q",
    "cite",
    "svg",
    "path",
    "rect",
    "circle",
  ],
]);
const OF_WIDGETS = [
  ...[
    "form",
    "input",
    "textarea",
    "select",
    "option",
    "label",
    "fieldset",
    "legend",
    "figure",
    "figcaption",
    "progress",
  ],
  ...["canvas", "caption", "dl", "dt", "dd", "g", "line", "polyline", "polygon", "small", "b", "i", "aside", "nav"],
];
const PIECES = 6;
/** Few enough items for a thread that is opened at once, with a string in each part of an item. */
const PER_ITEM = 10;

declare global {
  interface Window {
    pwned: () => void;
  }
}

describe.skipIf(canSkip)("hostile strings", () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;
  let seen: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await TestServer.start();
    server.addPage(
      "/p",
      html('<bookside-chat layout="inline"></bookside-chat><script type="module" src="/bookside.js"></script>'),
    );
    const context = await browser.newContext({ viewport: { width: 800, height: 700 } });
    page = await context.newPage();
    seen = [];
    page.on("dialog", (dialog) => {
      seen.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
    page.on("popup", (popup) => seen.push(`popup: ${popup.url()}`));
    page.on("framenavigated", (frame) => new URL(frame.url()).pathname !== "/p" && seen.push(`went: ${frame.url()}`));
    page.on("websocket", (socket) => seen.push(`socket: ${socket.url()}`));
    page.on("console", (message) => /Content Security|Trusted/.test(message.text()) && seen.push(message.text()));
    page.on(
      "request",
      (request) => !request.url().startsWith(`${server.url}/`) && seen.push(`request: ${request.url()}`),
    );
    await page.exposeFunction("pwned", () => seen.push("ran"));
    await page.addInitScript(() => document.addEventListener("securitypolicyviolation", () => window.pwned()));
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  /** A page without a policy lets everything run that is not prevented by the widget itself. */
  async function open(hasPolicy: boolean): Promise<void> {
    if (!hasPolicy) {
      await page.route("**/p", async (route) => {
        const response = await route.fetch();
        const headers = { ...response.headers(), "content-security-policy": "" };
        await route.fulfill({ response, headers });
      });
    }
    await page.goto(`${server.url}/p`);
  }

  async function nothingHappened(known = KNOWN, mayHave = /^$/): Promise<void> {
    // Whatever waits for an event gets it.
    await page.evaluate(() => {
      const names = [
        "load",
        "error",
        "mouseover",
        "focus",
        "animationstart",
        "toggle",
        "pointerenter",
        "begin",
        "scroll",
      ];
      const root = document.querySelector("bookside-chat")?.shadowRoot;
      for (const element of root?.querySelectorAll(".messages *") ?? []) {
        for (const name of names) element.dispatchEvent(new Event(name));
        if (element.closest("a, button") === null) element.dispatchEvent(new MouseEvent("click", { bubbles: false }));
      }
    });
    const found = await page.evaluate(() => {
      const root = document.querySelector("bookside-chat")?.shadowRoot;
      const all = [...(root?.querySelectorAll(".messages *") ?? [])];
      const attributes = all.flatMap((element) => [...element.attributes].map(({ name }) => name));
      const addresses = all.flatMap((element) =>
        ["href", "src", "srcset", "action", "data"].map((name) => element.getAttribute(name)),
      );
      return {
        elements: [...new Set(all.map((element) => element.localName))],
        attributes: [...new Set(attributes)],
        schemes: [
          ...new Set(
            addresses.filter((address) => address !== null).map((address) => new URL(address, location.href).protocol),
          ),
        ],
        pictures: all
          .filter((element) => element instanceof HTMLImageElement)
          .map((image) => new URL(image.src).origin),
        isPolluted: "polluted" in {} || Object.keys(Object.prototype).length > 0,
        isClobbered:
          document.body.localName !== "body" ||
          typeof document.getElementById !== "function" ||
          Object.hasOwn(document, "cookie") ||
          document.forms.length > 0 ||
          document.querySelectorAll("body > *").length !== 2,
      };
    });
    expect(found.elements.filter((name) => !known.has(name))).toEqual([]);
    const own = found.attributes.filter((name) => !mayHave.test(name));
    expect(own.filter((name) => /^(on|style$|id$|name$|srcdoc|xlink|is$|slot|form)/.test(name))).toEqual([]);
    expect(found.schemes.filter((scheme) => scheme !== "http:" && scheme !== "https:")).toEqual([]);
    expect(new Set(found.pictures)).toEqual(new Set(found.pictures.length > 0 ? [server.url] : []));
    expect(found).toMatchObject({ isPolluted: false, isClobbered: false });
    expect(seen).toEqual([]);
  }

  const base = (id: string) => ({ id, thread_id: "thr_1", created_at: "2026-01-01T00:00:00Z" });
  const turned = (list: readonly string[], at: number) => list[at % list.length] ?? "";
  const cited = (text: string, at: number): Annotation => ({
    type: "annotation",
    index: Math.floor(text.length / 2),
    source: {
      type: "url",
      title: text,
      url: turned(ADDRESSES, at),
      description: text,
      attribution: turned(HOSTILE, at + 1),
      group: turned(HOSTILE, at + 2),
    },
  });
  const answer = (text: string, at: number): AssistantMessage => ({
    ...base(`answer_${at}`),
    type: "assistant_message",
    content: [{ type: "output_text", text, annotations: [cited(text, at)] }],
  });

  it("are at least 500", () => expect(HOSTILE.length).toBeGreaterThanOrEqual(500));

  for (const hasPolicy of [false, true]) {
    const where = hasPolicy ? "under a strict policy" : "without a policy";

    it(`do nothing in a thread that is opened: questions, selections, answers and sources, ${where}`, async () => {
      const items: ThreadItem[] = [];
      for (let at = 0; at < HOSTILE.length; at += PER_ITEM) {
        const texts = HOSTILE.slice(at, at + PER_ITEM);
        const content = texts.map((text) => ({ type: "input_text" as const, text: `${text}\n` }));
        items.push({ ...base(`question_${at}`), type: "user_message", content, quoted_text: texts[0] ?? "" });
        items.push({ ...answer("", at), content: texts.flatMap((text, place) => answer(text, at + place).content) });
      }
      await open(hasPolicy);
      await page.locator("bookside-chat textarea").fill("Why?");
      await page.locator("bookside-chat textarea").press("Enter");
      await page.locator("bookside-chat article").waitFor(PATIENCE);
      server.threads.set("thr_1", items);
      await page.reload();
      await expect
        .poll(() => page.locator("bookside-chat article").count(), PATIENCE)
        .toBe(Math.ceil(HOSTILE.length / PER_ITEM));
      await page.locator("bookside-chat math").nth(5).waitFor(PATIENCE);
      await page.locator("bookside-chat [class^=hljs]").nth(5).waitFor(PATIENCE);
      await page.waitForLoadState("networkidle");
      await nothingHappened();
    }, 60_000);
  }

  it("do nothing while they grow, nor as notices, progress, titles and errors", async () => {
    const events: (StreamEvent | { pauseMs: number })[] = [];
    const thread = (title: string) => ({
      id: "thr_1",
      title,
      created_at: "",
      items: { data: [], has_more: false, after: null },
    });
    for (const at of HOSTILE.keys())
      events.push({ type: "thread.item.added", item: { ...answer("", at), content: [] } });
    for (let piece = 0; piece < PIECES; piece++) {
      for (const [at, text] of HOSTILE.entries()) {
        const length = Math.ceil(text.length / PIECES);
        const delta = text.slice(piece * length, (piece + 1) * length);
        const update = { type: "assistant_message.content_part.text_delta", content_index: 0, delta } as const;
        if (delta !== "") events.push({ type: "thread.item.updated", item_id: `answer_${at}`, update });
      }
      for (let at = piece; at < HOSTILE.length; at += PIECES) {
        const text = HOSTILE[at] ?? "";
        events.push({ type: "progress_update", icon: text, text });
        events.push({ type: "thread.updated", thread: thread(text) } as StreamEvent);
        events.push({ type: "notice", level: (at % 2 ? "info" : text) as "info", title: text, message: text });
        events.push({ type: "client_effect", name: text, data: { [text]: text } });
      }
      events.push({ pauseMs: 150 });
    }
    for (const [at, text] of HOSTILE.entries()) events.push({ type: "thread.item.done", item: answer(text, at) });
    events.push({ type: "error", code: HOSTILE[0] ?? "", message: HOSTILE.join("\n"), allow_retry: true });
    server.nextEvents = events;
    await open(false);
    await page.locator("bookside-chat textarea").fill(HOSTILE.slice(0, 20).join(" "));
    await page.locator("bookside-chat textarea").press("Enter");
    await page.locator("bookside-chat .failure").waitFor(PATIENCE);
    expect(await page.locator("bookside-chat article").count()).toBeGreaterThan(HOSTILE.length - 5);
    await page.waitForLoadState("networkidle");
    await nothingHappened();
  }, 60_000);

  it("do nothing as widgets, workflows, tasks, pictures and items of no known kind", async () => {
    await open(false);
    await page.locator("bookside-chat textarea").fill("Why?");
    await page.locator("bookside-chat textarea").press("Enter");
    await page.locator("bookside-chat article").waitFor(PATIENCE);
    const items = hostileItems(base) as ThreadItem[];
    server.threads.set("thr_1", [...items, answer("The end.", 0)]);
    await page.reload();
    await page.locator("bookside-chat article").waitFor(PATIENCE);
    await page
      .locator("bookside-chat [class^=w-workflow]")
      .nth(25)
      .waitFor({ ...PATIENCE, state: "attached" });
    expect(await page.locator("bookside-chat .w-title").count()).toBeGreaterThan(15);
    expect(await page.locator("bookside-chat .w-markdown").count()).toBeGreaterThan(30);
    await page.waitForLoadState("networkidle");
    // A widget has fields, whose names stay inside the element, and sizes, which are set through the object model.
    await nothingHappened(new Set([...KNOWN, ...OF_WIDGETS]), /^(style|id|name|for)$/);
    const styles = await page.evaluate(() => {
      const root = document.querySelector("bookside-chat")?.shadowRoot;
      return [...(root?.querySelectorAll("[style]") ?? [])].map((element) => element.getAttribute("style") ?? "");
    });
    expect(styles.filter((style) => /url|image-set|fixed|absolute|expression|import/i.test(style))).toEqual([]);
  }, 60_000);
});
