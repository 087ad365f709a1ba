/** Every word that the widget itself says, in English; `language.ts` puts other languages in its place. */

import type { ATTACHING_WORDS } from "./lazy/attaching.ts";
import type { BESIDE_WORDS } from "./lazy/beside.ts";
import type { FEEDBACK_WORDS } from "./lazy/feedback.ts";
import type { THREADS_WORDS } from "./lazy/threads.ts";
import type { ITEMS_WORDS } from "./widgets/words.ts";

/** The words of the main file. */
export const ENGLISH = {
  heading: "Ask this book",
  open: "Ask this book",
  close: "Close",
  newChat: "New conversation",
  conversation: "Conversation",
  greeting: "What would you like to know?",
  hint: "Answers come from the book, and each points at the passage it rests on. Select words on the page to ask about them.",
  placeholder: "Ask a question…",
  question: "Your question",
  send: "Send",
  stop: "Stop",
  retry: "Try again",
  working: "Reading the book…",
  reconnecting: "The connection was lost. Reconnecting…",
  reconnected: "Connected again.",
  offline: "The assistant can't be reached. Check the connection.",
  cutOff: "The connection was lost before the answer was complete.",
  cutShort: "The answer broke off before its end.",
  interrupted: "The answer was interrupted.",
  unanswered: "This question has not been answered.",
  loading: "Opening your conversation…",
  quote: "About your selection",
  removeQuote: "Remove the selection",
  sources: "Sources",
  quoteCut: "Only the first {count} of {all} characters go with your question.",
  backToPassage: "Go back to the passage",
  scope: "Where to look",
  scopeBook: "Whole book",
  scopeSoFar: "Up to this page",
  scopeChapter: "This chapter",
  scopePage: "This page",
  scopeSelection: "Selection",
  summarisePage: "Summarise this page",
  explain: "Explain “{heading}”",
  starters: "You could ask",
  youAsked: "You asked",
  answer: "Answer",
  threads: "Conversations",
  backToChat: "Back to the conversation",
  older: "Show what was said before",
  expand: "Larger",
  shrink: "Smaller",
  copy: "Copy the answer",
  copied: "Copied",
  copyShort: "Copy",
  copyCode: "Copy this code",
  copyByHand: "Selected: copy it by hand",
  outside: "opens another site",
  toLatest: "To the latest words",
  regenerate: "Answer again",
  edit: "Edit and ask again",
  editing: "You are asking this question again.",
  cancel: "Cancel",
  good: "Good answer",
  bad: "Bad answer",
  thanks: "Thank you for your feedback.",
  writing: "The answer is being written.",
  complete: "The answer is complete.",
  youAreOffline: "You are offline. What you type stays here until you send it.",
  wait: "You can ask again in {time}.",
  mayAsk: "You can ask again now.",
  tooLong: "{over} characters too many",
  charactersLeft: "{left} characters left",
  gone: "This conversation is no longer on the server. Your next question begins a new one.",
  sessionEnded: "Your session has ended, and your question is back in the field.",
  deletedElsewhere: "This conversation was deleted in another tab.",
  serverError: "The assistant's server answered with an error ({status}).",
  unfinished: "The assistant could not finish its answer.",
  tryAgainIn: "Try again in {time}.",
  thing: "Part of the answer",
  notSent: "The file could not be sent.",
  closed: "This conversation takes no more questions.",
  tooManyCalls: "The assistant used too many tools of this page, and was stopped.",
} as const;

/** The words of the lazily loaded parts come with them. */
type Word =
  | keyof typeof ENGLISH
  | keyof typeof THREADS_WORDS
  | keyof typeof FEEDBACK_WORDS
  | keyof typeof BESIDE_WORDS
  | keyof typeof ITEMS_WORDS
  | keyof typeof ATTACHING_WORDS;

export type Strings = { readonly [Key in Word]: string };

/** The words that are spoken now. */
export const STRINGS = { ...ENGLISH } as { -readonly [Key in Word]: string };

/** English words beside the catalogue; what is said already in another language stays. */
export function addWords(words: Partial<Strings>): void {
  Object.assign(ENGLISH, words);
  Object.assign(STRINGS, { ...words, ...STRINGS });
}

/** A sentence with its `{placeholders}` filled in. */
export function say(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
