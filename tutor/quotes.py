"""Finds what a model quotes in the text that it quotes, to the character.

Models change a quotation's spaces, quotation marks, dashes and letters' case. Both sides are made plain to be compared, with the place
of each character kept, so that what is shown is always the text's own.
"""

import re
import unicodedata
from functools import lru_cache

from index.encoders import Span
from index.lexical import STOPWORDS, words
from tutor.text import clean

_ALIKE = str.maketrans("‘’‚‛′`´“”„‟″«»‹›‐‑‒–—―−", "'''''''" + '"' * 9 + "-" * 7)
_EDGE = " .,;:!?…'\"*_"


def find_quote(text: str, quote: str) -> Span | None:
    """Where `text` has the words of `quote`, from the first of them to the last; None where it has not, or where they say nothing."""
    plain, places = _plain(text)
    wanted = _plain(quote)[0].strip(_EDGE)
    if not any(word not in STOPWORDS for word in words(wanted)):
        return None
    found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain)
    return (places[found.start()], places[found.end() - 1] + 1) if found else None


@lru_cache(maxsize=32)
def _plain(text: str) -> tuple[str, tuple[int, ...]]:
    """A text in small plain letters with single spaces, and where in it each character stood."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character.isspace():
            folded = " " if characters and characters[-1] != " " else ""
        else:
            decomposed = unicodedata.normalize("NFKD", clean(character).translate(_ALIKE)).casefold()
            folded = "".join(one for one in decomposed if not unicodedata.combining(one) and not one.isspace())
        characters += folded
        places += [place] * len(folded)
    return "".join(characters), tuple(places)
