"""Runs a coroutine on a loop in a thread of its own, so that whoever waits for it can leave at any time and end it by leaving."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Coroutine, Generator
from typing import TypeVar

HEARTBEAT_S = 0.2
_LEAVE_S = 1.0

T = TypeVar("T")


def in_background(work: Callable[[Callable[[T], None]], Coroutine[None, None, None]]) -> Generator[T | None, None, None]:
    """What `work` hands to its argument, as it comes; None each 0.2 s in which nothing came, so that a reader can stop.

    Raises what `work` raises. Closing the generator cancels `work` wherever it waits.
    """
    arrived: queue.SimpleQueue[T | None] = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    task = loop.create_task(work(arrived.put))
    thread = threading.Thread(target=_run, args=(loop, task), name="model", daemon=True)
    task.add_done_callback(lambda _task: arrived.put(None))
    thread.start()
    try:
        while not (task.done() and arrived.empty()):
            try:
                yield arrived.get(timeout=HEARTBEAT_S)
            except queue.Empty:
                yield None
        thread.join()
        task.result()
    finally:
        with contextlib.suppress(RuntimeError):  # the loop may just have ended
            loop.call_soon_threadsafe(task.cancel)
        thread.join(_LEAVE_S)


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(asyncio.wait([task]))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
