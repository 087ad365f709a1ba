/** The list of the reader's conversations, grouped by day. */

import type { TemplateResult } from "lit";
import type { Kit } from "../kit.ts";
import type { ThreadMetadata } from "../protocol.ts";
import type { ThreadListState } from "../threads.ts";

/** What the reader is about to do to a conversation. */
export interface RowAct {
  readonly id: string;
  readonly kind: "rename" | "delete";
}

export interface ThreadsView extends ThreadListState {
  readonly openId: string | null;
  readonly act: RowAct | null;
}

export interface ThreadsCalls {
  search(query: string): void;
  more(): void;
  open(id: string): void;
  begin(act: RowAct): void;
  /** The act is off; the row gets the focus back. */
  leave(id: string): void;
  rename(id: string, title: string): void;
  remove(id: string): void;
}

export function threadList(kit: Kit, view: ThreadsView, calls: ThreadsCalls): TemplateResult {
  const { html, nothing, amount, say, STRINGS } = kit;
  const { threads, query, isLoading, hasMore, problem } = view;
  const isEmpty = threads.length === 0 && !isLoading && problem === null;
  return html`<nav part="threads" class="threads" aria-label=${STRINGS.threads}>
    <label class="search">
      ${kit.icon(kit.svg`<circle cx="11" cy="11" r="6"/><path d="M20 20l-4.5-4.5"/>`)}
      <input type="search" aria-label=${STRINGS.searchThreads} placeholder=${STRINGS.searchThreads} .value=${query}
        dir=${query === "" ? nothing : "auto"} @input=${(event: Event) => calls.search((event.target as HTMLInputElement).value)} />
    </label>
    <div class="unseen" role="status">
      ${query === "" || isLoading ? nothing : say(STRINGS.threadsFound, { count: amount(threads.length) })}
    </div>
    <div class="rows" aria-busy=${isLoading}>
      ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
      ${isEmpty ? html`<p class="none">${query === "" ? STRINGS.noThreads : STRINGS.noThreadsFound}</p>` : nothing}
      ${isLoading && threads.length === 0 ? html`<p class="progress">${STRINGS.loading}</p>` : nothing}
      ${days(threads, kit).map(
        ({ name, rows }) => html`<h3>${name}</h3>
          <ul>${rows.map((thread) => row(kit, thread, view, calls))}</ul>`,
      )}
      ${hasMore ? html`<button type="button" class="plain" @click=${calls.more}>${STRINGS.more}</button>` : nothing}
    </div>
  </nav>`;
}

interface Day {
  readonly name: string;
  readonly rows: ThreadMetadata[];
}

function days(threads: readonly ThreadMetadata[], { language, STRINGS }: Kit): Day[] {
  const found: Day[] = [];
  for (const thread of threads) {
    const name = nearDay(new Date(thread.created_at), language()) ?? STRINGS.earlier;
    const last = found.at(-1);
    if (last?.name === name) last.rows.push(thread);
    else found.push({ name, rows: [thread] });
  }
  return found;
}

function row(kit: Kit, thread: ThreadMetadata, view: ThreadsView, calls: ThreadsCalls): TemplateResult {
  const { html, nothing, svg, icon, tool, language, STRINGS } = kit;
  const { id } = thread;
  const kind = view.act?.id === id ? view.act.kind : null;
  const title = thread.title || STRINGS.untitled;
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || kind === null) return;
    event.stopPropagation();
    event.preventDefault();
    calls.leave(id);
  };
  return html`<li data-id=${id} @keydown=${leave}>
    ${kind === "rename" ? renaming(kit, thread, calls) : kind === "delete" ? deleting(kit, title, id, calls) : shown()}
  </li>`;

  function shown(): TemplateResult {
    return html`<button type="button" class="row" aria-current=${id === view.openId ? "true" : nothing}
        @click=${() => calls.open(id)}>
        <span class="title" dir="auto">${title}</span>
        <time dir="auto" datetime=${thread.created_at}>${clock(new Date(thread.created_at), language())}</time>
      </button>
      ${tool(`${STRINGS.rename}: ${title}`, icon(svg`<path d="M4 20l1-4L16 5l3 3L8 19zM14 7l3 3"/>`), () => calls.begin({ id, kind: "rename" }))}
      ${tool(`${STRINGS.delete}: ${title}`, icon(svg`<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"/>`), () => calls.begin({ id, kind: "delete" }))}`;
  }
}

function renaming({ html, STRINGS }: Kit, { id, title }: ThreadMetadata, calls: ThreadsCalls): TemplateResult {
  const save = (event: Event) => {
    event.preventDefault();
    const field = (event.currentTarget as Element).querySelector("input");
    if (field !== null) calls.rename(id, field.value);
  };
  return html`<form class="renaming" @submit=${save} @focusout=${save}>
    <input aria-label=${STRINGS.newTitle} .value=${title ?? ""} maxlength="200" dir="auto" enterkeyhint="done" />
  </form>`;
}

function deleting({ html, STRINGS }: Kit, title: string, id: string, calls: ThreadsCalls): TemplateResult {
  return html`<div class="deleting" role="group" aria-label="${STRINGS.delete}: ${title}">
    <p>${STRINGS.confirmDelete}</p>
    <button type="button" class="plain danger" @click=${() => calls.remove(id)}>${STRINGS.delete}</button>
    <button type="button" class="plain" @click=${() => calls.leave(id)}>${STRINGS.keep}</button>
  </div>`;
}

/** "Today", "yesterday", or `null` for days before. */
function nearDay(moment: Date, language: string, now = new Date()): string | null {
  const days = Math.round((midnight(now) - midnight(moment)) / 86_400_000);
  if (days > 1) return null;
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.max(0, days), "day");
}

function midnight(moment: Date): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}

/** The time of a near day, the date of any other. */
function clock(moment: Date, language: string): string {
  const style =
    nearDay(moment, language) === null ? ({ dateStyle: "medium" } as const) : ({ timeStyle: "short" } as const);
  return new Intl.DateTimeFormat(language, style).format(moment);
}
