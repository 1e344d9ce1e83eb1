"""Speech: what the screen talks to. A recording in, a transcript to correct and its delivery out; a question in, a voice out.

Nothing is heard in silence: a sound in which nobody speaks is never given to a recogniser, since some of them make words up.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.delivery import Delivery, measure
from tutor.endpoint import Endpoint
from tutor.settings import Settings
from tutor.speech.choice import speaker_of, transcriber_of
from tutor.speech.pool import Ticket, TranscriptionPool
from tutor.speech.sound import read_sound
from tutor.speech.types import Sound, Speaker, SpeechError, Transcriber, Transcript
from tutor.speech.voice import Stretch, is_voice, stretches

if TYPE_CHECKING:
    from tutor.speech.mishearing import Mender

NOBODY = "No speech was recognised. Is the microphone on, and did you speak up? Record it again, or type your answer."
_HINTS = 600  # characters; a recogniser reads some 200 tokens of them


@dataclass(frozen=True, slots=True)
class Listening:
    """A recording that is being transcribed: its ticket, its length in seconds, and where somebody speaks in it."""

    ticket: Ticket
    duration_s: float
    spoken: tuple[Stretch, ...]

    def delivery(self, transcript: Transcript) -> Delivery:
        """How the answer was spoken."""
        return measure(self.spoken, transcript)


class Speech:
    """Listens and speaks as the settings say. Made at once: what it needs is loaded when it is first used."""

    def __init__(self, settings: Settings, endpoint: Callable[[], Endpoint | None], texts: Callable[[], Iterable[str]]) -> None:
        """`endpoint` gives the server in use, which can change; `texts` all that the documents say, whose terms are listened for."""
        self._settings, self._endpoint, self._texts = settings, endpoint, texts
        self._pool = TranscriptionPool()
        self._lock, self._learning = threading.Lock(), threading.Lock()
        self._mender: Mender | None = None
        self._hints = ""
        self._made_for: tuple[Endpoint | None, str] | None = None
        self._transcriber: Transcriber | None = None

    @property
    def listens(self) -> bool:
        """Whether recordings are taken at all. Whether they can be transcribed is known when one is."""
        return self._settings.transcriber != "off"

    @property
    def transcriber(self) -> Transcriber | None:
        """Who listens, None where nobody shall. Raises UserError where it is not set up rightly."""
        endpoint = self._endpoint()
        with self._lock:
            if self._made_for != (endpoint, self._hints):
                self._transcriber = transcriber_of(self._settings, endpoint, self._hints)
                self._made_for = (endpoint, self._hints)
            return self._transcriber

    @property
    def speaker(self) -> Speaker | None:
        """Who reads aloud beside the browser, None where nobody else does. Raises UserError where it is not set up rightly."""
        return speaker_of(self._settings, self._endpoint())

    def listen(self, recording: bytes | Path, about: str = "") -> Listening:
        """Puts a recording in line to be transcribed. `about` is the question that it answers. Raises SpeechError at once where it is none.

        Its transcript has the misheard terms put right. Getting the result raises SpeechError or ModelError where listening failed.
        """
        sound = read_sound(recording)
        spoken = stretches(sound)
        if not spoken or not is_voice(sound):
            raise SpeechError(NOBODY)
        return Listening(self._pool.submit(lambda: self._transcribe(sound, about)), sound.duration_s, spoken)

    def speak(self, text: str) -> bytes | None:
        """A text as a WAV file, None where nobody but the browser speaks. Raises UserError."""
        speaker = self.speaker
        return speaker.speak(text) if speaker else None

    def _transcribe(self, sound: Sound, about: str) -> Transcript:
        from tutor.speech.mishearing import mended

        mender = self.learn()
        transcriber = self.transcriber
        if transcriber is None:
            raise SpeechError("Listening is switched off (VIVA_TRANSCRIBER). Type your answer.")
        transcript = mended(transcriber.transcribe(sound), mender, about)
        if not transcript.text:
            raise SpeechError(NOBODY)
        return transcript

    def learn(self) -> "Mender":
        """Reads the terms of the documents, once: five seconds of a processor for the shipped ones.

        The first recording waits for it, where nobody called it in the background before.
        """
        from tutor.speech.mishearing import Mender
        from tutor.speech.terminology import Terminology, hints

        with self._learning:
            if self._mender is None:
                terminology = Terminology(self._texts())
                often = sorted(terminology.terms, key=lambda term: -terminology.prior(term.written))
                self._hints = hints(often, _HINTS)
                self._mender = Mender(terminology)
            return self._mender
