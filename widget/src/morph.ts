/** Turns drawn nodes into newly drawn ones with few changes: what stays keeps its selection, scroll and focus. */

/** Put `next` in the place of `old`; returns the nodes that are there now. */
export function morphNodes(parent: Node, old: readonly ChildNode[], next: readonly ChildNode[], before: Node | null) {
  const nodes = next.map((node, at) => {
    const known = old[at];
    return known === undefined ? parent.insertBefore(node, before) : morph(known, node);
  });
  for (const node of old.slice(next.length)) node.remove();
  return nodes;
}

function morph(old: ChildNode, next: ChildNode): ChildNode {
  if (old.isEqualNode(next)) return old;
  if (old instanceof Text && next instanceof Text) {
    if (next.data.startsWith(old.data)) old.appendData(next.data.slice(old.data.length));
    else old.data = next.data;
  } else if (old instanceof HTMLElement && next instanceof HTMLElement && old.localName === next.localName) {
    if (old instanceof HTMLButtonElement) return old;
    sameAttributes(old, next);
    if (!grownCode(old, next)) morphNodes(old, [...old.childNodes], [...next.childNodes], null);
  } else {
    old.replaceWith(next);
    return next;
  }
  return old;
}

function sameAttributes(old: Element, next: Element): void {
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/** Code that has its colours and has grown keeps them until it is coloured again. */
function grownCode(old: HTMLElement, next: HTMLElement): boolean {
  if (old.localName !== "code" || old.childElementCount === 0 || next.childElementCount > 0) return false;
  const [shown, wanted] = [old.textContent, next.textContent];
  if (!wanted.startsWith(shown)) return false;
  if (wanted.length > shown.length) old.append(wanted.slice(shown.length));
  return true;
}
