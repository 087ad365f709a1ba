/** Makes elements. */

export function element(name: string, attributes: Readonly<Record<string, string>> = {}, ...inside: (Node | string)[]) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}
