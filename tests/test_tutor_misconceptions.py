"""What is said, and not what is asked, is put to whoever tells whether a wrong claim is made."""

from collections.abc import Sequence

import pytest

from corpus.types import Misconception
from index.encoders import SentenceTransformerEncoder
from tutor.misconceptions import met_misconceptions
from tutor.points import read_answer
from tutor.recall import WordReader

QUESTION = "Why does a kettle whistle?"
WRONG = Misconception("The lid whistles because the metal is hot.", "The moving steam makes the sound; hot metal alone is silent.")
SAID = "I think the hot metal of the lid makes the sound."


class Believer:
    """Takes every text that it is shown for every claim, and remembers the texts."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def made(self, pairs: Sequence[tuple[Misconception, str]]) -> list[bool]:
        """Yes, always."""
        self.shown += [text for _, text in pairs]
        return [True] * len(pairs)


@pytest.fixture(scope="module")
def reader() -> WordReader:
    return WordReader(SentenceTransformerEncoder())


def met(answer: str, reader: WordReader, believer: Believer) -> list[str]:
    """The quotes of the wrong claims that are found in an answer."""
    found = met_misconceptions((WRONG,), read_answer(QUESTION, answer, reader), answer, reader, believer)
    assert all(answer[one.evidence.start : one.evidence.end] == one.evidence.quote for one in found)
    return [one.evidence.quote for one in found]


def test_the_clause_that_is_nearest_to_a_wrong_claim_is_quoted(reader: WordReader) -> None:
    assert met(f"Well. {SAID}", reader, Believer()) == [SAID]


@pytest.mark.parametrize(
    "answer",
    [
        "Why does the lid whistle when the metal is hot?",
        "You want to know this: why does a kettle whistle? Is the metal of the lid hot?",
    ],
)
def test_questions_are_nobodys_wrong_claim(answer: str, reader: WordReader) -> None:
    believer = Believer()
    assert met(answer, reader, believer) == []
    assert believer.shown == []


def test_a_question_beside_a_claim_is_left_out_and_a_claim_that_only_sounds_unsure_is_not(reader: WordReader) -> None:
    believer = Believer()
    assert met(f"What makes the metal hot? {SAID}", reader, believer) == [SAID]
    assert "What makes" not in believer.shown[0]
    assert met("It is the hot metal of the lid?", reader, Believer()) == ["It is the hot metal of the lid?"]
