"""Misheard terms are put right where what stands around speaks for them, marked, and can be put back; what was heard rightly stays."""

from functools import cache

import pytest

from corpus.parse import parse
from index.shipped import shipped_documents
from tutor.speech.language_model import texts_of
from tutor.speech.mishearing import Mender, mended, undo
from tutor.speech.terminology import Terminology, hints
from tutor.speech.types import Transcript


@cache
def terminology() -> Terminology:
    return Terminology(text for document in shipped_documents() for item in parse(document) for text in texts_of(item))


@cache
def mender() -> Mender:
    return Mender(terminology())


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("we used laura to fine tune the model with few parameters", "we used LoRA to fine tune the model with few parameters"),
        ("a rag system retrieves documents before it answers", "a RAG system retrieves documents before it answers"),
        ("an el el em predicts the next token", "an LLM predicts the next token"),
        ("the network is written in pie torch", "the network is written in PyTorch"),
        ("bee em twenty five ranks the passages", "BM25 ranks the passages"),
        ("the auto encoder has a narrow middle", "the autoencoder has a narrow middle"),
    ],
)
def test_a_misheard_term_is_put_right_by_sound(heard: str, meant: str) -> None:
    text, repairs = mender().mend(heard)
    assert text == meant
    assert repairs
    assert all(text[repair.start : repair.end] == repair.term for repair in repairs)


@pytest.mark.parametrize(
    "right",
    [
        "the rear of the car was scratched on the way home",
        "laura said that she would be late on monday",
        "he cleaned the window with a wet rag",
        "my uncle bert sings in the kitchen",
        "we use the model to answer questions and check what it says",
        "RAG retrieves passages and LoRA trains small matrices",
        "",
        "...",
    ],
)
def test_what_was_heard_rightly_stays(right: str) -> None:
    assert mender().mend(right) == (right, ())


def test_the_question_speaks_for_a_term() -> None:
    heard = "laura does that"
    assert mender().mend(heard)[1] == ()
    assert mender().mend(heard, "How does LoRA fine-tune a model with so few trainable parameters?")[0] == "LoRA does that"


def test_each_repair_can_be_put_back_in_any_order() -> None:
    heard = "laura trains few parameters of the model, and an el el em predicts the next token with a soft max"
    text, repairs = mender().mend(heard)
    assert len(repairs) >= 2
    for order in (repairs, repairs[::-1]):
        now, left = text, repairs
        for number in range(len(order)):
            chosen = next(repair for repair in left if (repair.heard, repair.term) == (order[number].heard, order[number].term))
            now, left = undo(now, left, chosen)
            assert all(now[repair.start : repair.end] == repair.term for repair in left)
        assert (now, left) == (heard, ())


def test_a_transcript_keeps_what_was_heard_beside_its_repairs() -> None:
    found = mended(Transcript("the soft max of the logits", "ear"), mender())
    assert found.text == "the softmax of the logits"
    assert [(repair.heard, repair.term) for repair in found.repairs] == [("soft max", "softmax")]


def test_terms_of_somebody_elses_documents_are_found() -> None:
    texts = ["The Zorblat stirs the soup.", "A Zorblat must be washed after the soup.", "Fill the Zorblat with soup.", "Soup needs salt."]
    own = Terminology(texts)
    assert [term.written for term in own.terms] == ["Zorblat"]
    assert Mender(own).mend("you stir the soup with the zor blatt")[0] == "you stir the soup with the Zorblat"


def test_no_documents_have_no_terms() -> None:
    assert Mender(Terminology([])).mend("laura and the rest") == ("laura and the rest", ())


def test_hints_name_as_many_terms_as_fit() -> None:
    terms = terminology().terms
    assert hints(terms, 0) == ""
    assert len(hints(terms, 80)) <= 80
    assert hints(terms[:2], 80) == f"{terms[0].written}, {terms[1].written}"
