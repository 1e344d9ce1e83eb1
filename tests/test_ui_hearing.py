"""A recording comes in over real routes, is its sender's alone, and becomes a draft with its delivery, never an answer."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.lesson import TEXTS, LessonTutor, spoken
from tutor.delivery import Delivery
from tutor.interview import Interview, Prompt, Setup
from tutor.settings import Settings
from tutor.speech import speech as module
from tutor.speech.speech import Speech
from tutor.speech.types import Heard, Sound, SpeechError, Transcript
from tutor.ui.gate import LEARNER_COOKIE
from tutor.ui.guard import BODY_LIMIT, UPLOAD_LIMIT
from tutor.ui.hearing import Hearings, Place
from tutor.ui.server import application

SAID = "low adapt trains two small matrices"
WAV = spoken(0.3, "slt", 0.3)


class Ear:
    """A recogniser that always hears the same, or fails."""

    name = "ear"
    fault: Exception | None = None

    def transcribe(self, sound: Sound) -> Transcript:
        if self.fault:
            raise self.fault
        return Transcript(SAID, self.name, (Heard("low", 0.4, 0.6), Heard("matrices", 2.0, 2.6)), notice=sound.notice)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def tutor(tmp_path: Path, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> LessonTutor:
    monkeypatch.setattr(module, "transcriber_of", lambda *_: ear)
    return LessonTutor(tmp_path, speech=Speech(Settings(speaker="off"), lambda: None, lambda: TEXTS))


@pytest.fixture
def client(tutor: LessonTutor) -> Callable[[str], TestClient]:
    app = application(tutor)
    return lambda learner: TestClient(app, base_url="http://localhost", cookies={LEARNER_COOKIE: learner})


def begun(tutor: LessonTutor, learner: str = "Ada") -> tuple[Interview, Prompt]:
    interview = tutor.sittings.begin(Setup(questions=2, spoken=True), learner)
    assert interview.prompt
    return interview, interview.prompt


def draft_of(tutor: LessonTutor, interview: Interview) -> Prompt:
    """The prompt that is open, as it is now."""
    prompt = tutor.sittings.open(interview.id, "Ada").prompt
    assert prompt
    return prompt


def sent(client: TestClient, content: bytes = WAV, **query: Any) -> str:
    answer = client.post("/speech", params=query, content=content)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def heard(client: TestClient, name: str) -> dict[str, Any]:
    for _ in range(600):
        found: dict[str, Any] = client.get(f"/speech/{name}").json()
        if "place" not in found:
            return found
        time.sleep(0.02)
    raise AssertionError("nothing was heard")


def test_what_was_said_is_a_draft_behind_what_was_typed_with_its_delivery(tutor: LessonTutor, client: Callable[[str], TestClient]) -> None:
    interview, prompt = begun(tutor)
    tutor.sittings.draft(interview.id, prompt.id, "First:", learner="Ada")
    ada = client("Ada")
    found = heard(ada, name := sent(ada, interview=interview.id, prompt=prompt.id))
    assert found["text"] == "LowAdapt trains two small matrices"
    assert (found["engine"], found["draft"], found["notice"]) == ("ear", True, "")
    assert [(one["start"], one["end"], one["heard"], one["term"]) for one in found["repairs"]] == [(0, 8, "low adapt", "LowAdapt")]
    for _ in range(2):  # asked twice, it is added once
        heard(ada, name)
        now = draft_of(tutor, interview)
        assert now.draft == "First: LowAdapt trains two small matrices"
        assert now.spoken
        assert now.delivery
        assert now.delivery.spoken_s
    assert now.answer is None


def test_two_recordings_of_one_answer_have_one_delivery(tutor: LessonTutor, client: Callable[[str], TestClient]) -> None:
    interview, prompt = begun(tutor)
    ada = client("Ada")
    times: list[Delivery] = []
    for _ in range(2):
        heard(ada, sent(ada, interview=interview.id, prompt=prompt.id))
        now = draft_of(tutor, interview)
        assert now.delivery
        times.append(now.delivery)
    assert times[1].spoken_s == pytest.approx(2 * (times[0].spoken_s or 0), abs=0.1)
    assert now.draft.count("LowAdapt") == 2


def test_nobody_else_hears_of_it(tutor: LessonTutor, client: Callable[[str], TestClient]) -> None:
    interview, prompt = begun(tutor)
    ada, bob = client("Ada"), client("Bob")
    name = sent(ada, interview=interview.id, prompt=prompt.id, keep=True)
    for answer in (
        bob.get(f"/speech/{name}"),
        bob.delete(f"/speech/{name}"),
        bob.post("/speech", params={"interview": interview.id, "prompt": prompt.id}, content=WAV),
        bob.get("/voice", params={"interview": interview.id, "prompt": prompt.id}),
    ):
        assert answer.status_code == 422
        assert "text" not in answer.json()
    assert heard(ada, name)["text"]
    assert tutor.recordings
    (kept,) = tutor.recordings.of("Ada")
    assert ada.get(f"/recordings/{kept.name}.wav").content == WAV
    assert bob.get(f"/recordings/{kept.name}.wav").status_code == 404


def test_the_sound_is_kept_only_where_that_was_asked(tutor: LessonTutor, client: Callable[[str], TestClient]) -> None:
    ada = client("Ada")
    heard(ada, sent(ada))
    assert tutor.recordings
    assert tutor.recordings.of("Ada") == ()
    heard(ada, sent(ada, keep=True))
    assert len(tutor.recordings.of("Ada")) == 1


def test_what_is_withdrawn_goes_nowhere(tutor: LessonTutor, client: Callable[[str], TestClient]) -> None:
    interview, prompt = begun(tutor)
    ada = client("Ada")
    name = sent(ada, interview=interview.id, prompt=prompt.id)
    assert ada.delete(f"/speech/{name}").status_code == 204
    assert "not known" in ada.get(f"/speech/{name}").json()["problem"]
    now = draft_of(tutor, interview)
    assert now.draft == ""


def test_a_late_transcript_changes_no_later_question(tutor: LessonTutor, client: Callable[[str], TestClient]) -> None:
    interview, prompt = begun(tutor)
    ada = client("Ada")
    name = sent(ada, interview=interview.id, prompt=prompt.id)
    tutor.sittings.skip(interview.id, prompt.id, "Ada")
    assert heard(ada, name)["text"]
    now = draft_of(tutor, interview)
    assert (now.draft, now.spoken) == ("", False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Nothing was recorded"),
        (b"hello", "Only WAV|no recording"),
        (b"RIFF\x00\x00\x00\x00WAVE", "could not be read"),
        (spoken(2.0), "No speech was recognised"),
    ],
)
def test_what_is_no_speech_is_refused_in_a_sentence(client: Callable[[str], TestClient], content: bytes, said: str) -> None:
    answer = client("Ada").post("/speech", content=content)
    assert answer.status_code == 422
    assert any(part in answer.json()["problem"] for part in said.split("|"))


def test_a_failure_to_listen_is_told_each_time(ear: Ear, client: Callable[[str], TestClient]) -> None:
    ear.fault = SpeechError("The ear is away.")
    ada = client("Ada")
    name = sent(ada)
    for _ in range(2):
        assert heard(ada, name) == {"problem": "The ear is away."}


def test_a_recording_may_be_larger_than_other_things_and_not_much(client: Callable[[str], TestClient]) -> None:
    ada = client("Ada")
    assert ada.post("/speech", content=bytes(BODY_LIMIT + 1)).status_code == 422
    assert ada.post("/speech", content=bytes(UPLOAD_LIMIT + 100_000)).status_code == 413
    assert ada.post("/speech", content=WAV, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_question_is_spoken_where_somebody_speaks(
    tutor: LessonTutor, client: Callable[[str], TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    interview, prompt = begun(tutor)
    ask = {"interview": interview.id, "prompt": prompt.id}
    assert client("Ada").get("/voice", params=ask).status_code == 204
    monkeypatch.setattr(tutor.speech, "speak", str.encode)
    answer = client("Ada").get("/voice", params=ask)
    assert (answer.content.decode(), answer.headers["content-type"]) == (prompt.text, "audio/wav")
    assert client("Ada").get("/voice", params=ask | {"prompt": "another"}).status_code == 204


def test_where_listening_is_switched_off_there_is_no_recorder(tmp_path: Path, client: Callable[[str], TestClient]) -> None:
    (tmp_path / "deaf").mkdir()
    deaf = LessonTutor(tmp_path / "deaf", speech=Speech(Settings(transcriber="off", speaker="off"), lambda: None, lambda: TEXTS))
    off = TestClient(application(deaf), base_url="http://localhost")
    assert "switched off" in off.post("/speech", content=WAV).json()["problem"]
    for page in ("/", "/interview"):
        assert "Upload a recording" not in off.get(page).text
        assert "Upload a recording" in client("Ada").get(page).text


def test_what_nobody_asks_for_is_forgotten_in_time(tutor: LessonTutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.ui.hearing._MOST", 2)
    hearings = Hearings(tutor)
    first, *rest = [hearings.begin(WAV, "Ada", Place()) for _ in range(3)]
    with pytest.raises(SpeechError, match="not known"):
        hearings.look(first, "Ada")
    for name in rest:
        assert hearings.look(name, "Ada")
