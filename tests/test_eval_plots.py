"""A scorecard's picture holds its names and its figures, and is written or refused in words."""

import re
from pathlib import Path

import pytest

from eval import plots
from eval.extras import MissingPackage
from eval.plots import PlotError, plot
from eval.scorecard import Scorecard

ROW = {"build_s": 2.0, "cpu_s": 3.5, "p50_ms": 10.25, "p95_ms": 20.0, "cold_s": 8.0, "peak_mb": 760.4}
CARDS = [
    (Scorecard("retrieval", {"plain": {"n": 3, "hit@1": 0.5, "hit@3": 0.912}, "refusals": {"auc": 0.99}}, {}), ["plain", "0.500", "0.912"]),
    (
        Scorecard(
            "grounding",
            {
                "all": {"supported": 0.993, "quoted": 0.981, "exact": 1.0, "repeated": 0.25},
                "typo": {"answered": 0.961},
                "unanswerable_near": {"answered": 0.125},
                "refusals": {"answered": 0.9, "refused": 0.8},
            },
            {},
        ),
        ["0.993", "0.981", "0.750", "typo", "0.961", "unanswerable_near", "0.875"],
    ),
    (
        Scorecard("speed", {"viva middle": ROW, "langchain middle": {**ROW, "peak_mb": float("nan")}}, {}),
        ["Viva", "LangChain", "10.2", "760"],
    ),
    (
        Scorecard("grading", {"good": {"n": 22, "score": 8.4}, "vague": {"n": 21, "score": 0.4}, "time": {"p95_ms": 148.0}}, {}),
        ["score", "good", "8.4", "vague", "time", "p95_ms", "148"],
    ),
    (Scorecard("library", {"a question": {"figure": 0.31}, "memory": {"figure": 933.0}}, {}), ["figure", "a question", "memory", "933"]),
]


@pytest.mark.parametrize(("card", "said"), CARDS, ids=lambda value: getattr(value, "name", ""))
def test_a_picture_holds_the_names_and_figures(card: Scorecard, said: list[str], tmp_path: Path) -> None:
    plot(card, tmp_path / "card.svg")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "card.svg").read_text(encoding="utf-8"))
    assert set(said) <= set(texts)
    assert "nan" not in texts


def test_a_picture_can_be_a_png(tmp_path: Path) -> None:
    plot(CARDS[0][0], tmp_path / "card.png")
    assert (tmp_path / "card.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["card.nothing", "nowhere/card.svg"])
def test_a_picture_that_cannot_be_written_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(PlotError, match=r"Name a file that ends in \.svg or \.png"):
        plot(CARDS[0][0], tmp_path / name)


def test_without_matplotlib_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(package: str, purpose: str) -> None:
        raise MissingPackage(f"{purpose} {package}.")

    monkeypatch.setattr(plots, "require", missing)
    with pytest.raises(MissingPackage, match="A plot is drawn by matplotlib"):
        plot(CARDS[0][0], tmp_path / "card.svg")
