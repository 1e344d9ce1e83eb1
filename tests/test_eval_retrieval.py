"""The measures measure what their names say, and a fall below the baseline is told."""

import json
import math
from pathlib import Path

import pytest

from corpus.types import QAItem, Source
from eval import scorecard
from eval.__main__ import main
from eval.cases import BadCases, RetrievalCase, read_retrieval_cases
from eval.metrics import accepted_at, auc, hit_at_k, mrr, ndcg, quantile
from eval.retrieval import evaluate_retrieval, rank_of
from eval.scorecard import Scorecard
from index.types import Passage, Retrieval


def item(name: str, parent: str | None = None) -> QAItem:
    return QAItem(name, name, (Source("a.md", name, "yes", 0, 1),), parent=parent)


def test_ranks_become_hits_reciprocals_and_gains() -> None:
    ranks = [1, 2, None, 4]
    assert (hit_at_k(ranks, 1), hit_at_k(ranks, 3)) == (0.25, 0.5)
    assert mrr(ranks) == pytest.approx((1 + 0.5 + 0.25) / 4)
    assert ndcg(ranks) == pytest.approx((1 + 1 / math.log2(3) + 1 / math.log2(5)) / 4)
    assert math.isnan(mrr([]))


def test_auc_and_acceptance_compare_two_groups() -> None:
    assert auc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auc([0.1], [0.9]) == 0
    assert auc([0.5, 0.5], [0.5]) == 0.5
    assert accepted_at([0.5, 0.6, 0.7, 0.8], [0.1, 0.55]) == 0.5
    assert quantile([3, 1, 2], 0.5) == 2


def test_a_follow_up_counts_as_its_item_and_once() -> None:
    assert rank_of([item("a", parent="lora"), item("lora"), item("dpo")], ["dpo"]) == 2
    assert rank_of([item("a")], ["b"]) is None


def test_a_scorecard_has_a_row_a_kind_and_the_refusals() -> None:
    cases = [
        RetrievalCase(qid="1", kind="plain", query="a", relevant=["a"]),
        RetrievalCase(qid="2", kind="plain", query="b", relevant=["a"]),
        RetrievalCase(qid="3", kind="unanswerable_near", query="c"),
    ]

    def retrieve(query: str, _asked: object) -> Retrieval:
        found = item(query)
        return Retrieval(query, (Passage(found, found.sources[0], 1.0),), answerable=query != "c", confidence=0.1 if query == "c" else 0.9)

    card = evaluate_retrieval(cases, retrieve)
    assert card.rows["plain"]["hit@1"] == card.guarded["hit_at_1"] == 0.5
    assert (card.rows["refusals"]["auc"], card.rows["refusals"]["accepted"]) == (1, 0)
    assert "plain" in card.table()
    assert json.loads(card.as_json())["rows"]["plain"]["n"] == 2


def test_what_fell_below_the_baseline_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorecard, "BASELINES", tmp_path / "baselines.json")
    Scorecard("x", {}, {"hit": 0.9, "accepted": 0.1}, frozenset({"accepted"})).record()
    assert Scorecard("x", {}, {"hit": 0.9, "accepted": 0.05}, frozenset({"accepted"})).worse_than_baseline() == []
    worse = Scorecard("x", {}, {"hit": 0.8, "accepted": 0.3}, frozenset({"accepted"})).worse_than_baseline()
    assert worse == ["accepted was 0.100 and is 0.300", "hit was 0.900 and is 0.800"]
    assert Scorecard("x", {}, {}).worse_than_baseline(), "a figure that is not made any more is a loss"


def test_the_shipped_cases_are_sound() -> None:
    cases = read_retrieval_cases(Path(__file__).parent.parent / "eval" / "data" / "retrieval.jsonl")
    kinds = [case.kind for case in cases]
    assert len(cases) >= 300
    assert len({case.qid for case in cases}) == len(cases)
    assert {"verbatim", "plain", "keywords", "typo", "speech", "abbreviation", "paraphrase", "scenario", "followup", "switch"} <= set(kinds)
    assert all(bool(case.relevant) != case.kind.startswith("unanswerable") for case in cases)


def test_a_bad_line_of_cases_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"qid": "1", "kind": "plain", "query": "a"}\n{"qid": "2"}\n', encoding="utf-8")
    with pytest.raises(BadCases, match="Line 2 of"):
        read_retrieval_cases(path)
    with pytest.raises(BadCases, match="could not be read"):
        read_retrieval_cases(tmp_path / "nowhere")


def test_other_documents_and_cases_can_be_measured(kitchen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"qid": "1", "kind": "plain", "query": "whistling kettle", "relevant": ["why-does-a-kettle-whistle"]}\n', encoding="utf-8"
    )
    assert main(["retrieval", "--documents", str(kitchen), "--cases", str(path), "--json", str(tmp_path / "out.json")]) == 0
    assert "plain" in capsys.readouterr().out
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["guarded"]["hit_at_1"] == 1
