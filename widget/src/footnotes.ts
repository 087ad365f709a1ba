/** An answer as Markdown to take away: its marks are footnotes, which say where each passage is and quote it. */

import { Blocks } from "./blocks.ts";
import { type NumberedSource, numbered } from "./citations.ts";
import { safeLink } from "./links.ts";
import { BEHIND, shared } from "./marks.ts";
import type { AssistantMessage } from "./protocol.ts";

/** @param base - The page's address, against which addresses from the site's root become whole. */
export function answerAsMarkdown(message: AssistantMessage, base: string = location.href): string {
  const { sources, marks } = numbered(message.content);
  const texts = message.content.map((part, at) => withFootnotes(part.text, marks[at] ?? []));
  const notes = sources.map((source) => footnote(source, base));
  return `${[...texts.map((text) => text.trim()), notes.join("\n\n")].filter((text) => text !== "").join("\n\n")}\n`;
}

/** Each mark stands where it is drawn: behind its words, and behind a block that nothing may be written into. */
function withFootnotes(text: string, marks: ReturnType<typeof numbered>["marks"][number]): string {
  let result = "";
  let done = 0;
  const take = (end: number) => {
    result += text.slice(done, end);
    done = end;
  };
  for (const { block, marks: own } of shared(text, new Blocks().read(text, false), marks)) {
    const code = [...block.raw.matchAll(SPANS)].map(({ index, 0: span }) => [index, index + span.length] as const);
    for (const { offset, source } of own) {
      if (offset === BEHIND) continue;
      const span = code.find(([start, end]) => start < offset && offset < end);
      take(block.start + (span?.[1] ?? offset));
      result += `[^${source.number}]`;
    }
    const behind = own.filter(({ offset }) => offset === BEHIND);
    if (behind.length === 0) continue;
    take(block.start + block.raw.trimEnd().length);
    result += `\n\n${behind.map(({ source }) => `[^${source.number}]`).join("")}`;
  }
  take(text.length);
  return result;
}

/** Code, formulas and links, inside which a mark would be a part of them. */
const SPANS =
  /(`+)(?!`).*?[^`]\1(?!`)|\$\$.*?\$\$|\$(?!\s)[^$\n]*?\$(?!\w)|\\\(.*?\\\)|\\\[.*?\\\]|!?\[[^\]]*\]\([^)]*\)/gs;

function footnote({ number, source, quotes }: NumberedSource, base: string): string {
  const link = source.type === "url" ? safeLink(source.url, new URL(base).origin) : null;
  const title = escaped(source.title);
  const path =
    source.type === "url" && source.attribution && source.attribution !== source.title ? source.attribution : "";
  const place =
    link === null ? title : `[${title}](<${new URL(link.href, base).href.replace(/[<>]/g, encodeURIComponent)}>)`;
  const lines = quotes.flatMap((quote, at) => [
    ...(at === 0 ? [""] : [">"]),
    ...quote.split(/\r\n?|\n/).map((line) => `> ${line}`),
  ]);
  // A footnote's further lines stand four spaces in.
  return [
    `[^${number}]: ${place}${path === "" ? "" : `, ${escaped(path)}`}`,
    ...lines.map((line) => (line === "" ? "" : `    ${line}`.trimEnd())),
  ].join("\n");
}

/** Words that stay words in a link's label. */
function escaped(words: string): string {
  return words.replace(/\s+/g, " ").replace(/[\\`*_[\]<>]/g, "\\$&");
}
