"""An interview is found again as it was, by its learner only, and two tabs cannot write past each other."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.interviews import START, VERDICT, answered, asked, at, whole
from tutor.course import replay
from tutor.events import Drafted, Event, InterviewError, Judged, Started
from tutor.interview import Setup, Summary, past_of
from tutor.journal import Journal, JournalError
from tutor.records import Records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "viva.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


@pytest.fixture
def records(journal: Journal) -> Records:
    return Records(journal)


def renamed(events: list[Event], name: str, later_s: float = 0) -> list[Event]:
    """The same happenings in another interview."""
    later = at(later_s) - START
    return [replace(event, id=name if isinstance(event, Started) else f"{name}/{event.id}", at=event.at + later) for event in events]


def keep(records: Records, events: list[Event], learner: str = "") -> str:
    started = events[0]
    assert isinstance(started, Started)
    records.begin(started, learner)
    for position, event in enumerate(events[1:], 1):
        assert records.add(started.id, event, position, learner) == "kept"
    return started.id


def test_an_interview_comes_back_after_every_event(records: Records, path: Path) -> None:
    events = whole()
    started = events[0]
    assert isinstance(started, Started)
    assert records.begin(started) == replay(events[:1]) == records.begin(started)
    for position, event in enumerate(events[1:], 1):
        assert records.add("i", event, position) == "kept"
        other = Journal(path)
        assert Records(other).read("i") == (replay(events[: position + 1]), position + 1)
        other.close()


def test_the_same_event_is_kept_once_and_says_so(records: Records) -> None:
    keep(records, whole())
    for position, event in enumerate(whole()[1:], 1):
        assert records.add("i", event, position) == records.add("i", event, len(whole())) == "known"
    assert records.read("i") == (replay(whole()), len(whole()))
    keep(records, renamed(whole(), "k"))
    with pytest.raises(JournalError, match="another interview"):
        records.add("k", whole()[1], len(whole()))


def test_what_was_thought_of_before_another_event_is_not_kept(records: Records) -> None:
    keep(records, whole()[:2])
    assert records.add("i", answered("t1.1", 3, answer="tab-1"), 2) == "kept"
    late = replace(answered("t1.1", 3, answer="tab-2"), id="other")
    for position in (0, 1, 2, 4, 99):
        assert records.add("i", late, position) == "overtaken"
    assert [answer.id for answer in records.read("i")[0].turns[0].answers] == ["tab-1"]
    assert records.add("i", late, 3) == "kept"
    assert [answer.id for answer in records.read("i")[0].turns[0].answers] == ["tab-1"]


def test_of_two_processes_one_comes_first_at_each_position(path: Path) -> None:
    journals = [Journal(path) for _ in range(4)]
    keep(Records(journals[0]), whole()[:2])

    def write(number: int) -> int:
        records, kept = Records(journals[number % 4]), 0
        for turn in range(10):
            while True:
                position = records.read("i")[1]
                if records.add("i", Drafted(f"{number}-{turn}", at(5), "t1.1", f"{number}-{turn}"), position) == "kept":
                    kept += 1
                    break
        return kept

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(write, range(8))) == 80
    interview, position = Records(journals[0]).read("i")
    assert (len(interview.made_by), position) == (82, 82)
    for journal in journals:
        journal.close()


def test_a_learner_sees_only_their_own(records: Records) -> None:
    keep(records, whole(), "ann")
    started = Started("i", START, Setup(), ())
    event = Drafted("d9", at(9), "t1.1", "x")
    for other in ("ben", "", "Ann", "%"):
        assert (records.interviews(other), records.past(other)) == ((), ())
        assert records.unfinished(other) is None
        for attempt in (
            lambda other=other: records.read("i", other),
            lambda other=other: records.add("i", event, len(whole()), other),
            lambda other=other: records.delete("i", other),
            lambda other=other: records.begin(started, other),
        ):
            with pytest.raises(JournalError, match="not there any more"):
                attempt()
    assert records.read("i", "ann") == (replay(whole()), len(whole()))


def test_the_list_is_newest_first_and_says_what_became_of_each(records: Records) -> None:
    keep(records, whole()[:5])
    keep(records, renamed(whole(), "k", 500))
    second, first = records.interviews()
    assert first == Summary("i", START, "running", 1, None, 0, ("Kitchen",))
    assert second == Summary("k", at(500), "ended", 4, 3.0, 0, ("Kitchen", "Garden"))
    unfinished = records.unfinished()
    assert unfinished == replay(whole()[:5])
    assert records.past() == (*past_of(replay(whole()[:5])), *past_of(replay(renamed(whole(), "k", 500))))
    assert records.past(besides="k") == past_of(replay(whole()[:5]))


def test_what_is_not_judged_is_found_after_a_restart(records: Records) -> None:
    events = whole()
    closed = next(position for position, event in enumerate(events) if event.id == "c1") + 1
    keep(records, events[:closed], "ann")
    keep(records, renamed(events, "done", 5))
    keep(records, renamed(events[:closed], "late", 9))
    assert records.waiting() == (("i", "ann"), ("late", ""))
    records.add("i", Judged("j", at(101), "t1", VERDICT), closed, "ann")
    assert records.waiting() == (("late", ""),)


def test_what_is_deleted_is_gone_from_the_disk(records: Records, path: Path) -> None:
    keep(records, [*whole()[:2], Drafted("d", at(3), "t1.1", "secret " * 3000)])
    keep(records, renamed(whole(), "k"))
    assert any(b"secret" in file.read_bytes() for file in path.parent.iterdir())
    records.delete("i")
    assert not any(b"secret" in file.read_bytes() for file in path.parent.iterdir())
    assert [summary.id for summary in records.interviews()] == ["k"]
    with pytest.raises(JournalError, match="not there any more"):
        records.add("i", asked("t9", 9), 3)


def test_an_interview_that_cannot_be_read_does_not_hide_the_others(records: Records, path: Path) -> None:
    keep(records, whole())
    keep(records, renamed(whole(), "k", 500))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("""UPDATE events SET body = '{"kind": "sang"}', kind = 'sang' WHERE interview_id = 'i' AND position = 5""")
        connection.commit()
    newest, broken = records.interviews()
    assert newest.id == "k"
    assert broken == Summary("i", START, problem="A newer version of Viva has gone on with this interview. Start that version to open it.")
    assert records.past() == past_of(replay(renamed(whole(), "k", 500)))
    assert records.waiting() == ()
    with pytest.raises(InterviewError, match="newer version"):
        records.read("i")


def test_what_is_remembered_is_forgotten_when_another_file_takes_the_place(records: Records, journal: Journal, path: Path) -> None:
    keep(records, whole())
    assert len(records.interviews()) == len(records.past()[:1]) == 1
    for events in (whole()[:3], renamed(whole()[:1], "i", 7) + renamed(whole()[1:], "k")):
        journal.close()
        for file in path.parent.glob("viva.db*"):
            file.unlink()
        other = Journal(path)
        keep(Records(other), events)
        other.close()
        assert records.read("i") == (replay(events), len(events))
        assert [summary.questions for summary in records.interviews()] == [len(replay(events).turns)]
