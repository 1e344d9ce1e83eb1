"""Formats that somebody else's code unpacks are read in a process of their own, so that a bad file can only end itself.

Such a program reads the file from standard input and prints an object of JSON, {"problem": the rest of a sentence that begins with the
file's name} where it cannot be read.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from corpus.errors import UnreadableDocument

_CPU_SECONDS, _MEMORY_BYTES = 30, 1_500_000_000


def read_in_child(module: str, raw: bytes, name: str, again: str) -> dict[str, Any]:  # as that module has it
    """What `python -m module` makes of a file. `again` says what to do with one that it fails at. Raises UnreadableDocument."""
    try:
        done = subprocess.run([sys.executable, "-m", module], input=raw, capture_output=True, timeout=2 * _CPU_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument(f"{name} took too long to read. {again}") from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise UnreadableDocument(f"{name} could not be read: it is damaged or too complex. {again}") from error
    if problem := answer.get("problem"):
        raise UnreadableDocument(f"{name} {problem}")
    return answer


def answer(read: Callable[[bytes], dict[str, object]]) -> None:
    """The other side: sets the limits that the system knows, 30 s of processor time and 1.5 GB, then reads."""
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
