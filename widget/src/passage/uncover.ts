/** Whether something of the widget's covers the place on the page that a reader has been led to. */

/** What a passage's mark is called; without one the reader is at the block that has the focus. */
const NAME = "bookside-passage";

/** @param over - What may stand over the page. */
export function isCovered(over: Element): boolean {
  const [range] = (CSS.highlights?.get(NAME) ?? []) as Iterable<Range>;
  const focused = document.activeElement;
  const place = range ?? focused;
  if (!place || place === document.body || (!range && focused?.shadowRoot?.contains(over))) return false;
  const cover = over.getBoundingClientRect();
  return [...place.getClientRects()].some(
    ({ left, right, top, bottom }) =>
      left < cover.right && right > cover.left && top < cover.bottom && bottom > cover.top,
  );
}
