/** The finder of passages, in a real browser: a quote is found where it stands, and nothing else ever is. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canSkip, launch } from "../support/browser.ts";
import { bundled } from "../support/bundle.ts";

describe.skipIf(canSkip)("find", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage();
    await page.addScriptTag({ content: await bundled("test/support/passage-page.ts"), type: "module" });
    await page.waitForFunction(() => "found" in window);
  });
  afterAll(() => browser?.close());

  /** The words of the passage that a quote is found at; `null` for none. */
  const found = (html: string, quote: string, anchor = "") =>
    page.evaluate(
      ([html, quote, anchor]) => window.found(html ?? "", quote ?? "", anchor ?? ""),
      [html, quote, anchor],
    );

  const LONG = "a sentence that is long enough to be told from all others";

  it.each([
    ["across inline elements", "<p>One <b>two</b><i> th</i>ree.</p>", "One two three.", "One two three."],
    ["whatever the white space", "<p>One\n  two&nbsp;three</p>", "One two\nthree", "One\n  two\u00a0three"],
    ["across blocks", "<p>One.</p>\n<p>Two.</p>", "One.\n\nTwo.", "One.\nTwo."],
    ["with typographic quotes and dashes", "<p>“It’s” – so… —</p>", '"It\'s" -- so... ---', "“It’s” – so… —"],
    ["with letters composed or not", "<p>cafe\u0301 ole\u0301!</p>", "café olé!", "cafe\u0301 ole\u0301!"],
    [
      "with soft hyphens and joiners",
      "<p>Wa\u00adter\u200bfall می\u200cخواهم</p>",
      "Waterfall میخواهم",
      "Wa\u00adter\u200bfall می\u200cخواهم",
    ],
    [
      "lists with their marks",
      "<ul><li>One</li><li>Two<ol><li>In</li></ol></li></ul>",
      "- One\n- Two\n  1. In",
      "OneTwoIn",
    ],
    [
      "list marks that are text",
      "<pre>- name: x\n- name: y</pre>",
      "```yaml\n- name: x\n- name: y\n```",
      "- name: x\n- name: y",
    ],
    ["tasks", "<ul><li><input type=checkbox> Do it</li></ul>", "- [ ] Do it", "Do it"],
    [
      "code in coloured pieces",
      "<pre><code><b>let</b> a = <i>`b`</i>;</code></pre>",
      "```js\nlet a = `b`;\n```",
      "let a = `b`;",
    ],
    [
      "tables",
      "<table><tr><th>A<th>B<tr><td>1<td>2 | 3</table>",
      "| A | B |\n| --- | --- |\n| 1 | 2 | 3 |",
      "AB12 | 3",
    ],
    ["a later piece of a table", "<table><tr><th>A<tr><td>1<tr><td>2</table>", "| A |\n| --- |\n| 2 |", "2"],
    [
      "Markdown marks",
      "<p>A <b>b</b>, <em>c</em> and <a href=x>d</a> e_f.</p>",
      "A **b**, _c_ and [d](x(y)z) e_f.",
      "A b, c and d e_f.",
    ],
    ["a heading in the quote", "<h1>T</h1><p>Words.</p>", "# T\n\nWords.", "TWords."],
    ["boxes in any language", "<div><p>Hinweis</p><p>Mind the gap.</p></div>", "Note: Mind the gap.", "Mind the gap."],
    [
      "tabs, whose names are above them",
      "<div role=tablist><button role=tab>Cable</button><button role=tab>Radio</button></div><p>Plug it.</p><p>Pair it.</p>",
      "Cable\n\nPlug it.\n\nRadio\n\nPair it.",
      "Plug it.Pair it.",
    ],
    [
      "boxes, whose names are in small letters",
      "<p>One.</p><div><p class='admonition-title'>before YOU start</p><p>Two.</p></div>",
      "One.\n\nBefore you start\nTwo.",
      "One.before YOU startTwo.",
    ],
    ["an ellipsis for its cut", "<p>One two three four.</p>", "One two …", "One two"],
    ["nothing but the passage", "<p>Before. One two. After.</p>", "One two.", "One two."],
    ["Chinese over lines", "<p>什么\n是过程？</p>", "什么是\n过程？", "什么\n是过程？"],
    ["letters outside the basic plane", "<p>A 🎓 𝒳 b.</p>", "🎓 𝒳 b", "🎓 𝒳 b"],
    ["signs of patterns", "<p>a.*(b)[c]{2}^$|\\d+?/</p>", "a.*(b)[c]{2}^$|\\d+?/", "a.*(b)[c]{2}^$|\\d+?/"],
  ])("finds %s", async (_, html, quote, words) => {
    expect(await found(html, quote)).toBe(words);
  });

  it.each([
    ["permalinks", '<p>One <a class="headerlink" href="#x">¶</a><a class="hash-link" aria-hidden="true">#</a>two.</p>'],
    ["buttons and scripts", "<p>One <button>Copy</button><script>var x</script><style>p{}</style>two.</p>"],
    ["line numbers", '<table><tr><td class="linenos">1\n2</td><td>One two.</td></tr></table>'],
    ["what is hidden", '<p>One <span hidden>x</span><span style="display:none">y</span>two.</p>'],
    ["footnotes' numbers", '<p>One <sup><a class="footnote-ref" href="#fn:1">1</a></sup>two.</p>'],
    ["the widget", "<p>One <bookside-chat>x</bookside-chat>two.</p>"],
  ])("does not mind %s", async (_, html) => {
    expect((await found(html, "One two."))?.replace(/[^A-Za-z. ]/g, "")).toContain("two.");
  });

  it("takes pictures by their descriptions and formulas by their source", async () => {
    const tex = '<annotation encoding="application/x-tex">x^2</annotation>';
    const math = `<span class="katex"><math><semantics><mi>x</mi>${tex}</semantics></math><span aria-hidden="true">x2</span></span>`;
    expect(await found('<p>See <img alt="the pump"> run.</p>', "See the pump run.")).toBe("See  run.");
    expect(await found(`<p>So ${math} it is.</p>`, "So $x^2$ it is.")).not.toBeNull();
  });

  it("finds what is folded away", async () => {
    expect(await found("<details><summary>More</summary><p>One two.</p></details>", "One two.")).toBe("One two.");
    expect(await found("<div role=tabpanel hidden><p>One two.</p></div>", "One two.")).toBe("One two.");
  });

  it("chooses between equal passages by their section", async () => {
    const html = `<h1>T</h1><p>${LONG}</p><h2 id="a">A</h2><p>x</p><p><b>${LONG}</b></p><h2 id="b"><a>B</a></h2><p><i>${LONG}</i></p>`;
    const at = (anchor: string) =>
      page.evaluate(
        ([html, quote, anchor]) => window.foundIn(html ?? "", quote ?? "", anchor ?? ""),
        [html, LONG, anchor],
      );
    expect(await at("")).toBe("P");
    expect(await at("a")).toBe("B");
    expect(await at("b")).toBe("I");
    expect(await at("gone")).toBeNull();
  });

  it("finds a passage that has moved, if it is long and there once", async () => {
    const html = `<h2 id="a">A</h2><p>Nothing.</p><h2 id="b">B</h2><p>${LONG}</p><p>Short.</p>`;
    expect(await found(html, LONG, "a")).toBe(LONG);
    expect(await found(html, LONG, "gone")).toBe(LONG);
    expect(await found(html, "Short.", "b")).toBe("Short.");
    expect(await found(html, "Short.", "a")).toBeNull();
  });

  it("marks only the blocks that are left of a passage that has changed", async () => {
    const quote = `${LONG}.\n\nThe second part.\n\nThe third.`;
    expect(await found(`<p>${LONG}.</p><p>The second part.</p><p>The last.</p>`, quote)).toBe(
      `${LONG}.The second part.`,
    );
    expect(await found(`<p>${LONG}.</p><p>Another part.</p>`, quote)).toBe(`${LONG}.`);
    expect(await found("<p>Too short.</p><p>x</p>", "Too short.\n\ny")).toBeNull();
  });

  it.each([
    ["a word is another one", `${LONG.replace("long", "short")}`],
    ["a word is missing", LONG.replace("long ", "")],
    ["a word is more", LONG.replace("long", "very long")],
    ["a letter differs in its case", LONG.replace("long", "Long")],
    ["it is of another page", "Nodes talk to each other over topics with names."],
    ["it is a row of another table", "| X |\n| --- |\n| 1 |"],
    ["it has no words", "…"],
    ["it is nothing but marks", "| | |\n|---|\n```\n- \n1. "],
    ["it is empty", ""],
  ])("marks nothing when %s", async (_, quote) => {
    expect(await found(`<p>${LONG}</p><pre>- | * ...</pre><p>1</p>`, quote)).toBeNull();
  });

  it("is not slowed down by a quote of marks", async () => {
    const marks = "|*`_".repeat(100);
    expect(await found(`<pre>${marks}</pre>`, `a ${marks} b`)).toBeNull();
  });

  it("leaves the page as it was", async () => {
    const html = "<p>One <b>two</b>.</p>";
    await found(html, "One two.");
    expect(await page.evaluate(() => document.querySelector("main")?.innerHTML)).toBe(html);
  });
});
