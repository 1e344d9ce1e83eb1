"""The tutor gets ready behind the screen, says how far it is, and answers when it can."""

import io
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import UserError
from corpus.types import QAItem
from index.retriever import Retriever
from index.store import StaleIndex, load_documents, read_manifest
from tests.sittings import INTERVIEWER
from tests.test_tutor_ladder import no_judge
from tutor.__main__ import main
from tutor.engine import EngineError
from tutor.interview import Setup
from tutor.offline import OfflineEngine
from tutor.prepare import Prepared, index_folder, prepare
from tutor.settings import SettingsError, read_settings
from tutor.text import clean
from tutor.tutor import MAX_QUESTION, QuestionRefused, Tutor
from tutor.types import Message, Reply, Verdict

Report = Callable[[str, int, int], None]


@pytest.fixture
def prepared(retriever: Retriever, tmp_path: Path) -> Prepared:
    engine = OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))
    return Prepared(engine, retriever.retrieve, no_judge)


def last(tutor: Tutor, question: str, *history: Message) -> Reply:
    *_, reply = tutor.ask(question, history)
    return reply


def test_a_question_waits_until_the_tutor_is_ready(prepared: Prepared) -> None:
    go = threading.Event()

    def slowly(report: Report) -> Prepared:
        report("Building the index", 3, 10)
        go.wait(10)
        return prepared

    tutor = Tutor(slowly)
    tutor.start()
    assert not tutor.wait(0.05)
    assert (tutor.status().ready, tutor.status().text, tutor.status().share) == (False, "Building the index (3 of 10)", 0.3)
    assert tutor.examples() == ()
    threading.Timer(0.05, go.set).start()
    assert last(tutor, "What is a pan?").answerable
    assert tutor.status().text == "Ready: 4 questions from 2 documents"
    assert tutor.examples()


def test_a_failure_to_get_ready_is_told_at_every_question() -> None:
    def fail(_report: Report) -> Prepared:
        raise StaleIndex("The index is old. Build it anew.")

    tutor = Tutor(fail)
    tutor.prepare()
    assert tutor.status().problem == "The index is old. Build it anew."
    with pytest.raises(EngineError, match="The index is old"):
        last(tutor, "What is a pan?")


def test_an_unforeseen_failure_blocks_nobody(prepared: Prepared) -> None:
    def crash(_report: Report) -> Prepared:
        raise ZeroDivisionError

    tutor = Tutor(crash)
    with pytest.raises(ZeroDivisionError):
        tutor.prepare()
    assert tutor.wait(1) is False
    assert "terminal" in (tutor.status().problem or "")
    assert len(prepared.engine.documents) == 2


def test_interviews_are_about_the_documents_and_go_on_by_themselves_after_a_restart(prepared: Prepared, tmp_path: Path) -> None:
    held, go = threading.Event(), threading.Event()

    def judge(item: QAItem, answer: str) -> Verdict:
        if held.is_set():
            go.wait(60)
        return Verdict(float(len(answer)), (0, 10), item.id)

    def tutor() -> Tutor:
        return Tutor(lambda _report: replace(prepared, judge=judge), journal=tmp_path / "viva.db", interviewer=INTERVIEWER)

    first = tutor()
    threading.Timer(0.05, first.start).start()
    interview = first.sittings.begin(Setup(questions=1))
    assert first.sittings is first.sittings
    assert interview.turns[0].question == "What is a pan?"
    interview = first.sittings.pass_(interview.id, interview.turns[0].prompts[0].id)
    assert first.sittings.wait(interview.id, timeout_s=60).turns[0].score == len("I don't know.")
    other = first.sittings.begin(Setup(questions=1))
    held.set()
    first.sittings.pass_(other.id, other.turns[0].prompts[0].id)
    held.clear()
    second = tutor()
    second.start()
    assert second.wait(60)
    assert second.sittings.wait(other.id, timeout_s=60).judged
    go.set()


def test_a_follow_up_is_understood_from_the_history(prepared: Prepared) -> None:
    tutor = Tutor(lambda _report: prepared)
    tutor.prepare()
    reply = last(tutor, "why?", Message("user", "What does a spade do?"), Message("assistant", "It cuts."))
    assert reply.citations[0].question == "What does a spade do?"


@pytest.mark.parametrize("nothing", ["", "   \n", "???", "\u200b", "🙂🙂"])
def test_nothing_asked_is_refused_with_a_hint(prepared: Prepared, nothing: str) -> None:
    tutor = Tutor(lambda _report: prepared)
    with pytest.raises(QuestionRefused, match="There is no question in that"):
        last(tutor, nothing)


def test_too_much_asked_is_refused_with_the_limit(prepared: Prepared) -> None:
    tutor = Tutor(lambda _report: prepared)
    with pytest.raises(QuestionRefused, match="the limit is 4,000"):
        last(tutor, "pan " * MAX_QUESTION)


def test_control_characters_and_halves_of_characters_are_cleaned_away() -> None:
    assert clean("a\x00b\x1b[31mc\x07d\ud800e\u202ef\u200bg\nh") == "abcdefg\nh"


def test_the_index_is_built_once_and_again_when_documents_change(kitchen: Path, tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", documents=(kitchen,))
    steps: list[str] = []

    def told(doing: str, _done: int, _total: int) -> None:
        steps.append(doing)

    first = prepare(settings, told)
    assert "Building the index" in steps
    assert (len(first.engine.items), len(first.engine.documents)) == (4, 2)
    steps.clear()
    prepare(settings, told)
    assert "Building the index" not in steps
    (kitchen / "more.md").write_text("## What is a lid?\n\nA cover.\n", encoding="utf-8")
    assert len(prepare(settings, told).engine.items) == 5


def test_a_damaged_index_is_built_anew(kitchen: Path, tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", documents=(kitchen,))
    prepare(settings, lambda *_told: None)
    folder = index_folder(settings)
    (folder / read_manifest(folder).generation / "vectors.npy").write_bytes(b"nothing")
    assert len(prepare(settings, lambda *_told: None).engine.items) == 4


def test_an_index_of_another_model_is_refused_until_a_rebuild_is_asked_for(kitchen: Path, tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", documents=(kitchen,))
    prepare(settings, lambda *_told: None)
    manifest = index_folder(settings) / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("all-MiniLM-L6-v2", "another-model"), encoding="utf-8")
    with pytest.raises(StaleIndex, match="built with the embedding model another-model"):
        prepare(settings, lambda *_told: None)
    assert len(prepare(settings.model_copy(update={"rebuild": True}), lambda *_told: None).engine.items) == 4


def test_settings_come_from_the_environment_and_are_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIVA_ENCODER", "BAAI/bge-small-en-v1.5")
    monkeypatch.setenv("VIVA_DATA", str(tmp_path))
    assert (read_settings().encoder, read_settings().data) == ("BAAI/bge-small-en-v1.5", tmp_path)
    assert read_settings(encoder="other").encoder == "other"
    monkeypatch.setenv("VIVA_ENCODER", "")
    with pytest.raises(SettingsError, match="VIVA_ENCODER cannot be ''"):
        read_settings()


def test_ask_holds_to_the_shell_contract(
    kitchen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings(data=tmp_path / "data", documents=(kitchen,))
    prepare(settings, lambda *_told: None)
    lines = [{"qid": 7, "query": "What is a pan?", "depth": "simple"}, {"qid": 8, "query": "the weather in Lisbon tomorrow"}]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(json.dumps(line) for line in lines)))
    assert main(["ask", "--index", str(index_folder(settings)), "--jsonl"]) == 0
    pan, weather = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert set(pan) == {"qid", "answer", "answerable", "engine", "citations", "follow_ups"}
    text = (kitchen / pan["citations"][0]["file"]).read_text(encoding="utf-8")
    for citation in pan["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert (weather["qid"], weather["answerable"], weather["citations"]) == (8, False, [])


def test_an_error_of_the_shell_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("What is a pan?\n"))
    assert main(["ask", "--index", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith("There is no index in")
    assert issubclass(EngineError, UserError)
