"""Silence, noise and instruments are no voice; where a voice speaks is found, and what it does between is measured."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tutor.delivery import Delivery, measure
from tutor.speech.sound import read_sound
from tutor.speech.types import RATE, Heard, Sound, Transcript
from tutor.speech.voice import is_voice, levels, stretches

SOUNDS = Path(__file__).parent / "sounds"
SECONDS = 4


def sound(samples: NDArray[np.float64], loud: float = 0.3) -> Sound:
    peak = max(float(np.abs(samples).max()), 1e-9)
    return Sound((samples / peak * loud * 32_767).astype(np.int16))


def time() -> NDArray[np.float64]:
    return np.arange(SECONDS * RATE) / RATE


def noise(seed: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=SECONDS * RATE)


def pink() -> NDArray[np.float64]:
    spectrum = np.fft.rfft(noise())
    made: NDArray[np.float64] = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)))
    return made


def melody() -> NDArray[np.float64]:
    step = np.arange(RATE // 2) / RATE
    return np.concatenate([np.sin(2 * np.pi * hertz * step) * np.exp(-5 * step) for hertz in (262, 330, 392, 523, 440, 349, 294, 262)])


def clicks() -> NDArray[np.float64]:
    made = np.zeros(SECONDS * RATE)
    for place in np.random.default_rng(2).integers(0, len(made) - 400, 25):
        made[place : place + 300] += noise(int(place))[:300] * np.exp(-np.arange(300) / 40)
    return made


SPOKEN = {name: read_sound(SOUNDS / f"{name}.wav") for name in ("rms", "slt")}


@pytest.mark.parametrize(
    "silent", [np.zeros(SECONDS * RATE), noise(), pink(), np.sin(2 * np.pi * 50 * time())], ids=["zeros", "white", "pink", "hum"]
)
def test_nobody_speaks_in_silence_and_in_steady_noise(silent: NDArray[np.float64]) -> None:
    assert stretches(sound(silent)) == ()


@pytest.mark.parametrize("other", [melody(), clicks(), pink() * (1 + np.sin(np.pi * time()))], ids=["melody", "typing", "wind"])
def test_what_is_loud_without_a_moving_pitch_is_no_voice(other: NDArray[np.float64]) -> None:
    assert stretches(sound(other))
    assert not is_voice(sound(other))


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize("loud", [1.0, 0.05])
def test_a_voice_is_a_voice_loud_or_soft_and_in_a_room_that_hisses(name: str, loud: float) -> None:
    samples = SPOKEN[name].samples * loud
    hiss = np.random.default_rng(3).normal(size=len(samples)) * 300 * loud
    for heard in (samples, samples + hiss):
        assert is_voice(Sound(heard.astype(np.int16)))
        assert stretches(Sound(heard.astype(np.int16)))


def test_a_moment_is_no_voice() -> None:
    assert not is_voice(Sound(np.zeros(0, np.int16)))
    assert not is_voice(Sound(np.ones(500, np.int16)))
    assert levels(Sound(np.zeros(100, np.int16))) == []


def beeps(*spoken: tuple[float, float], seconds: float) -> Sound:
    """A tone at these times and a soft hiss throughout."""
    at = np.arange(int(seconds * RATE)) / RATE
    on = np.any([(start <= at) & (at < end) for start, end in spoken], axis=0)
    return Sound(
        ((0.3 * np.sin(2 * np.pi * 300 * at) * on + 0.0005 * np.random.default_rng(4).normal(size=len(at))) * 32_767).astype(np.int16)
    )


def transcript(text: str, *, words: tuple[Heard, ...] = (), keeps_fillers: bool = False) -> Transcript:
    return Transcript(text, "ear", words, keeps_fillers=keeps_fillers)


def test_speech_is_found_to_a_few_hundredths_of_a_second() -> None:
    found = stretches(beeps((1.0, 2.0), (3.5, 5.0), seconds=6.0))
    assert [place for stretch in found for place in stretch] == pytest.approx([1.0, 2.0, 3.5, 5.0], abs=0.04)
    assert len(stretches(beeps((1.0, 2.0), (2.1, 3.0), seconds=4.0))) == 1


def test_delivery_is_measured_from_the_sound_and_the_transcript() -> None:
    spoken = stretches(beeps((1.0, 3.0), (6.0, 8.0), (8.5, 9.0), seconds=10.0))
    found = measure(spoken, transcript("one two three four five six seven eight"))
    assert found.words_per_minute == pytest.approx(60, abs=1)
    assert found.pause_share == pytest.approx(3.5 / 8, abs=0.02)
    assert found.longest_pause_s == pytest.approx(3.0, abs=0.1)
    assert found.first_word_s == pytest.approx(1.0, abs=0.05)
    assert found.spoken_s == pytest.approx(8.0, abs=0.1)


def test_what_comes_before_the_first_word_and_after_the_last_is_no_speech() -> None:
    words = (Heard("one", 2.0, 2.4), Heard("two", 2.5, 3.0))
    found = measure([(0.2, 0.4), (2.0, 3.0), (5.0, 5.2)], transcript("one two", words=words))
    assert (found.first_word_s, found.spoken_s, found.pause_share) == (2.0, 1.0, 0.0)


def test_fillers_are_counted_where_they_are_kept_and_not_assessed_elsewhere() -> None:
    text = "um so the uh layer er attends to umbrellas and errors hmm"
    assert measure([(0, 5)], transcript(text, keeps_fillers=True)).fillers == 4
    assert measure([(0, 5)], transcript(text)).fillers is None


def test_what_cannot_be_measured_is_not_assessed() -> None:
    assert measure([], transcript("")) == Delivery()
    assert measure([(0.0, 1.0)], transcript("two words")).words_per_minute is None
