"""Written text becomes words that can be said, and every word has sounds."""

import pytest

from tutor.speech.likeness import distance, outline
from tutor.speech.pronounce import pronunciations
from tutor.speech.wording import cased, is_term, number_words, spoken_sentences


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "zero"), ("16", "sixteen"), ("45", "forty five"), ("100", "one hundred"), ("4,096", "four thousand ninety six"),
        ("0.75", "zero point seven five"), ("2017", "twenty seventeen"), ("1905", "nineteen oh five"), ("2000", "two thousand"),
        ("7,000,000,000", "seven billion"), ("1234567890123", "one two three four five six seven eight nine zero one two three"),
    ],
)  # fmt: skip
def test_numbers_are_said(number: str, said: str) -> None:
    assert " ".join(number_words(number)) == said


def test_signs_are_said_markup_and_code_are_not() -> None:
    text = "**Fine-tuning** takes 16 GB, or 90% of it. See [the page](http://a.b/c) (or not).\n```python\nx = 1\n```\n| a cell |"
    sentences = [" ".join(words) for words in spoken_sentences(text)]
    assert sentences == ["fine tuning takes sixteen gigabytes or ninety percent of it", "see the page", "or not", "a cell"]


def test_terms_keep_their_capitals_and_a_first_word_has_none() -> None:
    (words,) = spoken_sentences("The GPT-4 model, LoRA's rank and BM25 in PyTorch")
    assert words == ("the", "GPT-4", "model", "LoRA's", "rank", "and", "BM25", "in", "PyTorch")
    assert [is_term(word) for word in ("RAG", "PyTorch", "T5", "Adam", "model")] == [True, True, True, False, False]


def test_a_word_has_one_form_the_one_within_sentences() -> None:
    sentences = [("use", "Adam"), ("adam", "helps"), ("so", "the", "Layer"), ("each", "layer"), ("every", "layer")]
    assert cased(sentences) == [("use", "Adam"), ("Adam", "helps"), ("so", "the", "layer"), ("each", "layer"), ("every", "layer")]


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("LoRA", "L AO R AH"), ("LLM", "EH L EH L EH M"), ("LLMs", "EH L EH L EH M Z"), ("LoRA's", "L AO R AH Z"), ("RAG", "R AE G"),
        ("BM25", "B IY EH M T W EH N T IY F AY V"), ("PyTorch", "P AY T AO R CH"), ("autoencoder", "AO T OW EH N K OW D ER"),
        ("pretrained", "P R IY T R EY N D"), ("embeddings", "EH M B EH D IH NG Z"), ("classifier", "K L AE S AH F AY ER"),
        ("groundedness", "G R AW N D IH D N AH S"), ("kubernetes", "K UW B ER N EH T IY Z"), ("ControlNet", "K AH N T R OW L N EH T"),
    ],
)  # fmt: skip
def test_a_word_is_said_by_the_dictionary_by_its_letters_or_by_its_parts(word: str, sounds: str) -> None:
    assert " ".join(pronunciations(word)[0]) == sounds


@pytest.mark.parametrize("word", ["zxqv", "Khattab", "aaaaaa", "sss", "ings", "izers", "eded", "T", "x0", "naïve"])
def test_every_word_of_letters_has_sounds(word: str) -> None:
    assert pronunciations(word)[0]
    assert outline(pronunciations(word)[0])


def test_what_has_no_letters_has_no_sounds() -> None:
    assert pronunciations("μ") == ()


def test_alike_sounds_are_nearer_than_others() -> None:
    bet, bed, bat, sat = (tuple(sounds.split()) for sounds in ("B EH T", "B EH D", "B AE T", "S AO T"))
    assert distance(bet, bet) == 0
    assert 0 < distance(bet, bed) <= distance(bet, bat) < distance(bet, sat)
    assert distance(bet, sat) == distance(sat, bet)
    assert distance((), bet) > distance(("B",), bet) > 0
