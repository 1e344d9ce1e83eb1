"""What an interviewer does next. The course is decided here, by rules; what is said comes from functions that are given.

Pure: the same interview at the same time gets the same next event, with the same id, so that two tabs, or a process and the one before it,
cannot ask two different questions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corpus.types import Level, QAItem
from tutor.chat import Retrieve
from tutor.events import Asked, Closed, Ended, Event, Hinted, Probed, Redirected
from tutor.interview import HINT_COSTS, MAX_PROBES, Interview, Past, Planned, Setup, Style, Turn
from tutor.quiz import Judge
from tutor.types import Verdict


class Chosen(Protocol):
    """What is asked next: the id of an item, the question in words, and why this one."""

    @property
    def item(self) -> str:
        """The id of the item that the question comes from."""
        ...

    @property
    def text(self) -> str:
        """The question as it is asked."""
        ...

    @property
    def topic(self) -> str:
        """What it is about, in the plan's words."""
        ...

    @property
    def level(self) -> Level | None:
        """How hard it is, where that is known."""
        ...

    @property
    def reason(self) -> str:
        """Why it is asked, for the learner."""
        ...


class Probe(Protocol):
    """What is asked on, and the key point that it is aimed at."""

    @property
    def point(self) -> str:
        """The key point, as the item has it."""
        ...

    @property
    def text(self) -> str:
        """The question as it is asked."""
        ...


@dataclass(frozen=True, slots=True)
class Interviewer:
    """The functions that find the words. None of them keeps anything or looks at the clock.

    `probe` is given the items that follow up the one in question, too, `redirect` the verdict on the turn's last answer alone.
    """

    plan: Callable[[Setup, Mapping[str, QAItem], Sequence[Past], datetime, Retrieve], tuple[Planned, ...]]
    choose: Callable[[Interview, Mapping[str, QAItem], Sequence[Past], datetime], Chosen | None]
    probe: Callable[[QAItem, Sequence[QAItem], Verdict, Turn, Style], Probe | None]
    redirect: Callable[[QAItem, Turn, Verdict, Style], str | None]
    hint: Callable[[QAItem, int, Verdict | None], str]


@dataclass(frozen=True, slots=True)
class Room:
    """All that an interviewer has at hand: what can be asked, what the learner was asked before, and a judge that answers at once."""

    interviewer: Interviewer
    items: Mapping[str, QAItem]
    past: Callable[[], Sequence[Past]]
    judge: Judge


def next_event(interview: Interview, room: Room, now: datetime) -> Event | None:
    """What the interviewer does now: asks, asks on, closes the question or ends the interview. None while it is the learner's turn."""
    if interview.phase != "running" or interview.prompt:
        return None
    return _after_answer(interview, interview.turn, room, now) if interview.turn else _new_question(interview, room, now)


def hint(interview: Interview, prompt: str, step: int, room: Room, now: datetime) -> Event | None:
    """The hint that is the next one to the question which is open, if `step` says so and there is one more."""
    turn = interview.turn
    item = room.items.get(turn.item) if turn else None
    if turn is None or item is None or step != len(turn.hints) + 1 or step > len(HINT_COSTS):
        return None
    text = room.interviewer.hint(item, step, room.judge(item, turn.said) if turn.answers else None)
    return Hinted(f"{turn.id}.hint{step}", now, prompt, step, text, HINT_COSTS[step - 1])


def _new_question(interview: Interview, room: Room, now: datetime) -> Event:
    ended = f"{interview.id}.ended"
    if interview.out_of_time(now):
        return Ended(ended, now, "out of time")
    if interview.setup.minutes is None and len(interview.turns) >= interview.setup.questions:
        return Ended(ended, now, "finished")
    chosen = room.interviewer.choose(interview, room.items, room.past(), now)
    if chosen is None:
        return Ended(ended, now, "nothing left")
    turn = f"{interview.id}.{len(interview.turns) + 1}"
    return Asked(turn, now, turn, f"{turn}.1", chosen.item, chosen.topic, chosen.level, chosen.reason, chosen.text)


def _after_answer(interview: Interview, turn: Turn, room: Room, now: datetime) -> Event:
    """After two answers in a row that are none, a good interviewer goes on."""
    closed = Closed(f"{turn.id}.closed", now, turn.id)
    item, last = room.items.get(turn.item), turn.prompts[-1]
    if item is None or last.answer is None or interview.out_of_time(now):
        return closed
    style, prompt = interview.setup.style, f"{turn.id}.{len(turn.prompts) + 1}"
    text = last.answer.text
    verdict = room.judge(item, text)
    redirect = room.interviewer.redirect(item, turn, verdict, style)
    if redirect:
        return closed if last.kind == "redirect" else Redirected(prompt, now, turn.id, prompt, redirect)
    if sum(prompt.kind == "probe" for prompt in turn.prompts) >= MAX_PROBES:
        return closed
    follow_ups = [other for other in room.items.values() if other.parent == item.id]
    whole = verdict if turn.said == text else room.judge(item, turn.said)
    probe = room.interviewer.probe(item, follow_ups, whole, turn, style)
    return Probed(prompt, now, turn.id, prompt, probe.point, probe.text) if probe else closed
