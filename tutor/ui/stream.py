"""Follows a tutor's reply from the event loop, so that Stop works at once, whatever the tutor is waiting for.

Gradio can only close a plain generator between two of its steps, and holds a lock that all sessions share until it can. So the
tutor runs in a thread of its own, and what the screen waits on is a timer.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_THREADS = ThreadPoolExecutor(max_workers=128, thread_name_prefix="answer")


async def follow(items: Iterator[T], every_s: float) -> AsyncGenerator[T | None]:
    """The newest item each `every_s` seconds, None where there is no new one; the last item always. Raises what `items` raises.

    `items` is closed, in its own thread, as soon as it comes up for air after nobody follows it any more.
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
        await job
    finally:
        left.set()
        job.add_done_callback(lambda done: done.cancelled() or done.exception())  # seen, or nobody is there any more to see it
