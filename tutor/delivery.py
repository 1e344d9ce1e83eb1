"""How an answer was spoken, apart from what was said: measured from the sound and its transcript, never guessed, never part of a score."""

from dataclasses import dataclass


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
