"""WhisperTranscriber: listens on this machine with faster-whisper, an extra of Viva. The only file that imports it.

The best ear without a network, and the largest: its packages take 320 MB and a model as much again. Nothing is fetched in secret: a model
is used where it is, and where it is not, a sentence says how to get it.
"""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tutor.speech.types import Heard, Sound, SpeechError, Transcript
from tutor.text import clean

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

DEFAULT_MODEL = "small.en"
_THREADS = 2
_REPOSITORY = re.compile(r"[\w-][\w.-]{0,60}/[\w-][\w.-]{0,90}")


class _Word(Protocol):
    word: str
    start: float
    end: float


@dataclass(slots=True)
class WhisperTranscriber:
    """Listens with a Whisper model: a name ("small.en") or a folder. `terms` are words that it should expect, as a text.

    The model is loaded at its first use and shared from then on.
    """

    model: str = DEFAULT_MODEL
    terms: str = ""
    _loading: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _loaded: "WhisperModel | None" = field(default=None, init=False, repr=False)

    @property
    def name(self) -> str:
        """One line for the screen that says who listens, and where."""
        return f"Whisper {Path(self.model).name} on this machine"

    def transcribe(self, sound: Sound) -> Transcript:
        """As Transcriber.transcribe. Raises SpeechError where the package or the model is missing, or the model failed."""
        import numpy as np

        model = self._whisper()
        samples = sound.samples.astype(np.float32) / 32_768
        try:
            found, _info = model.transcribe(samples, vad_filter=True, word_timestamps=True, hotwords=self.terms or None)
            segments = list(found)  # it works as it is read
        except (RuntimeError, ValueError) as error:
            raise SpeechError(f"The Whisper model {self.model} failed on this recording. Record it again, or type your answer.") from error
        words = tuple(word for segment in segments for word in _heard(segment.words or ()))
        text = " ".join(clean(segment.text) for segment in segments)
        return Transcript(text.strip(), self.name, words, draft=False, notice=sound.notice)

    def _whisper(self) -> "WhisperModel":
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(self.model)
            return self._loaded


def has_whisper() -> bool:
    """Whether faster-whisper is installed."""
    return find_spec("faster_whisper") is not None


def has_model(name: str) -> bool:
    """Whether a model is on this machine: a folder, or one that was fetched under its name."""
    from huggingface_hub import try_to_load_from_cache

    repository = name if "/" in name else f"Systran/faster-whisper-{name}"
    return Path(name).is_dir() or (
        bool(_REPOSITORY.fullmatch(repository)) and isinstance(try_to_load_from_cache(repository, "model.bin"), str)
    )


def _load(name: str) -> "WhisperModel":
    if not has_whisper():
        raise SpeechError(
            'faster-whisper is not installed. Run `pip install -c constraints.txt -e ".[speech]"`, or set VIVA_TRANSCRIBER=auto.'
        )
    from faster_whisper import WhisperModel
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return WhisperModel(name, device="cpu", compute_type="int8", cpu_threads=_THREADS, local_files_only=True)
    except LocalEntryNotFoundError as error:
        command = f"python -c \"from faster_whisper import download_model; download_model('{name}')\""
        raise SpeechError(f"The Whisper model {name} is not on this machine. With a network, run: {command}") from error
    except (RuntimeError, ValueError, OSError) as error:
        raise SpeechError(
            f"The Whisper model {name} could not be loaded: {str(error)[:200].rstrip('.')}. Look at VIVA_WHISPER_MODEL."
        ) from error


def _heard(words: Iterable[_Word]) -> list[Heard]:
    return [Heard(clean(word.word), round(float(word.start), 2), round(float(word.end), 2)) for word in words if clean(word.word)]
