"""Small changes to an interview, each of which leaves all the rest as it is. Events are made of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tutor.interview import Interview, Outcome, Prompt, Turn


def asking(interview: Interview, prompt: str) -> Turn | None:
    """The question that is open, if this prompt is waiting for an answer."""
    open_prompt = interview.prompt
    return interview.turn if interview.phase == "running" and open_prompt and open_prompt.id == prompt else None


def answered(interview: Interview, turn: str) -> Turn | None:
    """The question that is open, if it is this one and it is the interviewer's move."""
    found = interview.turn
    return found if interview.phase == "running" and found and found.id == turn and interview.prompt is None else None


def given_up(interview: Interview, prompt: str, outcome: Outcome) -> Interview:
    """The interview with its open question closed, if this prompt is waiting: as answered where anything was, else with this outcome."""
    turn = asking(interview, prompt)
    return with_last(interview, replace(turn, outcome="answered" if turn.answers else outcome)) if turn else interview


def resumed(interview: Interview, at: datetime) -> Interview:
    """The interview with its clock running again. A clock that was set back counts as no pause."""
    if interview.paused_at is None:
        return interview
    paused_s = max((at - interview.paused_at).total_seconds(), 0.0)
    turn = interview.turn
    if turn and interview.prompt:
        interview = with_last(interview, replace(turn, paused_s=turn.paused_s + paused_s))
    return replace(interview, phase="running", paused_at=None, paused_s=interview.paused_s + paused_s)


def with_unjudged(interview: Interview, turn: str, change: Callable[[Turn], Turn]) -> Interview:
    """The interview with a change to a question that is closed and has no verdict."""
    return with_turn(interview, turn, lambda found: change(found) if found.waiting or found.problem is not None else found)


def with_turn(interview: Interview, turn: str, change: Callable[[Turn], Turn]) -> Interview:
    """The interview with a change to one question; the very same one where that changes nothing."""
    turns = tuple(change(found) if found.id == turn else found for found in interview.turns)
    return interview if turns == interview.turns else replace(interview, turns=turns)


def with_last(interview: Interview, turn: Turn) -> Interview:
    """The interview with this in place of its last question."""
    return replace(interview, turns=(*interview.turns[:-1], turn))


def with_prompt(interview: Interview, prompt: Prompt) -> Interview:
    """The interview with this in place of what was said last."""
    turn = interview.turns[-1]
    return with_last(interview, replace(turn, prompts=(*turn.prompts[:-1], prompt)))
