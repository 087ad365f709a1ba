/** Brings the reader's keyboard to a place on the page. */

/** On a block that has the focus, and whose passage is marked: the mark shows where the focus is. */
export const MARKED = "data-bookside-passage";

/** Let the keyboard, and a screen reader, go on from here; the block is focusable only as long as it has the focus. */
export function focusOn(place: Range | Element): void {
  const block = place instanceof Range ? blockOf(place.startContainer) : place;
  if (!(block instanceof HTMLElement)) return;
  if (!block.hasAttribute("tabindex")) {
    block.tabIndex = -1;
    block.toggleAttribute(MARKED, place instanceof Range);
    const undo = () => {
      block.removeAttribute("tabindex");
      block.removeAttribute(MARKED);
    };
    block.addEventListener("blur", undo, { once: true });
  }
  block.focus({ preventScroll: true });
}

function blockOf(node: Node): Element | null {
  let element = elementOf(node);
  while (element !== null && getComputedStyle(element).display.startsWith("inline")) element = element.parentElement;
  return element;
}

export function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement;
}
