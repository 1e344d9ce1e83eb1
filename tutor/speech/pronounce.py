"""Word -> its sounds. A dictionary knows English; our terms are acronyms, compounds and coinages, which rules take apart.

The rules are tried from the surest to the least sure, and the last one spells any word out of its letters, so that every word has sounds.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tutor.speech.stock import model_folder
from tutor.speech.wording import is_term, number_words

Sounds = tuple[str, ...]
"""ARPAbet without stress: ("L", "AO", "R", "AH")."""

_OURS = Path(__file__).parent / "pronunciations.txt"
_LETTERS = dict(
    line.split(" ", 1)
    for line in """A EY|B B IY|C S IY|D D IY|E IY|F EH F|G JH IY|H EY CH|I AY|J JH EY|K K EY|L EH L|M EH M|N EH N|O OW|P P IY|Q K Y UW
R AA R|S EH S|T T IY|U Y UW|V V IY|W D AH B AH L Y UW|X EH K S|Y W AY|Z Z IY""".replace("\n", "|").split("|")
)
_ENDINGS = (
    ("ization", "AH Z EY SH AH N"), ("isation", "AH Z EY SH AH N"), ("izing", "AY Z IH NG"), ("izes", "AY Z IH Z"), ("ized", "AY Z D"),
    ("izer", "AY Z ER"), ("izers", "AY Z ER Z"), ("ize", "AY Z"), ("ability", "AH B IH L AH T IY"), ("able", "AH B AH L"),
    ("ations", "EY SH AH N Z"), ("ation", "EY SH AH N"), ("ness", "N AH S"), ("ity", "AH T IY"), ("ally", "AH L IY"), ("ly", "L IY"),
    ("less", "L AH S"), ("ings", "IH NG Z"), ("ing", "IH NG"), ("ers", "ER Z"), ("er", "ER"), ("ors", "ER Z"), ("or", "ER"), ("al", "AH L"),
    ("est", "AH S T"), ("ist", "IH S T"), ("y", "IY"),
)  # fmt: skip
_BEFORE = {
    "re": "R IY", "de": "D IY", "un": "AH N", "non": "N AA N", "pre": "P R IY", "sub": "S AH B", "auto": "AO T OW", "hyper": "HH AY P ER",
    "multi": "M AH L T IY", "meta": "M EH T AH", "micro": "M AY K R OW", "inter": "IH N T ER", "over": "OW V ER", "mis": "M IH S",
    "bi": "B AY", "co": "K OW", "semi": "S EH M IY", "cross": "K R AO S", "mini": "M IH N IY", "dis": "D IH S", "in": "IH N", "out": "AW T",
}  # fmt: skip
_SPELT = [
    rule.split(" ", 1)
    for rule in """tion SH AH N|sion ZH AH N|ough AO|augh AO|eigh EY|igh AY|tch CH|sch SH|ch CH|sh SH|th TH|ph F|wh W|ck K|qu K W|ng NG
oo UW|ee IY|ea IY|ai EY|ay EY|oa OW|ow OW|ou AW|oi OY|oy OY|au AO|aw AO|ew UW|eu UW|ie IY|ei AY|ar AA R|or AO R|er ER|ir ER|ur ER|x K S
a AE|b B|c K|d D|e EH|f F|g G|h HH|i IH|j JH|k K|l L|m M|n N|o AA|p P|q K|r R|s S|t T|u AH|v V|w W|y IY|z Z""".replace("\n", "|").split("|")
]
_HUMPS = re.compile(r"[A-Z]+(?=[A-Z][a-z]{2})|[A-Z][a-z]+|[A-Z]+|[a-z]+|\d+")
_VOICELESS, _HISSING = {"P", "T", "K", "F", "TH"}, {"S", "Z", "SH", "CH", "JH", "ZH"}
_LEAST = 3  # letters of a part of a compound
_SHORTEST = 4  # of its other part


@cache
def dictionary() -> Mapping[str, tuple[Sounds, ...]]:
    """The sounds of 134,000 English words, in small letters, as pocketsphinx ships them. Raises SpeechError where it is not installed."""
    return _read((model_folder() / "cmudict-en-us.dict").read_text(encoding="utf-8"))


@cache
def our_terms() -> Mapping[str, tuple[Sounds, ...]]:
    """The sounds of terms that rules get wrong, as they are written and in small letters."""
    read = _read(_OURS.read_text(encoding="utf-8"))
    return {word.lower(): sounds for word, sounds in read.items()} | read


@cache
def pronunciations(word: str) -> tuple[Sounds, ...]:
    """The ways in which a word is said, the usual one first; none where it has no letter. Raises SpeechError without a dictionary."""
    known = our_terms().get(word) or our_terms().get(word.lower())
    if known:
        return known
    if word.endswith("'s") and is_term(word):
        return tuple(map(_plural, pronunciations(word[:-2])))
    said = list(dictionary().get(word.lower(), ()))
    if is_term(word):
        spelt = by_letters(word) if word.isupper() or len(word) <= _LEAST else ()
        said = [*said, spelt] if said and spelt and len(word) > _LEAST else [spelt] if spelt else said or [_by_humps(word)]
    return tuple(sounds for sounds in (said or [_by_parts(word.lower()) or _by_spelling(word.lower())]) if sounds)


def _read(text: str) -> dict[str, tuple[Sounds, ...]]:
    read: dict[str, tuple[Sounds, ...]] = {}
    for line in text.splitlines():
        word, _, sounds = line.partition(" ")
        name = re.sub(r"\(\d+\)$", "", word)
        if name != "#" and sounds:
            read[name] = (*read.get(name, ()), tuple(sounds.split()))
    return read


def by_letters(word: str) -> Sounds:
    """As acronyms are said: letter by letter, a number as a number, the s of a plural at the end."""
    plural = word[-1:] == "s" and word[:-1].isupper()
    sounds: list[str] = []
    for part in re.findall(r"[A-Za-z]|\d+", word[:-1] if plural else word):
        sounds += _LETTERS[part.upper()].split() if part.isalpha() else _number(part)
    return (*sounds, "Z") if plural else tuple(sounds)


def _number(digits: str) -> list[str]:
    return [sound for word in number_words(digits) for sound in dictionary()[word][0]]


def _by_humps(word: str) -> Sounds:
    """As "PyTorch" is said: part by part, a run of capitals letter by letter."""
    sounds: list[str] = []
    if word[-1:] == "s" and word[:-1].isupper():
        return _plural(pronunciations(word[:-1])[0])
    for part in _HUMPS.findall(word):
        sounds += _number(part) if part.isdigit() else by_letters(part) if len(part) == 1 else (pronunciations(part) or ((),))[0]
    return tuple(sounds)


def _by_parts(word: str) -> Sounds:
    """As a word with an ending or a beginning, or as two words; empty where it is neither."""
    return next(_taken_apart(word), ())


def _taken_apart(word: str) -> Iterator[Sounds]:
    yield from _inflected(word)
    for end, sounds in _ENDINGS:
        base = _stem(word.removesuffix(end)) if word.endswith(end) else ()
        if base:
            yield (*base, *sounds.split())
    for begin, sounds in _BEFORE.items():
        base = _whole(word.removeprefix(begin)) if word.startswith(begin) and len(word) >= len(begin) + _SHORTEST else ()
        if base:
            yield (*sounds.split(), *base)
    for cut in range(len(word) - _LEAST, _LEAST - 1, -1):
        first, second = dictionary().get(word[:cut]), dictionary().get(word[cut:])
        if first and second and max(cut, len(word) - cut) >= _SHORTEST:
            yield first[0] + second[0]


def _inflected(word: str) -> Iterator[Sounds]:
    for end in ("'s", "s'", "s"):
        if word.endswith(end) and not word.endswith("ss") and len(word) > len(end) + 1:
            base = _whole(word.removesuffix(end)) or (_whole(word[:-2]) if word.endswith("es") else ())
            if base:
                yield _plural(base)
    base = _stem(word[:-2]) if word.endswith("ed") else ()
    if base:
        yield (*base, *(("AH", "D") if base[-1] in {"T", "D"} else ("T",) if base[-1] in _VOICELESS | {"S", "SH", "CH"} else ("D",)))


def _stem(stem: str) -> Sounds:
    """The sounds of a word that an ending was put on: with an e or a y lost, or a letter doubled."""
    if len(stem) < _LEAST:
        return ()
    tries = (f"{stem}e", stem, f"{stem}y", stem[:-1] if stem[-1] == stem[-2] else "", f"{stem[:-1]}y" if stem[-1] == "i" else "")
    return next((_known(attempt) for attempt in tries if _known(attempt)), ()) or _whole(stem)


def _known(word: str) -> Sounds:
    return (our_terms().get(word) or dictionary().get(word) or ((),))[0]


def _whole(word: str) -> Sounds:
    """The sounds of a word that is known, or itself has an ending."""
    return _known(word) or (_by_parts(word) if len(word) > _SHORTEST else ())


def _plural(base: Sounds) -> Sounds:
    return (*base, "IH", "Z") if base[-1] in _HISSING else (*base, "S") if base[-1] in _VOICELESS else (*base, "Z")


def _by_spelling(word: str) -> Sounds:
    """Sounds for any letters; accents and signs are left out."""
    sounds: list[str] = []
    rest = re.sub(r"(.)\1", r"\1", re.sub("[^a-z]", "", word)) if len(word) > _LEAST else re.sub("[^a-z]", "", word)
    rest = rest[:-1] if len(rest) > _LEAST and rest.endswith("e") and rest[-2] not in "aeiou" else rest
    while rest:
        letters, spelt = next(rule for rule in _SPELT if rest.startswith(rule[0]))
        sounds += spelt.split()
        rest = rest[len(letters) :]
    return tuple(sounds)
