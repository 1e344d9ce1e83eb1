"""What can be asked: what a setup allows, what makes sense alone, and what would be the same again."""

import dataclasses

import pytest

from corpus.types import QAItem, Source
from tests.shipped import GARDEN, garden_item, shipped_items
from tutor.bank import alike, askable, needs_typing, stands_alone, topic_of
from tutor.interview import Setup
from tutor.leaks import leaked, leaks, points_of
from tutor.subjects import subject_of
from tutor.wording import question_text, wordings_of


def ids(setup: Setup, items: dict[str, QAItem] = GARDEN) -> set[str]:
    return {item.id for item in askable(items.values(), setup)}


def test_an_item_without_a_topic_is_under_the_name_of_its_file() -> None:
    assert topic_of(GARDEN["fence"]) == "Garden notes"
    assert {topic_of(item) for item in GARDEN.values()} == {"Soil", "Trees", "Garden notes"}


def test_topics_and_level_say_what_may_be_asked_and_no_level_fits_any() -> None:
    assert ids(Setup(topics=("Trees",))) == {"graft", "prune"}
    assert ids(Setup(level="advanced")) == {"lime", "fence"}


def test_a_follow_up_is_asked_alone_only_where_it_names_its_subject() -> None:
    assert "compost-air" in ids(Setup())
    assert "compost-it" not in ids(Setup())


@pytest.mark.parametrize("question", ["And why is that?", "Why is it flat?", "How would you test this?", "Why do they fail?", "But how?"])
def test_what_points_back_does_not_stand_alone(question: str) -> None:
    assert not stands_alone(question)


@pytest.mark.parametrize(
    "question",
    ["Why does a kettle with a lid lose its heat?", "Why is it hard to fold paper maps?", "How is iron cast, and what spoils it?"],
)
def test_what_names_its_subject_stands_alone(question: str) -> None:
    assert stands_alone(question)


def test_nearly_every_shipped_follow_up_stands_alone() -> None:
    follow_ups = [item for item in shipped_items().values() if item.parent]
    assert sum(stands_alone(item.question) for item in follow_ups) >= 0.98 * len(follow_ups)


def test_an_item_with_nothing_to_mark_is_not_asked() -> None:
    empty = dataclasses.replace(GARDEN["mulch"], sources=(Source("a.md", "What does mulch do?", "", 0, 0),), key_points=())
    assert ids(Setup(), {"mulch": empty}) == set()


def test_shipped_and_own_documents_are_told_apart() -> None:
    shipped = shipped_items()
    both = shipped | GARDEN
    assert ids(Setup(origin="own"), both) == ids(Setup())
    assert ids(Setup(origin="shipped"), both) == ids(Setup(), shipped)


def test_an_own_file_of_a_shipped_name_is_still_ones_own() -> None:
    named = dataclasses.replace(
        GARDEN["mulch"], sources=(Source("agents.md", "What does mulch do?", "It keeps water in the ground.", 50, 90),)
    )
    assert ids(Setup(origin="own"), {"mulch": named}) == {"mulch"}


def test_code_is_not_asked_for_aloud() -> None:
    assert needs_typing(shipped_items()["code-attention"])
    assert not needs_typing(shipped_items()["lora"])
    assert "code-attention" not in ids(Setup(spoken=True), shipped_items())
    assert "code-attention" in ids(Setup(), shipped_items())


def test_the_same_question_in_other_words_is_known() -> None:
    items = shipped_items()
    assert alike(items["gan-vs-diffusion"], items["gan-vae-diffusion"])
    assert alike(items["generative-vs-traditional-ai"], items["generative-vs-predictive-ai"])
    assert not alike(items["lora"], items["bm25"])
    assert not alike(items["moe"], items["moe-serving"])
    mains = [item for item in items.values() if item.parent is None][::5]
    pairs = [(one, other) for n, one in enumerate(mains) for other in mains[:n]]
    assert sum(alike(one, other) for one, other in pairs) <= 0.002 * len(pairs)


def test_a_text_leaks_what_it_says_of_a_point_before_the_learner_does() -> None:
    compost = GARDEN["compost"]
    assert leaks(compost, "Do microbes turn kitchen scraps into humus?")
    assert not leaks(compost, "Who makes it, and what do they need?")
    assert not leaks(compost, "You said microbes turn kitchen scraps into humus. Why?", said="Microbes turn the kitchen scraps into humus.")
    assert leaked(compost, compost.question) == 0


def test_no_shipped_question_and_no_wording_that_is_asked_gives_its_own_answer_away() -> None:
    for item in shipped_items().values():
        assert not leaks(item, item.question), item.question
        for wording in wordings_of(item):
            assert not leaks(item, wording), wording


def test_the_points_of_an_item_without_any_are_its_sentences() -> None:
    bare = dataclasses.replace(GARDEN["compost"], key_points=())
    assert [point.text for point in points_of(bare)] == [point.text for point in GARDEN["compost"].key_points]


def test_a_question_comes_in_its_own_words_first_and_in_others_when_it_is_asked_again() -> None:
    compost = GARDEN["compost"]
    assert question_text(compost, 0, "seed") == compost.question
    again = [question_text(compost, times, "seed") for times in range(1, 5)]
    assert again[0] == compost.wordings[1]
    assert len(set(again)) == 4
    assert again == [question_text(compost, times, "seed") for times in range(1, 5)]


def test_a_wording_that_asks_for_a_name_only_is_not_used() -> None:
    named = garden_item(
        "mulch", "What does mulch do?", "It keeps water in.", wordings=("Straw lies on his beds all summer. What is that called?",)
    )
    assert wordings_of(named) == ()


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What is LoRA, and how does it work?", "LoRA"),
        ("What is the difference between a pan and a pot?", "a pan and a pot"),
        ("How does a kettle work in space?", "a kettle in space"),
        ("How do you graft an apple tree?", "grafting an apple tree"),
        ("How do you get rid of snails?", "getting rid of snails"),
        ("Design a kettle for cats.", "designing a kettle for cats"),
        ("How do models read documents such as invoices?", ""),
        ("Is it raining?", ""),
    ],
)
def test_the_subject_of_a_question_is_told_by_its_form(question: str, subject: str) -> None:
    assert subject_of(question) == subject
