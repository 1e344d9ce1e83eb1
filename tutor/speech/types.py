"""What speech is made of between its parts: a sound, a transcript, and the two seams behind which recognisers and voices stand."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from corpus.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Samples a second of every Sound: what all recognisers take."""


class SpeechError(UserError):
    """A recording that cannot be used, or a recogniser or voice that is missing or failed."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A recording: `samples` are int16, one channel, 16,000 a second. `notice` is one sentence where not all of it was kept."""

    samples: "NDArray[np.int16]"
    notice: str | None = None

    @property
    def duration_s(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE


@dataclass(frozen=True, slots=True)
class Heard:
    """One word of a transcript and when it was spoken, from the beginning of the sound. None: the recogniser does not say."""

    word: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A term of the documents that was misheard and put right: `text[start:end] == term`, and `heard` stood there before."""

    start: int
    end: int
    heard: str
    term: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser heard; an empty text where nobody spoke.

    `keeps_fillers` says whether "um" and the like are written down, `draft` that it is to be corrected by the one who spoke before
    anybody grades it. `words` are as they were heard, before the `repairs` in `text`. `notice` is one sentence for the screen.
    """

    text: str
    engine: str
    words: tuple[Heard, ...] = ()
    keeps_fillers: bool = False
    draft: bool = True
    repairs: tuple[Repair, ...] = ()
    notice: str | None = None


class Transcriber(Protocol):
    """Writes down what was said."""

    @property
    def name(self) -> str:
        """One line for the screen that says who listens, and where."""
        ...

    def transcribe(self, sound: Sound) -> Transcript:
        """The words of a sound, without repairs. Takes its time. Raises SpeechError, or ModelError where a server was asked."""
        ...


class Speaker(Protocol):
    """Reads a text aloud."""

    @property
    def name(self) -> str:
        """One line for the screen that says who speaks, and where."""
        ...

    def speak(self, text: str) -> bytes:
        """A WAV file. Raises SpeechError, or ModelError where a server was asked."""
        ...
