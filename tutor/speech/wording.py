"""Written text -> the words that are spoken when it is read: a language model for speech knows no digits, no signs and no markup.

A term keeps its capitals ("RAG", "PyTorch", "BM25"), so that what is recognised is written as the documents write it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\\\(.*?\\\)|\\\[.*?\\\]|!?\[([^\]]*)\]\([^)]*\)", re.DOTALL)
_END = re.compile(r"(?<=[.?!:;])\s+|\s*\n\s*|\s*\|\s*|\s+[()]|[()]\s+|\s[–—]\s")
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TOKEN = re.compile(rf"[A-Za-z]+(?:['’][a-z]+)?(?:-?\d+[A-Za-z]?(?!\w))?|{_NUMBER}|[%+=×²³&≈<>]|[^\W\d_]+")
_SIGNS = {
    "%": "percent", "+": "plus", "=": "equals", "×": "times", "²": "squared", "³": "cubed", "&": "and", "≈": "about", "<": "less than",
    ">": "more than", "GB": "gigabytes", "MB": "megabytes", "KB": "kilobytes", "TB": "terabytes", "ms": "milliseconds",
}  # fmt: skip
_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_LARGE = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
NUMBERS = frozenset((*_SMALL, *_TENS, *(name for _size, name in _LARGE)))
_YEARS = range(1900, 2100)
_TERM = re.compile(r"(?<!^)[A-Z]|\d")
_LONGEST = 12  # digits that are read as one number

Sentence = tuple[str, ...]
"""Words as they are said."""


def spoken_sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text as they are said, code and formulas left out. A first word is not capital for being first."""
    for sentence in _END.split(_CODE.sub(lambda found: f" {found.group(1) or ''} ", text)):
        words = [word for token in _TOKEN.findall(sentence) for word in _said(token)]
        if words:
            yield (words[0] if is_term(words[0]) else words[0].lower(), *words[1:])


def cased(sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences with each word that is no term in the one form that it mostly has within sentences: "Adam", but "attention"."""
    kept = list(sentences)
    forms = Counter(word for sentence in kept for word in sentence[1:] if not is_term(word))
    best: dict[str, str] = {}
    for form, _count in sorted(forms.items(), key=lambda pair: (-pair[1], pair[0])):
        best.setdefault(form.lower(), form)
    return [tuple(word if is_term(word) else best.get(word.lower(), word) for word in sentence) for sentence in kept]


def is_term(word: str) -> bool:
    """Whether a word is written as only terms are: with a capital within or a digit."""
    return bool(_TERM.search(word))


def number_words(number: str) -> list[str]:
    """A number as it is said: digits, with commas and a point where it has them. Years as years."""
    whole, _, fraction = number.replace(",", "").partition(".")
    if fraction:
        return [*number_words(whole), "point", *(_SMALL[int(digit)] for digit in fraction)]
    if len(whole) > _LONGEST:
        return [_SMALL[int(digit)] for digit in whole]
    value = int(whole)
    if value in _YEARS and "," not in number and value % 1000 >= 10:
        return [*_integer(value // 100), *(_integer(value % 100) if value % 100 >= 10 else ["oh", *_integer(value % 100)])]
    return _integer(value)


def _said(token: str) -> list[str]:
    if token in _SIGNS:
        return _SIGNS[token].split()
    if token[0].isdecimal():
        return number_words(token)
    return [token.replace("’", "'")]


def _integer(value: int) -> list[str]:
    if value < len(_SMALL):
        return [_SMALL[value]]
    for size, name in _LARGE:
        if value >= size:
            rest = value % size
            return [*_integer(value // size), name, *(_integer(rest) if rest else [])]
    return [_TENS[value // 10 - 2], *([_SMALL[value % 10]] if value % 10 else [])]
