"""Follows a tutor's reply from the event loop, so that Stop works at once, whatever the tutor is waiting for.

Gradio can only close a plain generator between two of its steps, and holds a lock that all sessions share until it can. So the
tutor runs in a thread of its own, and what the screen waits on is a timer. The thread is a daemon: Ctrl+C does not wait for it.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Generator, Iterator
from typing import Generic, TypeVar

from corpus.errors import UserError
from tutor.engine import EngineError

FAILED = "Something went wrong inside Viva; the terminal that it runs in says what. Your question is kept: try again."

T = TypeVar("T")


async def follow(items: Iterator[T], every_s: float) -> AsyncGenerator[T | None]:
    """The newest item each `every_s` seconds, None where there is no new one; the last item always.

    Raises UserError, also where `items` raises anything else, of which Python then tells in the terminal. When nobody follows any
    more, `items` is closed as soon as it has its next item.
    """
    taker = _Taker(items)
    taker.start()
    try:
        while True:
            last = not taker.is_alive()
            yield taker.newest.pop() if taker.newest else None
            if last:
                break
            await asyncio.sleep(every_s)
    finally:
        taker.left.set()
    if taker.problem:
        raise taker.problem


class _Taker(threading.Thread, Generic[T]):
    """Takes the items as they come, until there are no more or everybody has left."""

    def __init__(self, items: Iterator[T]) -> None:
        super().__init__(name="answer", daemon=True)
        self.newest: deque[T] = deque(maxlen=1)
        self.left = threading.Event()
        self.problem: UserError | None = EngineError(FAILED)  # until it ends well
        self._items = items

    def run(self) -> None:
        """In its own thread."""
        try:
            for item in self._items:
                self.newest.append(item)
                if self.left.is_set():
                    break
            if isinstance(self._items, Generator):
                self._items.close()
            self.problem = None
        except UserError as error:
            self.problem = error
