"""Two pipelines take turns on the same documents, and a figure says what it was measured on."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.parse import parse
from corpus.readers import read_paths
from eval import __main__
from eval.__main__ import main
from eval.cases import RetrievalCase
from eval.extras import MissingPackage, require
from eval.pipelines import LangChain, Measurement, Pipeline, Viva, measure
from eval.speed import MeasurementFailed, Run, evaluate_speed, queries_from, run_in_process, write_documents
from index.chunks import make_chunks
from index.encoders import DEFAULT_ENCODER, HashingEncoder
from index.shipped import shipped_documents, shipped_vectors


def run_of(build_s: float, peak_mb: float = 100.0) -> Run:
    return Run(Measurement(5, build_s, build_s, 0.1, (1.0, 2.0, 3.0), peak_mb, 0.0), 2 * build_s)


def test_the_two_take_turns_and_the_best_and_the_middle_are_told() -> None:
    order: list[str] = []
    seconds = {"viva": iter([2.0, 1.0, 9.0]), "langchain": iter([4.0, 3.0, 5.0])}

    def run(name: str) -> Run:
        order.append(name)
        return run_of(next(seconds[name]))

    card = evaluate_speed(run, 3)
    assert order == ["viva", "langchain", "langchain", "viva", "viva", "langchain"]
    assert (card.rows["viva best"]["build_s"], card.rows["viva middle"]["build_s"]) == (1, 2)
    assert card.rows["viva best"]["p50_ms"] == 2
    assert card.guarded["build"] == card.rows["times"]["build_s"] == 2, "the rounds have 4/2, 3/1 and 5/9; the middle of them counts"
    assert "open_s" not in card.rows["times"]


@pytest.mark.parametrize(("viva_s", "bfloat16", "floor", "status"), [
    (2.0, False, None, 0), (4.0, False, None, 1), (2.0, True, None, 1), (1.0, True, None, 0), (3.9, True, "1.0", 0), (4.1, False, "1.0", 1),
])  # fmt: skip
def test_the_goal_depends_on_the_processor_and_can_be_set(
    kitchen: Path, monkeypatch: pytest.MonkeyPatch, viva_s: float, bfloat16: bool, floor: str | None, status: int
) -> None:
    monkeypatch.setattr(__main__, "has_bfloat16", lambda: bfloat16)
    monkeypatch.setattr(__main__, "run_in_process", lambda *_given: lambda name: run_of(viva_s if name == "viva" else 4.0))
    assert main(["speed", "--documents", str(kitchen), *(["--floor", floor] if floor else [])]) == status


@pytest.mark.filterwarnings("ignore:.langchain-community. is being sunset:DeprecationWarning")
@pytest.mark.parametrize("pipeline", [Viva(HashingEncoder()), LangChain(lambda texts: HashingEncoder().encode(texts).tolist())])
def test_both_pipelines_answer_from_the_documents(kitchen: Path, pipeline: Pipeline) -> None:
    before = time.time()
    measured = measure(pipeline, kitchen, ["Why does a kettle whistle?", "What is a pan?"])
    assert "Steam" in pipeline.query("Why does a kettle whistle?")
    assert measured.chunks >= 2
    assert len(measured.query_ms) == 2
    assert measured.build_s > 0
    assert before <= measured.finished <= time.time()


def test_a_pipeline_that_stops_is_told(tmp_path: Path) -> None:
    with pytest.raises(MeasurementFailed, match=r"nothing stopped with an error(?s:.)*KeyError"):
        run_in_process(tmp_path, [])("nothing")


def test_the_documents_measured_come_without_known_vectors(tmp_path: Path) -> None:
    write_documents(shipped_documents(), tmp_path)
    documents = read_paths([tmp_path]).documents
    assert len(documents) == 4
    assert all(20_000 < len(document.text) < 40_000 for document in documents)
    texts = [chunk.text for document in documents for chunk in make_chunks(parse(document))]
    assert len(texts) > 100
    assert shipped_vectors(DEFAULT_ENCODER).find(texts) == {}


def test_queries_are_drawn_from_all_kinds_that_stand_alone() -> None:
    cases = [RetrievalCase(qid=str(n), kind="plain", query=f"q{n}") for n in range(250)]
    cases.append(
        RetrievalCase.model_validate({"qid": "h", "kind": "followup", "query": "why", "history": [{"role": "user", "content": "a"}]})
    )
    drawn: Sequence[str] = queries_from(cases)
    assert len(drawn) == 100
    assert drawn[:2] == ["q0", "q2"]


def test_a_missing_package_is_told_with_the_remedy() -> None:
    with pytest.raises(MissingPackage, match=r"A plot is drawn by nowhere, which is not installed\. Run `pip install"):
        require("nowhere", "A plot is drawn by")
