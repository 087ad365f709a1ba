/** Keeps the tabs of one reader in step: one says which thread has changed, and those that show it look again. */

export type Change = "changed" | "deleted";

interface Message {
  readonly id: string;
  readonly change: Change;
}

export class Tabs {
  readonly #channel: BroadcastChannel;

  constructor(server: string, heard: (id: string, change: Change) => void) {
    this.#channel = new BroadcastChannel(`bookside:${server}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => heard(data.id, data.change);
  }

  say(id: string, change: Change): void {
    this.#channel.postMessage({ id, change } satisfies Message);
  }

  close(): void {
    this.#channel.close();
  }
}
