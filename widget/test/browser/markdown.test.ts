/** Markdown, citations and links in a real Chromium: the cleaning is only as good as the browser's own parser. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { numbered } from "../../src/citations.ts";
import { safeLink } from "../../src/links.ts";
import { mended } from "../../src/mend.ts";
import type { Annotation } from "../../src/protocol.ts";
import { canSkip, launch } from "../support/browser.ts";
import { bundled } from "../support/bundle.ts";
import { cite, html, TestServer } from "../support/server.ts";

const content = (text: string, annotations: readonly Annotation[]) => [
  { type: "output_text" as const, text, annotations },
];
const at = (text: string, words: string) => Array.from(text.slice(0, text.indexOf(words) + words.length)).length;

describe("the numbers of sources", () => {
  it("follow the order in the text, one for one address and group", () => {
    const annotations = [cite(9, "/b", "B", "two"), cite(3, "/a", "A", "one"), cite(5, "/b", "B", "three")];
    const { sources, marks } = numbered(content("0123456789", annotations));
    expect(sources.map(({ number, source, quotes }) => [number, source.title, quotes])).toEqual([
      [1, "A", ["one"]],
      [2, "B", ["three", "two"]],
    ]);
    expect(marks[0]?.map(({ offset, source }) => [offset, source.number])).toEqual([
      [3, 1],
      [5, 2],
      [9, 2],
    ]);
  });

  it("keep two groups of one address apart, and say one mark at one place once", () => {
    const source = { type: "url" as const, url: "/a", title: "A" };
    const note = (group: string): Annotation => ({ type: "annotation", index: 2, source: { ...source, group } });
    const { sources, marks } = numbered(content("abcd", [note("x"), note("y"), note("x")]));
    expect(sources).toHaveLength(2);
    expect(marks[0]).toHaveLength(2);
  });

  it("count characters as the server does, and put a mark without a place at the end", () => {
    const noted = (index: number | null): Annotation => ({ ...cite(0, "/a", "A", ""), index });
    const offsets = (index: number | null) => numbered(content("🎓🎓ab", [noted(index)])).marks[0]?.[0]?.offset;
    expect([offsets(2), offsets(3), offsets(99), offsets(null)]).toEqual([4, 5, 6, 6]);
  });
});

describe("an address", () => {
  it("is a link only when it is of the web or of the site", () => {
    const ours = "https://book.example";
    expect(safeLink("/a#b", ours)).toEqual({ href: "/a#b", isExternal: false });
    expect(safeLink("https://book.example/a", ours)?.isExternal).toBe(false);
    expect(safeLink("http://book.example/a", ours)?.isExternal).toBe(true);
    for (const bad of [
      "",
      "//evil.example",
      "/\\evil.example",
      "/\t/evil.example",
      "java\nscript:x",
      "https://",
      "data:,x",
    ]) {
      expect([bad, safeLink(bad, ours)]).toEqual([bad, null]);
    }
  });
});

describe("half-written Markdown", () => {
  for (const [half, whole] of [
    ["A **bol", "A **bol**"],
    ["A **", "A "],
    ["A `cod", "A `cod`"],
    ["See [the title](/pa", "See the title"],
    ["See [the ti", "See the ti"],
    ["Done **bold** and `code`.", "Done **bold** and `code`."],
    ["```sh\n$ echo **", "```sh\n$ echo **"],
    ["One **open\n\nTwo", "One **open\n\nTwo"],
    ["```\na ` b\n```\nAfter **x", "```\na ` b\n```\nAfter **x**"],
  ] as const) {
    it(`reads ${JSON.stringify(half)} as ${JSON.stringify(whole)}`, () => expect(mended(half)).toBe(whole));
  }
});

describe.skipIf(canSkip)("an answer's text on the page", () => {
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
    await page.waitForFunction(() => "rendered" in window);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const rendered = (text: string, annotations: readonly Annotation[] = [], isGrowing = false): Promise<string> =>
    page.evaluate((args) => window.rendered(...args), [text, annotations, isGrowing] as const);

  /** The text with `[n]` for each mark, without the markup. */
  async function words(text: string, annotations: readonly Annotation[]): Promise<string> {
    return (await rendered(text, annotations)).replace(/<[^>]+>/g, "").trim();
  }

  it("is Markdown", async () => {
    expect(await rendered("# A\n\n- **b** `c`")).toBe("<h1>A</h1><ul><li><strong>b</strong> <code>c</code></li></ul>");
  });

  it("runs nothing and fetches nothing", async () => {
    const evil = [
      "<script>window.hit = 1</script>",
      "<img src=/x onerror='window.hit = 1'>",
      "![words](/pixel.png)",
      "<svg/onload=window.hit=1>",
      "[a](javascript:window.hit=1)",
      "[b](data:text/html,x)",
      "<a href='vbscript:x' style='color:red' onclick='window.hit=1'>c</a>",
      "<iframe src=/x></iframe><form action=/x><input></form>",
    ].join("\n\n");
    const out = await rendered(evil);
    for (const tag of ["script", "img", "svg", "iframe", "form", "input"]) expect(out).not.toContain(`<${tag}`);
    expect(out).not.toMatch(/<[^>]+(on\w+|style|href|src)=/);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
  });

  it("shows pictures of the page's and the server's origin, and of others their words", async () => {
    const origins = [server.url, "https://ask.example"];
    const sources = async (address: string) => {
      const drawn = await page.evaluate((args) => window.rendered(...args), [
        `![w](${address})`,
        [],
        false,
        origins,
      ] as const);
      return [...drawn.matchAll(/src="([^"]*)"/g)].map(([, source]) => source);
    };
    expect(await sources("/a.png")).toEqual([`${server.url}/a.png`]);
    expect(await sources("https://ask.example/b.png")).toEqual(["https://ask.example/b.png"]);
    expect(await sources("/_bookside/files/c.png")).toEqual(["https://ask.example/_bookside/files/c.png"]);
    for (const address of ["https://other.example/d.png", "//ask.example/d.png", "d.png", "data:image/png;base64,x"]) {
      expect([address, await sources(address)]).toEqual([address, []]);
    }
    expect(await rendered("![the words](https://other.example/d.png)")).toBe("<p>the words</p>");
  });

  it("ends a bare address before the full stop and the mark behind it", async () => {
    const text = "It runs on http://127.0.0.1:8000.";
    const out = await rendered(text, [cite(text.length, "/a", "A", "")]);
    expect(out).toMatch(/<a [^>]*href="http:\/\/127.0.0.1:8000"[^>]*>http:\/\/127.0.0.1:8000<\/a>\.<a /);
    expect(out.match(/\[1\]/g)).toHaveLength(1);
    expect(await rendered("[words](javascript:x) and http://127.0.0.1:99999999.")).not.toContain("<a");
  });

  it("shows HTML as it was written", async () => {
    expect(await rendered("Use `<b>` or <b>bold</b>.")).toBe(
      "<p>Use <code>&lt;b&gt;</code> or &lt;b&gt;bold&lt;/b&gt;.</p>",
    );
  });

  it("links only within the site and to the web, and marks what leaves", async () => {
    const href = async (address: string) => /<a[^>]*>/.exec(await rendered(`[x](${address})`))?.[0];
    expect(await href("/a/b#c")).toBe('<a href="/a/b#c">');
    expect(await href("https://example.org/")).toContain('target="_blank" rel="noopener noreferrer nofollow ugc"');
    for (const address of [
      "//evil.example/",

      "ftp://x/",
      "mailto:a@b",
      "relative",
      "JaVaScRiPt:x",
    ]) {
      expect([address, await href(address)]).toEqual([address, undefined]);
    }
  });

  it("has its marks where the server put them", async () => {
    const text = "A process runs. The kernel counts.";
    const notes = [cite(at(text, "runs."), "/a", "A", ""), cite(at(text, "counts."), "/b", "B", "")];
    expect(await words(text, notes)).toBe("A process runs.[1] The kernel counts.[2]");
  });

  for (const [name, text, words_, expected] of [
    ["after bold words", "It is **bold.** Yes", "bold.**", "It is bold.[1] Yes"],
    ["inside bold words", "It is **very bold** yes", "very", "It is very[1] bold yes"],
    ["before bold words", "It is **bold**", "It is ", "It is[1] bold"],
    ["inside emphasis", "An _idea here_ now", "idea", "An idea[1] here now"],
    ["inside code", "Call `fork()` now", "fork", "Call fork[1]() now"],
    ["at the end of a list's item", "- one\n- two", "one", "one[1]two"],
    ["at the head of a list's item", "- one\n- two", "one\n", "one[1]two"],
    ["at the head of a heading", "Text\n\n# Head", "Text\n\n", "Text[1]Head"],
    ["in a link's words", "See [the title](/x) now", "the", "See the title[1] now"],
    ["in a link's address", "See [title](/x/y) now", "(/x", "See title[1] now"],
    ["at the end of a code block", "```\ncode\n```\n\nAfter", "code\n```", "code[1]After"],
    ["in a code block", "```\ncode\n```\n\nAfter", "co", "code[1]After"],
    ["in a table's cell", "| a | b |\n| - | - |\n| one | two |", "one", "abone[1]two"],
  ] as const) {
    it(`keeps its meaning with a mark ${name}`, async () => {
      expect(await words(text, [cite(at(text, words_), "/a", "A", "")])).toBe(expected);
    });
  }

  it("keeps its own brackets when they look like a mark's", async () => {
    const text = "Odd ⸨0⸩ brackets";
    expect(await words(text, [cite(at(text, "Odd"), "/a", "A", "")])).toBe("Odd[1] ⸨0⸩ brackets");
  });

  it("shows a mark without an address to follow when the address is bad", async () => {
    const out = await rendered("Text.", [cite(5, "javascript:x", "A", "")]);
    expect(out).toContain("[1]");
    expect(out).not.toContain("href");
  });

  it("never breaks, however little of it has arrived", async () => {
    const text = "# H\n\n**b** [l](/x) `c`\n\n```sh\n$ x\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n";
    for (let end = 0; end <= text.length; end++)
      expect(await rendered(text.slice(0, end), [], true)).not.toMatch(/\*\*|\]\(/);
  });
});
