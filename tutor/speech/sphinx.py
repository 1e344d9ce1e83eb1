"""SphinxTranscriber: listens without a network, with the acoustic model of pocketsphinx and a language model of our own.

It hears about four words of five from a clear voice in a quiet room, fewer otherwise. So what it writes is a draft.
"""

import gzip
import queue
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.speech.stock import model_folder
from tutor.speech.types import RATE, Heard, Sound, SpeechError, Transcript
from tutor.speech.voice import Stretch, stretches

if TYPE_CHECKING:
    from pocketsphinx import Decoder

MODEL = Path(__file__).parent / "viva.arpa.gz"
DICTIONARY = Path(__file__).parent / "viva.dict.gz"
NAME = "Offline recogniser (pocketsphinx): a draft to correct"
_LONGEST_S = 25.0  # of what is decoded at a time
_MARGIN_S = 0.2
_WORD = re.compile(r"[^<\[+].*")  # the others are silence and noise
_VARIANT = re.compile(r"\(\d+\)$")
_AT_ONCE = 2


class SphinxTranscriber:
    """Listens offline. The models are loaded at its first use, which takes half a second and 80 MB for each that listens at once."""

    name = NAME

    def __init__(self, *, stock: bool = False) -> None:
        """`stock` takes the general language model of pocketsphinx in place of ours, to be compared with it."""
        self._stock = stock
        self._idle: queue.LifoQueue[Decoder | None] = queue.LifoQueue()
        for _ in range(_AT_ONCE):
            self._idle.put(None)

    def transcribe(self, sound: Sound) -> Transcript:
        """As Transcriber.transcribe; every word has its times."""
        spoken = stretches(sound)
        with self._decoder() as decoder:
            heard = tuple(word for piece in pieces(spoken, sound.duration_s) for word in _decode(decoder, sound, piece))
        return Transcript(" ".join(word.word for word in heard), self.name, heard, notice=sound.notice)

    @contextmanager
    def _decoder(self) -> "Iterator[Decoder]":
        """One that nobody else uses meanwhile."""
        decoder = self._idle.get()
        try:
            decoder = decoder or (_load_stock() if self._stock else _load(MODEL, DICTIONARY))
            yield decoder
        finally:
            self._idle.put(decoder)


def pieces(spoken: tuple[Stretch, ...], duration_s: float) -> list[Stretch]:
    """What to decode at a time: stretches taken together while they are short, cut where somebody pauses."""
    joined: list[Stretch] = []
    for start, end in spoken:
        first, last = max(start - _MARGIN_S, 0.0), min(end + _MARGIN_S, duration_s)
        if joined and last - joined[-1][0] <= _LONGEST_S:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _decode(decoder: "Decoder", sound: Sound, piece: Stretch) -> list[Heard]:
    start, end = (int(place * RATE) for place in piece)
    decoder.start_utt()
    try:
        decoder.process_raw(sound.samples[start:end].astype("<i2").tobytes(), full_utt=True)
    finally:
        decoder.end_utt()
    return [
        Heard(_VARIANT.sub("", part.word), round(piece[0] + part.start_frame / 100, 2), round(piece[0] + (part.end_frame + 1) / 100, 2))
        for part in (decoder.seg() or ())
        if _WORD.fullmatch(part.word)
    ]


def _load(model: Path, words: Path) -> "Decoder":
    """A decoder with a language model as ARPA text and a dictionary, both compressed with gzip. Raises SpeechError."""
    acoustic = str(model_folder() / "en-us")
    from pocketsphinx import Decoder

    with tempfile.TemporaryDirectory() as name:  # the library reads them once, from files with names
        arpa, pronounced = Path(name) / "viva.arpa", Path(name) / "viva.dict"
        try:
            arpa.write_bytes(gzip.decompress(model.read_bytes()))
            pronounced.write_bytes(gzip.decompress(words.read_bytes()))
            return Decoder(hmm=acoustic, lm=str(arpa), dict=str(pronounced), dictcase=True, samprate=RATE, loglevel="FATAL")
        except (OSError, EOFError, RuntimeError) as error:
            raise SpeechError("The offline recogniser could not be loaded. Install Viva again, or type your answer.") from error


def _load_stock() -> "Decoder":
    model_folder()
    from pocketsphinx import Decoder

    return Decoder(samprate=RATE, loglevel="FATAL")
