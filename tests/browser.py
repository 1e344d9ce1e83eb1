"""What the tests of the screen share: a tutor that speaks from a script, a real server around it, a real browser in front.

Not mocks: the tutor has the real interface, the server is the real application, and the browser is Chromium.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

from corpus.errors import UserError
from tutor.tutor import Tutor
from tutor.types import Citation, Depth, Message, Reply, Status

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ENGINE = "Offline engine: quotes your documents word for word, no language model"


@dataclass
class Heard:
    """What a scripted tutor was asked, and how often it was stopped before its end."""

    questions: list[str] = field(default_factory=list)
    histories: list[tuple[Message, ...]] = field(default_factory=list)
    stopped: int = 0


class ScriptedTutor(Tutor):
    """Says what its script has for a question, one step after another; a step may be an error."""

    def __init__(self, script: dict[str, Sequence[Reply | UserError]], examples: Sequence[str] = (), *, pace_s: float = 0.02) -> None:
        self.script, self.pace_s = script, pace_s
        self.heard = Heard()
        self.now = Status(ready=True, text="Ready", share=1.0)
        self._examples = tuple(examples)
        self._ready = threading.Event()
        self._ready.set()

    def status(self) -> Status:
        return self.now

    def be(self, status: Status) -> None:
        """Changes the status, as getting ready does."""
        self.now = status
        (self._ready.set if status.ready or status.problem else self._ready.clear)()

    def ask(self, question: str, history: Sequence[Message] = (), depth: Depth = "interview") -> Iterator[Reply]:
        self.heard.questions.append(question)
        self.heard.histories.append(tuple(history))
        self._ready.wait(60)
        if self.now.problem:
            raise UserError(self.now.problem)
        try:
            for step in self.script[question]:
                time.sleep(self.pace_s)
                if isinstance(step, UserError):
                    raise step
                yield step
        except GeneratorExit:
            self.heard.stopped += 1
            raise

    def examples(self) -> tuple[str, ...]:
        return self._examples if self.now.ready else ()

    @property
    def engine(self) -> str:
        return ENGINE


def growing(answer: str, *, citations: Sequence[Citation] = (), follow_ups: Sequence[str] = (), steps: int = 8) -> list[Reply]:
    """An answer in `steps` steps, the last of them complete."""
    cuts = [len(answer) * step // steps for step in range(1, steps)]
    parts = [Reply(answer[:cut], True, ENGINE, complete=False) for cut in cuts]
    return [*parts, Reply(answer, True, ENGINE, tuple(citations), tuple(follow_ups))]


def cited(n: int, passage: str, sentence: str, *, file: str = "retrieval.md", question: str = "What is RAG?") -> Citation:
    """A citation of a sentence of a passage, as if the passage were the document."""
    start = passage.index(sentence)
    end = start + len(sentence)
    return Citation(n, file, question, sentence, start, end, passage, start, end)


@contextmanager
def serving(app: Any) -> Iterator[str]:  # any ASGI application
    """A real server on a free port; gives its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", proxy_headers=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def chromium() -> str:
    """Where Chromium is. Without one the test is skipped, or fails where VIVA_REQUIRE_BROWSER=1 says that there must be one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("VIVA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found and Path(found).exists():
        return found
    if os.environ.get("VIVA_REQUIRE_BROWSER") == "1":
        pytest.fail("VIVA_REQUIRE_BROWSER=1, but no Chromium was found. Install one or set VIVA_CHROMIUM to it.")
    pytest.skip("no Chromium found (looked at VIVA_CHROMIUM and for chromium, chromium-browser, google-chrome)")


@dataclass
class Seen:
    """What went on in a browser: where requests went, what the console said in anger."""

    hosts: set[str] = field(default_factory=set)
    urls: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(str(parts.hostname))
            self.urls.append(request.url)


@contextmanager
def launch(**context: Any) -> Iterator[tuple[BrowserContext, Seen]]:  # Playwright's own options
    """A fresh Chromium and a watch on all that it asks for. `context` is what `Browser.new_context` takes."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        opened = browser.new_context(**{"locale": "en-GB", **context})
        seen = Seen()
        opened.on("request", seen.request)
        opened.on("weberror", lambda error: seen.errors.append(str(error.error)))
        opened.set_default_timeout(20_000)
        try:
            yield opened, seen
        finally:
            opened.close()
            browser.close()


def open_page(context: BrowserContext, address: str) -> Page:
    """The screen in a new tab, ready to be typed into."""
    page = context.new_page()
    page.goto(address)
    page.locator("#viva-question textarea").wait_for(timeout=60_000)
    page.locator("html[data-viva]").wait_for(state="attached")
    return page


def axe(page: Page) -> list[str]:
    """What axe-core holds against the page that is serious or critical."""
    import axe_playwright_python

    script = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
    page.evaluate(script)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['impact']} {fault['id']}: {node['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
