"""The offline recogniser itself, in a process of its own: `python -m tutor.speech.decoder`. The only file that imports pocketsphinx.

The library holds Python's lock for as long as it listens, which would stop the screen for everybody, and what it crashes is only this
process. A recording comes in as a line of JSON and its bytes, and its words go out as a line of JSON. It ends when its input does.
"""

import gzip
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.speech.stock import model_folder
from tutor.speech.types import RATE, SpeechError

if TYPE_CHECKING:
    from pocketsphinx import Decoder

MODEL = Path(__file__).parent / "viva.arpa.gz"
DICTIONARY = Path(__file__).parent / "viva.dict.gz"
STOCK = "stock"
"""In place of the two files: the general language model of pocketsphinx."""
_WORD = re.compile(r"[^<\[+].*")  # the others are silence and noise
_VARIANT = re.compile(r"\(\d+\)$")
_SAMPLE = 2  # bytes

Spoken = tuple[str, float, float]
"""A word, its beginning and its end in seconds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Listens until its input ends. Arguments are a language model and a dictionary, or "stock". Returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        decoder = load_stock() if given == [STOCK] else load(*map(Path, given))
    except SpeechError as error:
        sys.stdout.write(json.dumps({"fault": str(error)}) + "\n")
        return 1
    while head := sys.stdin.buffer.readline():
        asked = json.loads(head)
        samples = sys.stdin.buffer.read(asked["bytes"])
        words = [word for start, end in asked["pieces"] for word in decode(decoder, samples, start, end)]
        sys.stdout.write(json.dumps({"words": words}) + "\n")
        sys.stdout.flush()
    return 0


def load(model: Path = MODEL, words: Path = DICTIONARY) -> "Decoder":
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


def load_stock() -> "Decoder":
    """A decoder as pocketsphinx ships it. Raises SpeechError."""
    model_folder()
    from pocketsphinx import Decoder

    return Decoder(samprate=RATE, loglevel="FATAL")


def decode(decoder: "Decoder", samples: bytes, start_s: float, end_s: float) -> list[Spoken]:
    """The words between two moments of a sound, which is given as int16."""
    decoder.start_utt()
    try:
        decoder.process_raw(samples[int(start_s * RATE) * _SAMPLE : int(end_s * RATE) * _SAMPLE], full_utt=True)
    finally:
        decoder.end_utt()
    return [
        (_VARIANT.sub("", part.word), round(start_s + part.start_frame / 100, 2), round(start_s + (part.end_frame + 1) / 100, 2))
        for part in (decoder.seg() or ())
        if _WORD.fullmatch(part.word)
    ]


if __name__ == "__main__":
    sys.exit(main())
