"""question + history -> standalone query.

Putting the history before every question finds what "why does that help?" is about, and drags every change of subject back to the
old one. So the history is taken in only where the question leans on it. Two signs tell: it names no subject (its nearest item is
far, for what few words it has), or it points back ("that", "it", "and ...") and names little else.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|they|them|their|these|those|he|she|ones?|the (?:other|former|latter|first|second|same)|such|there)\b",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:and|but|so|or|then|also|ok(?:ay)?|why|how so|how come|what if|what about|how about|what else|anything else|for example|"
    r"e\.?g|examples?|an? example|compared? (?:to|with)|versus|vs|more|deeper|simpler|again|go on|continue|elaborate|really|"
    r"in what way|like what|such as|meaning)\b",
    re.IGNORECASE,
)
_SITUATION = re.compile(
    r"^(?:so |ok(?:ay)?,? |hm+,? )?(?:my|our|we|i|i['’]m|i['’]ve|we['’]re|we['’]ve|someone|somebody|customers?|users?|people)\b",
    re.IGNORECASE,
)
_FAR = 0.60  # cosine to the nearest item below which a short question names no subject of the documents
_SHORT = 6  # content words
_OTHER_FIELD = 2  # content words from which a question that points nowhere changes the subject: unknown ones, or those of a situation
_NAMED = 0.90  # cosine from which a question is one of the documents' own, whatever words it begins with


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is looked up: one query, or that and its repaired form. `leaning` says that it took in an earlier topic."""

    queries: tuple[str, ...]
    leaning: bool = False


def leans(question: str, known: Sequence[str], unknown: Sequence[str], nearest: float) -> bool:
    """Whether a question cannot be understood without what was said before.

    `known` and `unknown` are the content words that the documents hold and those that they lack; `nearest` is the cosine of the item
    nearest to the question.
    """
    points_back = bool(_POINTS_BACK.search(question))
    if not points_back and (len(unknown) >= _OTHER_FIELD or (len(known) >= _OTHER_FIELD and _SITUATION.match(question.strip()))):
        return False
    if not known or (nearest < _FAR and len(known) <= _SHORT):
        return True
    opens = bool(_OPENER.match(question.strip())) and len(known) <= 2
    return (opens or (points_back and len(known) <= 3)) and nearest < (_NAMED if len(known) <= 2 else _FAR + 0.1)


def topic_of(asked: Sequence[str], leaning: Callable[[str], bool]) -> str | None:
    """The latest of the learner's earlier questions that stands on its own; the first of all where none does."""
    return next((earlier for earlier in reversed(asked) if not leaning(earlier)), asked[0] if asked else None)


def with_topic(topic: str, question: str) -> str:
    """The question behind the topic that it leans on."""
    return f"{topic.rstrip(' ?.!')}: {question}"
