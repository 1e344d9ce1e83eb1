"""What was asked and answered is found again, by whoever asked it and by nobody else, whatever happens to the process."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tutor.conversations import INTERRUPTED
from tutor.journal import Journal, JournalError
from tutor.types import Exchange, Reply

ROOT = Path(__file__).parent.parent
REPLY = Reply("It cuts the soil.", True, "offline")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "viva.db"


@pytest.fixture(params=["file", "memory"])
def journal(path: Path, request: pytest.FixtureRequest) -> Iterator[Journal]:
    journal = Journal(path if request.param == "file" else None)
    yield journal
    journal.close()


def told(journal: Journal, question: str = "What is a spade?", answer: str = REPLY.answer, learner: str = "") -> str:
    conversation = journal.begin(learner)
    journal.ask(conversation, f"{conversation}/1", question, learner)
    journal.settle(f"{conversation}/1", Reply(answer, True, "offline"), None, learner)
    return conversation


def test_nothing_is_made_before_it_is_used(path: Path) -> None:
    journal = Journal(path)
    assert not path.parent.exists()
    assert journal.notice is None
    assert path.stat().st_mode & 0o777 == 0o600
    journal.begin()
    assert path.with_name("viva.db-wal").stat().st_mode & 0o777 == 0o600
    journal.close()


def test_a_question_is_kept_before_its_answer_and_the_answer_as_it_grows(journal: Journal) -> None:
    conversation = journal.begin()
    assert journal.conversations() == ()
    journal.ask(conversation, "e1", "What is a spade?")
    assert journal.exchanges(conversation) == (("e1", Exchange("What is a spade?", None, INTERRUPTED)),)
    partial = Reply("It cuts", True, "offline", complete=False)
    journal.settle("e1", partial, None)
    assert journal.exchanges(conversation) == (("e1", Exchange("What is a spade?", partial, INTERRUPTED)),)
    journal.settle("e1", REPLY, None)
    journal.ask(conversation, "e2", "Why?")
    journal.settle("e2", None, "The model did not answer.")
    assert journal.exchanges(conversation) == (
        ("e1", Exchange("What is a spade?", REPLY)),
        ("e2", Exchange("Why?", None, "The model did not answer.")),
    )


def test_everything_is_there_after_a_restart(path: Path) -> None:
    first = Journal(path)
    conversation = told(first)
    listed, kept = first.conversations(), first.exchanges(conversation)
    first.close()
    again = Journal(path)
    assert (again.conversations(), again.exchanges(conversation)) == (listed, kept)
    assert again.notice is None
    again.close()


def test_asking_twice_with_one_id_changes_nothing(journal: Journal) -> None:
    conversation = told(journal)
    before = journal.conversations()
    journal.ask(conversation, f"{conversation}/1", "Something else")
    assert journal.conversations() == before
    assert journal.exchanges(conversation)[0][1] == Exchange("What is a spade?", REPLY)
    other = journal.begin()
    with pytest.raises(JournalError, match="another conversation"):
        journal.ask(other, f"{conversation}/1", "Something else")


def test_trying_again_replaces_an_exchange_and_its_late_answer_stays_away(journal: Journal) -> None:
    conversation = told(journal)
    journal.ask(conversation, "e2", "Why?")
    journal.discard("e2")
    journal.discard("e2")
    journal.ask(conversation, "e3", "Why?")
    journal.settle("e2", REPLY, None)
    journal.settle("e3", REPLY, None)
    assert [name for name, _ in journal.exchanges(conversation)] == [f"{conversation}/1", "e3"]


def test_conversations_are_listed_by_their_last_exchange_with_times_in_utc(journal: Journal) -> None:
    start = datetime.now(UTC)
    old, new = told(journal, "First?"), told(journal, "Second?")
    journal.ask(old, "more", "And?")
    listed = journal.conversations()
    assert [(row.id, row.title, row.exchanges, row.snippet) for row in listed] == [(old, "First?", 2, ""), (new, "Second?", 1, "")]
    assert all(start <= row.created_at <= row.updated_at <= datetime.now(UTC) for row in listed)
    assert all(row.created_at.tzinfo is UTC and row.updated_at.tzinfo is UTC for row in listed)


def test_a_title_is_the_first_question_until_it_is_given_one(journal: Journal) -> None:
    conversation = told(journal, "What is\na spade?")
    assert journal.conversations()[0].title == "What is a spade?"
    journal.rename(conversation, "  My\n\u202espades\x00 " + "x" * 110)
    assert journal.conversations()[0].title == "My spades " + "x" * 110
    for title in ("", " \n\u200b", "x" * 121):
        with pytest.raises(JournalError, match="1 to 120 characters"):
            journal.rename(conversation, title)
    assert journal.conversations()[0].title == "My spades " + "x" * 110


def test_search_finds_all_words_in_titles_questions_and_answers(journal: Journal) -> None:
    spade, street = told(journal, "What is a SPADE?"), told(journal, "Où est la Straße?", "At 100% of x_y, in ΣΟΦΟΣ.")
    journal.rename(spade, "Ground_work")

    def found(search: str) -> list[str]:
        return [row.id for row in journal.conversations(search=search)]

    assert found("") == found("  ") == [street, spade]
    assert found("spade") == found("soil spade") == found("GROUND_") == [spade]
    assert found("OÙ STRASSE") == found("σοφος") == found("100%") == found("x_y") == [street]
    assert found("1%0") == found("xzy") == found("_p") == found("%%") == found("\\") == found("spade straße") == []
    assert found("' OR 1=1 --") == found("x" * 100_000) == []
    assert journal.conversations(search="soil")[0].snippet == "What is a SPADE? It cuts the soil."
    assert journal.conversations(search="ground_")[0].snippet == ""


def test_a_learner_sees_only_their_own(journal: Journal) -> None:
    ann = told(journal, learner="ann")
    assert [row.id for row in journal.conversations("ann", "spade")] == [ann]
    for other in ("ben", "", "Ann", "%"):
        assert journal.conversations(other) == journal.conversations(other, "spade") == ()
        for attempt in (
            lambda other=other: journal.exchanges(ann, other),
            lambda other=other: journal.rename(ann, "Mine", other),
            lambda other=other: journal.delete(ann, other),
            lambda other=other: journal.export(ann, other),
            lambda other=other: journal.ask(ann, "new", "Hello?", other),
            lambda other=other: journal.settle(f"{ann}/1", None, "gone", other),
            lambda other=other: journal.discard(f"{ann}/1", other),
        ):
            with pytest.raises(JournalError, match="not there any more"):
                attempt()
    assert journal.exchanges(ann, "ann") == ((f"{ann}/1", Exchange("What is a spade?", REPLY)),)
    assert journal.conversations("ann")[0].title == "What is a spade?"


def test_a_conversation_is_exported(journal: Journal) -> None:
    conversation = told(journal)
    assert "## 1. What is a spade?\n\nIt cuts the soil.\n" in journal.export(conversation)
    journal.rename(conversation, "*Spades*")
    assert journal.export(conversation).startswith("# \\*Spades\\*\n")
    assert journal.export(journal.begin()).startswith("# New conversation\n")


def test_any_text_can_be_kept(journal: Journal) -> None:
    for number, text in enumerate(("half \ud800 of it", "nul \x00 in it", "😀" * 1000, "", "'; DROP TABLE exchanges; --")):
        conversation = journal.begin()
        journal.ask(conversation, str(number), text)
        journal.settle(str(number), Reply(text, True, "m"), text)
        exchange = journal.exchanges(conversation)[0][1]
        assert exchange.question == text.replace("\ud800", "\ufffd") == exchange.notice
        assert journal.export(conversation)


def test_what_is_deleted_is_gone_from_the_disk(path: Path) -> None:
    journal = Journal(path)
    kept = told(journal, "kept question", "kept answer " * 500)
    conversation = told(journal, "secret QUESTION", "secret answer " * 2000)
    for part in range(3):
        journal.settle(f"{conversation}/1", Reply("secret draft " * 1000 * part, True, "m"), "secret notice")
    journal.rename(conversation, "secret title")
    assert any(b"secret" in file.read_bytes() for file in path.parent.iterdir())
    journal.delete(conversation)
    assert not [file.name for file in path.parent.iterdir() if b"secret" in file.read_bytes() or conversation.encode() in file.read_bytes()]
    assert [row.id for row in journal.conversations()] == [kept]
    with pytest.raises(JournalError):
        journal.exchanges(conversation)
    journal.settle(f"{conversation}/1", REPLY, None)
    journal.close()


def test_sixteen_writers_and_their_readers_do_not_get_in_each_others_way(journal: Journal) -> None:
    shared = told(journal)

    def work(number: int) -> int:
        own = journal.begin()
        for turn in range(4):
            journal.ask(shared, f"{number}-{turn}", "Shared?")
            journal.ask(own, f"own-{number}-{turn}", "Own?")
            journal.settle(f"{number}-{turn}", REPLY, None)
            journal.rename(shared, f"Title {number}")
            journal.conversations(search="own")
        return len(journal.exchanges(own))

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(work, range(16))) == [4] * 16
    exchanges = dict(journal.exchanges(shared))
    assert len(exchanges) == 1 + 16 * 4
    assert all(exchange.settled for exchange in exchanges.values())


def test_no_change_of_a_title_is_lost_between_two_tabs(path: Path) -> None:
    tabs = [Journal(path), Journal(path)]
    conversation = told(tabs[0])
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda tab: [tab.rename(conversation, f"{id(tab)} {turn}") for turn in range(20)], tabs))
    for tab in tabs:
        tab.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version FROM conversations").fetchall() == [(41,)]


ROUNDS = """
import os, signal, sys, threading, time
from pathlib import Path
from tutor.journal import Journal
from tutor.types import Reply

def write(journal, name):
    conversation = journal.begin()
    for turn in range(100_000):
        exchange = f"{name}-{turn}"
        journal.ask(conversation, exchange, "Q" * 500)
        os.write(told, f"asked {conversation} {exchange}\\n".encode())
        journal.settle(exchange, Reply("A" * 9000, True, "m"), None)
        os.write(told, f"settled {conversation} {exchange}\\n".encode())

for round in range(20):
    heard, told = os.pipe()
    children = []
    for number in range(2):
        child = os.fork()
        if not child:
            journal = Journal(Path(sys.argv[1]))
            for thread in range(2):
                threading.Thread(target=write, args=(journal, f"{round}-{number}-{thread}")).start()
            time.sleep(600)
        children.append(child)
    os.close(told)
    said = b""
    if round < 6:
        time.sleep(0.01 * round)
    while said.count(b"\\n") < 2 * (round - 5):
        said += os.read(heard, 65536)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    while more := os.read(heard, 65536):
        said += more
    os.close(heard)
    os.write(1, said)
"""


def test_a_killed_process_loses_nothing_that_it_had_confirmed(path: Path) -> None:
    """Two processes with two threads each, killed twenty times, from the first moment of the file on."""
    said = subprocess.run([sys.executable, "-c", ROUNDS, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert said.stderr == ""
    journal = Journal(path)
    assert journal.notice is None
    kept = {row.id: dict(journal.exchanges(row.id)) for row in journal.conversations()}
    journal.close()
    confirmed = [line.split() for line in said.stdout.splitlines()]
    for what, conversation, exchange in confirmed:
        assert exchange in kept[conversation]
        assert what == "asked" or kept[conversation][exchange].reply == Reply("A" * 9000, True, "m")
    assert len(confirmed) >= sum(range(2, 30, 2))
    assert not list(path.parent.glob("*damaged*"))


def test_a_file_deleted_under_a_running_process_is_noticed(path: Path) -> None:
    journal = Journal(path)
    conversation = told(journal)
    path.unlink()
    with pytest.raises(JournalError, match="was deleted or replaced while Viva was running"):
        journal.ask(conversation, "lost", "Is this kept?")
    fresh = told(journal)
    assert [row.id for row in journal.conversations()] == [fresh]
    journal.close()
    assert [row.id for row in Journal(path).conversations()] == [fresh]


def test_a_full_disk_is_said_and_what_was_there_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor import database

    connect = database.connect

    def cramped(path: Path | None, *, writable: bool = True) -> sqlite3.Connection:
        connection = connect(path, writable=writable)
        connection.execute("PRAGMA max_page_count = 30")
        return connection

    monkeypatch.setattr(database, "connect", cramped)
    journal = Journal(path)
    conversation = told(journal)
    with pytest.raises(JournalError, match="The disk is full"):
        journal.settle(f"{conversation}/1", Reply("A" * 500_000, True, "m"), None)
    assert journal.exchanges(conversation)[0][1].reply == REPLY
    journal.settle(f"{conversation}/1", Reply("Short.", True, "m"), None)
    assert journal.exchanges(conversation)[0][1].reply == Reply("Short.", True, "m")
    journal.close()


def test_a_place_that_cannot_be_used_is_said_at_each_call_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "data" / "viva.db")
    assert "could not be used" in (journal.notice or "")
    with pytest.raises(JournalError, match=r"viva\.db could not be used"):
        journal.begin()
    with pytest.raises(JournalError):
        journal.conversations()
    (tmp_path / "data").unlink()
    assert journal.conversations() == ()
    assert journal.notice is None
    journal.close()


def test_a_backup_is_made_while_others_write(path: Path, tmp_path: Path) -> None:
    journal = Journal(path)
    conversation = told(journal)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            told(journal)

    writer = threading.Thread(target=write)
    writer.start()
    journal.backup(tmp_path / "copy.db")
    journal.backup(tmp_path / "copy.db")
    stop.set()
    writer.join()
    journal.close()
    for file in path.parent.iterdir():
        file.unlink()
    (tmp_path / "copy.db").rename(path)
    assert path.stat().st_mode & 0o777 == 0o600
    restored = Journal(path)
    assert restored.notice is None
    assert restored.exchanges(conversation) == ((f"{conversation}/1", Exchange("What is a spade?", REPLY)),)
    told(restored)
    restored.close()
    with pytest.raises(JournalError, match="in memory only"):
        Journal(None).backup(tmp_path / "none.db")
    with pytest.raises(JournalError, match=r"copy\.db"):
        journal.backup(tmp_path / "nowhere" / "copy.db")
    journal.close()
