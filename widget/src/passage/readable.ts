/** How a quote is shown to the reader. */

/** A quote as it is shown: without the Markdown of code and tables, in running lines, with the mark of its cut. */
export function readable(quote: string): string {
  let isCode = false;
  let text = "";
  for (const line of quote.replace(/\s*…\s*$/, "").split("\n")) {
    const isFence = /^\s*(?:`{3,}|~{3,})[^`]*$/.test(line);
    if (isFence) isCode = !isCode;
    if (isFence || /^\s*\|?\s*:?-{3,}[-:|\s]*$/.test(line)) continue;
    const isOwn = isCode || line.trim() === "" || text.endsWith("\n") || /^\s*(?:[-*+•|]|\d+[.)])\s/.test(line);
    text += (isOwn ? "\n" : " ") + (isCode ? line : line.trim().replace(/^\| | \|$/g, ""));
    if (line.trim() === "") text += "\n";
  }
  return text.trim().replace(/\n{3,}/g, "\n\n") + (/…\s*$/.test(quote) ? " …" : "");
}
