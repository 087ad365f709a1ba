// Before the page is first painted: the colours that the reader chose, room for the panel that they left open, and a
// mark that scripts run.
{
  const root = document.documentElement;
  root.classList.add("scripted");
  try {
    const theme = localStorage.getItem("bookside-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const room = sessionStorage.getItem("bookside-room");
    if (room && innerWidth - Number.parseFloat(room) >= 480) {
      root.style.setProperty("--bookside-room", room);
      root.setAttribute("data-bookside-room", "");
    }
  } catch {
    // A browser that keeps nothing follows the system.
  }
}
