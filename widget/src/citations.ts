/** Numbers for the sources of an answer, their marks in its text, and the list below it. */

import type { Annotation, AssistantContent, Source } from "./protocol.ts";

/** One line of the list of sources. */
export interface NumberedSource {
  readonly number: number;
  readonly source: Source;
  /** The passages that the answer rests on, each once. */
  readonly quotes: readonly string[];
}

/** A mark in the text of a part; `offset` counts UTF-16 units, as JavaScript's strings do. */
export interface Mark {
  readonly offset: number;
  readonly source: NumberedSource;
  /** The words of the passage that this mark stands for; a source may have several. */
  readonly quote: string;
}

export interface NumberedParts {
  readonly sources: readonly NumberedSource[];
  /** The marks of each part, by their place in the text. */
  readonly marks: readonly (readonly Mark[])[];
}

/** Number the sources in the order of their first mark; one address in one group has one number. */
export function numbered(content: readonly AssistantContent[]): NumberedParts {
  const known = new Map<string, NumberedSource & { quotes: string[] }>();
  const marks = content.map((part) => {
    const places = part.annotations.map((annotation) => ({ annotation, offset: offsetOf(annotation, part.text) }));
    places.sort((a, b) => a.offset - b.offset);
    const found = places.map(({ annotation: { source }, offset }) => ({
      offset,
      source: remember(known, source),
      quote: source.description?.trim() ?? "",
    }));
    return found.filter((mark, at) => !isRepeated(found, at, mark));
  });
  return { sources: [...known.values()], marks };
}

function remember(known: Map<string, NumberedSource & { quotes: string[] }>, source: Source) {
  const key = JSON.stringify([source.type, addressOf(source), source.group ?? null]);
  const entry = known.get(key) ?? { number: known.size + 1, source, quotes: [] };
  known.set(key, entry);
  const quote = source.description?.trim();
  if (quote && !entry.quotes.includes(quote)) entry.quotes.push(quote);
  return entry;
}

function addressOf(source: Source): string {
  switch (source.type) {
    case "url":
      return source.url;
    case "file":
      return source.filename;
    case "entity":
      return source.id;
  }
}

function isRepeated(marks: readonly Mark[], at: number, mark: Mark): boolean {
  return marks.slice(0, at).some((other) => other.offset === mark.offset && other.source === mark.source);
}

/** The protocol counts characters as Python does: a letter outside the basic plane is one, not two. */
function offsetOf(annotation: Annotation, text: string): number {
  const { index } = annotation;
  if (index === null || index === undefined || index < 0) return text.length;
  if (!/[\ud800-\udbff]/.test(text)) return Math.min(index, text.length);
  let offset = 0;
  for (let left = index; left > 0 && offset < text.length; left--) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}
