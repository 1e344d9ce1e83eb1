"""A word tells the more the seldomer the documents say it."""

import pytest

from tutor.rarity import names_subject, rarity


def test_what_the_documents_say_often_tells_little_and_what_they_never_say_most() -> None:
    assert rarity("model") < rarity("lora") < rarity("trombon")


@pytest.mark.parametrize(
    ("question", "text", "named"),
    [
        ("What does giving a model a role achieve?", "The model is trained on text.", False),
        ("What does giving a model a role achieve?", "A role changes the tone.", True),
        ("Why does a kettle whistle?", "The whistle has a hole.", True),
        ("Why does a kettle whistle?", "Tomatoes need sun.", False),
        ("Why is that so?", "Tomatoes need sun.", True),
    ],
)
def test_a_text_names_the_subject_by_the_rarer_words_of_the_question(question: str, text: str, named: bool) -> None:
    assert names_subject(question, text) == named
