"""What can be done at the screen, for programs: each call by its own name at /gradio_api, for `gradio_client` or plain HTTP.

The screen's own events draw pages, so they are closed to programs; these do the same things and return JSON. API.md has an example of
each.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import aclosing, contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from corpus.errors import UserError
from tutor.calls import CallRefused, Calls, depth_of
from tutor.tutor import Tutor, clean_question
from tutor.types import reply_as_json
from tutor.ui.access import Access, learner_of
from tutor.ui.api_interviews import interview_calls
from tutor.ui.api_library import library_calls
from tutor.ui.api_practice import practice_calls
from tutor.ui.talk import BROKEN_OFF, Talk, Talks
from tutor.ui.toolkit import gr

Call = Callable[..., Any]


def add_api(tutor: Tutor, talks: Talks, access: Access) -> None:
    """Adds the calls to the screen that is being built."""
    for call in (
        *_asking(tutor, access),
        *_talking(talks, access),
        *interview_calls(tutor, access),
        *practice_calls(tutor, access),
        *library_calls(tutor),
    ):
        gr.events.api(_explained(call), api_name=call.__name__)


def _explained(call: Call) -> Call:
    """The call, whose errors for people reach programs as they are."""

    @contextmanager
    def explaining() -> Iterator[None]:
        try:
            yield
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error

    @wraps(call)
    async def answered_later(*given: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever the call takes and returns
        with explaining():
            return await call(*given, **named)

    @wraps(call)
    def answered(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        with explaining():
            return call(*given, **named)

    return answered_later if iscoroutinefunction(call) else answered


def _asking(tutor: Tutor, access: Access) -> Iterable[Call]:
    def search(query: str, request: gr.Request, k: int = 10) -> dict[str, object]:
        """The passages for a query, best first: {"standalone", "answerable", "confidence", "results"}."""
        return Calls(tutor, learner_of(request)).search(str(query or ""), int(k))

    def ask(question: str, request: gr.Request, history: list[dict[str, str]] | None = None, depth: str = "interview") -> dict[str, object]:
        """Answers a question from the documents: {"answer", "answerable", "engine", "citations", "follow_ups"}. Nothing is kept."""
        access.take_turn(learner_of(request))
        return Calls(tutor, learner_of(request)).ask(str(question or ""), history or (), depth)

    def quiz(request: gr.Request, subject: str = "", asked: list[str] | None = None) -> dict[str, object]:
        """A question to put to a learner: {"item", "question", "topic", "level"}. `asked` are items that it is not to be."""
        return Calls(tutor, learner_of(request)).quiz(str(subject or ""), asked or ())

    def grade(question: str, answer: str, request: gr.Request) -> dict[str, object]:
        """The verdict on an answer: {"score", "band", "points", "flags", "feedback", "model_answer", ...}. `question` may be an item."""
        access.take_turn(learner_of(request))
        return Calls(tutor, learner_of(request)).grade(str(question or ""), str(answer or ""))

    return search, ask, quiz, grade


def _talking(talks: Talks, access: Access) -> Iterable[Call]:
    async def say(message: str, request: gr.Request, conversation: str = "", depth: str = "interview") -> dict[str, object]:
        """Says something in a conversation that is kept, and returns the answer with the conversation's id. No id begins one."""
        learner = learner_of(request)
        access.take_turn(learner)
        question = clean_question(str(message or ""))
        talk = await asyncio.to_thread(talks.open, conversation, learner) if conversation else Talk(learner)
        if talk.answering:
            raise CallRefused("An answer is being given in this conversation. Ask again when it is complete.")
        async with aclosing(talks.answer(talk, question, depth_of(depth))) as steps:
            async for _ in steps:
                pass
        exchange = talk.past[-1][1]
        if exchange.reply is None or not exchange.reply.complete:
            raise CallRefused(exchange.notice or BROKEN_OFF)
        return {"conversation": talk.id, **reply_as_json(exchange.reply)}

    def conversations(request: gr.Request, search: str = "") -> list[dict[str, object]]:
        """The learner's conversations, newest first."""
        return [
            {"id": one.id, "title": one.title, "questions": one.exchanges, "updated_at": one.updated_at.isoformat(), "snippet": one.snippet}
            for one in talks.journal.conversations(learner_of(request), search)
        ]

    def conversation(id: str, request: gr.Request) -> str:  # noqa: A002  # its name for programs
        """A conversation as Markdown."""
        return talks.journal.export(id, learner_of(request))

    def rename_conversation(id: str, title: str, request: gr.Request) -> None:  # noqa: A002
        """Gives a conversation another title."""
        talks.rename(id, title, learner_of(request))

    def delete_conversation(id: str, request: gr.Request) -> None:  # noqa: A002
        """Deletes a conversation for good."""
        talks.delete(id, learner_of(request))

    return say, conversations, conversation, rename_conversation, delete_conversation
