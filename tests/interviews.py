"""An interview in events, whole, with everything in it that can happen. For tests of whatever reads interviews."""

from datetime import UTC, datetime, timedelta

from tutor.delivery import Delivery
from tutor.events import (
    Answered,
    Asked,
    Closed,
    Drafted,
    Ended,
    Event,
    Hinted,
    Judged,
    Passed,
    Paused,
    Probed,
    Redirected,
    Resumed,
    Retried,
    Skipped,
    Started,
    Unjudged,
    Wanted,
)
from tutor.interview import Planned, Setup
from tutor.types import Evidence, PointMark, Verdict

START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
VERDICT = Verdict(
    7.5,
    (6.0, 9.0),
    "offline",
    (PointMark("It keeps the heat.", "covered", Evidence("heat", 0, 4)), PointMark("It is flat.", "missed")),
    feedback="Good.",
)
ZERO = Verdict(0.0, (0.0, 1.0), "offline", (PointMark("Steam is pressed through a hole.", "missed"),), flags=("empty",))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def asked(turn: str, seconds: float, item: str = "pan", topic: str = "Kitchen") -> Asked:
    return Asked(f"{turn}!", at(seconds), turn, f"{turn}.1", item, topic, "basic", "It comes first.", f"What is a {item}?")


def answered(prompt: str, seconds: float, text: str = "heat is kept", answer: str = "") -> Answered:
    return Answered(f"{prompt}!", at(seconds), prompt, answer or f"{prompt}-a", text)


def whole() -> list[Event]:
    """Four questions: one probed, hinted, redirected and paused in; one passed, one skipped, one left open at the end."""
    return [
        Started("i", at(0), Setup(questions=4), (Planned("Kitchen", 4, "You chose it."),)),
        asked("t1", 1),
        Drafted("d1", at(5), "t1.1", "heat", True, Delivery(120.0)),
        Hinted("h1", at(6), "t1.1", 1, "Think of iron.", 0.5),
        Hinted("h2", at(7), "t1.1", 2, "It is about warmth.", 1.0),
        Paused("p1", at(10)),
        Resumed("r1", at(70)),
        answered("t1.1", 80),
        Redirected("x1", at(81), "t1", "t1.2", "Try again."),
        answered("t1.2", 90, "it is flat"),
        Probed("b1", at(91), "t1", "t1.3", "It keeps the heat.", "Why iron?"),
        answered("t1.3", 95, "it is heavy"),
        Probed("b2", at(96), "t1", "t1.4", "It is flat.", "And its shape?"),
        answered("t1.4", 99, "round"),
        Closed("c1", at(99), "t1"),
        asked("t2", 100, "kettle"),
        Judged("j1", at(101), "t1", VERDICT),
        Passed("t2!passed", at(105), "t2.1"),
        asked("t3", 106, "knife"),
        Unjudged("u2", at(107), "t2", "The model did not answer."),
        Skipped("t3!skipped", at(108), "t3.1"),
        asked("t4", 109, "spade", "Garden"),
        Paused("p2", at(110)),
        Ended("e", at(120), "early"),
        Retried("t2!again", at(130), "t2"),
        Judged("j2", at(131), "t2", ZERO),
        Wanted("w", at(140), "t2"),
    ]
