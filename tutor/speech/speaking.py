"""What a text must be to be read aloud, whoever reads it."""

from tutor.speech.types import SpeechError
from tutor.text import clean

MAX_SPOKEN = 4_000  # characters


def spoken_text(text: str) -> str:
    """A text that can be read aloud. Raises SpeechError where there is nothing to say or too much."""
    said = clean(text)
    if not any(map(str.isalnum, said)):
        raise SpeechError("There is nothing to read aloud in that.")
    if len(said) > MAX_SPOKEN:
        raise SpeechError(f"That is too long to be read aloud ({len(said):,} characters; the limit is {MAX_SPOKEN:,}).")
    return said
