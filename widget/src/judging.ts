/** The reader's verdicts on answers: given with a thumb, and explained in a form that is loaded when it is needed. */

import type { ChatKitClient } from "./client.ts";
import { BooksideError } from "./errors.ts";
import { KIT } from "./kit.ts";
import type { FeedbackForm } from "./lazy/feedback.ts";
import type { PartHost } from "./parts.ts";
import type { AssistantMessage, FeedbackKind } from "./protocol.ts";
import { STRINGS } from "./strings.ts";
import { type Verdict, type Verdicts, verdictOf } from "./verdicts.ts";

export class Judging {
  verdicts: Verdicts = {};
  form: FeedbackForm | null = null;
  #reasonOf: (verdict: Verdict) => string | null = () => null;

  constructor(
    readonly host: PartHost,
    readonly client: () => ChatKitClient | undefined,
  ) {}

  /** Load the form if an answer's verdict waits for its reason. */
  prepare(): void {
    if (Object.values(this.verdicts).some(({ isAsked }) => isAsked)) void this.#load();
  }

  judge(item: AssistantMessage, kind: FeedbackKind): void {
    const isGiven = this.verdicts[item.id]?.kind === kind;
    this.change(item, isGiven ? { isAsked: kind === "negative" } : verdictOf(kind));
    if (!isGiven) void this.#send(item, null);
    if (kind === "negative") void this.#load().then(() => this.host.focus(".feedback input"));
  }

  change(item: AssistantMessage, change: Partial<Verdict>): void {
    const before = this.verdicts[item.id] ?? verdictOf("positive");
    this.verdicts = { ...this.verdicts, [item.id]: { ...before, problem: null, ...change } };
    this.host.changed();
  }

  explain(item: AssistantMessage): void {
    const verdict = this.verdicts[item.id];
    if (verdict !== undefined) void this.#send(item, this.#reasonOf(verdict), true);
  }

  async #send(item: AssistantMessage, reason: string | null, isExplained = false): Promise<void> {
    const { kind } = this.verdicts[item.id] ?? verdictOf("positive");
    try {
      await this.client()?.feedback(item.thread_id, [item.id], kind, reason);
      this.host.announce(STRINGS.thanks);
      if (isExplained) this.change(item, { isAsked: false });
    } catch (error) {
      if (!(error instanceof BooksideError)) throw error;
      this.change(item, { problem: error.message });
      this.host.announce(error.message);
    }
  }

  async #load(): Promise<void> {
    if (this.form !== null) return;
    const part = await import("./lazy/feedback.ts").catch(() => null);
    if (part === null) return this.host.announce(STRINGS.offline);
    this.host.adopt(part.feedbackStyles(KIT));
    this.#reasonOf = part.reasonOf;
    this.form = part.feedbackForm(KIT);
    this.host.changed();
  }
}
