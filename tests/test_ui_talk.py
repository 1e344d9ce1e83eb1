"""Whatever becomes of an answer, its question and as much of it as there was are in the journal, and the talk goes on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from corpus.errors import UserError
from tests.browser import ENGINE, ScriptedTutor, growing
from tutor.journal import Journal, JournalError
from tutor.types import Exchange, Reply
from tutor.ui.render import STOPPED
from tutor.ui.talk import BROKEN_OFF, LEFT, Talk, Talks

PAN = "What is a pan?"


class FullJournal(Journal):
    """A journal that cannot write."""

    def begin(self, learner: str = "") -> str:  # noqa: ARG002  # as Journal
        raise JournalError("The disk is full.")


async def drained(steps: AsyncGenerator[None]) -> None:
    async for _ in steps:
        pass


def talked(talks: Talks, *questions: str, again: bool = False) -> Talk:
    talk = Talk()
    for question in questions:
        asyncio.run(drained(talks.answer(talk, question, "interview", again=again)))
    return talk


def kept(talks: Talks, talk: Talk) -> tuple[Exchange, ...]:
    return tuple(exchange for _, exchange in talks.journal.exchanges(talk.id))


@pytest.mark.parametrize(
    ("steps", "notice"),
    [
        (growing("A pan is flat."), None),
        ([Reply("A pan", True, ENGINE, complete=False), UserError("The model is away.")], "The model is away."),
        ([Reply("A pan", True, ENGINE, complete=False)], BROKEN_OFF),
        ([], BROKEN_OFF),
    ],
)
def test_what_came_of_a_question_is_kept(steps: list[Reply | Exception], notice: str | None) -> None:
    talks = Talks(ScriptedTutor({PAN: steps}, pace_s=0))
    talk = talked(talks, PAN)
    assert kept(talks, talk) == talk.exchanges
    assert talk.exchanges[0].notice == notice
    assert (talk.answering, talk.unkept) == (False, "")


def test_the_question_is_kept_before_the_tutor_is_asked() -> None:
    tutor = ScriptedTutor({PAN: growing("A pan is flat.")}, pace_s=0)
    talks, talk = Talks(tutor), Talk()

    async def first_step() -> None:
        async with aclosing(talks.answer(talk, PAN, "deep")) as steps:
            await anext(steps)
            assert tutor.heard.questions == []
            assert [exchange.question for exchange in kept(talks, talk)] == [PAN]

    asyncio.run(first_step())
    assert kept(talks, talk) == (Exchange(PAN, None, LEFT),)


def test_who_leaves_in_the_middle_finds_what_there_was() -> None:
    talks, talk = Talks(ScriptedTutor({PAN: growing("A pan is flat.", steps=1000)}, pace_s=0.005)), Talk()

    async def leave() -> None:
        async with aclosing(talks.answer(talk, PAN, "interview")) as steps:
            async for _ in steps:
                if talk.exchanges[0].reply:
                    break

    asyncio.run(leave())
    (exchange,) = kept(talks, talk)
    assert exchange.notice == LEFT
    assert exchange.reply is not None
    assert not talk.answering


def test_a_wish_to_stop_is_granted() -> None:
    talks, talk = Talks(ScriptedTutor({PAN: growing("A pan is flat.", steps=1000)}, pace_s=0.005)), Talk()

    async def stop() -> None:
        async for _ in talks.answer(talk, PAN, "interview"):
            talk.stop = True

    asyncio.run(stop())
    assert kept(talks, talk)[0].notice == STOPPED


def test_another_try_takes_the_place_of_the_first() -> None:
    tutor = ScriptedTutor({PAN: [UserError("The model is away.")]}, pace_s=0)
    talks = Talks(tutor)
    talk = talked(talks, PAN)
    tutor.script[PAN] = growing("A pan is flat.")
    asyncio.run(drained(talks.answer(talk, PAN, "interview", again=True)))
    assert kept(talks, talk) == talk.exchanges == (Exchange(PAN, Reply("A pan is flat.", True, ENGINE)),)


def test_a_journal_that_fails_stops_nobody() -> None:
    talks = Talks(ScriptedTutor({PAN: growing("A pan is flat.")}, journal=FullJournal(None), pace_s=0))
    talk = talked(talks, PAN, PAN)
    assert [exchange.reply.answer for exchange in talk.exchanges if exchange.reply] == ["A pan is flat."] * 2
    assert talk.unkept == "The disk is full."


def test_all_who_open_a_conversation_share_it_and_the_journal_has_the_last_word() -> None:
    talks = Talks(ScriptedTutor({PAN: growing("A pan is flat.")}, pace_s=0))
    talk = talked(talks, PAN)
    assert talks.open(talk.id, "") is talk
    talks.journal.ask(talk.id, "elsewhere", "Why?")
    assert [exchange.question for exchange in talks.open(talk.id, "").exchanges] == [PAN, "Why?"]
    talks.delete(talk.id, "")
    assert talk.deleted
    with pytest.raises(JournalError):
        talks.open(talk.id, "")


@pytest.mark.parametrize("busy", [False, True])
def test_a_conversation_is_opened_renamed_and_deleted_by_its_learner_only(busy: bool) -> None:
    talks = Talks(ScriptedTutor({PAN: growing("A pan is flat.")}, pace_s=0))
    talk = Talk("Anna")
    asyncio.run(drained(talks.answer(talk, PAN, "interview")))
    talk.answering = busy
    for other in ("", "Bob", "anna"):
        for wish in (
            lambda name=other: talks.open(talk.id, name),
            lambda name=other: talks.rename(talk.id, "Mine", name),
            lambda name=other: talks.delete(talk.id, name),
        ):
            with pytest.raises(JournalError, match="not there any more"):
                wish()
    assert not talk.deleted
    assert talks.open(talk.id, "Anna") is talk
    assert [found.title for found in talks.journal.conversations("Anna")] == [PAN]
    assert talks.known() == ("Anna",)
