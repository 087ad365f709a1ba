/** Answers with code, formulas, tables and pictures: what they need is loaded when they need it, and all can use it. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canSkip, launch } from "../support/browser.ts";
import { cite, html, TestServer } from "../support/server.ts";

const PATIENCE = { timeout: 10_000 };
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CODE = 'def start(count: int = 3) -> str:\n    return f"{count} <b>"  # done';
const RICH = `It \`runs\`, see [its page](/p) and [another site](https://example.org/).

\`\`\`python
${CODE}
\`\`\`

| Call | Cost |
| :--- | ---: |
| \`fork\` | 120 µs |

With $\\frac{a}{b}$ it is $5 and $6:

$$
x = \\sqrt{2}
$$

\`\`\`unheard-of
plain
\`\`\`

![A drawing](/pic.svg) $\\nosuchcommand{x}$`;

describe.skipIf(canSkip)("a rich answer", () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;
  let loaded: string[];
  let complaints: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await TestServer.start();
    const script = '<bookside-chat layout="inline"></bookside-chat><script type="module" src="/bookside.js"></script>';
    server.addPage("/p", html(`<main><h1>A page</h1>${script}</main>`));
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>';
    server.pages.set("/pic.svg", { type: "image/svg+xml", body: svg });
    const context = await browser.newContext({ viewport: { width: 420, height: 900 }, reducedMotion: "reduce" });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    page = await context.newPage();
    loaded = [];
    complaints = [];
    page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security") && complaints.push(message.text()));
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
    expect(complaints).toEqual([]);
  });

  const part = (selector: string) => page.locator(`bookside-chat ${selector}`);

  async function ask(text: string): Promise<void> {
    server.answers = [{ text, annotations: [cite(9, "/p#a", "A page", "It runs.")] }];
    await page.goto(`${server.url}/p`);
    await part("textarea").fill("Why?");
    await part("textarea").press("Enter");
    await part(".sources").waitFor(PATIENCE);
  }

  it("without code and formulas loads nothing for them", async () => {
    await ask("Words, **bold** and `code`, for $5 and $6.");
    await page.waitForLoadState("networkidle");
    expect(loaded.filter((path) => /highlight|maths/.test(path))).toEqual([]);
  });

  it("has code with colours, its language and its very words", async () => {
    await ask(RICH);
    await part(".hljs-keyword").first().waitFor(PATIENCE);
    expect(await part("code[data-language=python]").textContent()).toBe(CODE);
    expect(await part("code[data-language=unheard-of] span").count()).toBe(0);
    expect(await part(".bar").first().getAttribute("data-label")).toBe("python");
  });

  it("copies code at a press", async () => {
    await ask(RICH);
    await part(".copy").first().click();
    await expect.poll(() => part(".copy").first().getAttribute("data-label"), PATIENCE).toBe("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(CODE);
  });

  it("has formulas as MathML, and shows what is none as it is written", async () => {
    await ask(RICH);
    await part("math").nth(1).waitFor(PATIENCE);
    expect(await part("math mfrac").count()).toBe(1);
    expect(await part("math[display=block] msqrt").count()).toBe(1);
    expect(await part("code.formula").textContent()).toBe("\\nosuchcommand{x}");
    expect(await part(".answer").textContent()).toContain("it is $5 and $6:");
  });

  it("stays readable where its parts cannot be loaded", async () => {
    await page.route("**/bookside/*.js", (route) => route.abort());
    await ask(RICH);
    await page.waitForLoadState("networkidle");
    expect(await part("code[data-language=python]").textContent()).toBe(CODE);
    expect(await part("code.formula").first().textContent()).toBe("\\frac{a}{b}");
    expect(await part("math").count()).toBe(0);
  });

  it("shows a picture of the book, which opens at a press, and says what leaves the site", async () => {
    await ask(RICH);
    expect(await part(".picture").getAttribute("href")).toBe(`${server.url}/pic.svg`);
    await expect
      .poll(() => part(".picture img").evaluate((image: HTMLImageElement) => image.naturalWidth), PATIENCE)
      .toBe(40);
    expect(await part(".answer a.external").getAttribute("title")).toBe("opens another site");
  });

  for (const scheme of ["light", "dark"] as const) {
    it(`is accessible in ${scheme} colours`, async () => {
      await page.emulateMedia({ colorScheme: scheme });
      await ask(RICH);
      await part(".hljs-keyword").first().waitFor(PATIENCE);
      await part("math").nth(1).waitFor(PATIENCE);
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        // biome-ignore lint/suspicious/noExplicitAny: axe has put itself there
        const { violations } = await (window as any).axe.run();
        return violations.map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => [id, nodes[0]?.html]);
      });
      expect(found).toEqual([]);
    });
  }
});
