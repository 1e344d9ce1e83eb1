"""settings -> tutor -> screen -> launch, and nothing else. The screen is up first; the tutor gets ready behind it."""

import argparse
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UserError

if TYPE_CHECKING:
    from tutor.prepare import Prepared, Report
    from tutor.settings import Settings
    from tutor.ui.access import Access

_LOCAL = {"127.0.0.1", "localhost", "::1"}
_HEAD_START_S = 1.0  # for the first page, before the imports of the tutor take the processor


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves the screen until it is interrupted. Returns the exit status."""
    options = _options(arguments)
    try:
        _serve(options)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python app.py", description="Viva, an interview tutor in your browser.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default 127.0.0.1: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="the port (default 7860)")
    parser.add_argument(
        "--documents", type=Path, action="append", default=[], metavar="DIR", help="a folder to add to the shipped documents"
    )
    parser.add_argument(
        "--only-documents", type=Path, action="append", metavar="DIR", help="a folder to use in place of the shipped documents"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the index is kept (default .viva beside app.py)")
    parser.add_argument("--rebuild", action="store_true", default=None, help="build the index anew, whatever is there")
    parser.add_argument("--mcp", action="store_true", help="offer search, ask, quiz, grade and due as MCP tools, at /mcp")
    parser.add_argument("--i-know", action="store_true", help="allow a --host that other people can reach without a log-in")
    return parser.parse_args(arguments)


def _serve(options: argparse.Namespace) -> None:
    from tutor.connection import Connection
    from tutor.endpoint import endpoint_of
    from tutor.interviewing import INTERVIEWER
    from tutor.libraries import Libraries
    from tutor.settings import read_settings
    from tutor.speech.recordings import Recordings
    from tutor.speech.speech import Speech
    from tutor.terminal import terminal_progress
    from tutor.tutor import Tutor
    from tutor.ui.server import application, serve

    settings = read_settings(data=options.data, rebuild=options.rebuild)
    if options.host not in _LOCAL and not (settings.auth or options.i_know):
        raise UserError(
            f"There is no log-in: anybody who can reach {options.host} could use this tutor. "
            "Set VIVA_AUTH=on to have one, or add --i-know to serve it there all the same."
        )
    folders = (*(options.only_documents or settings.documents), *options.documents)
    settings = settings.model_copy(update={"documents": folders})
    connection = Connection(settings.data, endpoint_of(settings), options.port)
    tutor = Tutor(
        lambda report: _prepare(settings, report),
        terminal_progress(),
        journal=settings.data / "viva.db",
        connection=connection,
        interviewer=INTERVIEWER,
        speech=Speech(settings, lambda: connection.endpoint, lambda: tutor.texts()),
        recordings=Recordings(settings.data / "recordings"),
        libraries=Libraries(settings.data / "library", of_their_own=settings.auth),
    )
    sys.stdout.write(f"Viva is at http://{options.host}:{options.port} (Ctrl+C ends it)\n")
    screen = application(tutor, (options.host,), _access(settings), settings.url, tools=options.mcp)
    starting = threading.Timer(_HEAD_START_S, tutor.start)
    starting.daemon = True
    starting.start()
    serve(screen, options.host, options.port)


def _access(settings: "Settings") -> "Access":
    """Who may come in. The first start with accounts makes one, whose password is shown this once."""
    from tutor.ui.access import Access

    if not settings.auth:
        return Access()
    from tutor.accounts import FIRST
    from tutor.users import accounts_of

    accounts = accounts_of(settings)
    if password := accounts.begin(datetime.now(UTC)):
        sys.stdout.write(
            f"Log in as {FIRST} with the password {password}\n"
            f"It is shown only now. To change it: python -m tutor users password {FIRST}\n"
            "To let others in: python -m tutor users add NAME\n"
        )
    return Access(accounts, secure=settings.url.startswith("https:"))


def _prepare(settings: "Settings", report: "Report") -> "Prepared":
    from tutor.prepare import prepare

    prepared = prepare(settings, report)
    for problem in prepared.problems:
        sys.stderr.write(f"{problem}\n")
    return prepared


if __name__ == "__main__":
    sys.exit(main())
