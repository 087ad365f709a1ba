/** An answer that is copied: Markdown whose footnotes say where each passage is. */

import { describe, expect, it } from "vitest";
import { answerAsMarkdown } from "../src/footnotes.ts";
import type { Annotation, AssistantMessage } from "../src/protocol.ts";
import { cite } from "./support/server.ts";

const BASE = "https://book.example/a/page";

function copied(text: string, annotations: readonly Annotation[]): string {
  const item = { type: "assistant_message", id: "a", thread_id: "t", created_at: "" } as const;
  const message: AssistantMessage = { ...item, content: [{ type: "output_text", text, annotations }] };
  return answerAsMarkdown(message, BASE);
}

const behind = (text: string, words: string) => text.indexOf(words) + words.length;
const words = (text: string, place: string) =>
  copied(text, [cite(behind(text, place), "/a", "A", "")]).split("\n\n[^1]:")[0];

describe("an answer that is copied", () => {
  it("has its marks as footnotes, with title, address and quotation", () => {
    const text = "A process runs. The kernel counts. It ends.";
    const notes = [
      cite(
        behind(text, "runs"),
        "/processes#what",
        "What a process is",
        "A process\nis a program.",
        "Processes › What",
      ),
      cite(behind(text, "counts"), "https://other.example/k", "The [kernel]", "It counts."),
      cite(behind(text, "ends"), "/processes#what", "What a process is", "It ends."),
    ];
    expect(copied(text, notes)).toBe(`A process runs[^1]. The kernel counts[^2]. It ends[^1].

[^1]: [What a process is](<https://book.example/processes#what>), Processes › What

    > A process
    > is a program.
    >
    > It ends.

[^2]: [The \\[kernel\\]](<https://other.example/k>)

    > It counts.
`);
  });

  it("counts characters as the server does", () => {
    expect(copied("🎓🎓 yes, no", [cite(6, "/a", "A", "")])).toMatch(/^🎓🎓 yes\[\^1\], no\n/);
  });

  it("is the text alone when nothing is cited", () => {
    expect(copied("Just *words*.", [])).toBe("Just *words*.\n");
  });

  it("names a source without an address that may be followed", () => {
    expect(copied("x", [cite(1, "javascript:alert(1)", "A", "")])).toBe("x[^1]\n\n[^1]: A\n");
  });

  for (const [name, text, place, expected] of [
    ["code", "Call `fork()` now", "fork", "Call `fork()`[^1] now"],
    ["a link's words", "See [the title](/x) now", "the", "See [the title](/x)[^1] now"],
    ["a formula", "With $a + b$ now", "a +", "With $a + b$[^1] now"],
    ["a block of code", "```\ncode\n```\n\nAfter", "co", "```\ncode\n```\n\n[^1]\n\nAfter"],
    ["a formula on lines of its own", "$$\na + b\n$$\n\nAfter", "a +", "$$\na + b\n$$\n\n[^1]\n\nAfter"],
    [
      "a table's cell",
      "| a | b |\n| - | - |\n| one | two |\n\nx",
      "one",
      "| a | b |\n| - | - |\n| one[^1] | two |\n\nx",
    ],
    ["a table, behind a row", "| a |\n| - |\n| one |\n\nx", "one |", "| a |\n| - |\n| one[^1] |\n\nx"],
    ["a list's next item", "- one\n- two", "one\n", "- one[^1]\n- two"],
  ] as const) {
    it(`keeps its meaning with a mark in ${name}`, () => expect(words(text, place)?.trimEnd()).toBe(expected));
  }
});
