/** Small boxes over everything else on the page: opened without taking the focus, placed by their corner. */

export function openOverlay(box: HTMLElement): void {
  box.hidden = false;
  // A browser without popovers shows the box where its style puts it.
  if (!isOpen(box)) box.showPopover?.();
}

export function closeOverlay(box: HTMLElement): void {
  if (isOpen(box)) box.hidePopover();
  box.hidden = true;
}

export function placeOverlay(box: HTMLElement, left: number, top: number): void {
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

function isOpen(box: HTMLElement): boolean {
  return "showPopover" in box && box.matches(":popover-open");
}
