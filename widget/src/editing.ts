/** A question that is asked again in other words, and the draft that it takes the place of meanwhile. */

import type { Attachment } from "./protocol.ts";

/** What the reader was about to ask. */
export interface Draft {
  readonly draft: string;
  readonly quote: string | null;
}

/** A draft that waits, as a tab remembers it. */
export interface Aside extends Draft {
  /** The question that is being changed. */
  readonly itemId: string;
}

/** The field, and the files beside it. */
export interface Field {
  get(): Draft;
  set(draft: Draft): void;
  /** Take the files out of the field; those that are still on their way stay. */
  take(): readonly Attachment[];
  restore(files: readonly Attachment[]): void;
}

export class Editing {
  aside: Aside | null = null;
  #files: readonly Attachment[] = [];

  constructor(readonly field: Field) {}

  /** Put a question in the place of the draft; a second one takes the place of the first. */
  begin(itemId: string, question: Draft): void {
    const { field } = this;
    if (this.aside === null) this.#files = field.take();
    this.aside = { ...(this.aside ?? field.get()), itemId };
    field.set(question);
  }

  /** The question has been sent, or is left as it was: the draft is in the field again. */
  end(): void {
    const { aside, field } = this;
    if (aside === null) return;
    this.aside = null;
    field.set({ draft: aside.draft, quote: aside.quote });
    field.restore(this.#files);
    this.#files = [];
  }
}
