"""Soft recall asks how much of one text another one says."""

import pytest

from index.encoders import HashingEncoder, SentenceTransformerEncoder
from tutor.recall import WordReader, clause_spans, likeness, soft_recall


class Counting(HashingEncoder):
    """Counts what it was asked to encode."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode_words(self, texts, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - as the class above has it
        self.texts += texts
        return super().encode_words(texts, words)


def test_recall_is_one_for_the_same_words_and_falls_with_each_that_is_missing() -> None:
    whole, half, none = WordReader(HashingEncoder()).read("steam lid kettle hole", "steam lid", "garden bird")
    assert soft_recall(whole, whole) == pytest.approx(1)
    assert soft_recall(whole, whole) > soft_recall(whole, half) > soft_recall(whole, none)
    assert soft_recall(half, whole) == pytest.approx(1)
    assert likeness(whole, half) == pytest.approx(likeness(half, whole))


def test_nothing_recalls_nothing() -> None:
    empty, some = WordReader(HashingEncoder()).read("", "steam")
    assert soft_recall(empty, some) == soft_recall(some, empty) == likeness(empty, empty) == 0


def test_words_stand_where_they_say_in_a_text_of_any_length() -> None:
    text = "The old kettle stands on the fire. " * 60 + "kettle " * 200
    words = WordReader(HashingEncoder()).read(text)[0]
    assert {text[start:end] for start, end in words.spans} == {"old", "kettle", "stands", "fire"}
    assert len(words.vectors) == len(words.spans) == 60 * 4 + 200


def test_a_text_is_encoded_once() -> None:
    encoder = Counting()
    reader = WordReader(encoder)
    reader.read("steam", "lid")
    reader.read("lid", "steam", "hole")
    assert encoder.texts == ["steam", "lid", "hole"]


def test_a_word_without_its_like_can_be_left_out_and_never_all() -> None:
    words = WordReader(HashingEncoder()).read("steam lid")[0]
    assert words.without({"steam"}).stems == ("lid",)
    assert words.without({"steam", "lid"}) is words


def test_speech_without_stops_is_cut_where_a_thought_may_begin() -> None:
    text = "so you boil the water and it becomes steam and then it goes through a small hole in the lid "
    text += "which makes the air swing and it sings"
    parts = [text[start:end] for start, end in clause_spans(text)]
    assert len(parts) == 2
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")


def test_a_model_tells_the_meaning_of_words_where_they_stand() -> None:
    reader = WordReader(SentenceTransformerEncoder())
    river, money, shore = reader.read("He sat on the bank of the river", "She took the money to the bank", "on the shore of the stream")
    assert soft_recall(shore, river) > soft_recall(shore, money)
