"""How well support tells what a passage says from what it does not, on pairs written for that."""

import json
from pathlib import Path

import pytest

from tutor.grounding import SUPPORTED, is_checkable, support

PAIRS = [json.loads(line) for line in (Path(__file__).parent.parent / "eval/data/grounding_pairs.jsonl").read_text("utf-8").splitlines()]


def held(pair: dict[str, str]) -> bool:
    return support(pair["claim"], pair["passage"], pair["question"]).score >= SUPPORTED


def share(pairs: list[dict[str, str]], *, held_up: bool) -> float:
    return sum(held(pair) is held_up for pair in pairs) / len(pairs)


@pytest.mark.parametrize("split", ["tuned", "held"])
def test_what_is_said_in_other_words_is_supported(split: str) -> None:
    assert len(PAIRS) >= 80
    assert share([pair for pair in PAIRS if pair["supported"] and pair["split"] == split], held_up=True) >= 0.9


@pytest.mark.parametrize(("kind", "goal"), [("number", 0.85), ("negation", 0.9), ("opposite", 0.8), ("addition", 0.95), ("topic", 1.0)])
def test_what_is_not_said_is_not_supported(kind: str, goal: float) -> None:
    assert share([pair for pair in PAIRS if pair["kind"] == kind], held_up=False) >= goal


def test_the_sentence_that_supports_best_is_named() -> None:
    passage = "Pans are flat. Iron keeps the heat for 20 minutes. Copper spreads it."
    best = support("The heat stays for 20 minutes in iron.", passage)
    assert passage[best.start : best.end] == "Iron keeps the heat for 20 minutes."
    assert best.score > SUPPORTED
    assert support("Iron", "").score == 0


@pytest.mark.parametrize("text", ["", "Yes.", "In short:", "Why is a pan flat and round?", "The documents do not say who made the pan."])
def test_what_claims_nothing_needs_no_support(text: str) -> None:
    assert not is_checkable(text)
    assert is_checkable("A pan is a flat vessel.")
