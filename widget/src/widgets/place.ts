/** Where in a widget something is drawn, and what an act there sends: its payload, with the values of its form. */

import type { WidgetItem } from "../protocol.ts";
import type { ActionConfig, Data, Host } from "./kit.ts";

/** Deeper and longer than any honest widget. */
const MAX_DEPTH = 24;
const MAX_NODES = 1500;
const MAX_NAME_PARTS = 6;

export interface Place {
  readonly item: WidgetItem;
  /** Which node it is, as the places of its ancestors. */
  readonly path: string;
  readonly depth: number;
  /** How many more nodes may be drawn. */
  readonly budget: { left: number };
  readonly isInForm: boolean;
  /** Names of the fields that have a label. */
  readonly labelled: ReadonlySet<string>;
}

export function rootPlace(item: WidgetItem): Place {
  return {
    item,
    path: "",
    depth: 0,
    budget: { left: MAX_NODES },
    isInForm: false,
    labelled: labelledIn(item.widget),
  };
}

/** The place of a child; `null` where no more is drawn. */
export function childPlace(place: Place, at: number): Place | null {
  place.budget.left -= 1;
  if (place.depth >= MAX_DEPTH || place.budget.left < 0) return null;
  return { ...place, path: `${place.path}.${at}`, depth: place.depth + 1 };
}

function labelledIn(node: unknown, names = new Set<string>(), depth = 0): Set<string> {
  if (typeof node !== "object" || node === null || depth > MAX_DEPTH) return names;
  const { type, fieldName, children } = node as Data;
  if (type === "Label" && typeof fieldName === "string") names.add(fieldName);
  for (const child of Array.isArray(children) ? children.slice(0, MAX_NODES) : [children]) {
    labelledIn(child, names, depth + 1);
  }
  return names;
}

/** An id for a field: it never is a name that a form or a document has of its own. */
export function fieldId(place: Place, name: string): string {
  const letters = [...`${place.item.id}/${name}`].map((letter) => letter.codePointAt(0)?.toString(36));
  return `w-${letters.join("-")}`;
}

/** `null` for anything but an action. */
export function readAction(value: unknown): ActionConfig | null {
  if (typeof value !== "object" || value === null) return null;
  const { type, payload, handler, loadingBehavior, streaming } = value as Data;
  if (typeof type !== "string" || type === "") return null;
  const isKnown = loadingBehavior === "none" || loadingBehavior === "self" || loadingBehavior === "container";
  return {
    type,
    payload: payload ?? null,
    handler: handler === "client" ? "client" : "server",
    loadingBehavior: isKnown ? loadingBehavior : "auto",
    streaming: streaming !== false,
  };
}

/** The values of the fields around an element: those of its form, or its own. */
export function valuesAround(element: Element): Data {
  const form = element.closest("[data-form]");
  const fields = form === null ? element.querySelectorAll(":scope") : form.querySelectorAll("[data-field]");
  const values: Record<string, unknown> = {};
  for (const field of fields as Iterable<HTMLInputElement>) {
    const name = field.dataset.field;
    if (name === undefined || field.disabled) continue;
    if (field.type === "checkbox") put(values, name, field.checked);
    else if (field.type !== "radio" || field.checked) put(values, name, field.value);
  }
  return values;
}

/** `todo.title` is the field `title` of `todo`. */
function put(values: Record<string, unknown>, name: string, value: unknown): void {
  const parts = name.split(".", MAX_NAME_PARTS);
  const last = parts.pop() ?? name;
  if ([...parts, last].some((part) => part === "__proto__" || part === "constructor")) return;
  let place = values;
  for (const part of parts) {
    const inner = Object.hasOwn(place, part) ? place[part] : {};
    place[part] = inner;
    if (typeof inner !== "object" || inner === null) return;
    place = inner as Record<string, unknown>;
  }
  place[last] = value;
}

/** The payload with the values beside it; what the payload says already stays as it is. */
export function withValues(payload: unknown, values: Data): unknown {
  if (Object.keys(values).length === 0) return payload;
  if (payload === null || payload === undefined) return values;
  if (typeof payload !== "object" || Array.isArray(payload)) return payload;
  const merged: Record<string, unknown> = { ...values };
  for (const [name, said] of Object.entries(payload)) {
    const beside = Object.hasOwn(values, name) ? values[name] : undefined;
    const isObject = typeof beside === "object" && beside !== null;
    merged[name] = isObject && typeof said === "object" ? withValues(said, beside as Data) : said;
  }
  return merged;
}

/** Which widgets, or which nodes of them, wait for what they have asked for. */
export class Waiting {
  readonly #paths = new Set<string>();

  constructor(readonly host: Host) {}

  isWaiting({ item, path }: Place): boolean {
    return this.#paths.has(`${item.id}${path}`);
  }

  isHeld(itemId: string): boolean {
    return this.#paths.has(`${itemId}*`);
  }

  /** Send an action from an element; what `auto` means depends on what the action is bound to. */
  async act(
    action: ActionConfig,
    place: Place,
    element: Element,
    auto: ActionConfig["loadingBehavior"],
  ): Promise<void> {
    const { item, path } = place;
    const isHere = action.handler === "client" || !action.streaming;
    if (this.isHeld(item.id) || this.isWaiting(place) || (this.host.isBusy && !isHere)) return;
    const payload = withValues(action.payload, valuesAround(element));
    const behaviour = action.loadingBehavior === "auto" ? auto : action.loadingBehavior;
    const key = behaviour === "none" ? null : `${item.id}${behaviour === "container" ? "*" : path}`;
    if (key !== null) this.#paths.add(key);
    this.host.redraw();
    try {
      await this.host.act({ ...action, payload }, item);
    } finally {
      if (key !== null) this.#paths.delete(key);
      this.host.redraw();
    }
  }
}

/** An action that the server streams an answer to has to wait for the one that is on its way. */
export function isOff(isBusy: boolean, action: { handler: string; streaming: boolean } | null): boolean {
  return isBusy && action !== null && action.handler === "server" && action.streaming;
}
