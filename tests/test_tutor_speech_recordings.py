"""A recording is kept for its owner, listed, and gone for good when it is deleted."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tutor.speech import recordings as module
from tutor.speech.recordings import Recordings
from tutor.speech.types import SpeechError

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "recordings")


def test_what_is_kept_is_listed_newest_first_with_what_it_answers(recordings: Recordings) -> None:
    first = recordings.keep(b"one", "What is\x00 a pan?", AT, 1.23)
    second = recordings.keep(b"two", "", AT + timedelta(seconds=1), 4.0)
    assert recordings.of() == (second, first)
    assert (first.about, first.at, first.duration_s) == ("What is a pan?", AT, 1.2)
    assert recordings.find(first.name).read_bytes() == b"one"


def test_only_its_owner_finds_it_and_only_this_user_can_read_the_file(recordings: Recordings) -> None:
    kept = recordings.keep(b"one", "", AT, 1.0, "Ada")
    assert recordings.of("Bob") == ()
    for act in (recordings.find, recordings.delete):
        with pytest.raises(SpeechError, match="not there"):
            act(kept.name, "Bob")
    path = recordings.find(kept.name, "Ada")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "/etc/passwd", "20260304T050607000000-aaaaaaaa/../x", "x"])
def test_a_name_is_no_path(recordings: Recordings, name: str) -> None:
    recordings.keep(b"one", "", AT, 1.0)
    with pytest.raises(SpeechError, match="not there"):
        recordings.find(name)


def test_what_is_deleted_leaves_nothing(recordings: Recordings, tmp_path: Path) -> None:
    kept = recordings.keep(b"one", "", AT, 1.0)
    recordings.delete(kept.name)
    assert recordings.of() == ()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_all_of_a_learner_go_and_those_of_others_stay(recordings: Recordings) -> None:
    for learner in ("Ada", "Ada", "Bob"):
        recordings.keep(b"one", "", AT, 1.0, learner)
    recordings.forget("Ada")
    recordings.forget("Nobody")
    assert (len(recordings.of("Ada")), len(recordings.of("Bob"))) == (0, 1)


def test_there_is_a_limit_and_a_refusal_of_the_disk_is_told(
    recordings: Recordings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    recordings.keep(b"one", "", AT, 1.0)
    with pytest.raises(SpeechError, match="1 are there already"):
        recordings.keep(b"two", "", AT, 1.0)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpeechError, match="disk refused"):
        Recordings(tmp_path / "file").keep(b"one", "", AT, 1.0)


def test_a_list_that_cannot_be_read_is_told(recordings: Recordings) -> None:
    kept = recordings.keep(b"one", "", AT, 1.0)
    recordings.find(kept.name).with_suffix(".json").write_text("{}")
    with pytest.raises(SpeechError, match="cannot be read"):
        recordings.of()
