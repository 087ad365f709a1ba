// What scripts add to a page that reads well without them: colours to choose, the section that is read, code to copy.

const root = document.documentElement;
/** What the page says in the book's language. */
const WORDS = JSON.parse(document.body.dataset.words);

// Colours ------------------------------------------------------------------------------------------------------------

const THEMES = ["system", "light", "dark"];
const theme = document.querySelector(".theme");

function label() {
  const words = WORDS.colours.replace("{choice}", WORDS[`colours_${root.dataset.theme ?? "system"}`]);
  theme.setAttribute("aria-label", words);
  theme.title = words;
}

theme.addEventListener("click", () => {
  const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "system") + 1) % THEMES.length];
  if (next === "system") delete root.dataset.theme;
  else root.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem("bookside-theme");
    else localStorage.setItem("bookside-theme", next);
  } catch {
    // The choice holds for this page.
  }
  label();
});
label();

// The drawer ---------------------------------------------------------------------------------------------------------

const drawer = document.getElementById("contents");
matchMedia("(min-width: 60rem)").addEventListener("change", (wide) => {
  if (wide.matches && drawer.matches(":popover-open")) drawer.hidePopover();
});

// On this page -------------------------------------------------------------------------------------------------------

const links = new Map(
  [...document.querySelectorAll(".page-nav a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
);
const headings = [...links.keys()].flatMap((id) => document.getElementById(id) ?? []);

/** Marks the last section whose heading is above the middle of the upper half; before the first one, none. */
function markRead() {
  const line = innerHeight / 3;
  const isAtEnd = Math.ceil(scrollY + innerHeight) >= root.scrollHeight - 2;
  const above = headings.filter((heading) => heading.getBoundingClientRect().top < line);
  const read = isAtEnd && scrollY > 0 ? headings.at(-1) : above.at(-1);
  for (const [id, link] of links) {
    if (id !== read?.id) link.removeAttribute("aria-current");
    else if (!link.ariaCurrent) {
      link.setAttribute("aria-current", "true");
      const list = link.closest(".page-nav");
      const [own, around] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
      if (own.top < around.top || own.bottom > around.bottom) list.scrollTop += own.top - around.top - around.height / 2;
    }
  }
}

if (headings.length) {
  const watch = new IntersectionObserver(markRead, { rootMargin: "0px 0px -66% 0px", threshold: [0, 1] });
  for (const heading of headings) watch.observe(heading);
  addEventListener("scrollend", markRead);
  markRead();
}

document.querySelector(".page-nav")?.addEventListener("click", (event) => {
  const list = event.currentTarget;
  if (event.target.closest("a") && !matchMedia("(min-width: 80rem)").matches) list.open = false;
});

// Code, tables and images --------------------------------------------------------------------------------------------

function copyButton(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = WORDS.copy;
  button.setAttribute("aria-label", WORDS.copy_code);
  button.addEventListener("click", async () => {
    const text = box.querySelector("code").textContent;
    let said = WORDS.copied;
    try {
      await navigator.clipboard.writeText(text.replace(/\n$/, ""));
    } catch {
      getSelection().selectAllChildren(box.querySelector("code"));
      said = WORDS.selected;
    }
    button.textContent = said;
    button.setAttribute("aria-label", said);
    setTimeout(() => {
      button.textContent = WORDS.copy;
      button.setAttribute("aria-label", WORDS.copy_code);
    }, 2000);
  });
  box.append(button);
}

for (const box of document.querySelectorAll("article .code")) copyButton(box);

/** What scrolls sideways can be reached by keyboard, and has a name. */
function reach() {
  for (const box of document.querySelectorAll("article .code > pre, article .table-box")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", box.localName === "pre" ? WORDS.code : WORDS.table);
    } else if (box.tabIndex === 0) {
      box.removeAttribute("tabindex");
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
    }
  }
}

reach();
addEventListener("resize", reach);

for (const image of document.querySelectorAll("article img")) {
  const say = () => {
    const words = document.createElement("span");
    words.className = "no-picture";
    words.textContent = image.alt || image.src;
    image.replaceWith(words);
  };
  if (image.complete && image.src && !image.naturalWidth) say();
  else image.addEventListener("error", say);
}
