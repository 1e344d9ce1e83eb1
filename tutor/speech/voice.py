"""Where in a sound somebody speaks, and whether anybody does.

What a pause is depends on how loud the room and the voice are, so both are measured. Loud is not enough: noise has no pitch, and the pitch
of an instrument or a hum stays while that of a voice glides all the time. Whispering has no pitch either and is taken for noise.
"""

from typing import TYPE_CHECKING

from tutor.speech.types import RATE, Sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
_LOUD_DB = 25.0  # below the loudest, in which pitch is looked for
_FRAME = RATE // 25  # samples: two periods of the lowest voice
_LAGS = (RATE // 400, RATE // 70)  # samples of one period, from the highest voice to the lowest
_PAIRS = 1_500  # of neighboring moments that are looked at
_PITCHED, _LEAST_PITCHED = 0.5, 0.1  # how much a moment must be like the next period to have a pitch, and the share of such moments
_GLIDE, _LEAST_GLIDING = 0.004, 0.25  # octaves in ten milliseconds, and the share of moments in which pitch moves so much


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


def is_voice(sound: Sound) -> bool:
    """Whether the loud parts of a sound are a voice: at least a tenth of them has a pitch, and the pitch moves. About 0.2 s."""
    import numpy as np

    loud = np.array(levels(sound))
    last = (len(sound.samples) - _FRAME) // _STEP - 1
    steps = np.flatnonzero(loud[: max(last, 0)] >= loud.max(initial=_QUIETEST_DB) - _LOUD_DB)
    if len(steps) == 0:
        return False
    steps = steps[:: len(steps) // _PAIRS + 1]
    now, then = _pitches(sound, steps), _pitches(sound, steps + 1)
    pitched = (now > 0) & (then > 0)
    if np.mean(now > 0) < _LEAST_PITCHED or not pitched.any():
        return False
    return bool(np.mean(np.abs(np.log2(now[pitched] / then[pitched])) > _GLIDE) >= _LEAST_GLIDING)


def _pitches(sound: Sound, steps: "NDArray[np.int64]") -> "NDArray[np.float64]":
    """The pitch in hertz from each of these steps on, by autocorrelation; 0 where there is none."""
    import numpy as np

    frames = sound.samples[steps[:, None] * _STEP + np.arange(_FRAME)].astype(np.float32)
    frames -= frames.mean(axis=1, keepdims=True)
    size = 1 << (2 * _FRAME - 1).bit_length()
    like = np.fft.irfft(np.abs(np.fft.rfft(frames, size)) ** 2)[:, : _LAGS[1]]
    like /= np.maximum(like[:, :1], 1e-9)
    lags = np.argmax(like[:, _LAGS[0] :], axis=1) + _LAGS[0]
    return np.where(like[np.arange(len(lags)), lags] > _PITCHED, RATE / lags, 0.0)
