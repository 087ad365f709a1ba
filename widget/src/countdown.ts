/** How long the reader has to wait until the server takes a question again, told every second. */

export class Countdown {
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(
    /** When the wait is over; absent where there is none. */
    readonly untilMs: () => number | undefined,
    readonly ticked: () => void,
    readonly over: () => void,
  ) {}

  get seconds(): number {
    return Math.max(0, Math.ceil(((this.untilMs() ?? 0) - Date.now()) / 1000));
  }

  /** Count, if there is anything to wait for. */
  begin(): void {
    if (this.#clock !== undefined || this.seconds === 0) return;
    this.#clock = setInterval(() => {
      this.ticked();
      if (this.seconds > 0) return;
      clearInterval(this.#clock);
      this.#clock = undefined;
      this.over();
    }, 1000);
  }
}
