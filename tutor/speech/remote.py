"""Listens and speaks through any OpenAI-compatible server: `/audio/transcriptions` and `/audio/speech`. The sound goes to that server.

Servers differ in what they return: words with times, or only a text. Times are asked for first, and where a server refuses that, it is
asked once more without; that it did is remembered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import openai

from tutor.endpoint import Endpoint
from tutor.faults import ModelError
from tutor.speech.sound import write_wav
from tutor.speech.speaking import spoken_text
from tutor.speech.types import Heard, Sound, Transcript
from tutor.text import clean
from tutor.wire import asked
from tutor.written import Limits

DEFAULT_VOICE = "alloy"
_LIMITS = Limits(answer_s=180.0, first_token_s=150.0)
_SPEECH_LIMITS = replace(_LIMITS, bytes=60_000_000)
_REFUSALS = (openai.BadRequestError, openai.UnprocessableEntityError)


@dataclass(slots=True)
class EndpointTranscriber:
    """Has a server listen. `endpoint.model` is the model that listens; `terms` are words that it should expect, as a text."""

    endpoint: Endpoint
    terms: str = ""
    limits: Limits = _LIMITS
    without_times: bool = field(default=False, init=False)

    @property
    def name(self) -> str:
        """One line for the screen that says who listens, and where."""
        return f"{self.endpoint.model or 'The speech model'} at {self.endpoint.host}: your recording is sent there"

    def transcribe(self, sound: Sound) -> Transcript:
        """As Transcriber.transcribe. Raises ModelError."""
        wav = write_wav(sound)

        async def ask(client: openai.AsyncOpenAI) -> object:
            if not self.without_times:
                try:
                    return await client.audio.transcriptions.create(
                        model=self.endpoint.model,
                        file=("answer.wav", wav, "audio/wav"),
                        prompt=self.terms or openai.omit,
                        response_format="verbose_json",
                        timestamp_granularities=["word"],
                    )
                except _REFUSALS:
                    self.without_times = True
            return await client.audio.transcriptions.create(
                model=self.endpoint.model,
                file=("answer.wav", wav, "audio/wav"),
                prompt=self.terms or openai.omit,
                response_format="json",
            )

        answer = asked(self.endpoint, self.limits, ask)
        text = getattr(answer, "text", None)
        if not isinstance(text, str):
            raise ModelError(f"{self.endpoint.host} sent something that is not a transcript. Can that server and model listen?")
        return Transcript(clean(text), self.name, _words(getattr(answer, "words", None)), draft=False, notice=sound.notice)


@dataclass(frozen=True, slots=True)
class EndpointSpeaker:
    """Has a server speak. `endpoint.model` is the model that speaks; `voice` is one of its voices."""

    endpoint: Endpoint
    voice: str = DEFAULT_VOICE
    limits: Limits = _SPEECH_LIMITS

    @property
    def name(self) -> str:
        """One line for the screen that says who speaks, and where."""
        return f"{self.endpoint.model or 'The speech model'} at {self.endpoint.host}"

    def speak(self, text: str) -> bytes:
        """As Speaker.speak. Raises SpeechError where there is nothing to say or too much, ModelError where the server failed."""
        said = spoken_text(text)

        async def ask(client: openai.AsyncOpenAI) -> bytes:
            answer = await client.audio.speech.create(model=self.endpoint.model, voice=self.voice, input=said, response_format="wav")
            return await answer.aread()

        content = asked(self.endpoint, self.limits, ask)
        if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
            raise ModelError(f"{self.endpoint.host} sent something that is not a WAV file. Can that server and model speak?")
        return content


def _words(words: object) -> tuple[Heard, ...]:
    """The words with their times, where a server sent any."""
    if not isinstance(words, Sequence):
        return ()
    found = ((getattr(word, "word", None), getattr(word, "start", None), getattr(word, "end", None)) for word in words)
    return tuple(Heard(clean(word), _seconds(start), _seconds(end)) for word, start, end in found if isinstance(word, str) and clean(word))


def _seconds(time: object) -> float | None:
    return round(float(time), 2) if isinstance(time, int | float) else None
