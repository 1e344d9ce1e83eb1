"""Text from anybody, without what cannot be seen: it reaches models, logs, terminals and pages, and may only be read there."""

import re

_HIDDEN = re.compile(
    "\x1b\\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ud800-\udfff]"
)


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case: what two spellings of it share, whatever stands between them."""
    return re.sub(r"[\W_]+", "", text).lower()


def clean(text: str) -> str:
    """A text without control, direction and invisible characters, terminal escapes and halves of characters."""
    return _HIDDEN.sub("", text).strip()
