"""A query finds its passage, leans on the history only where it must, and is refused where the documents do not answer."""

import io
import json
from pathlib import Path

import numpy as np
import pytest

from corpus.types import QAItem, Source
from index.__main__ import main
from index.chunks import make_chunks
from index.dense import DenseIndex
from index.encoders import DEFAULT_ENCODER, EncoderError, SentenceTransformerEncoder, check_weights, unit
from index.lexical import stems
from index.query import leans, standalone
from index.retriever import Retriever


def item(question: str, answer: str, *wordings: str) -> QAItem:
    return QAItem(question, question, (Source("a.md", question, answer, 0, 1),), wordings=wordings)


def test_an_item_has_a_view_for_each_wording_and_one_with_its_answer() -> None:
    chunks = make_chunks([item("What is a pan?", "A **flat** vessel.", "pan purpose")])
    assert [(chunk.view, chunk.text) for chunk in chunks] == [
        ("question", "What is a pan?"),
        ("question", "pan purpose"),
        ("joint", "What is a pan?\nA flat vessel."),
    ]


def test_each_piece_of_a_long_answer_keeps_the_question() -> None:
    chunks = make_chunks([item("What is a pan?", "It fries well. " * 200)])
    pieces = [chunk.text for chunk in chunks if chunk.view == "joint"]
    assert len(pieces) > 3
    assert all(piece.startswith("What is a pan?\n") and len(piece) < 1000 for piece in pieces)


def test_an_item_without_an_answer_is_never_indexed() -> None:
    assert make_chunks([item("What is a pan?", "")]) == []


def test_the_passage_that_answers_comes_first(retriever: Retriever) -> None:
    found = retriever.retrieve("why do kettles whistle")
    assert found.passages[0].item.question == "Why does a kettle whistle?"
    assert found.answerable
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_what_the_documents_do_not_answer_is_refused(retriever: Retriever) -> None:
    found = retriever.retrieve("Who won the football championship in Brazil?")
    assert not found.answerable
    assert 0 <= found.confidence < 0.5


def test_an_empty_query_finds_nothing(retriever: Retriever) -> None:
    assert retriever.retrieve("  ").passages == ()


KNOWN = {"lora", "memori", "token", "transform", "attent"}


def known(text: str) -> list[str]:
    return [stem for stem in stems(text) if stem in KNOWN]


@pytest.mark.parametrize(
    "question", ["why?", "Why does that save memory?", "and the other one?", "what about it", "How so?", "give an example"]
)
def test_a_question_that_leans_on_the_last_subject_takes_it_in(question: str) -> None:
    assert standalone(question, ["What is LoRA?"], known) == f"What is LoRA: {question}"


@pytest.mark.parametrize(
    "question", ["What is a token?", "How does attention work in a transformer?", "And what is a transformer with attention"]
)
def test_a_change_of_subject_is_not_dragged_back(question: str) -> None:
    assert standalone(question, ["What is LoRA?"], known) == question


def test_a_chain_of_short_questions_leans_on_the_subject_and_not_on_each_other() -> None:
    assert standalone("but why?", ["What is LoRA?", "why?"], known) == "What is LoRA: but why?"


def test_nothing_leans_on_an_empty_history() -> None:
    assert leans("why?", known)
    assert standalone("why?", [], known) == "why?"


def test_a_query_that_is_not_a_number_and_an_empty_index_find_nothing() -> None:
    dense = DenseIndex(unit(np.eye(3, dtype=np.float32)))
    assert dense.search(np.array([np.nan, 0, 0], np.float32), 2)[0].size == 0
    assert dense.search(np.array([0, 1, 0], np.float32), 9)[0].tolist()[0] == 1
    assert DenseIndex(np.empty((0, 3), np.float32)).search(np.array([0, 1, 0], np.float32), 5)[0].size == 0


def test_search_holds_to_the_shell_contract(
    kitchen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["build", "--documents", str(kitchen), "--index", str(tmp_path / "index")]) == 0
    assert "4 items" in capsys.readouterr().out
    lines = [
        {"qid": "a", "query": "whistling kettle"},
        {
            "qid": 2,
            "query": "why?",
            "history": [{"role": "user", "content": "What does a spade do?"}, {"role": "assistant", "content": "It cuts."}],
        },
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(json.dumps(line) for line in lines)))
    assert main(["search", "--index", str(tmp_path / "index"), "--jsonl"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["qid"], first["results"][0]["question"]) == ("a", "Why does a kettle whistle?")
    assert set(first) == {"qid", "standalone", "answerable", "confidence", "results"}
    assert set(first["results"][0]) == {"text", "question", "score", "file", "start", "end"}
    assert (second["qid"], second["results"][0]["question"]) == (2, "What does a spade do?")


def test_a_bad_line_is_named(kitchen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["build", "--documents", str(kitchen), "--index", str(tmp_path / "index")]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO('{"qid": 1, "query": "a pan"}\nnonsense\n'))
    assert main(["search", "--index", str(tmp_path / "index"), "--jsonl"]) == 1
    assert "Line 2 is not a query" in capsys.readouterr().err


def test_the_models_weights_are_the_published_ones() -> None:
    check_weights(DEFAULT_ENCODER)


def test_a_model_that_is_not_here_is_told_with_the_remedy() -> None:
    with pytest.raises(EncoderError, match="hf download nobody/nothing"):
        SentenceTransformerEncoder("nobody/nothing")


def test_the_real_model_knows_meaning() -> None:
    encoder = SentenceTransformerEncoder()
    steps: list[tuple[int, int]] = []
    vectors = encoder.encode(["The dog barks.", "A hound makes noise.", "Interest rates rose."], progress=lambda *step: steps.append(step))
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert steps[-1] == (3, 3)
