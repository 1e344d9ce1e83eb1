"""What is measured of the grader is what the names say."""

import json
from pathlib import Path

import pytest

from corpus.parse import parse
from corpus.readers import read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from corpus.types import KeyPoint, QAItem, Source
from eval.__main__ import ANSWERS, main
from eval.cases import GradingCase, read_cases
from eval.grading import calibration, evaluate_grading, grade_cases, with_guarded
from eval.metrics import calibrated, macro_f1, pearson, rmse
from index.encoders import HashingEncoder
from tutor.grading import OfflineJudge

ITEM = QAItem(
    "kettle",
    "Why does a kettle whistle?",
    (Source("a.md", "Why?", "Steam is pressed through a small hole in the lid.", 0, 10),),
    key_points=(KeyPoint("Steam is pressed through a small hole in the lid."),),
)


def case(kind: str, answer: str, points: str, low: float, high: float) -> GradingCase:
    return GradingCase(id=kind, item="kettle", kind=kind, answer=answer, points=points, band=(low, high))


def test_agreement_is_measured_as_the_field_does() -> None:
    assert pearson([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert pearson([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert rmse([0, 1], [1, 1]) == pytest.approx(0.5**0.5)
    assert macro_f1([True, False], [True, False]) == 1
    assert macro_f1([True, False], [True, True]) == pytest.approx((2 / 3) / 2)


def test_calibration_keeps_the_order_and_learns_from_the_other_half() -> None:
    groups = ["a", "b"] * 4
    fitted = calibrated([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4], [0.5, 0.6, 0.6, 0.7, 0.9, 0.8, 0.9, 1.0], groups)
    assert fitted[::2] == sorted(fitted[::2])
    assert fitted[0] == pytest.approx(0.6)
    assert fitted[1] == pytest.approx(0.5)


def test_a_scorecard_has_a_row_a_kind_and_the_checks() -> None:
    items = {"kettle": ITEM}
    cases = [
        case("good", "Steam is pressed through a small hole in the lid.", "c", 7, 10),
        case("vague", "It is a nice tool.", "m", 0, 3),
    ]
    graded = grade_cases(with_guarded(cases, items), items, OfflineJudge(HashingEncoder()))
    card = evaluate_grading(graded, items)
    assert card.rows["good"]["in_band"] == card.rows["vague"]["in_band"] == card.rows["empty"]["in_band"] == 1
    assert card.rows["checks"]["orders"] == 1
    assert card.rows["all"]["n"] == 7
    assert "(1)" in calibration(graded)


def test_the_own_cases_are_sound() -> None:
    items = {item.id: item for document in read_paths([SHIPPED_DOCUMENTS]).documents for item in parse(document)}
    cases = read_cases(ANSWERS, GradingCase, "a grading case")
    assert len(cases) >= 200
    assert len({one.id for one in cases}) == len(cases)
    assert {"good", "wording", "spoken", "partial", "short", "vague", "wrong", "padded", "list", "keywords"} <= {one.kind for one in cases}
    for one in cases:
        assert len(one.points) == len(items[one.item].key_points)
        assert one.misconception is None or one.misconception < len(items[one.item].misconceptions)


def test_public_marks_are_measured_from_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("Steam is pressed through the hole.", 1.0), ("Birds drink from it.", 0.0), ("Steam.", 0.5), ("", 0.0)]
    reference = [ITEM.answer]
    lines = [
        json.dumps({"id": n, "qid": f"q{n % 2}", "question": ITEM.question, "reference": reference, "answer": answer, "score": score})
        for n, (answer, score) in enumerate(rows)
    ]
    (tmp_path / "kettles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert main(["grading", "--data", str(tmp_path), "--json", str(tmp_path / "out.json")]) == 0
    assert "kettles" in capsys.readouterr().out
    row = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["rows"]["kettles"]
    assert row["n"] == 3
    assert row["r"] > 0.5
    assert main(["grading", "--data", str(tmp_path / "nowhere")]) == 1
