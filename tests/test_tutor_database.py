"""The file is made whole, checked before it is trusted, brought up to date in one step, and never thrown away."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tutor import database
from tutor.database import Opened, connect, open_file
from tutor.journal import Journal, JournalError
from tutor.migrations import MIGRATIONS
from tutor.types import Exchange, Reply

ROOT = Path(__file__).parent.parent
REPLY = Reply("It cuts the soil. " * 300, True, "offline")

VERSION_1 = """
PRAGMA application_id = 1447646785;
PRAGMA user_version = 1;
CREATE TABLE conversations (
    id VARCHAR NOT NULL PRIMARY KEY, learner VARCHAR NOT NULL, title VARCHAR, created_at DATETIME NOT NULL, version INTEGER NOT NULL
);
CREATE INDEX ix_conversations_learner ON conversations (learner);
CREATE TABLE exchanges (
    id VARCHAR NOT NULL PRIMARY KEY,
    conversation_id VARCHAR NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, question VARCHAR NOT NULL, reply VARCHAR, notice VARCHAR, folded VARCHAR NOT NULL,
    created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL, UNIQUE (conversation_id, position)
);
INSERT INTO conversations VALUES ('c1', '', 'Spades', '2026-01-02 03:04:05.000006', 1);
INSERT INTO exchanges VALUES ('e1', 'c1', 1, 'What is a spade?', '{"answer": "It cuts.", "answerable": true, "engine": "offline"}', NULL,
    'what is a spade? it cuts.', '2026-01-02 03:04:05.000006', '2026-01-02 03:04:05.000006');
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "viva.db"


def fill(path: Path, conversations: int = 20) -> None:
    journal = Journal(path)
    for number in range(conversations):
        conversation = journal.begin()
        journal.ask(conversation, f"e{number}", f"Question {number}?")
        journal.settle(f"e{number}", REPLY, None)
    journal.close()


def make_version_1(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def cut_in_the_first_page(path: Path) -> None:
    os.truncate(path, 50)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def write_text(path: Path) -> None:
    path.write_text("These are my notes.\n" * 1000, encoding="utf-8")


def write_garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(50_000))


def flip_a_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(random.Random(2).randbytes(4096))


def keep_only_the_header(path: Path) -> None:
    head = path.read_bytes()[:100]
    path.write_bytes(head + random.Random(3).randbytes(40_000))


def put_another_programs_file(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE conversations (x); INSERT INTO conversations VALUES (1); PRAGMA user_version = 1")


DAMAGES = [
    truncate, cut_in_the_first_page, empty, write_text, write_garbage, flip_a_page, keep_only_the_header, put_another_programs_file,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(path: Path, damage: Callable[[Path], None]) -> None:
    fill(path)
    damage(path)
    before = path.read_bytes()
    journal = Journal(path)
    assert journal.notice
    (kept,) = path.parent.glob("*damaged*")
    assert kept.name in journal.notice
    assert kept.read_bytes() == before
    assert journal.conversations() == ()
    conversation = journal.begin()
    journal.ask(conversation, "new", "Does it work?")
    assert len(journal.conversations()) == 1
    journal.close()
    again = Journal(path)
    assert again.notice is None
    assert len(again.conversations()) == 1
    again.close()


def test_a_random_page_is_noticed_or_does_no_harm_beyond_its_rows(path: Path, tmp_path: Path) -> None:
    fill(path, 8)
    chance = random.Random(4)
    noticed = 0
    for page in range(path.stat().st_size // 4096):
        copy = tmp_path / f"{page}" / "viva.db"
        copy.parent.mkdir()
        shutil.copy(path, copy)
        with copy.open("r+b") as file:
            file.seek(page * 4096 + 200)
            file.write(chance.randbytes(2000))
        journal = Journal(copy)
        noticed += journal.notice is not None
        listed = journal.conversations(search="question")
        assert journal.notice or len(listed) >= 7
        for row in listed:
            assert journal.exchanges(row.id)[0][1].settled
        journal.close()
    assert noticed > 2


def test_an_old_log_is_not_poured_into_a_new_file(path: Path) -> None:
    journal = Journal(path)
    conversation = journal.begin()
    journal.ask(conversation, "e", "Old?")
    path.unlink()  # its log stays, as after a kill
    again = Journal(path)
    assert again.notice
    assert "part of it" in again.notice
    assert again.conversations() == ()
    assert list(path.parent.glob("*damaged*-wal"))
    again.close()
    journal.close()
    assert Journal(path).conversations() == ()


def test_many_starts_at_once_agree_on_one_file(path: Path) -> None:
    fill(path)
    write_garbage(path)
    journals = [Journal(path) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        notices = list(threads.map(lambda journal: journal.notice, journals))
    assert len([notice for notice in notices if notice]) == 1
    assert len(list(path.parent.glob("*damaged*"))) == 1
    for number, journal in enumerate(journals):
        conversation = journal.begin()
        journal.ask(conversation, str(number), "Is it the same file?")
    assert [len(journal.conversations()) for journal in journals] == [8] * 8
    for journal in journals:
        journal.close()


def test_the_tables_are_those_that_the_first_version_made(path: Path, tmp_path: Path) -> None:
    make_version_1(tmp_path / "first" / "viva.db")
    open_file(path)

    def columns(path: Path) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]
            return [(name, *column) for name in names for column in connection.execute(f"PRAGMA table_xinfo({name})")]

    with closing(sqlite3.connect(tmp_path / "first" / "viva.db")) as connection:
        for statements in MIGRATIONS[1:]:
            for statement in statements:
                connection.execute(statement)
        connection.commit()
    assert columns(path) == columns(tmp_path / "first" / "viva.db")


def test_a_file_of_the_first_version_opens(path: Path) -> None:
    make_version_1(path)
    journal = Journal(path)
    assert journal.notice is None
    (row,) = journal.conversations(search="SPADE cuts")
    assert (row.title, row.created_at.isoformat()) == ("Spades", "2026-01-02T03:04:05.000006+00:00")
    assert journal.exchanges("c1") == (("e1", Exchange("What is a spade?", Reply("It cuts.", True, "offline"))),)
    journal.close()


def test_a_migration_is_made_whole_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_version_1(path)
    step = ("ALTER TABLE conversations ADD COLUMN pinned INTEGER", "UPDATE conversations SET pinned = 7")
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, (*step, "this is not SQL")))
    with pytest.raises(JournalError, match="syntax error"):
        Journal(path).conversations()
    with closing(connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert "pinned" not in [column[1] for column in connection.execute("PRAGMA table_info(conversations)")]
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, step))
    journal = Journal(path)
    assert len(journal.conversations()) == 1
    journal.close()
    with closing(connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
        assert connection.execute("SELECT pinned FROM conversations").fetchall() == [(7,)]


ENDLESS = """
import sys
from pathlib import Path
from tutor import database
endless = "CREATE TABLE endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
database.MIGRATIONS += (("ALTER TABLE conversations ADD COLUMN pinned INTEGER", endless),)
database.open_file(Path(sys.argv[1]))
"""


def test_a_killed_migration_leaves_the_old_file(path: Path) -> None:
    make_version_1(path)
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    migration = subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], cwd=ROOT)
    log, deadline = path.with_name("viva.db-wal"), time.monotonic() + 30
    while not (log.exists() and log.stat().st_size > 100_000) and time.monotonic() < deadline:
        time.sleep(0.02)
    migration.kill()
    migration.wait()
    assert log.stat().st_size > 100_000
    journal = Journal(path)
    assert journal.notice is None
    assert len(journal.conversations(search="spade")) == 1
    journal.close()
    with closing(connect(path)) as connection:
        assert "pinned" not in [column[1] for column in connection.execute("PRAGMA table_info(conversations)")]


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    make_version_1(path)
    with closing(connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    journal = Journal(path)
    assert "was written by a newer version of Viva" in (journal.notice or "")
    with pytest.raises(JournalError, match="newer version"):
        journal.begin()
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*damaged*"))


def in_a_small_file_system(script: str, tmp_path: Path) -> list[str]:
    """The lines that a script prints whose first argument is a folder with 8 MB of its own. Skips where none can be made."""
    mount = 'mount -t tmpfs -o size=8M none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(tmp_path), sys.executable]
    if not shutil.which("unshare") or subprocess.run([*command, "pass"], capture_output=True, check=False).returncode:
        pytest.skip("no file system of one's own can be made here")
    return subprocess.run([*command, script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()


FULL = """
import subprocess, sys
from pathlib import Path
from tutor.journal import Journal, JournalError
from tutor.types import Reply

folder = Path(sys.argv[1])
journal = Journal(folder / "viva.db")
kept, path = [], folder / "ballast"

def fill():
    with open(path, "ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass

def say(act):
    try:
        print(act())
    except JournalError as error:
        print(error)

def write():
    for number in range(1000):
        conversation = journal.begin()
        journal.ask(conversation, conversation, "Question?")
        journal.settle(conversation, Reply("answer " * 5000, True, "m"), None)
        kept.append(conversation)

say(write)
fill()
print(sorted(row.id for row in journal.conversations(search="answer")) == sorted(kept))
journal.delete(kept[0])
print(len(kept) - len(journal.conversations()))
fill()
journal.close()
journal = Journal(folder / "viva.db")
print(journal.notice)
say(journal.begin)
print(len(kept) - len(journal.conversations()))
path.unlink()
print(len(journal.begin()), journal.notice)
journal.close()
subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
journal = Journal(folder / "viva.db")
print(journal.notice)
say(journal.begin)
print(len(kept) - len(journal.conversations()))
"""


def test_a_full_or_read_only_disk_is_read_and_said(tmp_path: Path) -> None:
    full = f"The disk is full, so {tmp_path}/viva.db cannot be changed. What is in it can still be read. Free some space and try again."
    closed = f"{tmp_path}/viva.db cannot be written, so nothing new is kept. Make its folder writable, or set VIVA_DATA to another folder."
    assert in_a_small_file_system(FULL, tmp_path) == [full, "True", "1", full, full, "1", "32 None", closed, closed, "1"]


def test_a_sound_file_is_opened_without_a_word(path: Path) -> None:
    opened = open_file(path)
    assert opened == Opened(True, database.inode(path), None)
    assert open_file(path) == opened
    assert sorted(file.name for file in path.parent.iterdir()) == ["viva.db", "viva.lock", "viva.reserve"]
    with closing(connect(path)) as connection:
        settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert settings == ["wal", 2, 1]
