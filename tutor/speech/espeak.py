"""EspeakSpeaker: reads aloud with the program espeak-ng, where it is installed. For browsers that have no voice of their own."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tutor.speech.speaking import spoken_text
from tutor.speech.types import SpeechError

DEFAULT_VOICE = "en-us"
_PROGRAMS = ("espeak-ng", "espeak")
_WORDS_A_MINUTE = "150"
_TIMEOUT_S = 30.0
_VOICE = re.compile(r"[A-Za-z][\w+-]{0,40}")


def espeak_program() -> str | None:
    """Where the program is, None where it is not installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


@dataclass(frozen=True, slots=True)
class EspeakSpeaker:
    """Speaks on this machine. `voice` is one of `espeak-ng --voices`."""

    voice: str = DEFAULT_VOICE
    name: str = "espeak-ng on this machine"

    def speak(self, text: str) -> bytes:
        """As Speaker.speak."""
        said = spoken_text(text)
        program = espeak_program()
        if program is None:
            raise SpeechError("espeak-ng is not installed, so questions cannot be read aloud here. Install it, or read them.")
        if not _VOICE.fullmatch(self.voice):
            raise SpeechError(f"There is no voice {self.voice!r}. Set VIVA_VOICE to one that `espeak-ng --voices` lists.")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "spoken.wav"
            command = [program, "-v", self.voice, "-s", _WORDS_A_MINUTE, "-w", str(file), "--", said]
            try:
                subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=True)
                return file.read_bytes()
            except (OSError, subprocess.SubprocessError) as error:
                raise SpeechError("espeak-ng failed to read the question aloud. Read it instead; look at VIVA_VOICE.") from error
