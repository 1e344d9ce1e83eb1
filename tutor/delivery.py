"""How an answer was spoken, apart from what was said: measured from the sound and its transcript, never guessed, never part of a score."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.speech.types import Heard, Transcript

_FILLER = re.compile(r"\b(?:u+h+m*|u+m+|e+r+m*|a+h+|h+m+|m+h+m+)\b", re.IGNORECASE)
_PAUSE_S = 0.3  # a shorter gap belongs to the words
_LEAST_WORDS, _LEAST_S = 5, 2.0  # from which a speed says anything


@dataclass(frozen=True, slots=True)
class Delivery:
    """What could be measured of a spoken answer; None is "not assessed".

    `pause_share` is 0..1 of the time from the first word to the last. `fillers` counts "um" and the like, where the recogniser writes
    them down. Times are in seconds.
    """

    words_per_minute: float | None = None
    pause_share: float | None = None
    longest_pause_s: float | None = None
    first_word_s: float | None = None
    fillers: int | None = None
    spoken_s: float | None = None


def measure(spoken: Sequence[tuple[float, float]], transcript: "Transcript") -> Delivery:
    """The delivery of an answer.

    `spoken` is where in its sound somebody spoke, (start, end) in seconds and in order (`tutor.speech.voice.stretches`). Where the
    recogniser says when it heard each word, what comes before the first and after the last is no speech: a cough, a chair.
    """
    heard = _within(spoken, transcript.words)
    if not heard:
        return Delivery()
    first, last = heard[0][0], heard[-1][1]
    length = last - first
    pauses = [gap for gap in (after[0] - before[1] for before, after in pairwise(heard)) if gap >= _PAUSE_S]
    words = len(transcript.text.split())
    return Delivery(
        words_per_minute=round(words / length * 60, 1) if words >= _LEAST_WORDS and length >= _LEAST_S else None,
        pause_share=round(sum(pauses) / length, 3),
        longest_pause_s=round(max(pauses, default=0.0), 2),
        first_word_s=round(first, 2),
        fillers=len(_FILLER.findall(transcript.text)) if transcript.keeps_fillers else None,
        spoken_s=round(length, 2),
    )


def _within(spoken: Sequence[tuple[float, float]], words: "Sequence[Heard]") -> list[tuple[float, float]]:
    """The stretches between the first word and the last, where those are known."""
    starts = [word.start_s for word in words if word.start_s is not None]
    ends = [word.end_s for word in words if word.end_s is not None]
    if not starts or not ends:
        return [(start, end) for start, end in spoken if end > start]
    return [(start, end) for start, end in spoken if end > max(start, min(starts)) and start < max(ends)]
