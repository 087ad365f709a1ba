/** Files for the next question: chosen, dropped or pasted, sent at once, shown with how far they have come. */

import type { TemplateResult } from "lit";
import type { ChatKitClient } from "../client.ts";
import type { Kit } from "../kit.ts";
import type { Attachment, AttachmentParams } from "../protocol.ts";

export const ATTACHING_WORDS = {
  attach: "Attach a file",
  files: "Attached files",
  dropFiles: "Drop files here to attach them",
  removeFile: "Remove {name}",
  sendingFile: "Sending the file",
  fileTooLarge: "The file is larger than {size}.",
} as const;

/** More than a question needs, and fewer than a server would mind. */
const MAX_FILES = 10;

/** Which files may be attached. */
export interface Uploads {
  readonly maxBytes?: number | null;
  /** Types and endings, as an `<input type="file">` takes them. */
  readonly accept?: string;
  /** Where a server takes files directly, instead of having them announced. */
  readonly uploadUrl?: string;
}

/** Room for files; `null` where the server takes none, `undefined` where it cannot be asked now. */
export async function attachingFor(
  kit: Kit,
  client: ChatKitClient,
  uploads: Uploads | null,
  changed: () => void,
): Promise<Attaching | null | undefined> {
  try {
    const offered = uploads ?? (await client.config()).attachments;
    return offered && new Attaching(kit, client, offered, changed);
  } catch (error) {
    if (error instanceof kit.BooksideError) return undefined;
    throw error;
  }
}

interface Entry {
  readonly name: string;
  readonly size: number | null;
  readonly preview: HTMLCanvasElement | null;
  readonly sending: AbortController;
  share: number;
  attachment: Attachment | null;
  failure: string | null;
}

export class Attaching {
  #entries: readonly Entry[] = [];
  #isOver = false;

  constructor(
    readonly kit: Kit,
    readonly client: ChatKitClient,
    readonly uploads: Uploads,
    readonly changed: () => void,
  ) {
    kit.addWords(ATTACHING_WORDS);
  }

  /** Whether a question would leave without a file that is on its way. */
  get isSending(): boolean {
    return this.#entries.some(({ attachment, failure }) => attachment === null && failure === null);
  }

  /** Take files that are dropped on an element or pasted into it. */
  watch(element: HTMLElement, signal: AbortSignal): void {
    element.addEventListener("dragover", (event) => this.#onDrag(event, true), { signal });
    element.addEventListener("dragleave", (event) => this.#onDrag(event, false), { signal });
    element.addEventListener("drop", (event) => this.#take(event, event.dataTransfer), { signal });
    element.addEventListener("paste", (event) => this.#take(event, event.clipboardData), { signal });
  }

  add(files: Iterable<File>): void {
    for (const file of [...files].slice(0, MAX_FILES - this.#entries.length)) void this.#send(file);
  }

  /** What has been sent for the question that leaves now. */
  take(): readonly Attachment[] {
    const ready = this.#entries.map(({ attachment }) => attachment).filter((attachment) => attachment !== null);
    this.#set([]);
    return ready;
  }

  /** A question has come back, with its files. */
  restore(attachments: readonly Attachment[]): void {
    const back = attachments.map((attachment) => ({ ...entryFor(attachment.name, null), attachment }));
    this.#set([...back, ...this.#entries]);
  }

  async #send(file: File): Promise<void> {
    const { kit, changed } = this;
    const { maxBytes, uploadUrl } = this.uploads;
    const entry = entryFor(file.name, file.size, previewOf(file));
    this.#set([...this.#entries, entry]);
    if (maxBytes && file.size > maxBytes) {
      entry.failure = kit.say(kit.STRINGS.fileTooLarge, { size: sizeOf(maxBytes) });
      return changed();
    }
    try {
      const onProgress = (share: number) => {
        entry.share = share;
        changed();
      };
      const direct = uploadUrl === undefined ? {} : { uploadUrl };
      entry.attachment = await this.client.attach(file, { signal: entry.sending.signal, onProgress, ...direct });
    } catch (error) {
      if (entry.sending.signal.aborted) return;
      if (!(error instanceof kit.BooksideError)) throw error;
      entry.failure = error.message;
    } finally {
      changed();
    }
  }

  #drop(entry: Entry): void {
    entry.sending.abort();
    this.#set(this.#entries.filter((other) => other !== entry));
    // What is not deleted now goes with the server's own tidying.
    if (entry.attachment !== null) this.client.deleteAttachment(entry.attachment.id).catch(() => undefined);
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.changed();
  }

  #onDrag(event: DragEvent, isOver: boolean): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    // Between two parts of the element nothing has left it.
    const { currentTarget, relatedTarget } = event;
    const isWithin =
      currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
    if (this.#isOver === isOver || (!isOver && isWithin)) return;
    this.#isOver = isOver;
    this.changed();
  }

  #take(event: Event, data: DataTransfer | null): void {
    this.#isOver = false;
    const files = data === null ? [] : [...data.files];
    // Words that were copied with their looks come with a picture of themselves: it is the words that are wanted.
    const isText = event.type === "paste" && data?.types.includes("text/plain");
    if (files.length === 0 || isText) return;
    event.preventDefault();
    this.add(files);
  }

  // What is drawn -----------------------------------------------------------------------------------------------------

  /** The files, above the composer's field. */
  bar(): TemplateResult | symbol {
    const { html, nothing, STRINGS: words } = this.kit;
    if (this.#isOver) return html`<p class="drop">${words.dropFiles}</p>`;
    if (this.#entries.length === 0) return nothing;
    return html`<ul class="files" aria-label=${words.files}>${this.#entries.map((entry) => this.#chip(entry))}</ul>`;
  }

  #chip(entry: Entry): TemplateResult {
    const { html, nothing, STRINGS: words, say } = this.kit;
    const { name, size, preview, failure, attachment, share } = entry;
    const isSending = attachment === null && failure === null;
    const label = say(words.removeFile, { name });
    return html`<li class=${failure === null ? "file" : "file failed"}>
      ${preview ?? nothing}
      <div><span class="name" title=${name}>${name}</span>
        <span class="more" role=${failure === null ? nothing : "alert"}>${failure ?? (size === null ? "" : sizeOf(size))}</span>
        ${isSending ? html`<progress max="1" .value=${share} aria-label=${words.sendingFile}></progress>` : nothing}</div>
      <button type="button" class="tool" aria-label=${label} title=${label} @click=${() => this.#drop(entry)}>×</button>
    </li>`;
  }

  /** The button that opens the browser's choice of files. */
  button(): TemplateResult {
    const { html, STRINGS: words } = this.kit;
    const { accept = "" } = this.uploads;
    return html`<button type="button" class="tool attach" aria-label=${words.attach} title=${words.attach}
      @click=${(event: Event) => (event.currentTarget as Element).parentElement?.querySelector("input")?.click()}>
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.75"
          stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path
          d="M20 11.5l-7.8 7.8a4.8 4.8 0 0 1-6.8-6.8l8-8a3.2 3.2 0 0 1 4.5 4.5l-7.9 7.9a1.6 1.6 0 0 1-2.2-2.2l7.2-7.2"/></svg>
      </button><input type="file" class="chosen" multiple hidden accept=${accept} @change=${this.#onChosen}>`;
  }

  readonly #onChosen = (event: Event): void => {
    const field = event.currentTarget as HTMLInputElement;
    this.add(field.files ?? []);
    field.value = "";
  };
}

function entryFor(name: string, size: number | null, preview: HTMLCanvasElement | null = null): Entry {
  return { name, size, preview, sending: new AbortController(), share: 0, attachment: null, failure: null };
}

/** A picture in small, drawn where a page's policy allows no `blob:` address; `null` for what is none. */
function previewOf(file: File): HTMLCanvasElement | null {
  if (!/^image\/(png|jpeg|webp|gif)$/.test(file.type)) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 80;
  canvas.className = "preview";
  canvas.setAttribute("aria-hidden", "true");
  void paint(canvas, file);
  return canvas;
}

async function paint(canvas: HTMLCanvasElement, file: File): Promise<void> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    if (error instanceof DOMException) return;
    throw error;
  }
  const scale = Math.max(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  canvas.getContext("2d")?.drawImage(bitmap, (80 - width) / 2, (80 - height) / 2, width, height);
  bitmap.close();
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What sending a file needs of the client. */
export interface SendKit {
  readonly announce: (file: AttachmentParams) => Promise<Attachment>;
  /** Headers that name the reader to a server that takes files directly. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly read: (value: unknown) => Attachment | null;
  /** The error for a response that is a refusal, a connection that broke, or an answer that is none. */
  readonly failure: (cause: Response | "offline" | "strange") => Promise<Error> | Error;
}

export interface UploadOptions {
  /** Called with the share that has been sent, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
  /** Where a server takes files directly, as a form; without it they are announced first. */
  readonly uploadUrl?: string;
}

/** Send a file, and give the attachment that it has become. */
export async function attach(file: File, options: UploadOptions, kit: SendKit): Promise<Attachment> {
  const { name, size, type } = file;
  if (options.uploadUrl !== undefined) {
    const response = await send("POST", options.uploadUrl, formOf(file), await kit.headers(), options, kit);
    const attachment = kit.read(await response.json().catch(() => null));
    if (attachment === null) throw await kit.failure("strange");
    return attachment;
  }
  const attachment = await kit.announce({ name, size, mime_type: type || "application/octet-stream" });
  const upload = attachment.upload_descriptor;
  if (upload) {
    const body = upload.method === "POST" ? formOf(file) : file;
    await send(upload.method, upload.url, body, upload.headers ?? {}, options, kit);
  }
  return { ...attachment, upload_descriptor: null };
}

function formOf(file: Blob): FormData {
  const body = new FormData();
  body.append("file", file);
  return body;
}

type Headers = Readonly<Record<string, string>>;

async function send(
  method: string,
  url: string,
  body: Blob | FormData,
  headers: Headers,
  { onProgress, signal }: UploadOptions,
  kit: SendKit,
): Promise<Response> {
  if (!/^https?:\/\//i.test(url)) throw await kit.failure("strange");
  const canTell = onProgress !== undefined && "XMLHttpRequest" in globalThis;
  let response: Response;
  try {
    response = canTell
      ? await sentWithProgress(method, url, body, headers, signal, onProgress)
      : await fetch(url, { method, body, headers, credentials: "omit", signal: signal ?? null });
  } catch {
    throw await kit.failure("offline");
  }
  if (!response.ok) throw await kit.failure(response);
  return response;
}

/** Send bytes and say how far they have come, which `fetch` cannot. */
function sentWithProgress(
  method: string,
  url: string,
  body: Blob | FormData,
  headers: Headers,
  signal: AbortSignal | undefined,
  onProgress: (share: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const isEmpty = [204, 205, 304].includes(request.status);
      const type = request.getResponseHeader("content-type") ?? "";
      const sent = { status: request.status, headers: { "content-type": type } };
      resolve(new Response(isEmpty ? null : request.responseText, sent));
    };
    request.onerror = () => reject(new TypeError("The connection was lost."));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

export const STYLES = `
  .files { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; margin: 0 0 10px; padding: 0; list-style: none; max-height: 160px; overflow-y: auto; }
  .file { display: flex; align-items: center; gap: 10px; padding: 4px 4px 4px 12px; border: 1px solid var(--_border); border-radius: 10px;
    font-size: 13px; line-height: 1.4; }
  .file .preview { width: 36px; height: 36px; margin-inline-start: -6px; border-radius: 6px; flex: none; }
  .file > div { flex: 1; min-width: 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
  .file .name { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 500; max-width: 100%; }
  .file .more { color: var(--_muted); overflow-wrap: anywhere; }
  .file.failed { border-color: var(--_danger); }
  .file.failed .more { color: var(--_danger); }
  .file progress { width: 100%; height: 4px; accent-color: var(--_accent); }
  .file .tool { width: 28px; height: 28px; flex: none; font-size: 18px; line-height: 1; }
  .drop { margin: 0 0 10px; padding: 14px; border: 1.5px dashed var(--_accent); border-radius: 10px; color: var(--_accent);
    font-size: 13.5px; text-align: center; }
`;
