/** To another page of the site in the site's own way: its router takes the link, or else the browser does. */

/**
 * Follow a link as if it stood on the page.
 *
 * A site without full page loads listens for clicks on its page (Turbo, MkDocs), or on the links that it has drawn itself
 * (Docusaurus): a link in a shadow tree is neither, so one outside of it is clicked instead.
 *
 * @param host - Takes the link for the length of the click.
 */
export function follow(href: string, host: Element): void {
  const link = document.createElement("a");
  link.href = href;
  link.hidden = true;
  host.append(link);
  const isTaken = isTakenByPage(link) || drawnLinks(link).some(isTakenByPage);
  link.remove();
  if (!isTaken) location.assign(href);
}

/** Click a link, and see whether the page's own scripts take it; the browser does not follow it. */
function isTakenByPage(link: HTMLAnchorElement): boolean {
  let isTaken = false;
  const last = (event: Event) => {
    isTaken = event.defaultPrevented;
    event.preventDefault();
  };
  // Some routers put their listener on the window while a click is on its way: this one comes behind.
  const listen = () => addEventListener("click", last, { once: true });
  link.addEventListener("click", listen, { once: true });
  link.click();
  removeEventListener("click", last);
  return isTaken;
}

/** A link of the page's own to the same page: one is enough. */
function drawnLinks({ pathname, search, origin }: HTMLAnchorElement): HTMLAnchorElement[] {
  const found = [...document.links].find(
    (link): link is HTMLAnchorElement =>
      link instanceof HTMLAnchorElement &&
      link.origin === origin &&
      link.pathname.replace(/\/$/, "") === pathname.replace(/\/$/, "") &&
      link.search === search &&
      link.target === "" &&
      !link.hidden &&
      !link.hasAttribute("download"),
  );
  return found === undefined ? [] : [found];
}
