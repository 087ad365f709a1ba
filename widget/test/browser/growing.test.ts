/** An answer that grows letter by letter: what has been shown stays, and its end is what it would be at once. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Annotation } from "../../src/protocol.ts";
import { ANSWERS } from "../support/answers.ts";
import { canSkip, launch } from "../support/browser.ts";
import { bundled } from "../support/bundle.ts";
import type { Growth } from "../support/markdown-page.ts";
import { cite, html, TestServer } from "../support/server.ts";

/** What nobody should see of Markdown's own signs, outside code. */
const SIGNS = /\*\*|~~|\]\(|\$\$|\\\[|\\\(|\|\s*:?-|^#|&amp;|[⸨⸩]/m;

describe.skipIf(canSkip)("an answer that grows", () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    server = await TestServer.start();
    server.addPage("/p", html(""));
    server.pages.set("/m.js", { type: "text/javascript", body: await bundled("test/support/markdown-page.ts") });
    browser = await launch();
    page = await browser.newPage();
    await page.goto(`${server.url}/p`);
    await page.addScriptTag({ url: "/m.js", type: "module" });
    await page.waitForFunction(() => "grown" in window);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const grown = (text: string, annotations: readonly Annotation[] = [], step = 1): Promise<Growth> =>
    page.evaluate((args) => window.grown(...args), [text, annotations, step] as const);

  for (const [name, text] of Object.entries(ANSWERS)) {
    it(`keeps its words and its blocks: ${name}`, async () => {
      const { isSame, changes, remade } = await grown(text);
      expect(changes).toEqual([]);
      expect(isSame).toBe(true);
      expect(remade).toEqual([]);
    });
  }

  it("shows no signs of Markdown on the way", async () => {
    const texts = [
      "It is **very *bold* indeed**, ~~gone~~ and `code`. See [the long title](/page) or ![a picture](/p.png).",
      "| A | B |\n| :-- | --: |\n| **one** | two |\n\nAfter it.",
      "# Head\n\nWith $$x^2$$, \\(y\\) and \\[z\\] &amp; more.",
      "- **one**: [two](/two)\n- `three`\n\n1. **four**\n2. *five*",
    ];
    for (const text of texts) {
      const { shown, isSame } = await grown(text);
      expect(shown.filter((words) => SIGNS.test(words))).toEqual([]);
      expect(isSame).toBe(true);
    }
  });

  it("has its marks at once where they stay", async () => {
    const text =
      "It **runs.** It `ends`, see [the end](/e).\n\n- one\n- two\n\n```\ncode\n```\n\n| a |\n| - |\n| b |\n\nDone.";
    const notes = ["runs.**", "`ends`", "(/e)", "one", "two", "```\n\n|".slice(0, 3), "| b |", "Done"].map(
      (words, at) => cite(text.indexOf(words) + words.length, `/${at}`, `T${at}`, ""),
    );
    const { isSame, remade, shown } = await grown(text, notes);
    expect(isSame).toBe(true);
    expect(remade).toEqual([]);
    expect(shown.at(-1)).toBe("It runs.[1] It ends[2], see the end[3].one[4]two[5]code[6]ab[7]Done[8].");
    expect(shown.filter((words) => /[⸨⸩]/.test(words))).toEqual([]);
  });

  it("gives the same text however it is cut", async () => {
    for (const text of Object.values(ANSWERS)) {
      for (const step of [2, 3, 7, 40]) expect((await grown(text, [], step)).isSame).toBe(true);
    }
  });

  it("reads a name's address wherever it comes", async () => {
    const { isSame, shown } = await grown("See [the chapter on names][names] first.\n\n[names]: /names\n\nThen go on.");
    expect(isSame).toBe(true);
    expect(shown.at(-1)).toBe("See the chapter on names first.Then go on.");
  });
});
