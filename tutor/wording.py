"""A question in other words, for when it is asked again: a learner should know the answer and not the sound of the question."""

import hashlib
import re
from collections.abc import Sequence

from corpus.types import QAItem
from tutor.leaks import leaks

_LENGTH = (6, 45)  # words of a wording that can be said as a question
_NAMES_IT = re.compile(
    r"\b(?:what(?:['’]s| is| was)? (?:the |its )?(?:name|word|term)|do you call|is (?:that|this|it) called|sort of \w+ is|kind of \w+ is"
    r"|called\?|(?:^|[.!?]\s)(?:which (?:\w+ ){1,5}|what (?:is|was|are|were) (?:\w+ ){0,3})\w+\?$"
    r"|\bwhich [^.?]*\b(?:that|it|this|possible|looking)\?"
    r"|(?:which|what) (?:\w+ ){0,3}(?:method|technique|mode|family|trick|algorithm|architecture|approach|setting|tool|effect"
    r"|option|number)s?\b)",
    re.IGNORECASE,
)
_FRAMES = (
    "In your own words: {}",
    "Suppose a new colleague asks you: {}",
    "Let us come back to this one. {}",
    "As you would to a client: {}",
)


def wordings_of(item: QAItem) -> tuple[str, ...]:
    """The other wordings of an item that ask as fully as its own question does, and give nothing of the answer away.

    One that asks for a name only ("Which method is that?") would be answered in a word, and marked for that.
    """
    return tuple(
        wording
        for wording in item.wordings
        if wording[:1].isupper()
        and wording.endswith("?")
        and _LENGTH[0] <= len(wording.split()) <= _LENGTH[1]
        and not _NAMES_IT.search(wording)
        and not leaks(item, wording)
    )


def question_text(item: QAItem, times: int, seed: str) -> str:
    """The question as it is asked after it was asked so many times before: its own words first, then others."""
    if not times:
        return item.question
    others = [*shuffled(wordings_of(item), seed), *(frame.format(_within(item.question, frame)) for frame in shuffled(_FRAMES, seed))]
    return others[(times - 1) % len(others)]


def shuffled(options: Sequence[str], seed: str) -> list[str]:
    """The options in an order that is the same for the same seed, on every machine."""
    return sorted(options, key=lambda option: draw(seed, option))


def draw(seed: str, name: str) -> float:
    """A number from 0 to 1 that is the same for the same seed and name, on every machine."""
    return int.from_bytes(hashlib.sha256(f"{seed}\n{name}".encode()).digest()[:7], "big") / 256**7


def _within(question: str, frame: str) -> str:
    """A question as it stands in a frame: it begins small after a colon, unless it begins with a name."""
    word = question.split(" ", 1)[0]
    return question[:1].lower() + question[1:] if ":" in frame and word.istitle() and word.lower() in _SMALL else question


_SMALL = frozenset("what how why when which who where can could do does is are will would should explain describe give name".split())  # noqa: SIM905
