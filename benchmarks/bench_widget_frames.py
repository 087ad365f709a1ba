"""How smoothly a long answer grows in the widget: frames a second while 5,000 tokens stream in.

    python -m benchmarks.bench_widget_frames [--slower TIMES] [--trace FILE.json]

The built widget stands on a page in a headless Chromium and asks a server that speaks ChatKit: an answer of 20,000
characters with headings, lists, tables, code, formulas and citations, in events 50 ms apart, 250 tokens a second. The
reader follows its end.

Told are frames, and those that came late; tasks of over 50 ms; and how long the page's thread was busy, in milliseconds
of each second, with what layout and styles took of it. The baseline of the run is the same widget with a renderer that
draws the whole answer anew.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import CDPSession, Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

ROOT = Path(__file__).parent.parent
WEB = ROOT / "src" / "bookside" / "web"
CHROMIUM = "/usr/bin/chromium"
CHARS = 20_000
CHARS_PER_EVENT = 50
EVENT_EVERY_S = 0.05
LATE_FRAME_MS = 25.0
ROUNDS = 3

SECTION = """## Step {n}: how processes of kind {n} are made

A **process** is a running program; the *kernel* keeps a table of them, and `fork()` copies one of its rows. The copy
has [its own memory](/memory#pages), which is shared until one of the two writes to it, and it costs about ${n}.50.

1. The parent calls `fork()` and gets the number of its child
2. The child calls `exec()` with **arguments** and an *environment*
   - the old program is gone
   - its open files stay, unless they are marked
3. The parent waits for the end of the child

| Call | Returns | Cost |
| :--- | :-----: | ---: |
| `fork` | twice | {n}20 µs |
| `exec` | **never** | 800 µs |
| `wait` | once | {n} µs |

```python
def start(count: int = {n}) -> list[int]:
    \"\"\"Start children, and give their numbers.\"\"\"
    children = []
    for index in range(count):
        if (pid := os.fork()) == 0:
            os.execvp("worker", ["worker", str(index)])  # never returns
        children.append(pid)
    return children
```

With $n_{n}$ children the mean wait is $\\frac{{1}}{{n}} \\sum_{{i=1}}^{{n}} w_i$ seconds, which is little.

> A zombie is a process whose end nobody has asked about; step {n} leaves none.

"""
ANSWER = "".join(SECTION.format(n=n) for n in range(1, 1 + CHARS // (len(SECTION) - 40) + 1))[:CHARS]
MARK_WORDS = ("its rows", "the child\n", "is little")


def events() -> list[dict[str, Any]]:
    """The answer's events in their order; each mark follows its words."""
    base = {"id": "itm_2", "thread_id": "thr_1", "created_at": "2026-01-01T00:00:00Z", "type": "assistant_message"}

    def update(**value: Any) -> dict[str, Any]:
        return {"type": "thread.item.updated", "item_id": "itm_2", "update": {"content_index": 0, **value}}

    marks = sorted(at + len(words) for words in MARK_WORDS for at in range(len(ANSWER)) if ANSWER.startswith(words, at))
    notes = [note(index, number) for number, index in enumerate(marks)]
    made: list[dict[str, Any]] = []
    given = 0
    for start in range(0, len(ANSWER), CHARS_PER_EVENT):
        end = start + CHARS_PER_EVENT
        made.append(update(type="assistant_message.content_part.text_delta", delta=ANSWER[start:end]))
        while given < len(notes) and notes[given]["index"] <= end:
            kind = "assistant_message.content_part.annotation_added"
            made.append(update(type=kind, annotation_index=given, annotation=notes[given]))
            given += 1
    content = [{"type": "output_text", "text": ANSWER, "annotations": notes}]
    return [*made, {"type": "thread.item.done", "item": {**base, "content": content}}]


def note(index: int, number: int) -> dict[str, Any]:
    source = {"type": "url", "title": f"Chapter {number % 7}", "url": f"/c/{number % 7}", "description": "Its words."}
    return {"type": "annotation", "index": index, "source": source}


EVENTS = events()


async def answer(_: Request) -> Response:
    thread = {"id": "thr_1", "created_at": "2026-01-01T00:00:00Z", "items": {"data": [], "has_more": False}}
    item = {"id": "itm_2", "thread_id": "thr_1", "created_at": "2026-01-01T00:00:00Z", "type": "assistant_message"}

    async def frames() -> AsyncIterator[str]:
        yield frame({"type": "thread.created", "thread": thread})
        yield frame(
            {"type": "thread.item.done", "item": {**item, "id": "itm_1", "type": "user_message", "content": []}}
        )
        yield frame({"type": "thread.item.added", "item": {**item, "content": []}})
        due = time.perf_counter()
        for event in EVENTS:
            if event.get("update", {}).get("delta"):
                due += EVENT_EVERY_S
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            yield frame(event)

    return StreamingResponse(frames(), media_type="text/event-stream")


def frame(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


@asynccontextmanager
async def serving(folders: dict[str, Path]) -> AsyncIterator[str]:
    """A site with one page for each built widget."""

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        script = f'<script type="module" src="/{name}/bookside.js"></script>'
        return HTMLResponse(f'<!doctype html><html lang="en"><body><bookside-chat open></bookside-chat>{script}')

    async def file(request: Request) -> Response:
        folder = folders.get(request.path_params["name"])
        if folder is None:  # what a whole server has beside its answers, which the widget does without
            return Response(status_code=404)
        return FileResponse(folder / request.path_params["path"])

    async def session(_: Request) -> Response:
        return JSONResponse({"token": "t", "expires_at": "2999-01-01T00:00:00Z"})

    routes = [
        Route("/assistant/session", session, methods=["POST"]),
        Route("/chatkit", answer, methods=["POST"]),
        Route("/{name}/", page),
        Route("/{name}/{path:path}", file),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="error"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it in no other way)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


WATCH = """() => {
  const seen = { frames: [], long: [], on: true };
  window.seen = seen;
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((e) => e.duration)))
    .observe({ type: "longtask" });
  const tick = (now) => { if (seen.on) { seen.frames.push(now); requestAnimationFrame(tick); } };
  requestAnimationFrame(tick);
}"""
ENDED = "() => !!document.querySelector('bookside-chat').shadowRoot.querySelector('.sources')"


@dataclass(frozen=True)
class Figures:
    """One answer as its reader saw it."""

    seconds: float
    gaps_ms: list[float]
    long_ms: list[float]
    style_ms: float
    task_ms: float

    @property
    def fps(self) -> float:
        return len(self.gaps_ms) / self.seconds

    @property
    def late(self) -> int:
        return sum(gap > LATE_FRAME_MS for gap in self.gaps_ms)

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.gaps_ms, n=20)[-1]

    def row(self, name: str) -> str:
        return (
            f"{name:24} {self.fps:8.1f} {self.late:8} {self.p95_ms:8.1f} {max(self.gaps_ms):8.1f} {len(self.long_ms):8}"
            f" {sum(self.long_ms):8.0f} {self.task_ms / self.seconds:10.1f} {self.style_ms / self.seconds:10.1f}"
        )


HEAD = (
    f"{'':24} {'frames/s':>8} {'>25 ms':>8} {'p95 ms':>8} {'max ms':>8} {'long':>8} {'long ms':>8}"
    f" {'busy':>10} {'layout':>10}"
)


async def metrics(session: CDPSession) -> dict[str, float]:
    found = await session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in found["metrics"]}


async def watched(page: Page, url: str, slower: float) -> Figures:
    """Ask on the page, follow the end, and watch until the sources are there."""
    await page.goto(url)
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    await page.locator("bookside-chat textarea").fill("How is a process made?")
    await page.locator("bookside-chat textarea").press("Enter")
    await page.locator("bookside-chat .answer").wait_for()
    await page.locator("bookside-chat .latest").click()
    before = await metrics(session)
    await page.evaluate(WATCH)
    await page.wait_for_function(ENDED, timeout=120_000, polling=250)
    seen = await page.evaluate("() => { window.seen.on = false; return window.seen; }")
    after = await metrics(session)
    taken = {name: 1000 * (after[name] - before[name]) for name in before if name.endswith("Duration")}
    frames: list[float] = seen["frames"]
    return Figures(
        seconds=(frames[-1] - frames[0]) / 1000,
        gaps_ms=[late - early for early, late in pairwise(frames)],
        long_ms=seen["long"],
        style_ms=taken["LayoutDuration"] + taken["RecalcStyleDuration"],
        task_ms=taken["TaskDuration"],
    )


async def main(trace: Path | None, slower: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node = await asyncio.create_subprocess_exec("node", "scripts/baseline.js", folder, cwd=ROOT / "widget")
        if await node.wait() != 0:
            raise SystemExit("the baseline was not built")
        (Path(folder) / "bookside").symlink_to(WEB / "bookside")
        print(f"{len(ANSWER):,} characters in {len(ANSWER) * EVENT_EVERY_S / CHARS_PER_EVENT:.0f} s, {ROUNDS} rounds\n")
        print(HEAD)
        folders = {"widget": WEB, "anew": Path(folder)}
        async with serving(folders) as site, async_playwright() as playwright:
            args = ["--no-sandbox", "--disable-background-networking"]
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
            for at in range(ROUNDS):
                for name in folders:
                    if trace and name == "widget" and at == ROUNDS - 1:
                        await browser.start_tracing(path=trace)
                    page = await browser.new_page(viewport={"width": 1280, "height": 800})
                    print((await watched(page, f"{site}/{name}/", slower)).row(f"{name}, round {at + 1}"), flush=True)
                    await page.close()
                    if trace and name == "widget" and at == ROUNDS - 1:
                        await browser.stop_tracing()
            await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--trace", type=Path, help="Write the last round of the widget as a trace for Chromium's tools."
    )
    parser.add_argument("--slower", type=float, default=1.0, help="Slow the page's thread down so many times.")
    options = parser.parse_args()
    asyncio.run(main(options.trace, options.slower))
