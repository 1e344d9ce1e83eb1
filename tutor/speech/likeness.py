"""How alike two runs of sounds are to a recogniser: it takes vowels for vowels and voiced for voiceless, and misses weak sounds."""

from collections.abc import Sequence
from functools import lru_cache

_VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())  # noqa: SIM905 - a line of sounds reads better so
_NEAR = [
    {"AA", "AO", "AH", "OW"}, {"AH", "IH", "EH", "UH", "AE"}, {"EH", "AE", "EY"}, {"IH", "IY"}, {"UH", "UW"}, {"ER", "AH", "AO"},
    {"EY", "AY"}, {"ER", "R"}, {"B", "P"}, {"D", "T"}, {"G", "K"}, {"V", "F"}, {"V", "B"}, {"Z", "S"}, {"ZH", "SH", "JH", "CH"},
    {"DH", "TH", "D"}, {"M", "N", "NG"}, {"L", "R"}, {"L", "W"}, {"T", "CH"}, {"S", "SH"}, {"TH", "F", "S"}, {"K", "T"},
]  # fmt: skip
_NEARLY, _SAME_KIND, _OTHER = 0.35, 0.65, 1.0
_LOST = {"AH": 0.6, "IH": 0.6, "HH": 0.5, "T": 0.5, "D": 0.5, "R": 0.6, "L": 0.7, "S": 0.7, "Z": 0.6, "N": 0.7, "Y": 0.5, "W": 0.6}
_LOST_VOWEL, _LOST_CONSONANT = 0.8, 0.9

_OUTLINE = {
    sound: letter
    for letter, sounds in {
        "a": "AA AO AH OW UH UW AW OY", "e": "EH AE IH IY EY AY", "r": "ER R", "l": "L W", "p": "B P F V", "t": "D T DH TH", "k": "G K",
        "s": "S Z SH ZH CH JH", "n": "M N NG", "h": "HH", "y": "Y",
    }.items()
    for sound in sounds.split()
}  # fmt: skip


@lru_cache(maxsize=2048)
def confusion(one: str, other: str) -> float:
    """How far apart two sounds are, 0..1."""
    if one == other:
        return 0.0
    if any(one in group and other in group for group in _NEAR):
        return _NEARLY
    return _SAME_KIND if (one in _VOWELS) == (other in _VOWELS) else _OTHER


def loss(sound: str) -> float:
    """How much it takes to miss a sound, or to hear one that is not there, 0..1."""
    return _LOST.get(sound, _LOST_VOWEL if sound in _VOWELS else _LOST_CONSONANT)


def distance(heard: Sequence[str], meant: Sequence[str]) -> float:
    """The least that must have gone wrong for one to be heard as the other; 0 where they are the same."""
    row = [0.0]
    for sound in meant:
        row.append(row[-1] + loss(sound))
    for one in heard:
        previous, row = row, [row[0] + loss(one)]
        for column, other in enumerate(meant):
            row.append(min(previous[column] + confusion(one, other), previous[column + 1] + loss(one), row[-1] + loss(other)))
    return row[-1]


def outline(sounds: Sequence[str]) -> str:
    """The sounds as letters, alike ones the same, by which candidates are found fast."""
    return "".join(_OUTLINE[sound] for sound in sounds)
