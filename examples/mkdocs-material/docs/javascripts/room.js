// Before the page is painted: room for the assistant's panel, where the reader has left it open. Nothing moves then when
// the panel comes.
try {
  const room = sessionStorage.getItem("bookside-room");
  if (room && innerWidth - parseFloat(room) >= 480) {
    document.documentElement.style.setProperty("--bookside-room", room);
    document.documentElement.setAttribute("data-bookside-room", "");
  }
} catch {
  // A browser that keeps nothing has no open panel.
}
