"""A reply is judged by what a reader sees: its sentences, its numbers, and the places that they lead to."""

import json
import math
from pathlib import Path

import pytest

from corpus.types import Document
from eval.__main__ import main
from eval.cases import RetrievalCase
from eval.grounding import claims, count, evaluate_grounding, is_exact
from tutor.types import Citation, Depth, Reply

TEXT = "A pan is flat. It has a handle. Iron keeps the heat."
DOCUMENTS = {"a.md": Document("a.md", TEXT, "")}


def citation(n: int, quote: str) -> Citation:
    start = TEXT.index(quote)
    return Citation(n, "a.md", "What is a pan?", quote, start, start + len(quote), TEXT, start, start + len(quote))


FLAT, HANDLE = citation(1, "A pan is flat."), citation(2, "It has a handle.")


def reply(answer: str, *citations: Citation) -> Reply:
    return Reply(answer, True, "engine", citations)


def test_a_number_belongs_to_the_sentence_before_it() -> None:
    found = claims('A pan is flat. [1] It has a handle.[2][3] They ask "why?". [4]\n\n- Iron keeps heat [5]\n- Made up. [?]')
    assert [(claim.text, claim.numbers) for claim in found] == [
        ("A pan is flat.", (1,)),
        ("It has a handle.", (2, 3)),
        ('They ask "why?".', (4,)),
        ("Iron keeps heat", (5,)),
        ("Made up.", (0,)),
    ]


def test_questions_code_and_what_the_tutor_says_of_itself_claim_nothing() -> None:
    assert claims("**What is a pan?**\n\nOther sources add:\n\n```\nfry(egg) [9]\n```\n\nMy documents say nothing about pots.") == []
    assert [claim.text for claim in claims("A pan sings.")] == ["A pan sings."]


def test_a_quoted_sentence_is_supported_and_an_uncited_one_is_not() -> None:
    counted = count(reply("A pan is flat. [1] A pan is round.", FLAT), DOCUMENTS)
    assert (counted["sentences"], counted["quoted"], counted["supported"]) == (2, 1, 1)


def test_a_sentence_in_other_words_is_supported_but_not_quoted() -> None:
    counted = count(reply("There is a handle on it. [2] The moon is made of iron. [2]", HANDLE), DOCUMENTS)
    assert (counted["sentences"], counted["quoted"], counted["supported"]) == (2, 0, 1)


def test_a_sentence_marked_as_unsupported_is_not_supported() -> None:
    assert count(reply("A pan is flat. [1][?]", FLAT), DOCUMENTS)["supported"] == 0


def test_numbers_that_lead_nowhere_and_citations_without_a_number_are_counted() -> None:
    counted = count(reply("A pan is flat. [1] It has a handle. [7]", FLAT, HANDLE), DOCUMENTS)
    assert (counted["numbers"], counted["astray"], counted["citations"], counted["unused"]) == (2, 1, 2, 1)


def test_a_sentence_said_twice_is_a_repetition_whatever_its_marks() -> None:
    assert count(reply("A pan is flat. [1]\n\n- **A pan** is flat [1]", FLAT), DOCUMENTS)["repeated"] == 1


@pytest.mark.parametrize(
    "wrong", [{"start": 1}, {"end": 9}, {"quote": "A pan is Flat."}, {"file": "b.md"}, {"quote": " ", "start": 8, "end": 8}]
)
def test_a_citation_is_exact_to_the_character(wrong: dict[str, str | int]) -> None:
    fields = {name: getattr(FLAT, name) for name in FLAT.__dataclass_fields__}
    assert is_exact(FLAT, DOCUMENTS)
    assert not is_exact(Citation(**fields | wrong), DOCUMENTS)


def test_refusals_are_judged_both_ways_and_depths_take_turns() -> None:
    cases = [
        RetrievalCase(qid="1", kind="plain", query="pan", relevant=["pan"]),
        RetrievalCase(qid="2", kind="plain", query="refuse me", relevant=["pan"]),
        RetrievalCase(qid="3", kind="unanswerable_near", query="refuse the moon"),
        RetrievalCase(qid="4", kind="unanswerable_far", query="cheese"),
    ]
    asked: list[Depth] = []

    def ask(question: str, _history: object, depth: Depth) -> Reply:
        asked.append(depth)
        return Reply("My documents do not answer this.", False, "engine") if "refuse" in question else reply("A pan is flat. [1]", FLAT)

    card = evaluate_grounding(cases, ask, DOCUMENTS)
    assert asked == ["simple", "interview", "deep", "simple"]
    assert (card.rows["refusals"]["answered"], card.rows["refusals"]["refused"]) == (0.5, 0.5)
    assert (card.rows["plain"]["answered"], card.rows["unanswerable_near"]["answered"]) == (0.5, 0)
    assert (card.rows["all"]["n"], card.rows["all"]["quoted"], card.rows["all"]["exact"]) == (2, 1, 1)
    assert math.isnan(card.rows["deep"]["supported"]), "nothing was said there"
    assert card.lower <= card.guarded.keys()


def test_the_offline_engine_is_measured_through_the_whole_tutor(kitchen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.jsonl"
    lines = [
        {"qid": "1", "kind": "plain", "query": "why does a kettle whistle", "relevant": ["why-does-a-kettle-whistle"]},
        {"qid": "2", "kind": "unanswerable_far", "query": "???"},
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert main(["grounding", "--documents", str(kitchen), "--cases", str(path), "--json", str(tmp_path / "out.json")]) == 0
    assert "refusals" in capsys.readouterr().out
    guarded = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["guarded"]
    assert guarded == {
        "supported": 1, "quoted": 1, "exact": 1, "answered": 1, "refused": 1, "repeated": 0, "unused": 0, "astray": 0,
    }  # fmt: skip


def test_a_model_is_asked_where_one_is_wanted(
    kitchen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"qid": "1", "kind": "plain", "query": "why does a kettle whistle", "relevant": ["a"]}', encoding="utf-8")
    asked = ["grounding", "--model", "--documents", str(kitchen), "--cases", str(path), "--json", str(tmp_path / "out.json")]
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(asked) == 1
    assert "Set OPENAI_BASE_URL" in capsys.readouterr().err
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert main(asked) == 0
    every = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["rows"]["all"]
    assert (every["noticed"], every["supported"]) == (1, 1), "nobody listens at port 1, so the offline engine answers and says so"
