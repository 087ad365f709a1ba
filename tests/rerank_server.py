"""A rerank API over real HTTP, which counts the words that a document shares with the question, or misbehaves."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, bytes]
"""Status and body; status 0 closes the connection without an answer."""


def results(body: dict[str, Any]) -> Reply:
    """As such servers answer: the best first, each with its place among the documents."""
    asked = set(body["query"].lower().split())
    scores = [sum(word in asked for word in document.lower().split()) for document in body["documents"]]
    best_first = sorted(range(len(scores)), key=lambda place: -scores[place])
    rows = [{"index": place, "relevance_score": scores[place] / 10} for place in best_first]
    return 200, json.dumps({"id": "r", "results": rows, "usage": {"total_tokens": 1}}).encode()


@dataclass
class RerankServer:
    """What it was asked, and how it answers.

    Args:
        stuck: Set while no answer may be given.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str | None] = field(default_factory=list[str | None])
    reply: Callable[[dict[str, Any]], Reply] = results
    stuck: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def rerank_server() -> Iterator[RerankServer]:
    server = RerankServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.requests.append({"path": self.path, **body})
            server.keys.append(self.headers["authorization"])
            if server.stuck.is_set():
                server.let_go.wait()
            status, content = server.reply(body)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except ConnectionError:
                return  # nobody waits any more

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_address[1]}/v1/rerank"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        http.shutdown()
        http.server_close()
        thread.join()
