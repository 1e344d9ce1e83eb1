"""A query finds its passage, leans on the history only where it must, and is refused where the documents do not answer."""

import io
import json
from pathlib import Path

import numpy as np
import pytest

from corpus.parse import parse
from corpus.readers import read_paths
from corpus.types import QAItem, Source
from index.__main__ import main
from index.chunks import make_chunks
from index.dense import DenseIndex
from index.encoders import DEFAULT_ENCODER, EncoderError, SentenceTransformerEncoder, check_weights, unit
from index.query import Reading, leans, topic_of, with_topic, without_turn
from index.retriever import Retriever
from index.shipped import shipped_documents, shipped_vectors
from index.spelling import Said, Vocabulary
from index.store import build, load


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


@pytest.mark.parametrize(
    ("question", "content", "nearest"),
    [
        ("why?", 0, 0.3),
        ("Why does that save memory?", 2, 0.55),
        ("and the other one?", 0, 0.2),
        ("who does the rating?", 1, 0.4),
        ("and how do they differ from GANs?", 2, 0.8),
    ],
)
def test_a_question_that_names_no_subject_leans_on_the_last_one(question: str, content: int, nearest: float) -> None:
    assert leans(question, content, 0, nearest, nearest)


@pytest.mark.parametrize(
    ("question", "content", "nearest"),
    [
        ("What is a token?", 1, 0.85),
        ("my bot makes things up, what now", 2, 0.5),
        ("And what is perplexity?", 1, 0.95),
        ("How does attention work in a transformer?", 3, 0.9),
        ("One long situation with words that many other items use, too, for all kinds of things", 9, 0.4),
    ],
)
def test_a_change_of_subject_is_not_dragged_back(question: str, content: int, nearest: float) -> None:
    assert not leans(question, content, 0, nearest, nearest)


def test_what_the_knowledge_base_asks_is_a_subject_of_its_own() -> None:
    assert leans("how big is the rank", 2, 0, nearest=0.3, familiar=0.3)
    assert not leans("how big is the rank", 2, 0, nearest=0.3, familiar=0.8)


def test_words_of_another_field_change_the_subject_unless_they_point_back() -> None:
    assert not leans("Who won the football championship?", 3, 3, 0.1, 0.1)
    assert leans("Why did that win the championship?", 2, 1, 0.1, 0.1)


def test_a_turn_of_speech_is_told_from_the_subject() -> None:
    assert without_turn("ok, and what about tokenization?") == "tokenization?"
    assert without_turn("and?") == "and?"


def test_a_chain_of_short_questions_leans_on_the_subject_and_not_on_each_other() -> None:
    asked = ["What is LoRA?", "why?", "how so?"]
    assert topic_of(asked, lambda earlier: "LoRA" not in earlier) == "What is LoRA?"
    assert topic_of([], lambda _: True) is None
    assert with_topic("What is LoRA?", "but why?") == "What is LoRA: but why?"


def test_a_reading_takes_in_the_topic_only_where_the_question_leans(retriever: Retriever) -> None:
    assert retriever.read("why?", ["What does a spade do?"]) == Reading(("What does a spade do: why?",), leaning=True)
    assert retriever.read("How do you sharpen a knife?", ["What does a spade do?"]) == Reading(("How do you sharpen a knife?",))
    assert retriever.read("why?", []) == Reading(("why?",))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("the atention mechansim", "the attention mechanism"),
        ("what is are el aitch eff", "what is rlhf"),
        ("a rag pipe line", "a rag pipeline"),
        ("laura fine tuning", "lora fine tuning"),
        ("how does a k v cash help", "how does a kv cache help"),
        ("chian of thougth", "chain of thought"),
        ("soft max", "softmax"),
    ],
)
def test_what_was_mistyped_or_misheard_is_put_right(heard: str, meant: str) -> None:
    assert VOCABULARY.repair(heard)[0] == meant


@pytest.mark.parametrize("query", ["the attention mechanism", "how do I bake bread", "what is SVM", "use this in class", "retrain the pan"])
def test_what_is_right_or_of_another_field_is_left_alone(query: str) -> None:
    assert VOCABULARY.repair(query) == (query, ())


TERMS = ["attention mechanism", "RLHF", "RAG pipeline", "LoRA fine-tuning", "KV cache", "chain of thought", "softmax", "retrieval"]
VOCABULARY = Vocabulary(Said.of([*TERMS, "the pan calls what helps and saves"], TERMS))


def test_the_knowledge_base_leads_from_a_situation_to_a_strangers_passage(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(
        "## Ways against hallucination\n\nGround the answer in documents.\n\n## Choosing a batch size\n\nTry powers of two.\n\n"
        "## Attention heads\n\nEach looks elsewhere.\n\n## Learning rates\n\nWarm up first.\n",
        encoding="utf-8",
    )
    encoder = SentenceTransformerEncoder()
    build(read_paths([tmp_path / "notes.md"]).documents, encoder, tmp_path / "index")
    found = load(tmp_path / "index", encoder)
    assert found.thesaurus is not None
    assert found.retrieve("our bot invents facts and customers notice").passages[0].item.question == "Ways against hallucination"


def test_the_knowledge_base_changes_nothing_for_documents_of_another_field(kitchen: Path, tmp_path: Path) -> None:
    encoder = SentenceTransformerEncoder()
    build(read_paths([kitchen]).documents, encoder, tmp_path / "index")
    found = load(tmp_path / "index", encoder)
    assert found.thesaurus is None
    assert found.abbreviations.views("Which LLM sharpens a knife?") == ()
    assert found.retrieve("Which large language model is cheapest?").answerable is False


def test_the_shipped_vectors_cover_the_shipped_documents() -> None:
    texts = [chunk.text for document in shipped_documents() for chunk in make_chunks(parse(document))]
    assert set(texts) == set(shipped_vectors(DEFAULT_ENCODER).find(texts)), "run `python -m index pack`"
    assert shipped_vectors("another model").find(texts) == {}


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
