/** What an answer needs rarely, loaded when it does: colours for its code, formulas for its TeX. */

type Highlight = typeof import("./lazy/highlight.ts");
type Maths = typeof import("./lazy/maths.ts");

/** Longer code stays without colours. */
const MAX_CODE_CHARS = 20_000;
/** How often code that is still growing gets its colours anew. */
const COLOUR_EVERY_MS = 400;
const MAX_FORMULAS = 300;

class Part<T> {
  part: T | null = null;
  /** Whether it was asked for in vain: the text stays as it is written. */
  isMissing = false;
  #loading: Promise<void> | null = null;

  constructor(readonly open: () => Promise<T>) {}

  /** Load it, once. */
  load(): Promise<void> {
    this.#loading ??= this.open().then(
      (part) => {
        this.part = part;
      },
      () => {
        this.isMissing = true;
      },
    );
    return this.#loading;
  }
}

const highlight = new Part<Highlight>(() => import("./lazy/highlight.ts"));
const maths = new Part<Maths>(() => import("./lazy/maths.ts"));
/** Formulas that were typeset before: a paragraph that grows behind one is drawn many times. */
const formulas = new Map<string, Element | null>();
let colouredAtMs = 0;

/**
 * Colour the code and typeset the formulas of a piece of an answer.
 *
 * @param isGrowing - More will come: its code is coloured now and then, not each time.
 * @returns When to draw the piece again; `null` if it has what it needs.
 */
export function finished(root: ParentNode, isGrowing: boolean): Promise<unknown> | null {
  const codes = [...root.querySelectorAll<HTMLElement>("code[data-language]")];
  const texs = [...root.querySelectorAll<HTMLElement>("code.formula")];
  const missing: Promise<void>[] = [];
  if (codes.length > 0 && !coloured(codes, isGrowing)) missing.push(highlight.load());
  if (texs.length > 0 && !typeset(texs)) missing.push(maths.load());
  return missing.length === 0 ? null : Promise.all(missing);
}

function coloured(codes: readonly HTMLElement[], isGrowing: boolean): boolean {
  if (highlight.part === null) return highlight.isMissing;
  if (isGrowing && performance.now() - colouredAtMs < COLOUR_EVERY_MS) return true;
  if (isGrowing) colouredAtMs = performance.now();
  for (const code of codes) {
    if (code.textContent.length > MAX_CODE_CHARS) continue;
    highlight.part.highlight(code, code.dataset.language ?? "");
  }
  return true;
}

function typeset(texs: readonly HTMLElement[]): boolean {
  if (maths.part === null) return maths.isMissing;
  for (const code of texs) {
    const isBlock = code.classList.contains("block");
    const key = `${isBlock} ${code.textContent}`;
    if (formulas.size > MAX_FORMULAS) formulas.clear();
    const formula = formulas.get(key) ?? (formulas.has(key) ? null : maths.part.formula(code.textContent, isBlock));
    formulas.set(key, formula);
    // What is no TeX stays as it is written.
    if (formula === null) continue;
    const box = document.createElement("span");
    box.className = code.className;
    if (isBlock) box.tabIndex = 0;
    box.append(formula.cloneNode(true));
    code.replaceWith(box);
  }
  return true;
}
