"""How telling a word is: the seldomer the shipped documents say it, the more. A word of another field is as telling as one can be."""

import math
from collections import Counter
from functools import cache

from index.lexical import stems
from index.shipped import shipped_documents

_ALL, _SOME = 200_000, 50  # about as many words as the shipped documents have, and how often a word may stand there and be rare


@cache
def rarity(stem: str) -> float:
    """How seldom a stem stands in the shipped documents; what they do not have at all is rarest."""
    return math.log(1 + _ALL / (_SOME + _usual()[stem])) ** 2


def names_subject(question: str, text: str) -> bool:
    """Whether a text has one of the rarer half of the question's words, without which it hardly speaks of what was asked."""
    asked = sorted(set(stems(question)), key=lambda stem: (-rarity(stem), stem))
    return not asked or bool(set(asked[: (len(asked) + 1) // 2]) & set(stems(text)))


@cache
def _usual() -> Counter[str]:
    """How often each stem stands in the shipped documents."""
    return Counter(stem for document in shipped_documents() for stem in stems(document.text))
