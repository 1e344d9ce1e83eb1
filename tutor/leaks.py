"""How much of an answer a question, a probe or a hint gives away: the share of a key point's words that it says before the learner does.

Words of the question and words that the learner has said give nothing away. This counts words, so it errs on the side of silence: a text
that says a point in quite other words is not caught here; the tests hold the shipped items to the grader as well.
"""

from collections.abc import Sequence

from corpus.sentences import sentence_spans
from corpus.types import KeyPoint, QAItem
from tutor.bank import content

LEAK = 0.5
"""The share of a point's new words from which it is given away."""
_FEW = 3  # fewer words may be a coincidence, unless they are all that the point says
_SENTENCES = 6  # sentences of an answer that stand for its points where it has none


def points_of(item: QAItem) -> tuple[KeyPoint, ...]:
    """What an answer should hold: the key points, or the first sentences of the answer where the document names none."""
    return item.key_points or tuple(
        KeyPoint(sentence)
        for start, end in sentence_spans(item.answer)[:_SENTENCES]
        if len(content(sentence := item.answer[start:end].strip("*_ "))) >= _FEW
    )


def leaked(item: QAItem, text: str, said: str = "", points: Sequence[KeyPoint] = ()) -> float:
    """The largest share, 0..1, of the new words of any of the points that a text gives away. `said` is what the learner has said."""
    known = content(item.question) | content(said)
    given = content(text) - known
    return max(
        (_given(wording, given, known) for point in points or points_of(item) for wording in (point.text, *point.wordings)), default=0.0
    )


def leaks(item: QAItem, text: str, said: str = "") -> bool:
    """Whether a text gives a point of the answer away."""
    return leaked(item, text, said) >= LEAK


def _given(wording: str, given: frozenset[str], known: frozenset[str]) -> float:
    new = content(wording) - known
    found = new & given
    return len(found) / len(new) if len(found) >= _FEW or (len(found) > 1 and found == new) else 0.0
