"""The 30-second, 60-second or three-minute version of an answer: what it covers for its time, what to begin with, what to leave out.

Time is counted in words, at the pace of calm speech or the learner's own where it was measured, so that a typed version is told the
same as a spoken one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.types import KeyPoint, QAItem
from index.lexical import words
from tutor.attempts import counted
from tutor.delivery import Delivery
from tutor.leaks import points_of
from tutor.recall import clause_spans
from tutor.types import Evidence, PointMark, Verdict

LENGTHS = (30, 60, 180)
"""The versions that can be rehearsed, in seconds."""
WORDS_PER_MINUTE = 140.0
"""Calm speech."""
_PACES = (100.0, 170.0)  # words a minute between which a learner's own pace is taken as it is: to hurry is no way to say more
_SPOKEN = 1.3  # words that a key point takes when it is said, for each word that it is written with
_IDLE = 6  # words from which a part that says no point is worth leaving out
_CUTS = 3
_EARLY = 0.34  # share of an answer in which its main point should come
_ROOM = 0.6  # share of the time below which there is room for more


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A timed version and what came of it. `words` were said, `budget` fit into the time. All points are texts of key points.

    `covered` were said in time, in part or whole, `late` after it; `missing` would have fitted and were not said. `cut` are parts of
    the text that say no point, what leads away from the question first. `first` is what to begin with, None where the answer does.
    `judged` is false where nobody could judge the text; then only the time is told. `advice` says it all in sentences.
    """

    seconds: int
    words: int
    budget: int
    judged: bool
    covered: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    cut: tuple[Evidence, ...] = ()
    first: str | None = None
    advice: tuple[str, ...] = ()


def rehearse(item: QAItem, verdict: Verdict, text: str, seconds: int, delivery: Delivery | None = None) -> Rehearsal:
    """What a version of an answer covers for its time. `verdict` judges `text`, where its evidence stands. `seconds` are above 0."""
    if seconds <= 0:
        raise ValueError("a version takes some seconds")
    pace = _pace(delivery)
    budget, said = round(seconds / 60 * pace), len(words(text))
    if verdict.score is None:
        return Rehearsal(
            seconds, said, budget, judged=False, advice=(*_time(said, budget, pace, seconds), "What it says could not be judged.")
        )
    told = [(len(words(text[: mark.evidence.start])), mark) for mark in verdict.points if _is_said(mark) and mark.evidence]
    told.sort(key=lambda one: one[0])
    covered = tuple(mark.text for place, mark in told if place < budget)
    late = tuple(mark.text for place, mark in told if place >= budget)
    fitting = _fitting(item, verdict, budget)
    missing = tuple(point for point in fitting if point not in {*covered, *late})
    needed = said + sum(_SPOKEN * len(words(point)) for point in missing)
    cut = _idle(text, verdict, full=needed > budget) if said > _ROOM * budget and (said > budget or missing) else ()
    first = _first(verdict, told, said)
    advice = (*_time(said, budget, pace, seconds), *_said(covered, late, fitting), *_next(first, cut, missing))
    return Rehearsal(seconds, said, budget, True, covered, late, missing, cut, first, advice)


def _pace(delivery: Delivery | None) -> float:
    measured = delivery.words_per_minute if delivery else None
    return min(max(measured, _PACES[0]), _PACES[1]) if measured else WORDS_PER_MINUTE


def _is_said(mark: PointMark) -> bool:
    return mark.status in {"covered", "partial"}


def _fitting(item: QAItem, verdict: Verdict, budget: int) -> tuple[str, ...]:
    """The points that fit into the time, heaviest first: at least one."""
    points = tuple(KeyPoint(mark.text) for mark in verdict.points) or points_of(item)
    fitting: list[str] = []
    taken = 0.0
    for point in points:
        taken += _SPOKEN * len(words(point.text))
        if taken > budget and fitting:
            break
        fitting.append(point.text)
    return tuple(fitting)


def _idle(text: str, verdict: Verdict, *, full: bool) -> tuple[Evidence, ...]:
    """The parts of a text that lead away from the question, then, where there is no room left, others that say no point."""
    used = [mark.evidence for mark in verdict.points if mark.evidence]
    rest = [Evidence(text[start:end], start, end) for start, end in clause_spans(text)] if full else []
    idle = [
        part
        for part in (*_longest(verdict.beyond), *_longest(rest))
        if len(words(part.quote)) >= _IDLE and not any(part.start < one.end and one.start < part.end for one in used)
    ]
    return tuple(dict.fromkeys(idle))[:_CUTS]


def _longest(parts: Sequence[Evidence]) -> list[Evidence]:
    return sorted(parts, key=lambda part: -len(part.quote))


def _first(verdict: Verdict, told: list[tuple[int, PointMark]], said: int) -> str | None:
    """The main point, where the answer does not come to it early."""
    if not verdict.points:
        return None
    main = verdict.points[0]
    early = any(mark.text == main.text and place <= _EARLY * said for place, mark in told)
    return None if early else main.text


def _time(said: int, budget: int, pace: float, seconds: int) -> tuple[str, ...]:
    if said > budget:
        over = round((said - budget) / pace * 60)
        return (f"{counted(said, 'word')}: about {counted(over, 'second')} too long for {seconds} seconds, into which {budget} fit.",)
    if said < _ROOM * budget:
        return (f"{counted(said, 'word')} of the {budget} that fit into {seconds} seconds: there is room for more.",)
    return (f"{counted(said, 'word')}: that fits into {seconds} seconds.",)


def _said(covered: tuple[str, ...], late: tuple[str, ...], fitting: tuple[str, ...]) -> tuple[str, ...]:
    room = f"{counted(len(fitting), 'point')} {'has' if len(fitting) == 1 else 'have'} room"
    in_time = f"You said {counted(len(covered), 'point')} in time; {room}."
    return (in_time, f"{counted(len(late), 'point')} came after the time was up.") if late else (in_time,)


def _next(first: str | None, cut: tuple[Evidence, ...], missing: tuple[str, ...]) -> tuple[str, ...]:
    """What to do differently, most important first."""
    advice = [f"Begin with this: {first}"] if first else []
    advice += [f"Leave out: “{part.quote.strip()}”" for part in cut[:1]]
    advice += [f"Make room for this: {point}" for point in missing if point != first][:1]
    return tuple(advice)
