"""What is heard is compared word by word; terms are looked for whole."""

import math
import shutil

import pytest

from eval.__main__ import main
from eval.cases import MishearingCase, SpokenCase, read_cases
from eval.speech import MISHEARINGS, SENTENCES, as_heard, term_figures, word_error


def test_word_error_counts_what_is_put_in_left_out_and_changed() -> None:
    said = ["the", "model", "learns", "fast"]
    assert word_error(said, said) == 0
    assert word_error(said, ["a", "model", "learns"]) == 0.5
    assert word_error(said, []) == 1
    assert math.isnan(word_error([], said))


def test_capitals_signs_and_hyphens_are_not_heard() -> None:
    assert as_heard("Fine-tuning, LoRA's way!") == ["fine", "tuning", "lora's", "way"]


def test_terms_are_recalled_where_they_were_said_and_precise_where_they_were_not_made_up() -> None:
    cases = [SpokenCase(text="LoRA trains a layer", terms=["LoRA", "layer"]), SpokenCase(text="the rag is wet", terms=[])]
    figures = term_figures(cases, ["lora trains a lawyer", "the layer is wet"], ["LoRA", "layer"])
    assert figures["error"] == pytest.approx(2 / 8)
    assert (figures["recall"], figures["precision"]) == (0.5, 0.5)


def test_the_cases_are_read_and_their_terms_stand_in_them() -> None:
    for case in read_cases(SENTENCES, SpokenCase, "a sentence"):
        assert all(f" {' '.join(as_heard(term))} " in f" {' '.join(as_heard(case.text))} " for term in case.terms)
    cases = read_cases(MISHEARINGS, MishearingCase, "a mishearing")
    assert any(case.held for case in cases)
    assert any(case.heard == case.meant for case in cases)


def test_without_a_voice_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert main(["speech"]) == 1
    assert "flite, which is not installed" in capsys.readouterr().err
