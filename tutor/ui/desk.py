"""What one session has before it, and the one handler that shows it.

Only one handler of a session writes to its screen: the one that started last. The others change the desk, and the writer shows what
has become of it at its next step. Two that write beside each other, as with Gradio's own `cancels`, would now and then show an old
step after a new one.
"""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import date
from typing import Any

from corpus.errors import UserError
from tutor.markdown import text_to_html
from tutor.ui.listing import conversations_to_html
from tutor.ui.render import messages
from tutor.ui.talk import EVERY_S, Talk, Talks
from tutor.ui.toolkit import gr

Screen = tuple[Any, Any, Any, Any]
"""New values for the box, the chatbot, the hint and the list of conversations."""

HINT = "Enter sends, Shift+Enter starts a new line"
ROWS = 50  # conversations that are listed at first, and more each time that more are wanted
_SIGN_OF_LIFE = 10  # steps: Gradio notices that a page was closed only when it is sent something
_NOT_SHOWN = object()


@dataclasses.dataclass(slots=True)
class Desk:
    """A session's side of the screen, changed in place. It belongs to `learner`, and is empty for anybody else: see `of`.

    `hint` stands under the box until the next question. `writer` is the handler that writes to the screen, if one does, and `shown`
    what it showed last.
    """

    learner: str = ""
    talk: Talk = dataclasses.field(default_factory=Talk)
    search: str = ""
    rows: int = ROWS
    hint: str = ""
    writer: object | None = None
    shown: tuple[object, ...] = ()

    def of(self, learner: str) -> "Desk":
        """The desk for whoever speaks now: the browser says which session it is, so what another learner left there is put away."""
        if learner != self.learner:
            self.learner, self.talk = learner, Talk(learner)
            self.search, self.rows, self.hint = "", ROWS, ""
            self.writer, self.shown = None, ()
        return self

    async def show(self, talks: Talks, typed: str | None = None, steps: AsyncGenerator[None] | None = None) -> AsyncGenerator[Screen]:
        """Writes to the screen: through all `steps`, then as long as there is an answer to be seen. `typed` is what the box gets."""
        self.writer = writer = object()
        count = 0
        try:
            async with aclosing(steps or _no_steps()) as given, aclosing(self._idle(talks, writer)) as idle:
                for beats in (given, idle):
                    async for _ in beats:
                        count += 1
                        view = await self._view(talks, typed, writer)
                        if view or count % _SIGN_OF_LIFE == 0:
                            yield view or unchanged()
                            typed = None if view else typed
        finally:
            if self.writer is writer:
                self.writer = None
        yield unchanged()  # Gradio sends the last step again when a handler ends, and by then another one may write

    async def _idle(self, talks: Talks, writer: object) -> AsyncGenerator[None]:
        """Steps as long as something new is to be shown or an answer waited for. Nothing can happen between its end and `show`'s."""
        while self.writer is writer:
            if self._now(talks) == self.shown:
                if not self.talk.answering:
                    break
                await asyncio.sleep(EVERY_S)
            yield

    def leave_deleted(self) -> None:
        """Goes to a new conversation where this one was deleted, here or in another tab."""
        if self.talk.deleted:
            self.talk = Talk(self.learner)

    def _now(self, talks: Talks) -> tuple[object, ...]:
        """What each part of the screen should show; equal where nothing is new."""
        self.leave_deleted()
        talk = self.talk
        chat = (talk, talk.past, talk.waiting if talk.answering else "")
        return talk.answering, chat, self.hint or talk.unkept, (talks.changes, talk.id, self.search, self.rows)

    async def _view(self, talks: Talks, typed: str | None, writer: object) -> Screen | None:
        """What is no longer as it was shown; None where all is, or where another handler writes by now."""
        shown = self.shown or (_NOT_SHOWN,) * 4
        names, listed = None, self._now(talks)[3]
        if listed != shown[3]:
            names = await asyncio.to_thread(list_to_html, talks, self.learner, self.talk.id, self.search, self.rows)
        now = (*self._now(talks)[:3], listed)
        if self.writer is not writer or now == shown:
            return None
        self.shown = now
        talk = self.talk
        box: dict[str, Any] = {"submit_btn": not talk.answering, "stop_btn": talk.answering} | ({} if typed is None else {"value": typed})
        return (
            gr.update(**box) if now[0] != shown[0] else gr.skip(),
            messages(talk.exchanges, talk.waiting) if now[1] != shown[1] else gr.skip(),
            hint_to_html(self.hint or talk.unkept) if now[2] != shown[2] else gr.skip(),
            gr.skip() if names is None else names,
        )


def unchanged() -> Screen:
    """A step that changes nothing. Each handler needs one at least: Gradio empties the screen after one that has given none."""
    return gr.skip(), gr.skip(), gr.skip(), gr.skip()


def hint_to_html(warning: str = "") -> str:
    """The line under the box."""
    return f'<p class="is-warning">{text_to_html(warning)}</p>' if warning else f"<p>{HINT}</p>"


def list_to_html(talks: Talks, learner: str, current: str = "", search: str = "", rows: int = ROWS) -> str:
    """The list of a learner's conversations, or why there is none."""
    notice = talks.journal.notice or ""
    try:
        found = talks.journal.conversations(learner, search)
    except UserError as error:
        found, notice = (), notice or str(error)
    return conversations_to_html(found, current, search, rows, notice, date.today())


async def _no_steps() -> AsyncGenerator[None]:
    return
    yield
