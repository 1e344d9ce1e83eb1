"""A message is read as a person means it: something new, or a way on with the subject at hand."""

import pytest

from tutor.moves import QUIZ_MARK, is_reply, pending_quiz, read_turn
from tutor.types import Message, Move


@pytest.mark.parametrize(
    ("message", "move"),
    [
        ("Why?", "why"),
        ("ok, but why is that?", "why"),
        ("how come?", "why"),
        ("why does it work", "why"),
        ("How?", "how"),
        ("and how does that work?", "how"),
        ("What if?", "what_if"),
        ("Example?", "example"),
        ("can you give me an example of this?", "example"),
        ("e.g.?", "example"),
        ("another code example please", "example"),
        ("simpler", "simpler"),
        ("Explain it like I'm five", "simpler"),
        ("I don't understand that.", "simpler"),
        ("in other words?", "simpler"),
        ("In one sentence", "brief"),
        ("tl;dr", "brief"),
        ("sum it up", "brief"),
        ("Deeper", "deeper"),
        ("tell me more about this", "deeper"),
        ("please go on", "deeper"),
        ("what else?", "deeper"),
        ("Quiz me on this", "quiz"),
        ("test me", "quiz"),
        ("ask me another question", "quiz"),
        ("Compare", "compare"),
        ("Answer from general knowledge", "general"),
    ],
)
def test_a_bare_move_means_nothing_without_what_was_said(message: str, move: Move) -> None:
    turn = read_turn(message)
    assert (turn.move, turn.bare) == (move, True)


@pytest.mark.parametrize(
    ("message", "move", "about"),
    [
        ("Why does that save fuel?", "why", "does that save fuel"),
        ("what if the pan is too hot?", "what_if", "the pan is too hot"),
        ("Compare it with a wok", "compare", "a wok"),
        ("how is that different from a wok?", "compare", "a wok"),
        ("vs a wok", "compare", "a wok"),
        ("quiz me on knives", "quiz", "knives"),
        ("explain whetstones in one sentence", "brief", "whetstones"),
        ("Explain steam in simple words", "simpler", "steam"),
        ("What is a pan?", "ask", "What is a pan"),
        ("compare a pan with a wok", "ask", "compare a pan with a wok"),
    ],
)
def test_a_move_with_a_subject_says_what_it_is_about(message: str, move: Move, about: str) -> None:
    turn = read_turn(message)
    assert (turn.move, turn.about, turn.bare) == (move, about, False)


def test_a_quiz_is_pending_only_right_after_it_was_asked() -> None:
    quiz = Message("assistant", f"{QUIZ_MARK} Why is a pan flat?\n\nAnswer in your own words.")
    assert pending_quiz([Message("user", "quiz me"), quiz]) == "Why is a pan flat?"
    assert pending_quiz([quiz, Message("user", "For the heat."), Message("assistant", "Right.")]) is None
    assert pending_quiz([]) is None


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("So that it touches the flame.", True),
        ("I don't know", True),
        ("because of the heat", True),
        ("Why?", False),
        ("what is a flame?", False),
        ("simpler", False),
    ],
)
def test_a_reply_to_a_quiz_is_told_from_a_question(message: str, reply: bool) -> None:
    assert is_reply(message) is reply
