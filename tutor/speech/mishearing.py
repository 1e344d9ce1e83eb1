"""Terms of the documents that were misheard are put right by sound, marked, and can be put back.

What was heard and what may have been meant are weighed as a recogniser would: how alike they sound, how likely each is by itself, and
what stands around. "laura" becomes LoRA beside "fine tune" and "parameters"; beside "said" and "monday" it does not. No list of cases.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from index.lexical import STOPWORDS, stem
from index.spelling import is_english
from tutor.speech.likeness import distance, outline
from tutor.speech.pronounce import Sounds, pronunciations
from tutor.speech.terminology import Terminology, plain
from tutor.speech.types import Repair, Transcript
from tutor.speech.wording import is_term, number_words

_WORD = re.compile(r"[A-Za-z][\w'’-]*|\d+")
_LONGEST = 5  # words that may be one term
_AROUND = 9  # words on either side that speak for a term or against it
_PER_SOUND = 6.0  # what one wrong sound weighs, in natural logarithms
_WORST = 0.3  # of the sounds that may be wrong
_SURE = 3.0  # by how much the term must be likelier than what was heard
_SUPPORT = 1.0  # what must speak for a term around it where words of English were heard
_SURE_AT_HOME = 8.0  # where the documents use those words themselves


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    said: tuple[Sounds, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    first: int
    last: int
    term: str
    gain: float


class Mender:
    """Puts right what was misheard, against the terms of some documents."""

    def __init__(self, terminology: Terminology) -> None:
        """The terms, by what they sound like roughly."""
        self._terminology = terminology
        self._said = [(term.written, sounds) for term in terminology.terms for sounds in term.said]
        self._outlines = [outline(sounds) for _term, sounds in self._said]

    def mend(self, text: str, about: str = "") -> tuple[str, tuple[Repair, ...]]:
        """The text with misheard terms put right, and what was put where. `about` is what was asked; its words count as standing around."""
        tokens = [
            _Token(found.group(), found.start(), found.end(), pronunciations(found.group().replace("’", "'")))
            for found in _WORD.finditer(text)
        ]
        asked = {plain(word) for word in _WORD.findall(about)} - STOPWORDS
        candidates = sorted(self._candidates(tokens, asked), key=lambda one: -one.gain)
        taken: list[_Candidate] = []
        for candidate in candidates:
            if all(candidate.last < other.first or candidate.first > other.last for other in taken):
                taken.append(candidate)
        return _replaced(text, tokens, sorted(taken, key=lambda one: one.first))

    def _candidates(self, tokens: Sequence[_Token], asked: set[str]) -> Iterator[_Candidate]:
        for first in range(len(tokens)):
            for last in range(first, min(first + _LONGEST, len(tokens))):
                if not tokens[last].said:
                    break
                best = self._best(tokens, first, last, asked)
                if best:
                    yield best

    def _best(self, tokens: Sequence[_Token], first: int, last: int, asked: set[str]) -> _Candidate | None:
        """The term that is likeliest to have been said there, where one is likelier than the words."""
        span = tokens[first : last + 1]
        heard = [sounds for sounds in _together(span) if len(sounds) > 1]
        alike = sorted((pair for sounds in heard for pair in self._alike(sounds)), key=lambda pair: -pair[1])
        near = {term: cost for term, cost in alike if self._may_be(span, term)}
        if not near:
            return None
        around = [plain(token.text) for token in (*tokens[max(first - _AROUND, 0) : first], *tokens[last + 1 : last + 1 + _AROUND])]
        company = (set(around) | asked) - STOPWORDS
        before = sum(self._terminology.usual(token.text) for token in span)
        support = {term: self._terminology.company(term, company) for term in near}
        gains = {term: self._terminology.prior(term) + support[term] - _PER_SOUND * cost - before for term, cost in near.items()}
        written = max(gains, key=lambda name: gains[name])
        doubtful = (len(span) == 1 or near[written] > 0) and all(is_english(plain(token.text)) for token in span)
        if doubtful and support[written] < _SUPPORT:
            return None
        return _Candidate(first, last, written, gains[written]) if gains[written] > self._needed(span, written) else None

    def _needed(self, span: Sequence[_Token], term: str) -> float:
        """By how much a term must be likelier than what was heard: less where that only writes it apart, more where it is of the field."""
        if len(span) > 1 and "".join(token.text for token in span).lower() == term.lower():
            return 0.0
        return _SURE_AT_HOME if all(self._terminology.is_at_home(token.text) for token in span) else _SURE

    def _may_be(self, span: Sequence[_Token], term: str) -> bool:
        """Whether words may have been meant as a term: a term among them only as a part of it, no other form of the same word."""
        meant, words = term.lower(), [plain(token.text) for token in span]
        parts = [token.text for token in span if token.text in self._terminology]
        if any(is_term(part) or part not in meant or part.rstrip("s") == meant.rstrip("s") or len(span) == 1 for part in parts):
            return False
        if len(span) == 1 and words[0] != meant and stem(words[0]) == stem(meant):
            return False
        if is_term(term) or not is_english(meant):
            return True
        return not all(map(is_english, words)) or (len(span) > 1 and not all(map(self._terminology.is_at_home, words)))

    def _alike(self, heard: Sounds) -> Iterator[tuple[str, float]]:
        """The terms that sound nearly so, and what must have gone wrong."""
        most = int(_WORST * len(heard)) + 1
        for _outline, _distance, number in process.extract(
            outline(heard), self._outlines, scorer=Levenshtein.distance, score_cutoff=most, limit=None
        ):
            term, sounds = self._said[number]
            cost = distance(heard, sounds)
            if cost <= _WORST * len(sounds):
                yield term, cost


def mended(transcript: Transcript, mender: Mender, about: str = "") -> Transcript:
    """A transcript with its misheard terms put right."""
    text, repairs = mender.mend(transcript.text, about)
    return replace(transcript, text=text, repairs=repairs)


def undo(text: str, repairs: Sequence[Repair], repair: Repair) -> tuple[str, tuple[Repair, ...]]:
    """The text with one repair put back, and the others where they are then."""
    shift = len(repair.heard) - len(repair.term)
    others = (
        replace(other, start=other.start + shift, end=other.end + shift) if other.start > repair.start else other
        for other in repairs
        if other != repair
    )
    return text[: repair.start] + repair.heard + text[repair.end :], tuple(others)


def _sounds(word: str) -> tuple[Sounds, ...]:
    """How a word of a transcript is said; a number as a number."""
    if word.isdecimal():
        return (tuple(sound for spoken in number_words(word) for sound in pronunciations(spoken)[0]),)
    return pronunciations(word.replace("’", "'"))


def _together(span: Sequence[_Token]) -> list[Sounds]:
    """The sounds of some words one after the other; of a single word in each way in which it is said."""
    if len(span) == 1:
        return list(span[0].said)
    return [tuple(sound for token in span for sound in token.said[0])]


def _replaced(text: str, tokens: Sequence[_Token], chosen: Sequence[_Candidate]) -> tuple[str, tuple[Repair, ...]]:
    parts: list[str] = []
    repairs: list[Repair] = []
    place = length = 0
    for candidate in chosen:
        start, end = tokens[candidate.first].start, tokens[candidate.last].end
        parts += [text[place:start], candidate.term]
        length += start - place
        repairs.append(Repair(length, length + len(candidate.term), text[start:end], candidate.term))
        length += len(candidate.term)
        place = end
    return "".join([*parts, text[place:]]), tuple(repairs)
