/** Texts within bounds, and names of classes from closed sets: the small change of drawing. */

import type { Data } from "./kit.ts";

export const MAX_CHARACTERS = 20_000;

/** A server's text, bounded. */
export function textOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.slice(0, MAX_CHARACTERS) : "";
}

/** Names of classes: those that are given, and of each closed set the one that the server chose. */
export function names(...all: (string | false | null)[]): string {
  return all.filter(Boolean).join(" ");
}

/** `prefix-value` for a value of a closed set. */
export function choice(prefix: string, value: unknown, allowed: string): string | null {
  return typeof value === "string" && allowed.split(" ").includes(value) ? `${prefix}-${value}` : null;
}

export function record(value: unknown): Data {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};
}
