/** What the element lets its parts do to it. */

import type { CSSResult } from "lit";

export interface PartHost {
  /** Draw anew. */
  changed(): void;
  /** Say it to those who listen to the page. */
  announce(text: string): void;
  /** Give the focus to what is about to be drawn. */
  focus(selector: string): void;
  /** Take a style sheet of a part that was loaded. */
  adopt(styles: CSSResult): void;
}
