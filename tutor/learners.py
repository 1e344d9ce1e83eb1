"""What a learner may be called. A name is how conversations are kept apart; only with accounts does it also say who somebody is."""

from collections.abc import Iterable

from corpus.errors import UserError
from tutor.conversations import folded, storable
from tutor.escaping import one_line

MAX_NAME = 40  # characters


class LearnerError(UserError):
    """A name that nobody can have."""


def clean_name(text: str) -> str:
    """A name on one line, without what cannot be seen. Raises LearnerError where nothing is left, or more than MAX_NAME characters."""
    name = one_line(storable(text))
    if not 1 <= len(name) <= MAX_NAME:
        raise LearnerError(f"A name has 1 to {MAX_NAME} characters, and this one has {len(name)}. Type another one.")
    return name


def as_known(name: str, known: Iterable[str]) -> str:
    """A name as it is spelt already, where the case is all that differs: Anna and anna are one learner."""
    return next((other for other in known if folded(other) == folded(name)), name)
