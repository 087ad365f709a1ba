/** What a server says that it offers, from `GET /assistant/config`. */

import { isRecord, optional } from "./reading.ts";

export interface ServerConfig {
  /** The book's title. */
  readonly title: string | null;
  /** `null` where no files can be attached. */
  readonly attachments: {
    readonly maxBytes: number | null;
    /** Types and endings of names, as an `<input type="file">` takes them; empty for any. */
    readonly accept: string;
  } | null;
  readonly hasTranscription: boolean;
  readonly maxQuestionChars: number | null;
}

export function readConfig(value: unknown): ServerConfig {
  const config = isRecord(value) ? value : {};
  const { attachments } = config;
  return {
    title: optional(config.title),
    attachments: isRecord(attachments)
      ? { maxBytes: numberOf(attachments.max_bytes), accept: optional(attachments.accept) ?? "" }
      : null,
    hasTranscription: config.transcription === true,
    maxQuestionChars: numberOf(config.max_question_chars),
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && value > 0 ? value : null;
}
