"""Where in a sound somebody speaks, by loudness: what a pause is depends on how loud the room and the voice are, so both are measured."""

from tutor.speech.types import RATE, Sound

Stretch = tuple[float, float]
"""(start, end) in seconds from the beginning of a sound."""

_STEP = RATE // 100  # samples: ten milliseconds
_WINDOW = 3  # steps
_QUIETEST_DB = -90.0
_AUDIBLE_DB = -50.0  # below full scale; a muted microphone hums below this
_RANGE_DB = 9.0  # between speech and what is between words; hiss and hum differ by less from one moment to the next
_BELOW_LOUD_DB = 35.0  # the weakest sounds of a voice
_SHARE = 0.3  # of the way from the quiet to the loud
_GAP_S = 0.2  # within a word, or between two that are not divided
_CLICK_S = 0.08


def levels(sound: Sound) -> list[float]:
    """How loud each ten milliseconds are, in decibels below full scale."""
    import numpy as np

    steps = len(sound.samples) // _STEP
    power = (sound.samples[: steps * _STEP].astype(np.float64).reshape(steps, _STEP) / 32_768) ** 2
    smooth = np.convolve(power.mean(axis=1), np.ones(_WINDOW) / _WINDOW, mode="same") if steps >= _WINDOW else power.mean(axis=1)
    found: list[float] = (10 * np.log10(np.maximum(smooth, 10 ** (_QUIETEST_DB / 10)))).tolist()
    return found


def stretches(sound: Sound) -> tuple[Stretch, ...]:
    """Where somebody speaks, in order; empty for silence, and for noise that stays the same. A gap shorter than 0.2 s is none."""
    loud = levels(sound)
    if not loud:
        return ()
    ordered = sorted(loud)
    floor, top = ordered[len(ordered) // 10], ordered[len(ordered) * 19 // 20]
    peak = ordered[-max(len(ordered) // 100, 1)]
    if peak < _AUDIBLE_DB or peak - floor < _RANGE_DB:
        return ()
    least = max(floor + _SHARE * (top - floor), peak - _BELOW_LOUD_DB, _AUDIBLE_DB - 5)
    found: list[tuple[int, int]] = []
    for step, level in enumerate(loud):
        if level < least:
            continue
        if found and step - found[-1][1] < _GAP_S * 100:
            found[-1] = (found[-1][0], step + 1)
        else:
            found.append((step, step + 1))
    return tuple((start / 100, end / 100) for start, end in found if end - start >= _CLICK_S * 100)
