"""Whether a passage supports a sentence. Pure: words, numbers and negations, no model.

What it measures is the share of a sentence's content words that a few sentences of the passage hold too. Numbers, negations and
opposites are compared strictly, since a wrong figure or a lost "not" shares all other words with the truth. How well that works is
measured on eval/data/grounding_pairs.jsonl; what it cannot see is who does what to whom.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.sentences import sentence_spans
from index.lexical import STOPWORDS, stems

SUPPORTED = 0.52  # support from which a sentence counts as supported
_WINDOW = 3  # sentences of a passage that are read together
_UNSURE = 1  # a word too many to look for: in a short sentence, one that is missing may turn the sense
_WIDER = 0.02  # what each more of them takes away: the shortest place that supports is the one to show
_PREFIX = 5  # letters that words of one family share: quantized, quantization
_SCOPE = 4  # content words that a negation reaches
_REACH = 20  # words within which both are looked for
_NEAR = 3  # content words on either side that tell what a number counts
_DENIED = 0.1  # how much better another place must support than the one that denies
_LONGEST = 6_000  # characters that are read of one text
_CLAIM_WORDS = 3  # content words from which a sentence claims something

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[.,;:!?()]")
_REFUSAL = re.compile(
    r"\b(?:passages?|documents?|sources?|texts?)\b.{0,40}\b(?:not|no|nothing|n['’]t|open|silent)\b"
    r"|\b(?:not|nothing|no|none|n['’]t)\b.{0,50}\b(?:passages?|documents?|sources?)\b",
    re.IGNORECASE,
)
_WORDED = {name: str(n) for n, name in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split()) if n != 1}  # noqa: SIM905
_DENIALS = frozenset("not no never none nothing nobody neither nor without cannot".split())  # noqa: SIM905
_STOPS = frozenset("stop stops prevent prevents avoid avoids".split())  # noqa: SIM905
_AVOIDANCES = _STOPS | frozenset("rather instead lack lacks unable".split())  # noqa: SIM905
_STOP_MARKS = frozenset(".,;:!?()")
_UNITS = frozenset(
    stems(
        "percent degrees milliseconds seconds minutes hours days weeks months years bits bytes kb mb gb tb tokens layers heads words "
        "thousand million billion trillion parameters dollars euros times kilowatt meters watts kilometers grams"
    )
)
_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("increase increases raise raises grow grows rise rises higher more larger greater bigger",
         "decrease decreases reduce reduces lower fewer less smaller shrink shrinks fall falls drop drops"),
        ("fast faster quick quicker", "slow slower"),
        ("cheap cheaper", "expensive costly"),
        ("always", "sometimes rarely never"),
        ("before", "after"),
        ("better best improve improves", "worse worst harm harms hurt hurts"),
        ("easy easier simpler", "hard harder difficult"),
        ("minimum minimize minimizes", "maximum maximize maximizes"),
        ("supervised", "unsupervised"),
        ("short shorter small", "long longer large"),
        ("sharpen sharpens sharper", "flatten flattens flatter"),
        ("deterministic", "random stochastic"),
        ("first", "last"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Support:
    """How far a passage supports a sentence, 0..1, and where: `passage[start:end]` is the sentence of it that supports best."""

    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Number:
    """A number, the unit after it if there is one, and the content words around it."""

    value: str
    unit: str
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text in the terms that are compared."""

    content: frozenset[str]  # stems
    numbers: tuple[_Number, ...]
    denied: tuple[frozenset[str], ...]  # the stems that each "not" reaches
    avoided: tuple[frozenset[str], ...]  # the same for "rather than", "keeps from": they deny, but may be said in other ways
    compared: tuple[tuple[frozenset[str], frozenset[str]], ...]  # the stems before and after each "than"
    plain: frozenset[str]  # words as they stand


@lru_cache(maxsize=4096)
def support(sentence: str, passage: str, question: str = "") -> Support:
    """The best support for a sentence in a passage that answers `question`.

    It is 0 where a number, a negation or an opposite speaks against the sentence.
    """
    spans = sentence_spans(passage)
    claim, asked = _read(sentence), _read(question)
    best = nothing = Support(0.0, *(spans[0] if spans else (0, len(passage))))
    denied = 0.0  # by the sentence that is about the same and says otherwise
    for count in range(1, _WINDOW + 1):
        for first in range(len(spans) - count + 1):
            window = _read(passage[spans[first][0] : spans[first + count - 1][1]])
            score = _covered(claim, window, asked) - _WIDER * (count - 1)
            if _contradicts(claim, window, asked):
                denied = max(denied, score) if count == 1 and _opposes(claim, window) else denied
            elif score > best.score:
                best = Support(score, *_nearest(claim, passage, spans[first : first + count]))
    return nothing if denied >= SUPPORTED and denied >= best.score - _DENIED else best


def is_checkable(sentence: str) -> bool:
    """Whether a sentence claims something: a question, a heading, a lead-in, a refusal and a few connecting words do not."""
    bare = sentence.strip(" *_`#>-")
    return not bare.endswith(("?", ":")) and not _REFUSAL.search(bare) and len(set(stems(bare))) >= _CLAIM_WORDS


def _covered(claim: _Reading, window: _Reading, asked: _Reading) -> float:
    """The share of the claim's words in the window; a word of the question that the passage answers counts half."""
    known = 0.0
    for stem in claim.content:
        if stem in window.content or _family(stem, window.content):
            known += 1
        elif stem in asked.content:
            known += 0.5
    return known / (len(claim.content) + _UNSURE)


def _contradicts(claim: _Reading, window: _Reading, asked: _Reading) -> bool:
    """Whether the window lacks a number of the claim, or says the opposite of it."""
    return not all(_has(number, (*window.numbers, *asked.numbers)) for number in claim.numbers) or _opposes(claim, window)


def _opposes(claim: _Reading, window: _Reading) -> bool:
    if any(_differ(claim.plain, window.plain, pair) for pair in _OPPOSITES):
        return True
    if any(scope and not any(scope & other for other in (*window.denied, *window.avoided)) for scope in claim.denied):
        return True
    lost = (scope for scope in window.denied if scope and len(scope & claim.content) > len(scope) / 2)
    if not claim.denied and not claim.avoided and any(lost):
        return True
    return any(
        right & left2 and left & right2 and not right & right2 for left, right in claim.compared for left2, right2 in window.compared
    )


def _has(number: _Number, known: Sequence[_Number]) -> bool:
    """Whether a text has this number and means the same by it, as far as the words around tell."""
    same = [other for other in known if other.value == number.value]
    if number.unit:
        same = [other for other in same if not other.unit or other.unit == number.unit]
    return any(not number.near or not other.near or number.near & other.near for other in same)


def _differ(claim: frozenset[str], window: frozenset[str], pair: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Whether the claim uses one of two opposites where the window only has the other."""
    return any(claim & one and not claim & other and window & other and not window & one for one, other in (pair, pair[::-1]))


def _nearest(claim: _Reading, passage: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The sentence of a window that shares most with the claim."""
    return max(spans, key=lambda span: len(claim.content & _read(passage[span[0] : span[1]]).content))


@lru_cache(maxsize=4096)
def _read(text: str) -> _Reading:
    found = _TOKEN.findall(text[:_LONGEST].lower().replace("%", " percent"))
    tokens = [_WORDED.get(token, token.replace(",", "") or ",") for token in found]
    stemmed = [_stem_of(token) for token in tokens]
    numbers: list[_Number] = []
    denied: list[frozenset[str]] = []
    avoided: list[frozenset[str]] = []
    for place, token in enumerate(tokens):
        if token[0].isdigit():
            unit = stemmed[place + 1] if place + 1 < len(stemmed) and stemmed[place + 1] in _UNITS else ""
            near = _first(_NEAR, stemmed[place + 1 : place + _REACH]) | _first(_NEAR, _before(stemmed, place))
            numbers.append(_Number(token, unit, near))
        elif token in _DENIALS or token.endswith(("n't", "n’t")):
            if not _is_avoidance(tokens, place + 1):  # "does not stop" denies nothing
                denied.append(_first(_SCOPE, _clause(tokens, stemmed, place)))
        elif _is_avoidance(tokens, place) and not (place and tokens[place - 1] in _DENIALS):
            (denied if token in _STOPS else avoided).append(_first(_SCOPE, _clause(tokens, stemmed, place)))
    compared = [
        (_first(2 * _NEAR, _before(stemmed, place)), _first(_NEAR, _clause(tokens, stemmed, place)))
        for place, token in enumerate(tokens)
        if token == "than"
    ]
    content = frozenset(stem for stem in stemmed if stem and not stem[0].isdigit())
    return _Reading(content, tuple(numbers), tuple(denied), tuple(avoided), tuple(compared), frozenset(tokens))


def _clause(tokens: Sequence[str], stemmed: Sequence[str], place: int) -> Sequence[str]:
    """What follows a word up to the next comma or stop."""
    reach = min(place + _REACH, len(tokens))
    end = next((at for at in range(place + 1, reach) if tokens[at] in _STOP_MARKS), reach)
    return stemmed[place + 1 : end]


def _before(stemmed: Sequence[str], place: int) -> Sequence[str]:
    """What stands before a word, the nearest first."""
    return stemmed[max(place - _REACH, 0) : place][::-1]


def _first(count: int, stemmed: Sequence[str]) -> frozenset[str]:
    """The first content words, numbers passed over."""
    return frozenset([stem for stem in stemmed if stem and not stem[0].isdigit()][:count])


def _is_avoidance(tokens: Sequence[str], place: int) -> bool:
    if place >= len(tokens):
        return False
    if tokens[place] == "from":  # "keeps it from sticking"
        return place + 1 < len(tokens) and tokens[place + 1].endswith("ing")
    return tokens[place] in _AVOIDANCES


@lru_cache(maxsize=65_536)
def _stem_of(token: str) -> str:
    """The stem of a content word, the number itself, "" for a word that says nothing."""
    if token[0].isdigit() or token in STOPWORDS or token in _DENIALS or token in _AVOIDANCES or token in _STOP_MARKS:
        return token if token[0].isdigit() else ""
    return (stems(token) or [""])[0]


def _family(stem: str, others: frozenset[str]) -> bool:
    """Whether a word of the same family is among others."""
    return len(stem) >= _PREFIX and any(other[:_PREFIX] == stem[:_PREFIX] for other in others)
