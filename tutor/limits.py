"""What a learner, or whoever writes to Viva in a learner's name, may send to an interview. What is refused is refused in a sentence."""

import re

from tutor.events import InterviewError
from tutor.interview import Setup
from tutor.text import clean

MAX_TEXT = 20_000
"""Characters of an answer."""
MAX_QUESTIONS = 30
MAX_MINUTES = 180
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


def told(text: str, *, empty: bool = True) -> str:
    """A text as it is kept. Raises InterviewError where it is too long, or without a word and that is not to be."""
    cleaned = clean(text)
    if len(cleaned) > MAX_TEXT:
        raise InterviewError(f"That is too long ({len(cleaned):,} characters; the limit is {MAX_TEXT:,}). Shorten it and send it again.")
    if not empty and not re.search(r"\w", cleaned):
        raise InterviewError("There is no answer in that yet. Type or say a few words, or choose “I don't know”.")
    return cleaned


def checked_name(name: str) -> str:
    """An id that a client made: 1 to 64 letters, digits, "_" and "-". Raises InterviewError."""
    if not _NAME.fullmatch(name):
        raise InterviewError("The page sent something that Viva did not understand. Reload it and try again.")
    return name


def check_setup(setup: Setup) -> None:
    """Raises InterviewError where no interview can be like that."""
    if not 1 <= setup.questions <= MAX_QUESTIONS:
        raise InterviewError(f"An interview has 1 to {MAX_QUESTIONS} questions, not {setup.questions}. Choose another number.")
    if setup.minutes is not None and not 1 <= setup.minutes <= MAX_MINUTES:
        raise InterviewError(f"An interview takes 1 to {MAX_MINUTES} minutes, not {setup.minutes}. Choose another number.")
