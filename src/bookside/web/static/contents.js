// The table of contents stays as the reader left it on the page before: what was open, and how far it was scrolled.
{
  const table = document.getElementById("contents");
  const groups = [...table.querySelectorAll("details")];
  const current = table.querySelector("[aria-current]");
  const name = "bookside-contents";

  const kept = () => {
    try {
      return JSON.parse(sessionStorage.getItem(name)) ?? {};
    } catch {
      return {};
    }
  };

  const state = kept();
  if (state.count === groups.length) {
    for (const place of state.open ?? []) if (groups[place]) groups[place].open = true;
    table.scrollTop = state.top ?? 0;
  }

  const show = () => {
    if (!current) return;
    const [above, around] = [current.getBoundingClientRect(), table.getBoundingClientRect()];
    if (above.top < around.top + 64 || above.bottom > around.bottom - 64)
      table.scrollTop += above.top - around.top - around.height / 3;
  };
  show();
  table.addEventListener("toggle", (event) => {
    if (event.target === table && event.newState === "open") show();
  });

  addEventListener("pagehide", () => {
    const open = groups.flatMap((group, place) => (group.open ? [place] : []));
    try {
      sessionStorage.setItem(name, JSON.stringify({ count: groups.length, open, top: table.scrollTop }));
    } catch {
      // Nothing is kept, and the next page shows its own chapter.
    }
  });
}
