"""The same question from several places becomes one item that keeps every source; different questions stay apart."""

import pytest

from corpus.health import disagreements, file_health
from corpus.merge import merge, question_key
from corpus.parse import parse
from corpus.types import Document, QAItem


def items(*texts: str) -> list[QAItem]:
    return [item for number, text in enumerate(texts) for item in parse(Document(f"{number}.md", text, ""))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is a pan?", "What are pans?"),
        ("What is a Frying Pan (FP)?", "Explain the frying pan."),
        ("What is FP (frying pan)?", "Define FP"),
        ("Describe the concept of “heat”.", "Can you explain the concept of heat?"),
        ("How does a kettle work?", "Explain how kettles work."),
    ],
)
def test_two_ways_to_ask_the_same_have_one_key(one: str, other: str) -> None:
    assert question_key(one) == question_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is a pan?", "Why use a pan?"),
        ("What is a pan?", "How does a pan work?"),
        ("What is the difference between a pan and a pot?", "What is a pan and a pot?"),
        ("What is a pan?", "What is a frying pan?"),
        ("When do you use a pan?", "When do you not use a pan?"),
    ],
)
def test_questions_that_ask_for_something_else_stay_apart(one: str, other: str) -> None:
    assert question_key(one) != question_key(other)


def test_merging_keeps_every_source_and_wording() -> None:
    (pan,) = merge(items("## What is a pan?\n\nA flat vessel.\n", "## Explain pans?\n\nIt fries.\n"))
    assert [(source.file, source.answer) for source in pan.sources] == [("0.md", "A flat vessel."), ("1.md", "It fries.")]
    assert pan.answer == "A flat vessel."
    assert pan.wordings == ("Explain pans?",)


def test_a_source_without_an_answer_never_leads() -> None:
    (pan,) = merge(items("**Q: What is a pan?**\n**A:**\n", "**Q: What is a pan?**\n**A:** A flat vessel.\n"))
    assert pan.answer == "A flat vessel."
    assert pan.warnings == ()


def test_a_block_pasted_twice_becomes_one_item() -> None:
    text = "1. What is a pan?\nA flat vessel.\n\n2. What is a pot?\nA deep vessel.\n\n"
    assert [len(item.sources) for item in merge(items(text + "# Again\n\n" + text))] == [2, 2]


def test_ids_are_distinct_after_merging() -> None:
    merged = merge(items("## Is a pan flat?\n\nYes.\n\n## Why is it a pan - flat?\n\nSo.", "## Is a pan: flat?\n\nNo.\n\n## Why?\n\nSo."))
    assert len({item.id for item in merged}) == len(merged)


def test_health_names_what_is_empty_and_what_is_repeated() -> None:
    text = "1. What is a pan?\nA flat vessel.\n\n2. What is a pot?\nAnswer:\n\n3. What is a pan?\nFlat.\n"
    health = file_health("a.md", items(text))
    assert (health.found, health.empty, health.repeated) == (3, ("What is a pot?",), ("What is a pan?",))


def test_sources_that_differ_in_a_number_or_a_negation_are_shown_side_by_side() -> None:
    found = disagreements(
        merge(
            items(
                "## What boils?\n\nWater boils at 100 degrees in the open kettle.\nSalt makes water boil faster in kettles.\n",
                "## What boils?\n\nWater boils at 90 degrees in the open kettle.\nSalt does not make water boil faster in kettles.\n",
            )
        )
    )
    assert next((one.first[1][:17], one.second[1][:17]) for one in found) == ("Water boils at 10", "Water boils at 90")
    assert len(found) == 2
