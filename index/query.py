"""question + history -> standalone query.

Putting the history before every question finds what "why does that help?" is about, and drags every change of subject back to the
old one. So the history is taken in only where the question leans on it: it is short, points back or opens like a reply, uses no
words from elsewhere, tells no situation of its own, and is near to nothing that the documents or the knowledge base ask. A logistic
regression on own cases weighs these signs; no one of them is enough.
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
_TURNS = re.compile(
    r"^(?:(?:and|but|so|or|then|also|ok(?:ay)?|right|well|next|now|thanks|what about|how about|more about|versus|vs)\b[\s,.:;!-]*)+",
    re.IGNORECASE,
)
_SITUATION = re.compile(
    r"^(?:so |ok(?:ay)?,? |hm+,? )?(?:my|our|we|i|i['’]m|i['’]ve|we['’]re|we['’]ve|someone|somebody|customers?|users?|people)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is looked up: as it was typed, then as it may have been meant. `leaning` says that it took in an earlier topic."""

    queries: tuple[str, ...]
    leaning: bool = False


def leans(question: str, content: int, unknown: int, nearest: float, familiar: float) -> bool:
    """Whether a question cannot be understood without what was said before.

    `content` counts its content words and `unknown` those of them that nobody here knows; `nearest` is the cosine of the documents'
    nearest item, `familiar` the same where the knowledge base's items count as well.
    """
    signs = 2.5 * bool(_POINTS_BACK.search(question)) + 1.7 * bool(_OPENER.match(question.strip()))
    signs -= 3.0 * bool(_SITUATION.match(question.strip())) + 1.25 * min(content, 6) + 4.0 * min(unknown, 3)
    return signs + 8.9 > 6.0 * nearest + 6.5 * familiar


def without_turn(question: str) -> str:
    """The question without the words that turn to it ("and what about"): what is left may name a subject of its own."""
    rest = _TURNS.sub("", question.strip())
    return rest if re.search(r"\w", rest) else question


def topic_of(asked: Sequence[str], leaning: Callable[[str], bool]) -> str | None:
    """The latest of the learner's earlier questions that stands on its own; the first of all where none does."""
    return next((earlier for earlier in reversed(asked) if not leaning(earlier)), asked[0] if asked else None)


def with_topic(topic: str, question: str) -> str:
    """The question behind the topic that it leans on."""
    return f"{topic.rstrip(' ?.!')}: {question}"
