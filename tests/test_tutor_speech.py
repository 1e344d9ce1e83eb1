"""Recordings wait in line, come out as transcripts with terms put right, and silence is never given to a recogniser."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tutor.faults import ModelError
from tutor.settings import Settings
from tutor.speech import speech as module
from tutor.speech.pool import TranscriptionPool
from tutor.speech.sound import write_wav
from tutor.speech.speech import Speech
from tutor.speech.types import RATE, Heard, Sound, SpeechError, Transcriber, Transcript

WAV = (Path(__file__).parent / "sounds" / "slt.wav").read_bytes()
WAIT_S = 90
TEXTS = ["The Zorblat stirs the soup.", "A Zorblat must be washed after the soup.", "Fill the Zorblat with soup."]


class Ear:
    """A recogniser that hears what it is told, when it is let."""

    name = "ear"

    def __init__(self, text: str = "you stir the soup with the zor blatt", fault: Exception | None = None) -> None:
        self.text, self.fault, self.heard = text, fault, 0
        self.let = threading.Event()
        self.let.set()

    def transcribe(self, sound: Sound) -> Transcript:
        self.heard += 1
        self.let.wait(WAIT_S)
        if self.fault:
            raise self.fault
        return Transcript(self.text, self.name, (Heard("you", 0.2, 0.4), Heard("blatt", 1.5, 2.0)), notice=sound.notice)


@pytest.fixture
def speech(monkeypatch: pytest.MonkeyPatch) -> Callable[[Transcriber | None], Speech]:
    def made(ear: Transcriber | None) -> Speech:
        monkeypatch.setattr(module, "transcriber_of", lambda *_arguments: ear)
        return Speech(Settings(speaker="off"), lambda: None, lambda: TEXTS)

    return made


def test_a_recording_becomes_a_transcript_with_its_terms_put_right_and_its_delivery(speech: Callable[[Transcriber | None], Speech]) -> None:
    listening = speech(Ear()).listen(WAV, "What does a Zorblat do?")
    transcript = listening.ticket.result(WAIT_S)
    assert transcript is not None
    assert transcript.text == "you stir the soup with the Zorblat"
    assert [(repair.heard, repair.term) for repair in transcript.repairs] == [("zor blatt", "Zorblat")]
    assert (listening.ticket.done, listening.ticket.place) == (True, 0)
    delivery = listening.delivery(transcript)
    assert delivery.words_per_minute
    assert delivery.fillers is None
    assert 2 < listening.duration_s < 4


@pytest.mark.parametrize("samples", [np.zeros(2 * RATE), np.random.default_rng(5).normal(size=2 * RATE) * 3000], ids=["silence", "noise"])
def test_silence_and_noise_are_not_listened_to(
    speech: Callable[[Transcriber | None], Speech], samples: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> None:
    ear = Ear()
    with pytest.raises(SpeechError, match="No speech was recognised"):
        speech(ear).listen(write_wav(Sound(samples.astype(np.int16))))
    assert ear.heard == 0


@pytest.mark.parametrize(
    ("ear", "says"),
    [(Ear(""), "No speech was recognised"), (None, "switched off"), (Ear(fault=ModelError("The server is away.")), "The server is away")],
)
def test_what_went_wrong_is_told_when_the_transcript_is_asked_for(
    speech: Callable[[Transcriber | None], Speech], ear: Ear | None, says: str
) -> None:
    ticket = speech(ear).listen(WAV).ticket
    with pytest.raises((SpeechError, ModelError), match=says):
        ticket.result(WAIT_S)


def test_nobody_speaks_where_that_is_off(speech: Callable[[Transcriber | None], Speech]) -> None:
    assert speech(None).speak("Hello.") is None


def test_two_are_listened_to_and_the_others_know_their_place() -> None:
    pool, let, begun = TranscriptionPool(), threading.Event(), threading.Semaphore(0)
    at_once, most = 0, 0
    lock = threading.Lock()

    def work() -> Transcript:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        begun.release()
        let.wait(WAIT_S)
        with lock:
            at_once -= 1
        return Transcript("done", "ear")

    tickets = [pool.submit(work) for _ in range(20)]
    begun.acquire()
    begun.acquire()
    assert [ticket.place for ticket in tickets] == [0, 0, *range(1, 19)]
    assert tickets[5].result(0.01) is None
    assert tickets[3].cancel()
    assert not tickets[0].cancel()
    assert tickets[4].place == 2
    let.set()
    assert [ticket.result(WAIT_S) for ticket in tickets if ticket is not tickets[3]] == [Transcript("done", "ear")] * 19
    assert most == 2
    with pytest.raises(SpeechError, match="withdrawn"):
        tickets[3].result()


def test_a_full_line_is_told() -> None:
    pool, let, begun = TranscriptionPool(at_once=1, most_waiting=1), threading.Event(), threading.Event()

    def work() -> Transcript:
        begun.set()
        let.wait(WAIT_S)
        return Transcript("done", "ear")

    pool.submit(work)
    begun.wait(WAIT_S)
    last = pool.submit(work)
    with pytest.raises(SpeechError, match="Too many recordings"):
        pool.submit(work)
    let.set()
    assert last.result(WAIT_S)
