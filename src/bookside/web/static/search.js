// Search as you type, over the same index as the assistant's; without it, the field is a form that leads to a page.

const WAIT_MS = 160;
const RESULTS = 20;
const PER_PAGE = 3;
const MAX_EXCERPT = 150;
const BEFORE = 40;
const CJK = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;

/** What the page says in the book's language. */
const WORDS = JSON.parse(document.body.dataset.words);
/** Words with values in their places; a value is taken as it is. */
const say = (words, values) => words.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

const masthead = document.querySelector(".masthead");
const field = document.getElementById("search-field");
const form = field?.closest("form");
const link = document.querySelector(".find");
const book = form?.querySelector("[name=book]")?.value;
const ofBook = book ? { book } : {};

/** The pages of the table of contents, by path: their titles, and the titles of what they are in. */
const pages = new Map();
for (const entry of document.querySelectorAll("#contents li > a")) {
  const place = [];
  for (let group = entry.closest("details"); group; group = group.parentElement.closest("details"))
    place.unshift(group.querySelector("summary").textContent.trim());
  pages.set(entry.pathname, { title: entry.textContent.trim(), place, href: entry.href });
}

// Words --------------------------------------------------------------------------------------------------------------

const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Finds words that begin as the query's longer ones do; null where it has none. */
function patternOf(query) {
  const words = [...new Set(wordsOf(query))];
  const telling = words.filter((word) => word.length > 2 || CJK.test(word));
  const parts = (telling.length ? telling : words)
    .sort((a, b) => b.length - a.length)
    .map((word) =>
      CJK.test(word)
        ? escaped(word)
        : `(?<![\\p{L}\\p{N}_])${escaped(word.length > 4 ? word.replace(/(?:ing|ed|es|s)$/, "") : word)}[\\p{L}\\p{N}_]*`,
    );
  return parts.length ? new RegExp(parts.join("|"), "giu") : null;
}

/** A piece of `text` around the first word that is looked for. */
function excerpt(text, pattern) {
  const plain = text
    .replace(/^[ \t]*(?:`{3,}.*|~{3,}.*|\|?[ \t:|-]*-{3,}[ \t:|-]*)$/gm, "")
    .replace(/^[ \t]*- |(?<!\w)[*|]+(?!\w)/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
  const first = pattern ? plain.search(pattern) : -1;
  let start = Math.max(0, first - BEFORE);
  if (start) start = plain.indexOf(" ", start) + 1;
  const isWhole = start + MAX_EXCERPT >= plain.length;
  const cut = plain.slice(start, start + MAX_EXCERPT);
  return `${start ? "… " : ""}${isWhole ? cut : cut.replace(/\s+\S*$/, "")}${isWhole ? "" : " …"}`;
}

/** `text` in an element, with the words that are looked for marked. Only text nodes are made. */
function marked(element, text, pattern) {
  let place = 0;
  for (const found of pattern ? text.matchAll(pattern) : []) {
    element.append(text.slice(place, found.index), make("mark", "", found[0]));
    place = found.index + found[0].length;
  }
  element.append(text.slice(place));
  return element;
}

function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(text);
  return element;
}

// The list -----------------------------------------------------------------------------------------------------------

class Finder {
  #field;
  #panel = make("div", "finder");
  #list = make("div", "finder-list");
  #state = make("p", "finder-state");
  #said = make("p", "unseen");
  #active = -1;
  #timer = 0;
  #request = null;
  #known = new Map();
  #query = "";

  constructor(input) {
    this.#field = input;
    this.#panel.hidden = true;
    this.#list.id = "finder-list";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", WORDS.results);
    this.#said.setAttribute("role", "status");
    this.#panel.append(this.#list, this.#state);
    input.closest("form").append(this.#panel, this.#said);
    const attributes = {
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": "finder-list",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
    };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("focus", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => event.target.closest("a") && this.close());
    this.#panel.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".masthead .search, .find")) this.close();
    });
    input.closest("form").addEventListener("focusout", (event) => {
      if (event.relatedTarget && !event.relatedTarget.closest(".masthead .search")) this.close();
    });
    input.closest("form").addEventListener("submit", (event) => {
      if (!input.value.trim()) event.preventDefault();
    });
    addEventListener("pageshow", () => this.close());
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  close() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#panel.hidden = true;
    this.#field.setAttribute("aria-expanded", "false");
    this.#choose(-1);
    masthead.classList.remove("searching");
  }

  #open() {
    this.#panel.hidden = false;
    this.#field.setAttribute("aria-expanded", "true");
  }

  #typed() {
    const query = this.#field.value.trim().replace(/\s+/g, " ");
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#query = query;
    if (query.length < 2 && !CJK.test(query)) {
      this.#show([], query);
      this.#panel.hidden = true;
      this.#field.setAttribute("aria-expanded", "false");
      return;
    }
    this.#open();
    const known = this.#known.get(query);
    if (known) return this.#show(known, query);
    if (!this.#list.childElementCount) this.#tell(WORDS.searching);
    this.#timer = setTimeout(() => this.#ask(query), WAIT_MS);
  }

  async #ask(query) {
    const request = new AbortController();
    this.#request = request;
    try {
      const response = await fetch(`/assistant/search?${new URLSearchParams({ q: query, n: RESULTS, ...ofBook })}`, {
        signal: request.signal,
      });
      if (!response.ok) return this.#fail(response);
      const passages = await response.json();
      this.#known.set(query, passages);
      if (query === this.#query) this.#show(passages, query);
    } catch (error) {
      if (error.name !== "AbortError") this.#fail();
    }
  }

  #fail(response) {
    const wait = Number(response?.headers.get("Retry-After"));
    const reason = !response
      ? WORDS.no_server
      : response.status === 429
        ? say(WORDS.too_many, { seconds: wait || 10 })
        : WORDS.no_answer;
    this.#list.replaceChildren();
    this.#choose(-1);
    this.#tell(`${reason} ${WORDS.press_enter}`);
  }

  #tell(words) {
    this.#state.textContent = words;
    this.#said.textContent = words;
  }

  /** Pages whose titles have the words, then passages by their pages. */
  #show(passages, query) {
    const pattern = patternOf(query);
    this.#list.replaceChildren();
    this.#choose(-1);
    if (!query || (query.length < 2 && !CJK.test(query))) return this.#tell("");
    const titles = this.#titles(query);
    if (titles.length) this.#group(WORDS.pages, [], titles.map(([, page]) => this.#option(page.href, page.title, page.place.join(" › "), pattern)));
    const groups = new Map();
    for (const passage of passages) {
      const path = new URL(passage.url, location.href).pathname;
      const found = groups.get(path) ?? [];
      if (found.length < PER_PAGE && !found.some((other) => other.url === passage.url)) groups.set(path, [...found, passage]);
    }
    for (const [path, found] of groups) {
      const page = pages.get(path);
      const options = found.map((passage) => {
        const address = new URL(passage.url, location.href);
        const heading = passage.heading === passage.title ? "" : passage.heading;
        return this.#option(address.pathname + address.hash, heading, excerpt(passage.text, pattern), pattern);
      });
      this.#group(page?.title ?? found[0].title, page?.place ?? [], options);
    }
    const count = [...groups.values()].flat().length + titles.length;
    if (!count) return this.#tell(say(WORDS.nothing_short, { query }));
    const address = `${form.getAttribute("action")}?${new URLSearchParams({ q: query, ...ofBook })}`;
    const all = this.#option(address, "", say(WORDS.all_results, { query }));
    all.classList.add("finder-all");
    this.#list.append(all);
    this.#number();
    this.#state.textContent = "";
    this.#said.textContent = say(WORDS.choose, { count });
  }

  #titles(query) {
    const starts = wordsOf(query);
    const has = (title) => starts.every((start) => wordsOf(title).some((word) => word.startsWith(start)));
    return [...pages].filter(([, page]) => has(page.title)).slice(0, 4);
  }

  #group(title, place, options) {
    const group = make("div", "finder-group");
    const head = make("div", "finder-page", title);
    if (place.length) head.append(" ", make("span", "", place.join(" › ")));
    head.id = `finder-page-${this.#list.childElementCount}`;
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", head.id);
    group.append(head, ...options);
    this.#list.append(group);
  }

  #option(address, heading, text, pattern = null) {
    const option = make("a", "finder-option");
    option.href = address;
    option.tabIndex = -1;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    if (heading) option.append(marked(make("b"), heading, pattern));
    if (text) option.append(marked(make("span"), text, pattern));
    return option;
  }

  #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  #number() {
    for (const [place, option] of this.#options().entries()) option.id = `finder-option-${place}`;
  }

  #choose(place) {
    const options = this.#options();
    for (const option of options) option.setAttribute("aria-selected", "false");
    this.#active = options.length && place >= 0 ? place % options.length : -1;
    const chosen = options[this.#active];
    if (!chosen) return this.#field.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", chosen.id);
  }

  #key(event) {
    if (event.isComposing) return;
    const options = this.#options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) return;
      event.preventDefault();
      this.#open();
      const down = event.key === "ArrowDown";
      const before = this.#active < 0 ? (down ? -1 : options.length) : this.#active;
      this.#choose((before + (down ? 1 : -1) + options.length) % options.length);
    } else if (event.key === "Enter" && this.isOpen && this.#active >= 0) {
      event.preventDefault();
      options[this.#active].click();
      this.#field.blur();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.isOpen) this.close();
      else {
        this.#field.value = "";
        this.#field.blur();
        masthead.classList.remove("searching");
      }
    }
  }
}

// The field in the masthead ------------------------------------------------------------------------------------------

/** Whether keys go to something that takes text, in the page or in the assistant. */
function isTyping(event) {
  const target = event.composedPath()[0];
  return target instanceof Element && (target.closest("input, textarea, select, bookside-chat") || target.isContentEditable);
}

if (field && masthead.contains(field)) {
  const finder = new Finder(field);
  const begin = (event) => {
    event.preventDefault();
    masthead.classList.add("searching");
    field.focus();
    field.select();
  };
  document.addEventListener("keydown", (event) => {
    const asked = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event);
    if (asked || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey)) begin(event);
  });
  link?.addEventListener("click", begin);
  const back = make("button", "back", WORDS.cancel);
  back.type = "button";
  back.addEventListener("click", () => {
    finder.close();
    link?.focus();
  });
  form.append(back);
} else if (field) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
