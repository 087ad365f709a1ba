// Brings the current page into view in a long list of pages, without moving the page itself.
const list = document.querySelector(".book-nav");
const current = list?.querySelector("[aria-current]");
if (list && current) {
  const offset = current.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (offset > list.clientHeight) list.scrollTop = offset - list.clientHeight / 2;
}
