"""The terms of some documents: how each is written, how it sounds, how often it stands there and beside what.

A term is a word that no dictionary of English has, or that is written as only terms are. Those are what a recogniser gets wrong: it
knows the other words, and hears them where a term was said.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from index.lexical import STOPWORDS
from index.spelling import is_english
from tutor.speech.pronounce import Sounds, pronunciations
from tutor.speech.wording import is_term, spoken_sentences

_LEAST_SOUNDS = 3
_UNKNOWN = 1e-8  # how likely a word is that general English does not have
_SMOOTH = 4.0  # sentences of general English that each term is given, so that a rare one is not sure of its company
_STRONGEST = 2.0  # that one word of the company may count


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is written, and the ways in which it is said."""

    written: str
    said: tuple[Sounds, ...]


class Terminology:
    """The terms of some documents, and what speaks for one where it might have been said."""

    def __init__(self, texts: Iterable[str], more: Iterable[str] = ()) -> None:
        """`texts` are all that the documents say. `more` are texts that say which words are usual in the field, and no term."""
        self._count: Counter[str] = Counter()
        self._beside: dict[str, Counter[str]] = {}
        self._sentences: Counter[str] = Counter()
        told = [sentence for text in texts for sentence in spoken_sentences(text)]
        for sentence in told:
            self._count.update(sentence)
        written = {
            word for word, count in self._count.items() if _is_coined(word) and not (count == 1 and word[0].isupper() and not is_term(word))
        }
        for sentence in told:
            content = {plain(word) for word in sentence} - STOPWORDS
            for term in written.intersection(sentence):
                self._beside.setdefault(term, Counter()).update(content - {plain(term)})
                self._sentences[term] += 1
        self.terms = tuple(
            Term(word, said) for word in sorted(written) if (said := tuple(s for s in pronunciations(word) if len(s) >= _LEAST_SOUNDS))
        )
        self._plain = Counter(plain(word) for sentence in told for word in sentence)
        self._plain.update(plain(word) for text in more for sentence in spoken_sentences(text) for word in sentence)
        self._total = max(sum(self._plain.values()), 1)

    def __contains__(self, word: str) -> bool:
        return word in self._beside

    def prior(self, term: str) -> float:
        """How likely a term is at any place, as a natural logarithm."""
        return math.log(self._count[term] / self._total)

    def usual(self, word: str) -> float:
        """How likely a word is that is no term, in general or in the field, as a natural logarithm."""
        if word in self._beside and not is_english(word.lower()):
            return math.log(_UNKNOWN)
        return math.log(max(general_share(plain(word)), self._field_share(word)))

    def company(self, term: str, others: Collection[str]) -> float:
        """How much more likely words are beside a term than anywhere: above zero where they speak for it. They are in small letters."""
        beside, sentences = self._beside.get(term, Counter()), self._sentences[term]
        total = 0.0
        for word in others:
            general = min(max(general_share(word), _UNKNOWN) * 12, 0.5)  # in a sentence of a dozen words
            share = (beside[word] + _SMOOTH * general) / (sentences + _SMOOTH)
            total += max(min(math.log(share / general), _STRONGEST), -_STRONGEST)
        return total

    def _field_share(self, word: str) -> float:
        return self._plain[plain(word)] / self._total if word not in self._beside else 0.0


def plain(word: str) -> str:
    """A word in small letters, without the s of another's."""
    return word.lower().removesuffix("'s")


@cache
def general_share(word: str) -> float:
    """How likely a word is in general English, 0..1."""
    return max(_frequencies().get(word, 0) / _frequencies()[""], _UNKNOWN)


def hints(terms: Sequence[Term], limit: int) -> str:
    """Terms as a text that prepares a recogniser for them, so many characters at most."""
    text = ""
    for term in terms:
        if len(text) + len(term.written) + 2 > limit:
            break
        text += f", {term.written}" if text else term.written
    return text


def _is_coined(word: str) -> bool:
    return word[-2:] != "'s" and (is_term(word) or (len(word) > 3 and not is_english(word.lower())))


@cache
def _frequencies() -> dict[str, int]:
    """How often words stand in general texts (pyspellchecker), and all together under the empty word."""
    from spellchecker import SpellChecker

    known = SpellChecker(language="en", distance=1).word_frequency
    counts = {word: known[word] for word in known.words()}
    return counts | {"": sum(counts.values())}
