/** The panel as a window over the page: opened and closed, in its size, out of the way of what the reader is led to. */

import { isCovered } from "./passage/uncover.ts";
import { Room } from "./room.ts";

export const PHONE = "(max-width: 480px)";

export interface PanelHost extends HTMLElement {
  readonly layout: string;
  readonly updateComplete: Promise<boolean>;
  readonly renderRoot: DocumentFragment | HTMLElement;
  open: boolean;
  expanded: boolean;
  show(): void;
  hide(): void;
}

export interface PanelCalls {
  composer(): HTMLElement | null;
  /** The panel is open, and drawn. */
  opened(): void;
}

export class Panel {
  /** Whether it opens by itself, as it was on the page before: the reader's focus is elsewhere. */
  opensQuietly = false;
  /** Whether it was closed for a passage, and not by the reader. */
  #hasMadeWay = false;
  /** Closings whose event is still to come. */
  #closings = 0;
  readonly #room: Room;

  constructor(
    readonly host: PanelHost,
    readonly calls: PanelCalls,
  ) {
    this.#room = new Room(host);
  }

  start(): void {
    this.#room.start();
  }

  stop(): void {
    this.#room.stop();
  }

  /** It is gone for good. */
  leave(): void {
    this.#room.leave();
  }

  /** The host is drawn, with what has changed of it. */
  updated(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has("open")) this.#show(changed.get("open") === true);
    if (changed.has("open") || changed.has("expanded") || changed.has("layout")) this.#room.update();
  }

  /** The browser has closed it, as by a phone's way back; what was closed here may be open again by now. */
  readonly onClosed = (): void => {
    if (this.#closings === 0) this.host.hide();
    else this.#closings -= 1;
  };

  /** A passage is about to come into view: on a phone the sheet would cover all of it. */
  makeWay(): void {
    if (this.host.layout === "panel" && matchMedia(PHONE).matches) this.#makeWay();
  }

  /** A passage has come into view: a panel that covers it goes back to its usual size, or closes. */
  async uncover(): Promise<void> {
    const { host } = this;
    const panel = this.#dialog;
    if (panel === null || !host.open || !isCovered(panel)) return;
    if (host.expanded) {
      host.expanded = false;
      await host.updateComplete;
    }
    if (isCovered(panel)) this.#makeWay();
  }

  /** From a passage to the link that led there; a panel that the reader has closed themselves stays closed. */
  async back(link: HTMLElement | null): Promise<void> {
    const { host } = this;
    if (host.layout === "panel" && !host.open) {
      if (!this.#hasMadeWay) return;
      host.show();
      await host.updateComplete;
    }
    (link ?? this.calls.composer())?.focus();
  }

  #makeWay(): void {
    this.#hasMadeWay = this.host.open;
    this.host.hide();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.host.renderRoot.querySelector("dialog");
  }

  #show(wasOpen: boolean): void {
    const { host } = this;
    const panel = this.#dialog;
    if (panel === null || panel.open === host.open) return;
    if (!host.open) {
      const isLeft = document.activeElement !== host;
      this.#closings += 1;
      panel.close();
      if (wasOpen && !isLeft) host.renderRoot.querySelector<HTMLElement>(".opener")?.focus();
      return;
    }
    this.#hasMadeWay = false;
    const isPhone = matchMedia(PHONE).matches;
    const focused = document.activeElement;
    if (isPhone) panel.showModal();
    else panel.show();
    if (!this.opensQuietly) this.calls.composer()?.focus();
    else if (!isPhone) quiet(focused, host);
    this.opensQuietly = false;
    this.calls.opened();
  }
}

/** Leave the focus where it was before the panel opened by itself. */
function quiet(focused: Element | null, host: HTMLElement): void {
  if (focused instanceof HTMLElement && focused !== document.body) focused.focus({ preventScroll: true });
  else if (host.shadowRoot?.activeElement instanceof HTMLElement) host.shadowRoot.activeElement.blur();
}
