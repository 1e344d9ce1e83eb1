"""How often somebody may do something. The times are kept in memory: a restart forgives, and nothing is written for a stranger."""

import threading
from collections import deque

from corpus.errors import UserError

_MANY = 10_000  # keys; with more, the one that has been quiet for longest is forgotten


class TooFast(UserError):
    """More was asked in a minute than one person can read."""


class Throttle:
    """At most `limit` times in `window_s` seconds for each key. Any number of threads may use one. The clock is an argument, in seconds."""

    def __init__(self, limit: int, window_s: float) -> None:
        self.limit, self.window_s = limit, window_s
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> float:
        """Counts one and returns 0.0, or counts nothing and returns the seconds after which there is room for one."""
        with self._lock:
            times = self._times.pop(key, deque())
            self._times[key] = times  # at the end: the first are those that have been quiet for longest
            if len(self._times) > _MANY:
                self._times.pop(next(iter(self._times)))
            while times and times[0] <= now - self.window_s:
                times.popleft()
            if len(times) >= self.limit:
                return times[0] + self.window_s - now
            times.append(now)
            return 0.0

    def give_back(self, key: str) -> None:
        """Takes back the last one that was counted."""
        with self._lock:
            if times := self._times.get(key):
                times.pop()
