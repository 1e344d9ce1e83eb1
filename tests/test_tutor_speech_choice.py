"""Who listens and who speaks follows from the settings; what is missing is told with the command that gets it."""

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from tutor.endpoint import make_endpoint
from tutor.settings import SettingsError, read_settings
from tutor.speech import choice, espeak, whisper
from tutor.speech.choice import speaker_of, transcriber_of
from tutor.speech.espeak import EspeakSpeaker, espeak_program
from tutor.speech.remote import EndpointSpeaker, EndpointTranscriber
from tutor.speech.sound import read_sound
from tutor.speech.sphinx import SphinxTranscriber
from tutor.speech.types import Heard, Sound, SpeechError
from tutor.speech.whisper import WhisperTranscriber, has_model

SERVER = make_endpoint(base_url="http://127.0.0.1:8080/v1", model="chat")
MOMENT = Sound(np.zeros(1600, np.int16))


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where nothing is set or installed beside Viva itself."""
    for name in list(os.environ):
        if name.startswith("VIVA_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(choice, "has_whisper", lambda: False)
    monkeypatch.setattr(choice, "espeak_program", lambda: None)


def test_by_itself_nothing_leaves_the_machine() -> None:
    assert isinstance(transcriber_of(read_settings(), SERVER), SphinxTranscriber)
    assert speaker_of(read_settings(), SERVER) is None


def test_naming_a_model_sends_recordings_to_the_server() -> None:
    settings = read_settings(transcription_model="whisper-1", speech_model="tts-1", voice="nova")
    listens, speaks = transcriber_of(settings, SERVER, "LoRA"), speaker_of(settings, SERVER)
    assert isinstance(listens, EndpointTranscriber)
    assert (listens.endpoint.model, listens.terms) == ("whisper-1", "LoRA")
    assert isinstance(speaks, EndpointSpeaker)
    assert (speaks.endpoint.model, speaks.voice) == ("tts-1", "nova")
    assert isinstance(transcriber_of(settings, None), SphinxTranscriber)


def test_whisper_listens_where_it_and_its_model_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(choice, "has_whisper", lambda: True)
    assert isinstance(transcriber_of(read_settings(whisper_model="missing"), None), SphinxTranscriber)
    assert isinstance(transcriber_of(read_settings(whisper_model=str(tmp_path)), None), WhisperTranscriber)
    assert not has_model("../x y")


def test_a_choice_is_followed_and_off_is_off() -> None:
    settings = read_settings(transcriber="off", speaker="off", transcription_model="a", speech_model="b")
    assert (transcriber_of(settings, SERVER), speaker_of(settings, SERVER)) == (None, None)
    assert isinstance(speaker_of(read_settings(speaker="espeak"), None), EspeakSpeaker)
    with pytest.raises(SettingsError, match="VIVA_TRANSCRIBER"):
        read_settings(transcriber="parrot")


@pytest.mark.parametrize(("server", "says"), [(None, "OPENAI_BASE_URL"), (SERVER, "VIVA_(?:TRANSCRIPTION|SPEECH)_MODEL")])
def test_a_server_that_is_wanted_and_not_named_is_told(server: None, says: str) -> None:
    settings = read_settings(transcriber="endpoint", speaker="endpoint")
    with pytest.raises(SpeechError, match=says):
        transcriber_of(settings, server)
    with pytest.raises(SpeechError, match=says):
        speaker_of(settings, server)


def test_whisper_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "has_whisper", lambda: False)
    with pytest.raises(SpeechError, match=r'pip install -c constraints.txt -e "\.\[speech\]"'):
        WhisperTranscriber().transcribe(MOMENT)


@dataclass
class Word:
    word: str
    start: float
    end: float


@dataclass
class Segment:
    text: str
    words: list[Word]


class PlayedWhisper:
    """Stands for faster_whisper.WhisperModel: remembers what it was asked, and answers with one segment."""

    asked: ClassVar[list[dict[str, object]]] = []
    failure: ClassVar[Exception | None] = None

    def __init__(self, name: str, **options: object) -> None:
        if self.failure:
            raise self.failure
        self.asked.append({"name": name} | options)

    def transcribe(self, samples: "np.ndarray[tuple[int], np.dtype[np.float32]]", **options: object) -> tuple[Iterator[Segment], None]:
        self.asked.append({"samples": samples} | options)
        return iter(
            [Segment(" LoRA trains", [Word(" LoRA", np.float64(0.1), 0.55555), Word(" trains", 0.6, 1.0)]), Segment(" fast.", [])]
        ), None


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> type[PlayedWhisper]:
    package = ModuleType("faster_whisper")
    package.WhisperModel = PlayedWhisper  # type: ignore[attr-defined] # a module made here
    monkeypatch.setitem(sys.modules, "faster_whisper", package)
    monkeypatch.setattr(whisper, "has_whisper", lambda: True)
    monkeypatch.setattr(PlayedWhisper, "asked", [])
    return PlayedWhisper


def test_whisper_is_loaded_once_from_this_machine_and_told_the_terms(played: type[PlayedWhisper]) -> None:
    transcriber = WhisperTranscriber("tiny", "LoRA, RAG")
    first, second = transcriber.transcribe(MOMENT), transcriber.transcribe(MOMENT)
    assert first == second
    assert first.text == "LoRA trains fast."
    assert first.words == (Heard("LoRA", 0.1, 0.56), Heard("trains", 0.6, 1.0))
    loaded, asked, _ = played.asked
    assert (loaded["name"], loaded["local_files_only"]) == ("tiny", True)
    assert (asked["hotwords"], asked["vad_filter"]) == ("LoRA, RAG", True)


def test_a_model_that_is_not_there_says_how_to_get_it(played: type[PlayedWhisper], monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub.errors import LocalEntryNotFoundError

    monkeypatch.setattr(played, "failure", LocalEntryNotFoundError("not here"))
    with pytest.raises(SpeechError, match=r"download_model\('small.en'\)"):
        WhisperTranscriber().transcribe(MOMENT)
    monkeypatch.setattr(played, "failure", RuntimeError("no model.bin."))
    with pytest.raises(SpeechError, match=r"could not be loaded: no model.bin. Look at VIVA_WHISPER_MODEL"):
        WhisperTranscriber().transcribe(MOMENT)


def test_espeak_is_given_text_as_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text('#!/bin/sh\nprintf "%s|" "$@" > "$(dirname "$0")/said"\nwhile [ "$1" != -w ]; do shift; done\necho RIFF > "$2"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(espeak, "espeak_program", lambda: str(program))
    assert EspeakSpeaker("en-gb").speak("-f; rm $(x) `y`") == b"RIFF\n"
    said = (tmp_path / "said").read_text().split("|")
    assert said[:2] == ["-v", "en-gb"]
    assert said[-3:-1] == ["--", "-f; rm $(x) `y`"]


def test_espeak_that_is_missing_or_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "espeak_program", lambda: None)
    with pytest.raises(SpeechError, match="not installed"):
        EspeakSpeaker().speak("Hello.")
    monkeypatch.setattr(espeak, "espeak_program", lambda: "/bin/false")
    with pytest.raises(SpeechError, match="VIVA_VOICE"):
        EspeakSpeaker().speak("Hello.")
    with pytest.raises(SpeechError, match="no voice"):
        EspeakSpeaker("-f /etc/passwd").speak("Hello.")


@pytest.mark.skipif(espeak_program() is None, reason="espeak-ng is not installed")
def test_espeak_really_speaks() -> None:
    assert read_sound(EspeakSpeaker().speak("What is attention?")).duration_s > 0.8
