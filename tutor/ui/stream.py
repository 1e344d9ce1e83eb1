"""Follows a tutor's reply from the event loop, so that Stop works at once, whatever the tutor is waiting for.

Gradio can only close a plain generator between two of its steps, and holds a lock that all sessions share until it can. So the
tutor runs in a thread of its own, and what the screen waits on is a timer.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncGenerator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from corpus.errors import UserError
from tutor.engine import EngineError

FAILED = "Something went wrong inside Viva; the terminal that it runs in says what. Your question is kept: try again."

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_THREADS = ThreadPoolExecutor(max_workers=128, thread_name_prefix="answer")


async def follow(items: Iterator[T], every_s: float) -> AsyncGenerator[T | None]:
    """The newest item each `every_s` seconds, None where there is no new one; the last item always.

    Raises UserError, also where `items` raises anything else, which is then in the log. When nobody follows any more, `items` is
    closed as soon as it has its next item.
    """
    newest: deque[T] = deque(maxlen=1)
    left = threading.Event()

    def run() -> None:
        try:
            for item in items:
                newest.append(item)
                if left.is_set():
                    break
        finally:
            if isinstance(items, Generator):
                items.close()

    job = asyncio.get_running_loop().run_in_executor(_THREADS, run)
    try:
        while True:
            done, _ = await asyncio.wait([job], timeout=every_s)
            yield newest.pop() if newest else None
            if done:
                break
    finally:
        left.set()
        job.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # told below, or nobody is there to be told
    error = job.exception()
    if isinstance(error, UserError):
        raise error
    if error:
        _LOG.error("An answer failed", exc_info=error)
        raise EngineError(FAILED) from error
