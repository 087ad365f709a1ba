/** Whether the list of messages follows what is being written: only while the reader is at its end. */

/** Nearer to the end than this counts as at the end. */
const AT_END_PX = 40;
const QUESTION_GAP_PX = 12;

/** `answer`: to the end as far as the question stays in view; `end`: to the end; `still`: where the reader went. */
type Mode = "answer" | "end" | "still";

export class Follower {
  /** Whether there is more below than the reader sees. */
  hasMore = false;
  #mode: Mode = "answer";
  #list: HTMLElement | null = null;
  #top = 0;

  /**
   * @param changed - Called when `hasMore` has changed.
   */
  constructor(readonly changed: () => void) {}

  /** The reader has asked: the question is shown, and its answer as far as there is room. */
  begin(): void {
    this.#mode = "answer";
  }

  /** The reader wants to see the latest words, and those that follow. */
  toEnd(): void {
    this.#mode = "end";
    this.#move();
  }

  /** Whether the list goes on with what is written. */
  get isFollowing(): boolean {
    return this.#mode !== "still";
  }

  /** How far the reader has read. */
  get top(): number {
    return this.#top;
  }

  /** Show a place that the reader was at before. */
  goTo(list: HTMLElement, top: number): void {
    this.#list = list;
    this.#mode = "still";
    list.scrollTop = top;
    this.#top = list.scrollTop;
    this.#note();
  }

  /** The list has been drawn anew. */
  drawn(list: HTMLElement | null): void {
    this.#list = list;
    this.#move();
  }

  /** The list was scrolled: by the reader, by the browser to keep what is read in its place, or by this. */
  scrolled(): void {
    const list = this.#list;
    if (list === null || list.clientHeight === 0) return;
    const { scrollTop } = list;
    const isOwn = Math.abs(scrollTop - this.#top) <= 1;
    if (!isOwn) this.#mode = scrollTop > this.#top && left(list) < AT_END_PX ? "end" : "still";
    this.#top = scrollTop;
    this.#note();
  }

  #move(): void {
    const list = this.#list;
    if (list === null) return;
    if (this.#mode !== "still") {
      const end = list.scrollHeight - list.clientHeight;
      const top = Math.max(0, this.#mode === "answer" ? Math.min(end, questionTop(list)) : end);
      if (Math.abs(top - list.scrollTop) >= 1) list.scrollTop = top;
      this.#top = list.scrollTop;
    }
    this.#note();
  }

  #note(): void {
    const hasMore = this.#list !== null && left(this.#list) >= AT_END_PX;
    if (hasMore === this.hasMore) return;
    this.hasMore = hasMore;
    this.changed();
  }
}

/** How far the list is scrolled when the last question is at its top. */
function questionTop(list: HTMLElement): number {
  const question = [...list.querySelectorAll(".question")].at(-1);
  if (question === undefined) return Number.POSITIVE_INFINITY;
  return list.scrollTop + question.getBoundingClientRect().top - list.getBoundingClientRect().top - QUESTION_GAP_PX;
}

/** Pixels below what is in view. */
function left(list: HTMLElement): number {
  return list.scrollHeight - list.scrollTop - list.clientHeight;
}
