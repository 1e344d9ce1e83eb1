"""Who may log in: passwords that cannot be read, sessions that end at once, and a command that never takes a password as an argument."""

import io
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from tutor.__main__ import main
from tutor.accounts import FIRST, SESSION, AccountError, Accounts
from tutor.journal import Journal
from tutor.learners import LearnerError, as_known, clean_name

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "nine pans of iron"
OTHER = "ten kettles of tin"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "accounts.db"


@pytest.fixture
def accounts(file: Path) -> Accounts:
    made = Accounts(file, QUICK)
    made.add("Root", PASSWORD, NOW, admin=True)
    made.add("Anna", PASSWORD, NOW)
    return made


def session(accounts: Accounts, name: str = "Anna", password: str = PASSWORD) -> str:
    token = accounts.log_in(name, password, NOW)
    assert token
    return token


def test_a_session_belongs_to_who_logged_in(accounts: Accounts) -> None:
    account = accounts.who(session(accounts, "anna"), NOW)
    assert account
    assert (account.name, account.admin, account.created_at) == ("Anna", False, NOW)


@pytest.mark.parametrize(
    ("name", "password"), [("Anna", "wrong"), ("Nobody", PASSWORD), ("", ""), ("Anna", PASSWORD + " "), ("\ud800", "x")]
)
def test_what_does_not_go_together_gives_no_session(accounts: Accounts, name: str, password: str) -> None:
    assert accounts.log_in(name, password, NOW) is None


def test_an_unknown_name_takes_as_much_work_as_a_wrong_password(file: Path) -> None:
    accounts = Accounts(file, PasswordHasher(time_cost=8, memory_cost=8192, parallelism=1))
    accounts.add("Anna", PASSWORD, NOW)

    def work(name: str) -> float:
        begun = process_time()
        accounts.log_in(name, "not her password", NOW)
        return process_time() - begun

    known, unknown = (min(work(name) for _ in range(3)) for name in ("Anna", "Nobody"))
    assert unknown > known / 2


def test_each_log_in_has_a_token_of_its_own(accounts: Accounts) -> None:
    first, second = session(accounts), session(accounts)
    assert first != second
    accounts.log_out(first)
    assert accounts.who(first, NOW) is None
    assert accounts.who(second, NOW)


def test_a_session_ends_by_itself(accounts: Accounts) -> None:
    token = session(accounts)
    assert accounts.who(token, NOW + SESSION - timedelta(seconds=1))
    assert accounts.who(token, NOW + SESSION) is None


def test_a_new_password_ends_all_sessions(accounts: Accounts) -> None:
    tokens = [session(accounts), session(accounts)]
    other = session(accounts, "Root")
    accounts.set_password("anna", OTHER)
    assert [accounts.who(token, NOW) for token in tokens] == [None, None]
    assert accounts.who(other, NOW)
    assert accounts.log_in("Anna", PASSWORD, NOW) is None
    assert session(accounts, password=OTHER)


def test_a_disabled_user_is_out_at_once_and_can_be_let_in_again(accounts: Accounts) -> None:
    token = session(accounts)
    accounts.disable("Anna")
    assert accounts.who(token, NOW) is None
    assert accounts.log_in("Anna", PASSWORD, NOW) is None
    accounts.disable("Anna", disabled=False)
    assert accounts.who(token, NOW) is None, "what is over stays over"
    assert session(accounts)


def test_a_removed_user_is_out_at_once(accounts: Accounts) -> None:
    token = session(accounts)
    accounts.remove("Anna")
    assert accounts.who(token, NOW) is None
    with pytest.raises(AccountError, match="nobody called 'Anna'"):
        accounts.find("Anna")


def test_a_password_that_changes_while_somebody_logs_in_lets_nobody_in(file: Path) -> None:
    Accounts(file, QUICK).add("Anna", PASSWORD, NOW)

    class Slow(PasswordHasher):
        def verify(self, kept: str | bytes, password: str | bytes) -> Literal[True]:
            Accounts(file, QUICK).set_password("Anna", OTHER)
            return super().verify(kept, password)

    slow = Accounts(file, Slow(time_cost=1, memory_cost=8, parallelism=1))
    assert slow.log_in("Anna", PASSWORD, NOW) is None


@pytest.mark.parametrize("change", [Accounts.disable, Accounts.remove])
def test_the_last_administrator_stays(accounts: Accounts, change: object) -> None:
    assert callable(change)
    with pytest.raises(AccountError, match="last administrator"):
        change(accounts, "Root")
    accounts.add("Second", PASSWORD, NOW, admin=True)
    change(accounts, "Root")


def test_nothing_in_the_file_can_be_logged_in_with(accounts: Accounts, file: Path) -> None:
    token = session(accounts)
    content = file.read_bytes()
    assert PASSWORD.encode() not in content
    assert token.encode() not in content
    assert content.count(b"$argon2id$") == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_old_hashes_are_renewed_at_the_next_log_in(accounts: Accounts, file: Path) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    assert session(Accounts(file, stronger))
    with sqlite3.connect(file) as db:
        kept = dict(db.execute("SELECT folded, hash FROM users").fetchall())
    assert (stronger.check_needs_rehash(kept["anna"]), stronger.check_needs_rehash(kept["root"])) == (False, True)
    assert session(accounts), "and still fits"


@pytest.mark.parametrize("password", ["", "short", "x" * 300, "aaaaaaaaaaaa", "A long name", "121212121212"])
def test_a_bad_password_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(AccountError, match="password"):
        accounts.add("a long name", password, NOW)
    assert len(accounts.all()) == 2


@pytest.mark.parametrize("name", ["anna", "ANNA", " Anna ", "An\u200bna"])
def test_a_name_is_given_once(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="already"):
        accounts.add(name, PASSWORD, NOW)


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "\u202e\u200b"])
def test_a_name_that_cannot_be_read_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(LearnerError, match="1 to 40"):
        accounts.add(name, PASSWORD, NOW)


def test_a_password_fits_however_the_keyboard_writes_it(accounts: Accounts) -> None:
    accounts.add("Zoe", "caf\u00e9 au lait chaud", NOW)
    assert session(accounts, "Zoe", "cafe\u0301 au lait chaud")


def test_names_are_cleaned_and_keep_their_spelling() -> None:
    assert clean_name("  Anna\tMaria\x00 ") == "Anna Maria"
    assert as_known("anna", ["Bob", "Anna"]) == "Anna"
    assert as_known("Zoe", ["Bob", "Anna"]) == "Zoe"


def test_the_first_start_makes_one_administrator_once(file: Path) -> None:
    accounts = Accounts(file, QUICK)
    made: list[str | None] = []
    starts = [threading.Thread(target=lambda: made.append(Accounts(file, QUICK).begin(NOW))) for _ in range(4)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    (password,) = filter(None, made)
    assert len(password) >= 16
    assert [account.name for account in accounts.all()] == [FIRST]
    account = accounts.who(session(accounts, FIRST, password), NOW)
    assert account
    assert account.admin
    assert accounts.begin(NOW) is None


def test_a_file_that_is_no_database_is_a_sentence(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(AccountError, match="cannot be used"):
        Accounts(file, QUICK).all()


def test_a_file_of_a_newer_viva_is_left_alone(accounts: Accounts, file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(AccountError, match="newer Viva"):
        accounts.all()


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, typed: str, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(["users", "--data", str(folder), *arguments])


def test_users_are_kept_from_the_shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: Path) -> None:
    folder = file.parent
    assert run(monkeypatch, folder, f"{PASSWORD}\n", "add", "Anna", "--admin") == 0
    assert run(monkeypatch, folder, f"{PASSWORD}\n", "add", "Bob") == 0
    accounts = Accounts(file)
    token = session(accounts, "Bob")
    assert run(monkeypatch, folder, f"{OTHER}\n", "password", "bob") == 0
    assert accounts.who(token, NOW) is None
    assert session(accounts, "Bob", OTHER)
    assert run(monkeypatch, folder, "", "disable", "Bob") == 0
    capsys.readouterr()
    assert run(monkeypatch, folder, "", "list") == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:2] for line in listed] == [["Anna", "admin"], ["Bob", "disabled"]]
    assert run(monkeypatch, folder, "", "enable", "Bob") == 0
    assert run(monkeypatch, folder, "short\n", "add", "Eve") == 1
    assert run(monkeypatch, folder, "", "disable", "Nobody") == 1
    said = capsys.readouterr()
    assert "10 to 256 characters" in said.err
    assert "nobody called 'Nobody'" in said.err
    assert PASSWORD not in said.out + said.err


def test_removing_a_user_removes_what_was_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: Path) -> None:
    accounts = Accounts(file, QUICK)
    journal = Journal(file.parent / "viva.db")
    for name in ("Anna", "Bob"):
        accounts.add(name, PASSWORD, NOW, admin=name == "Anna")
        journal.ask(journal.begin(name), f"exchange of {name}", f"What does {name} ask?", name)
    assert run(monkeypatch, file.parent, "bob?\n", "remove", "Bob") == 1
    assert "Nothing was removed" in capsys.readouterr().err
    assert len(journal.conversations("Bob")) == 1
    assert run(monkeypatch, file.parent, "Bob\n", "remove", "bob") == 0
    assert journal.conversations("Bob") == ()
    assert len(journal.conversations("Anna")) == 1
    assert [account.name for account in accounts.all()] == ["Anna"]


def test_a_name_that_was_chosen_before_becomes_an_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    journal = Journal(file.parent / "viva.db")
    journal.ask(journal.begin("Zoe"), "x", "What is a pan?", "Zoe")
    assert run(monkeypatch, file.parent, f"{PASSWORD}\n", "add", "zoe") == 0
    assert capsys.readouterr().out == "Zoe may log in now. What was kept here under that name belongs to the account.\n"
    assert run(monkeypatch, file.parent, f"{PASSWORD}\n", "add", "Bob") == 0
    assert capsys.readouterr().out == "Bob may log in now.\n"


def test_a_password_is_no_argument(file: Path) -> None:
    command = [sys.executable, "-m", "tutor", "users", "--data", str(file.parent), "add", "Anna", "--password", PASSWORD]
    refused = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert refused.returncode == 2
    assert "unrecognized arguments" in refused.stderr


def test_everybody_who_kept_something_is_known(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "viva.db")
    for learner in ("Bob", "", "Anna", "Bob"):
        journal.begin(learner)
    assert journal.learners() == ("", "Anna", "Bob")
