"""Hints in three steps, each of which tells more of one missing key point, and nothing of the others.

First what kind of thing it is, then how its key term begins, then the point with that term left out. A key term is made of words that
are said often in the item's answer and seldom elsewhere (tf-idf).
"""

import math
import re
from collections import Counter
from collections.abc import Mapping

from corpus.types import QAItem
from index.lexical import STOPWORDS, stems
from tutor.bank import content
from tutor.kinds import Kind, kind_of
from tutor.leaks import points_of
from tutor.rarity import rarity
from tutor.subjects import subject_of
from tutor.types import Verdict

STEPS = 3
"""How many hints there are for a question."""
BLANK = "____"
_LEFT_OUT = {1: 0.7, 2: 0.6}  # share of a point's new words that the last step leaves out: more where the point is most of the answer
_LEFT_OUT_OF_MANY = 0.35  # the same, of an item with three points or more
_TERM = 3  # words of a key term
_WORD = re.compile(r"[^\W_][\w'’+#²³-]*")
_NUDGES: Mapping[Kind, str] = {
    "reason": "Think of the reason behind it: why does it work, or why is it done?",
    "contrast": "Think of a comparison: two things are to be told apart.",
    "number": "Think of a quantity: how much, how many, or how fast it grows.",
    "limit": "Think of the other side: a limit, a cost or a risk.",
    "condition": "Think of the conditions: when it holds, or what it depends on.",
    "example": "Think of examples: name concrete ones.",
    "measure": "Think of checking: how it is measured, tested or noticed.",
    "practice": "Think of practice: what has to be done about it.",
    "mechanism": "Think of the mechanism: what exactly happens, in which order.",
    "effect": "Think of the effect: what changes because of it.",
    "parts": "Think of the parts: what it is made of, or which kinds there are.",
    "use": "Think of the use: what it is good for.",
    "definition": "Think of what it is, or what is true of it.",
}


def hint_for(item: QAItem, step: int, verdict: Verdict | None) -> str:
    """The hint of a step, 1 to 3, on the heaviest point that is still missing; on the first where nothing was judged yet.

    Raises ValueError for another step, or for an item with neither key points nor an answer.
    """
    if not 1 <= step <= STEPS:
        raise ValueError(f"there is no hint {step}")
    point = _missing(item, verdict)
    term = _key_term(point, item)
    if step == 1:
        subject = subject_of(item.question)
        return f"{_NUDGES[kind_of(point)]}" + (f" It is about {subject}." if subject else "")
    if step == 2:
        return _beginning(term)
    return f"Fill in what is left out: {_blanked(point, term, item)}"


def _missing(item: QAItem, verdict: Verdict | None) -> str:
    """The text of the first point that an answer got wrong, else of the first that it left out, else of the first of all."""
    marks = verdict.points if verdict else ()
    for statuses in ({"wrong"}, {"missed"}, {"partial"}):
        found = next((mark.text for mark in marks if mark.status in statuses), None)
        if found:
            return found
    points = points_of(item)
    if not points:
        raise ValueError("there is nothing to give a hint of")
    return points[0].text


def _key_term(point: str, item: QAItem) -> tuple[str, ...]:
    """The words of a point that carry it: side by side, and not in the question."""
    known = content(item.question)
    weights = _weights(item)
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for run in _runs(point):
        for low in range(len(run)):
            for high in range(low, min(low + _TERM, len(run))):
                part = tuple(run[low : high + 1])
                if not any(content(word) <= known for word in part):
                    weight = sum(weights.get(one, 0.0) for one in content(" ".join(part))) / len(part) ** 0.6
                    best = max(best, (weight, part))
    return best[1] or tuple(_WORD.findall(point)[-1:])


def _runs(point: str) -> list[list[str]]:
    """The words of a point that mean something, in runs that nothing parts."""
    runs: list[list[str]] = [[]]
    last = 0
    for word in _WORD.finditer(point):
        parted = point[last : word.start()].strip() != ""
        if parted or word.group().lower() in STOPWORDS:
            runs.append([])
        if word.group().lower() not in STOPWORDS:
            runs[-1].append(word.group())
        last = word.end()
    return [run for run in runs if run]


def _weights(item: QAItem) -> dict[str, float]:
    """How much each stem tells of an item: more the oftener the item says it, less the oftener the shipped documents do."""
    told = Counter(stems(" ".join((item.answer, *(point.text for point in item.key_points)))))
    return {one: (1 + math.log(count)) * rarity(one) for one, count in told.items()}


def _beginning(term: tuple[str, ...]) -> str:
    """How a term begins and how long it is."""
    letters = [f"{word[0]}{'.' * (len(word) - 1)} ({len(word)} letters)" for word in term]
    if len(term) == 1:
        return f"The word that carries it begins with “{term[0][0]}”: {letters[0]}."
    return f"It turns on {len(term)} words: {' '.join(letters)}."


def _blanked(point: str, term: tuple[str, ...], item: QAItem) -> str:
    """The point without its key term, and without more of its words where that would say nearly all of it."""
    weights = _weights(item)
    gone = set(content(" ".join(term)))
    new = sorted(content(point) - content(item.question) - gone, key=lambda one: (-weights.get(one, 0.0), one))
    lacking = math.ceil(_LEFT_OUT.get(len(points_of(item)), _LEFT_OUT_OF_MANY) * (len(new) + len(gone))) - len(gone)
    gone |= set(new[: max(lacking, 0)])

    def shown(word: re.Match[str]) -> str:
        return BLANK if content(word.group()) & gone else word.group()

    return re.sub(rf"{BLANK}(?:[ -]{BLANK})+", BLANK, _WORD.sub(shown, point))
