"""Whose is it? Gradio gives a session, an event or an uploaded file to whoever names it; here each belongs to who had it first.

A session's name is made up by the browser, so it is claimed at its first use. An event's id and a file's path are made by the server:
they are claimed for the learner to whom they are sent.
"""

import json
import os
import re
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from urllib.parse import unquote

_MOST = 5_000  # of each learner: what was not used for longest is given up, and a file of it can then be had by nobody
_EVENT = re.compile(rb'"event_id": ?"([0-9a-zA-Z_-]{8,64})"')
_LONGEST_PATH = 4_096


class Owners:
    """What belongs to whom. `folder` is where uploads and other files for the browser lie. For the thread of the event loop only."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._held: defaultdict[str, OrderedDict[str, None]] = defaultdict(OrderedDict)
        self._owner: dict[str, str] = {}
        self._needle = json.dumps(folder)[1:-1].encode()
        self._file = re.compile(rb'(?<!\\)"(' + re.escape(self._needle) + rb'(?:[^"\\]|\\.)*)"')

    def claim(self, name: str, learner: str) -> bool:
        """Takes a session or an event that nobody has. Whether it is the learner's now."""
        if self._owner.setdefault(name, learner) != learner:
            return False
        self._hold(name, learner)
        return True

    def share(self, path: str, learner: str) -> None:
        """Lets a learner have a file. Two may have the same one: its path comes from its content."""
        self._hold(os.path.normpath(path), learner)

    def has(self, path: str, learner: str) -> bool:
        """Whether a file is a learner's."""
        return os.path.normpath(path) in self._held[learner]

    def may_name(self, body: object, learner: str) -> bool:
        """Whether all files that are named in what a learner sends are theirs."""
        return all(self.has(path, learner) for text in _texts(body) for path in self._paths(text))

    def learn(self, sent: bytes, learner: str) -> None:
        """Claims the events and files that are named in what a learner is sent."""
        for event in _EVENT.findall(sent):
            self.claim(event.decode(), learner)
        if self._needle in sent:
            for found in self._file.findall(sent):
                self.share(json.loads(b'"%s"' % found), learner)

    def _hold(self, name: str, learner: str) -> None:
        held = self._held[learner]
        held[name] = None
        held.move_to_end(name)
        if len(held) > _MOST:
            self._owner.pop(held.popitem(last=False)[0], None)

    def _paths(self, text: str) -> Iterator[str]:
        """The file in our folder that a text names, in whatever disguise."""
        for disguise in {text, unquote(text)}:
            name = os.path.normpath(disguise) if len(disguise) < _LONGEST_PATH else disguise
            for form in (name, disguise):
                if self.folder in form:
                    yield form[form.index(self.folder) :]


def _texts(body: object) -> Iterator[str]:
    """All texts in a piece of JSON."""
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
