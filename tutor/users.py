"""The users of a Viva with accounts, from the shell: `python -m tutor users add|list|password|disable|enable|remove`.

A password is never an argument, where other people of the machine and the shell's history would see it: it is asked for, or is the
first line of the standard input.
"""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import UserError
from tutor.accounts import AccountError, Accounts
from tutor.journal import Journal
from tutor.learners import as_known, clean_name
from tutor.libraries import Libraries
from tutor.settings import Settings, read_settings
from tutor.speech.recordings import Recordings

FILE = "accounts.db"

_COMMANDS = {
    "add": "make an account; the password is asked for, or read from standard input",
    "list": "everybody who has an account",
    "password": "change a password, which ends all sessions of that user",
    "disable": "end all sessions of a user and let them in no more",
    "enable": "let a disabled user in again",
    "remove": "remove an account and all that the user kept, for good",
}


def add_users(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to those of the shell."""
    users = commands.add_parser("users", help="who may log in, where VIVA_AUTH=on")
    users.add_argument("--data", type=Path, metavar="DIR", help="where the accounts are kept (default as for app.py)")
    verbs = users.add_subparsers(dest="verb", required=True)
    for verb, text in _COMMANDS.items():
        parser = verbs.add_parser(verb, help=text)
        if verb != "list":
            parser.add_argument("name", help="the name that is typed to log in")
        if verb == "add":
            parser.add_argument("--admin", action="store_true", help="may also change the settings")
        if verb == "remove":
            parser.add_argument("--yes", action="store_true", help="do not ask")


def run_users(options: argparse.Namespace) -> None:
    """Does what the command says. Raises UserError."""
    settings = read_settings(data=options.data)
    accounts = accounts_of(settings)
    if options.verb == "list":
        for account in accounts.all():
            notes = [note for note, holds in (("admin", account.admin), ("disabled", account.disabled)) if holds]
            sys.stdout.write("\t".join([account.name, ", ".join(notes) or "-", f"since {account.created_at:%Y-%m-%d}"]) + "\n")
        return
    sys.stdout.write(_done(accounts, settings, options) + "\n")


def accounts_of(settings: Settings) -> Accounts:
    """The accounts in the data folder."""
    return Accounts(settings.data / FILE)


def _done(accounts: Accounts, settings: Settings, options: argparse.Namespace) -> str:
    """Does it, and says so."""
    if options.verb == "add":
        name = as_known(clean_name(options.name), known := _journal(settings).learners())
        account = accounts.add(name, _password(), datetime.now(UTC), admin=options.admin)
        more = " What was kept here under that name belongs to the account." if account.name in known else ""
        return f"{account.name} may log in now.{more}"
    account = accounts.find(options.name)
    if options.verb == "password":
        accounts.set_password(account.name, _password())
        return f"The password of {account.name} is changed, and all sessions with the old one are over."
    if options.verb == "remove":
        if not options.yes:
            _confirm(account.name)
        accounts.disable(account.name)  # first, so that nothing is kept meanwhile; the account last, so that this can be tried again
        _journal(settings).delete_all(account.name)
        Recordings(settings.data / "recordings").forget(account.name)
        Libraries(settings.data / "library", of_their_own=True).forget(account.name)
        accounts.remove(account.name)
        return f"{account.name} is removed, with everything that was kept."
    accounts.disable(account.name, disabled=options.verb == "disable")
    return f"{account.name} is locked out." if options.verb == "disable" else f"{account.name} may log in again."


def _journal(settings: Settings) -> Journal:
    return Journal(settings.data / "viva.db")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise AccountError("These are two different passwords. Start again.")
    return password


def _confirm(name: str) -> None:
    sys.stderr.write(f"This deletes the account and all conversations of {name} for good. Type the name to go on: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != name:
        raise UserError("That is not the name. Nothing was removed.")
