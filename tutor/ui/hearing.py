"""Recordings that pages have sent and wait for: whose each is, what it answers, and what has become of it.

A transcript is no answer. It is added to the draft of the prompt that it was spoken to, with how it was spoken, and stays there until
the learner has read it and sends it. That is done here and not in the page, so that a page which was closed meanwhile loses nothing.
"""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from corpus.errors import UserError
from tutor.interview import Prompt
from tutor.report import delivery_of
from tutor.sitting import utc_now
from tutor.speech.speech import Listening, Speech
from tutor.speech.types import SpeechError, Transcript
from tutor.tutor import Tutor

_MOST = 200  # hearings that are remembered; a page asks for its own until it has the transcript
_UNKNOWN = "This recording is not known here any more. Record it again, or type your answer."
SWITCHED_OFF = "Listening is switched off here (VIVA_TRANSCRIBER). Type your answer."


@dataclass(frozen=True, slots=True)
class Place:
    """What a recording answers: a prompt of an interview. Both empty: it is a question on the chat page."""

    interview: str = ""
    prompt: str = ""


@dataclass(slots=True)
class _Hearing:
    learner: str
    place: Place
    listening: Listening
    notice: str = ""
    settled: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Hearings:
    """All that is being listened to. Each belongs to whoever sent it: for others it is not there."""

    def __init__(self, tutor: Tutor, clock: Callable[[], datetime] = utc_now) -> None:
        """`tutor` has the speech, the interviews and the recordings that are kept."""
        self._tutor, self._clock = tutor, clock
        self._lock = threading.Lock()
        self._all: OrderedDict[str, _Hearing] = OrderedDict()

    def begin(self, recording: bytes, learner: str, place: Place, *, keep: bool = False) -> str:
        """Puts a recording in line and returns the id to ask for it by. Raises UserError where nothing can be heard in it."""
        speech = speech_of(self._tutor)
        prompt = prompt_of(self._tutor, place, learner)
        about = prompt.text if prompt else ""
        listening = speech.listen(recording, about)
        hearing = _Hearing(learner, place, listening)
        if keep and self._tutor.recordings:
            try:
                self._tutor.recordings.keep(recording, about, self._clock(), listening.duration_s, learner)
            except SpeechError as error:
                hearing.notice = str(error)
        name = uuid.uuid4().hex
        with self._lock:
            self._all[name] = hearing
            while len(self._all) > _MOST:
                self._all.popitem(last=False)
        return name

    def look(self, name: str, learner: str) -> dict[str, Any]:
        """How far it is: {"place": how many are before it and with it, 0 while it is listened to}, or, once it is there, the transcript.

        Raises UserError where it is not known, and where listening failed.
        """
        hearing = self._owned(name, learner)
        if not hearing.listening.ticket.done:
            return {"place": hearing.listening.ticket.place}
        transcript = hearing.listening.ticket.result(0)
        if transcript is None:
            return {"place": 0}
        with hearing.lock:
            if not hearing.settled:
                self._draft(hearing, transcript)
                hearing.settled = True
        return {
            "text": transcript.text,
            "engine": transcript.engine,
            "draft": transcript.draft,
            "repairs": [asdict(repair) for repair in transcript.repairs],
            "notice": " ".join(filter(None, (transcript.notice, hearing.notice))),
        }

    def withdraw(self, name: str, learner: str) -> None:
        """The learner does not want it any more. What is listened to already is not put anywhere then."""
        hearing = self._owned(name, learner)
        hearing.listening.ticket.cancel()
        with self._lock:
            self._all.pop(name, None)

    def _owned(self, name: str, learner: str) -> _Hearing:
        with self._lock:
            hearing = self._all.get(name)
        if hearing is None or hearing.learner != learner:
            raise SpeechError(_UNKNOWN)
        return hearing

    def _draft(self, hearing: _Hearing, transcript: Transcript) -> None:
        """Adds what was heard to the draft. Where the interview has gone on, the page has the words, and the learner may still use them."""
        place, delivery = hearing.place, hearing.listening.delivery(transcript)
        try:
            prompt = prompt_of(self._tutor, place, hearing.learner)
            if prompt is None:
                return
            text = " ".join(filter(None, (prompt.draft.rstrip(), transcript.text)))
            whole = delivery_of([prompt.delivery, delivery]) if prompt.draft and prompt.delivery else delivery
            self._tutor.sittings.draft(place.interview, place.prompt, text, spoken=True, delivery=whole, learner=hearing.learner)
        except UserError as error:
            hearing.notice = " ".join(filter(None, (hearing.notice, str(error))))


def speech_of(tutor: Tutor) -> Speech:
    """Who listens. Raises SpeechError where nobody shall."""
    if tutor.speech is None or not tutor.speech.listens:
        raise SpeechError(SWITCHED_OFF)
    return tutor.speech


def prompt_of(tutor: Tutor, place: Place, learner: str) -> Prompt | None:
    """The prompt of a learner's own interview, None for none. Raises UserError where the interview is not theirs."""
    if not place.interview:
        return None
    turns = tutor.sittings.open(place.interview, learner).turns
    return next((prompt for turn in turns for prompt in turn.prompts if prompt.id == place.prompt), None)
