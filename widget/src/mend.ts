/** Half-written Markdown made whole, so that an answer does not flicker while it grows. */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Close what the last paragraph has opened: emphasis, code, a link whose address is still on its way. */
export function mended(markdown: string): string {
  const start = tailStart(markdown);
  if (start === null) return markdown;
  return markdown.slice(0, start) + mendedTail(markdown.slice(start));
}

/** Where the last paragraph begins; `null` inside a code fence, where every character stands for itself. */
function tailStart(markdown: string): number | null {
  let fence: string | null = null;
  let start = 0;
  let offset = 0;
  for (const line of markdown.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && mark !== undefined) fence = mark;
    else if (fence !== null && mark?.startsWith(fence) && line.trim() === mark) fence = null;
    offset += line.length + 1;
    if (line.trim() === "" || mark !== undefined) start = offset;
  }
  return fence === null ? Math.min(start, markdown.length) : null;
}

function mendedTail(tail: string): string {
  const ticks = tail.match(/`/g)?.length ?? 0;
  if (ticks % 2 === 1) return `${tail}\``;
  return closedEmphasis(withoutHalfLink(tail));
}

/** `see [the title](/pa` reads `see the title` until the address is there. */
function withoutHalfLink(tail: string): string {
  return tail.replace(/!?\[([^\]\n]*)\]\([^)\s]*$/, "$1").replace(/!?\[([^\]\n]*)$/, "$1");
}

function closedEmphasis(tail: string): string {
  const words = tail.replace(/`[^`]*`/g, "").replace(/^\s*[*+-] /gm, "");
  if (((words.match(/\*\*/g)?.length ?? 0) & 1) === 0) return tail;
  return /\*\*\s*$/.test(tail) ? tail.replace(/\*\*\s*$/, "") : `${tail.trimEnd().replace(/\*$/, "")}**`;
}
