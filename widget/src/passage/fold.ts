/** The one form in which words of a quote and words of a page are compared. */

/** Characters that writers, editors and site generators put for one another: a plain one, then its variants. */
const SAME = new Map(
  ["'‘’‚‛′", '"“”„‟″', "-‐‑‒–—―−"].flatMap(([plain = "", ...variants]) => variants.map((variant) => [variant, plain])),
).set("…", "...");

/** White space, and what nobody sees: soft hyphens, joiners, direction marks, variation selectors. */
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]/u;

/** What a text becomes; `at` gives for each of its characters the place in the source. */
export interface Folded {
  readonly text: string;
  readonly at: readonly number[];
}

/** Fold a text: composed letters, plain quotes and dashes, and no white space, of which a page may have any. */
export function fold(source: string): Folded {
  const at: number[] = [];
  let text = "";
  const add = (unit: string, place: number) => {
    const code = unit.charCodeAt(0);
    if (code > 32 && code < 127) {
      text += unit;
      at.push(place);
    } else if (!UNSEEN.test(unit)) {
      const same = SAME.get(unit) ?? unit;
      text += same;
      for (let n = 0; n < same.length; n++) at.push(place);
    }
  };
  if (source === source.normalize()) {
    for (let place = 0; place < source.length; place++) add(source.charAt(place), place);
  } else {
    for (const { segment, index } of new Intl.Segmenter(undefined).segment(source)) {
      for (const unit of segment.normalize()) add(unit, index);
    }
  }
  return { text, at };
}

/** What `fold` makes of a text, without the places: most text is plain letters, for which that takes one step. */
export function folded(source: string): string {
  return PLAIN.test(source) ? source.replace(/[ \t\n\r]+/g, "") : fold(source).text;
}

const PLAIN = /^[ -~\t\n\r]*$/;
