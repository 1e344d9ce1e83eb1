"""Conversations that are open on some screen. The journal has the truth; what is open is shared by all screens that show it.

So two tabs on one conversation cannot overwrite each other: they see the same past, and one of them answers at a time. There is no
Gradio in here.
"""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING
from uuid import uuid4
from weakref import WeakValueDictionary

from corpus.errors import UserError
from tutor.tutor import Tutor
from tutor.types import Depth, Exchange
from tutor.ui.render import STOPPED, history
from tutor.ui.stream import follow

if TYPE_CHECKING:
    from tutor.journal import Journal

EVERY_S = 0.1  # between two updates of a growing answer
LOOKING = "Looking through your documents"
BROKEN_OFF = "The answer broke off. Try again."
LEFT = "Interrupted: the page was closed before the answer was complete. Try again."


@dataclasses.dataclass(slots=True, eq=False, weakref_slot=True)
class Talk:
    """A conversation of `learner` that is open, changed in place. `id` is empty until its first question.

    `past` has each exchange with its id in the journal; `unkept` says why something of it could not be kept, if so; `waiting` says what
    an answer waits for; `stop` is a wish that whoever answers grants at the next step; `deleted` tells the screens to leave.
    """

    learner: str = ""
    id: str = ""
    past: tuple[tuple[str, Exchange], ...] = ()
    answering: bool = False
    stop: bool = False
    deleted: bool = False
    waiting: str = ""
    unkept: str = ""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The conversation, oldest first."""
        return tuple(exchange for _, exchange in self.past)


class Talks:
    """The conversations of a tutor's journal. `changes` counts what changes their list."""

    def __init__(self, tutor: Tutor) -> None:
        self.changes = 0
        self._tutor = tutor
        self._open: WeakValueDictionary[str, Talk] = WeakValueDictionary()

    @property
    def journal(self) -> "Journal":
        """Where the conversations are kept."""
        return self._tutor.journal

    def known(self) -> tuple[str, ...]:
        """The names of those who have kept something; none where the journal cannot say, which its list of conversations tells."""
        try:
            return tuple(filter(None, self.journal.learners()))
        except UserError:
            return ()

    def open(self, conversation: str, learner: str) -> Talk:
        """A conversation as the journal has it. Raises JournalError where the learner has none of that id or it cannot be read."""
        talk = self._open.get(conversation)
        if talk and talk.learner == learner and (talk.answering or talk.unkept):
            return talk
        kept = self.journal.exchanges(conversation, learner)
        talk = self._open.setdefault(conversation, talk or Talk(learner, conversation))
        if not talk.answering:
            talk.past = kept
        return talk

    def rename(self, conversation: str, title: str, learner: str) -> None:
        """Raises JournalError."""
        self.journal.rename(conversation, title, learner)
        self.changes += 1

    def delete(self, conversation: str, learner: str) -> None:
        """Deletes a conversation, and stops what is being answered in it. Raises JournalError."""
        self.journal.delete(conversation, learner)
        self.changes += 1
        if talk := self._open.pop(conversation, None):
            talk.stop = talk.deleted = True

    async def answer(self, talk: Talk, question: str, depth: Depth, *, again: bool = False) -> AsyncGenerator[None]:
        """Asks in a talk, which grows; a step each EVERY_S. `again` puts the question in the place of the last one.

        The question is in the journal before the tutor is asked, and what came of it at the end, also where nobody waits for that.
        """
        talk.answering, talk.stop, talk.waiting = True, False, self._waiting()
        before, dropped = (talk.past[:-1], talk.past[-1][0]) if again and talk.past else (talk.past, "")
        key, exchange, notice = uuid4().hex, Exchange(question), LEFT
        try:
            talk.past = (*before, (key, exchange))
            earlier = history(tuple(exchange for _, exchange in before))
            talk.unkept = await asyncio.to_thread(self._keep_question, talk, key, question, dropped)
            yield
            async with aclosing(follow(self._tutor.ask(question, earlier, depth, talk.learner), EVERY_S)) as replies:
                async for reply in replies:
                    if talk.stop:
                        break
                    talk.waiting = self._waiting()
                    if reply:
                        exchange = dataclasses.replace(exchange, reply=reply)
                        talk.past = (*before, (key, exchange))
                    yield
            notice = STOPPED if talk.stop else BROKEN_OFF
        except UserError as error:
            notice = str(error)
        finally:
            if not exchange.settled:
                exchange = dataclasses.replace(exchange, notice=notice)
            talk.past = (*before, (key, exchange))
            try:
                talk.unkept = await asyncio.to_thread(self._keep_answer, talk, key, exchange) or talk.unkept
            finally:
                talk.answering = False

    def _keep_question(self, talk: Talk, key: str, question: str, dropped: str) -> str:
        """Returns a sentence where it could not be kept: the conversation goes on all the same."""
        try:
            if not talk.id:
                talk.id = self.journal.begin(talk.learner)
                self._open[talk.id] = talk
            if dropped:
                self.journal.discard(dropped, talk.learner)
            self.journal.ask(talk.id, key, question, talk.learner)
        except UserError as error:
            return str(error)
        finally:
            self.changes += 1
        return ""

    def _keep_answer(self, talk: Talk, key: str, exchange: Exchange) -> str:
        try:
            self.journal.settle(key, exchange.reply, exchange.notice, talk.learner)
        except UserError as error:
            return str(error)
        finally:
            self.changes += 1
        return ""

    def _waiting(self) -> str:
        status = self._tutor.status()
        return LOOKING if status.ready else f"Getting ready: {status.text}"
