/** What the reader thinks of answers, and what they say about it. */

import type { Fault } from "./lazy/feedback.ts";
import type { FeedbackKind } from "./protocol.ts";

export interface Verdict {
  readonly kind: FeedbackKind;
  /** Whether the reader is being asked why. */
  readonly isAsked: boolean;
  readonly faults: readonly Fault[];
  readonly text: string;
  /** Why it could not be sent. */
  readonly problem: string | null;
}

/** By the answer's id. */
export type Verdicts = Readonly<Record<string, Verdict>>;

export function verdictOf(kind: FeedbackKind): Verdict {
  return { kind, isAsked: kind === "negative", faults: [], text: "", problem: null };
}
