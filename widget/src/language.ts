/** Which language the widget speaks: catalogues, loaded when they are needed, take the place of the English words. */

import { ENGLISH, STRINGS, type Strings } from "./strings.ts";

/** What of a catalogue is missing is said in English. */
export type Catalogue = Partial<Strings>;

const LOADERS: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  de: () => import("./lazy/lang-de.ts"),
  es: () => import("./lazy/lang-es.ts"),
  ur: () => import("./lazy/lang-ur.ts"),
  zh: () => import("./lazy/lang-zh.ts"),
};
const RIGHT_TO_LEFT = /^(ar|dv|fa|he|ks|ku|ps|sd|ug|ur|yi)\b/;
const added = new Map<string, Catalogue>();

let spoken = "en";

/** The language that is spoken now, for dates and numbers. */
export function language(): string {
  return spoken;
}

export function direction(): "rtl" | "ltr" {
  return RIGHT_TO_LEFT.test(spoken) ? "rtl" : "ltr";
}

/** Add a language, or words to one; it is spoken on pages in that language that begin to speak after this. */
export function addLanguage(tag: string, catalogue: Catalogue): void {
  added.set(tag.toLowerCase(), { ...added.get(tag.toLowerCase()), ...catalogue });
}

/**
 * Speak a language, or the nearest that there is: `pt` for `pt-BR`, and English for one that nobody has added.
 *
 * @returns Whether the words are others than before.
 */
export async function speak(tag: string): Promise<boolean> {
  const [whole, base = ""] = [tag.toLowerCase(), tag.toLowerCase().split("-")[0]];
  const load = LOADERS[whole] ?? LOADERS[base];
  // A language that cannot be loaded is not worth an assistant that is silent.
  const loaded = load === undefined ? undefined : (await load().catch(() => null))?.default;
  const catalogue = { ...loaded, ...added.get(base), ...added.get(whole) };
  const isKnown = Object.keys(catalogue).length > 0;
  const next = isKnown ? tag : base === "en" ? tag : "en";
  if (next === spoken && !isKnown) return false;
  spoken = isUsable(next) ? next : "en";
  Object.assign(STRINGS, ENGLISH, catalogue);
  return true;
}

function isUsable(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** So many seconds in words: "12 seconds", "2 minutes". */
export function duration(seconds: number): string {
  const [value, unit] = seconds < 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(spoken, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

export function amount(value: number): string {
  return new Intl.NumberFormat(spoken).format(value);
}
