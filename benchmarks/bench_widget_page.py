"""What the widget costs a page before anybody asks: the same Docusaurus page with it and without it.

    python -m benchmarks.bench_widget_page [--rounds N] [--slower TIMES]

The example in ``examples/docusaurus`` is built (``make install-dev`` gets its packages), served compressed, and loaded
in a headless Chromium with an empty cache, by turns with the assistant's tag and without it. ``--slower`` slows the
page's thread down so many times; 4 stands for a phone.

Told are medians of the rounds, and the median of what a load with the widget had more than the one without it in the
same round: the time to the first content, how long tasks blocked the page (what each took beyond 50 ms), how long its
thread was busy, how far the layout shifted, and what was transferred.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import uvicorn
from benchmarks.streams.processes import ROOT, free_port, plain_environment, process
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

EXAMPLE = ROOT / "examples" / "docusaurus"
BASE = "/fieldnote"
PAGE = f"{BASE}/sensors/rain"
TAG = re.compile(r"<script[^>]*/bookside\.js[^>]*></script>")
SETTLED_MS = 1500
"""After the load event, until nothing more is done on the page."""

CHROMIUM = "/usr/bin/chromium"

WATCH = """
window.seen = {blocking: 0, long: 0, shift: 0};
new PerformanceObserver(list => {
  for (const task of list.getEntries()) {
    window.seen.long += 1;
    window.seen.blocking += Math.max(0, task.duration - 50);
  }
}).observe({type: "longtask", buffered: true});
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) window.seen.shift += shift.value;
}).observe({type: "layout-shift", buffered: true});
"""
READ = """() => ({
  ...window.seen,
  painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  widgets: document.querySelectorAll("bookside-chat:defined").length,
})"""


@dataclass(frozen=True, slots=True)
class Load:
    """One load of the page."""

    painted_ms: float
    blocked_ms: float
    long_tasks: float
    busy_ms: float
    shift: float
    transferred_kb: float


ROWS = (
    ("first content, ms", 0),
    ("blocked by long tasks, ms", 0),
    ("long tasks", 0),
    ("thread busy, ms", 0),
    ("layout shift", 4),
    ("transferred, kB", 1),
)


@contextmanager
def site(server: str) -> Iterator[dict[bool, str]]:
    """The built example with the tag, and without it, each at an address of its own."""
    with tempfile.TemporaryDirectory() as folder:
        folders = {True: Path(folder, "with"), False: Path(folder, "without")}
        subprocess.run(
            [EXAMPLE / "node_modules/.bin/docusaurus", "build", "--out-dir", folders[True]],
            cwd=EXAMPLE,
            env=plain_environment(ASSISTANT_URL=server, NO_UPDATE_NOTIFIER="1"),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        shutil.copytree(folders[True], folders[False])
        for page in folders[False].rglob("*.html"):
            text, count = TAG.subn("", page.read_text("utf-8"))
            assert count == 1, page
            page.write_text(text, "utf-8")
        with compressed(folders[True]) as one, compressed(folders[False]) as other:
            yield {True: one, False: other}


@contextmanager
def compressed(folder: Path) -> Iterator[str]:
    """A web server for the files in ``folder``, as sites are served."""
    app = Starlette(
        routes=[Mount(BASE, StaticFiles(directory=folder, html=True))],
        middleware=[Middleware(GZipMiddleware, minimum_size=500)],
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def load(browser: Browser, address: str, has_widget: bool, slower: float) -> Load:
    """Load the page with an empty cache, and wait until it has settled."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        session = context.new_cdp_session(page)
        transferred: list[float] = []
        session.on("Network.loadingFinished", lambda event: transferred.append(event["encodedDataLength"]))
        session.send("Network.enable")
        session.send("Performance.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto(f"{address}{PAGE}/", wait_until="load")
        page.wait_for_timeout(SETTLED_MS * slower)
        seen = page.evaluate(READ)
        assert seen["widgets"] == int(has_widget), seen
        metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
        return Load(
            painted_ms=seen["painted"],
            blocked_ms=seen["blocking"],
            long_tasks=seen["long"],
            busy_ms=1000 * metrics["TaskDuration"],
            shift=seen["shift"],
            transferred_kb=sum(transferred) / 1000,
        )


def report(rounds: list[dict[bool, Load]]) -> str:
    """A table in Markdown."""
    lines = ["| | without | with | more with it |", "| --- | ---: | ---: | ---: |"]
    for at, (name, digits) in enumerate(ROWS):
        values = {has: [astuple(loads[has])[at] for loads in rounds] for has in (False, True)}
        more = [with_it - without for without, with_it in zip(values[False], values[True], strict=True)]
        shown = [f"{statistics.median(numbers):,.{digits}f}" for numbers in (values[False], values[True], more)]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join(lines)


def main(count: int, slower: float) -> None:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [Path(sys.executable).with_name("bookside"), "serve", EXAMPLE, "--port", str(port)]
        server = f"http://127.0.0.1:{port}"
        with (
            process(command, port, Path(folder), ready_url=f"{server}/readyz", environment=plain_environment()),
            site(server) as addresses,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
            )
            for has_widget in (False, True):  # the first of each warms the browser up
                load(browser, addresses[has_widget], has_widget, slower)
            rounds: list[dict[bool, Load]] = []
            for at in range(count):
                order = (False, True) if at % 2 == 0 else (True, False)
                rounds.append({has: load(browser, addresses[has], has, slower) for has in order})
            browser.close()
    print(f"{PAGE} of examples/docusaurus, {count} rounds, thread {slower:g} times slower\n")
    print(report(rounds))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="Pairs of loads.")
    parser.add_argument("--slower", type=float, default=1.0, help="Slow the page's thread down so many times.")
    options = parser.parse_args()
    main(options.rounds, options.slower)
