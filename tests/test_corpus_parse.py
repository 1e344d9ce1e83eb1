"""Questions are found in whatever shape people write them, and answers have clean ends."""

import hashlib
from textwrap import dedent

import pytest

from corpus.parse import parse
from corpus.titles import level_of
from corpus.types import Document, QAItem


def read(text: str, file: str = "notes.md") -> list[QAItem]:
    text = dedent(text).lstrip("\n")
    return parse(Document(file, text, hashlib.sha256(text.encode()).hexdigest()))


def pairs(text: str) -> dict[str, str]:
    return {item.question: item.answer for item in read(text)}


NUMBERED = """
    Twelve kettles everybody should know

    1. What is a kettle?
    Answer:
    A vessel that heats water.

    2. Why does a kettle whistle?
    Steam is pressed through a small hole.
    """
HEADED = """
    # Kettle questions

    ## 1. What is a kettle?

    A vessel that heats water.

    #### 2. Why does a kettle whistle?

    Steam is pressed through a small hole.
    """
MARKED = """
    **Q1: What is a kettle?**
    **A:** A vessel that heats water.

    **Q2: Why does a kettle whistle?**
    **A:** Steam is pressed through a small hole.
    """
UNNUMBERED = """
    ### Kettles

    **Q: What is a kettle?**
    **A:** A vessel that heats water.

    **Q: Why does a kettle whistle?**
    **A:** Steam is pressed through a small hole.
    """
PLAIN_MARKS = """
    Q. What is a kettle?
    A. A vessel that heats water.

    Q. Why does a kettle whistle?
    A. Steam is pressed through a small hole.
    """
QUESTION_ALONE = """
    Question 1
    What is a kettle?
    Answer: A vessel that heats water.

    Question 2
    Why does a kettle whistle?
    Answer: Steam is pressed through a small hole.
    """
HEADINGS_ONLY = """
    # All about kettles

    ## What is a kettle?
    A vessel that heats water.

    ## Why does a kettle whistle?
    Steam is pressed through a small hole.
    """
BOLD_LINES = """
    **What is a kettle?**
    A vessel that heats water.

    **Why does a kettle whistle?**
    Steam is pressed through a small hole.
    """
BOLD_INLINE = """
    **What is a kettle?** A vessel that heats water.

    **Why does a kettle whistle?** Steam is pressed through a small hole.
    """
NUMBERED_BOLD = """
    1. **What is a kettle?**
       A vessel that heats water.

    2. **Why does a kettle whistle?**
       Steam is pressed through a small hole.
    """
ONE_EACH_TIME = """
    1. What is a kettle?

    A vessel that heats water.

    1. Why does a kettle whistle?

    Steam is pressed through a small hole.
    """
NO_MARKS = """
    What is a kettle?
    A vessel that heats water.

    Why does a kettle whistle?
    Steam is pressed through a small hole.
    """
SAME_LINE = """
    Q1: What is a kettle? A: A vessel that heats water.
    Q2: Why does a kettle whistle? A: Steam is pressed through a small hole.
    """
BULLETS = """
    - **What is a kettle?**
      A vessel that heats water.
    - **Why does a kettle whistle?**
      Steam is pressed through a small hole.
    """
TABLE = """
    | No | Question | Answer |
    |----|----------|--------|
    | 1 | What is a kettle? | A vessel that heats water. |
    | 2 | Why does a kettle whistle? | Steam is pressed through a small hole. |
    """
UNDERLINED = """
    Kettles
    =======

    What is a kettle?
    -----------------
    A vessel that heats water.

    Why does a kettle whistle?
    --------------------------
    Steam is pressed through a small hole.
    """
HEADINGS_IN_A_LIST = """
    ---
    title: Kettles
    ---
    ## Table of Contents

    | No. | Questions |
    | --- | --------- |
    | 1 | [What is a kettle?](#what-is-a-kettle) |
    | 2 | [Why does a kettle whistle?](#why) |

    1. ### What is a kettle?

        A vessel that heats water.

        **[⬆ Back to Top](#table-of-contents)**

    2. ### Why does a kettle whistle?

        Steam is pressed through a small hole.

        **[⬆ Back to Top](#table-of-contents)**
    """
FOLDED = """
    # Kettles

    <details>
    <summary><b>What is a kettle?</b></summary>
    <br>

    A vessel that heats water.
    </details>

    <details><summary>Why does a kettle whistle?</summary>

    Steam is pressed through a small hole.

    </details>
    """
ARROWS = """
    Q -> What is a kettle?
    A -> A vessel that heats water.
    Q -> Why does a kettle whistle?
    A -> Steam is pressed through a small hole.
    """
DASHED = """
    **1) What is a kettle?** – A vessel that heats water.
    **2) Why does a kettle whistle?** – Steam is pressed through a small hole.
    """
TRANSCRIPT = """
    Interviewer: What is a kettle?
    Candidate: A vessel that heats water.

    Interviewer: Why does a kettle whistle?
    Candidate: Steam is pressed through a small hole.
    """
KEYCAPS = """
    1️⃣ What is a kettle?
    A vessel that heats water.

    2️⃣ Why does a kettle whistle?
    Steam is pressed through a small hole.
    """
LINKED = """
    ### [What is a kettle?](https://example.org/kettle)
    A vessel that heats water.

    ### [Why does a kettle whistle?](https://example.org/whistle)
    Steam is pressed through a small hole.
    """
SHAPES = {name.lower(): text for name, text in globals().items() if name.isupper() and isinstance(text, str)}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_two_items(shape: str) -> None:
    assert pairs(SHAPES[shape]) == {
        "What is a kettle?": "A vessel that heats water.",
        "Why does a kettle whistle?": "Steam is pressed through a small hole.",
    }


def test_a_request_without_a_question_mark_is_a_question() -> None:
    found = pairs("""
        1. What is a pan?
        A flat vessel.

        2. Define boiling
        Water turning to steam.

        3. Design a kitchen for forty guests
        Start from the sink.

        4. How to clean a pan
        With salt.
        """)
    assert list(found) == ["What is a pan?", "Define boiling", "Design a kitchen for forty guests", "How to clean a pan"]


def test_a_list_of_steps_inside_an_answer_starts_no_item() -> None:
    found = pairs("""
        1. What is a pan?
        A flat vessel. To use one:

        1. Put it on the fire.
        2. Wait a minute.
        3. Add oil.

        2. What is a pot?
        A deep vessel.

        3. How do you boil an egg?
        Ask yourself first:
        1. How hard should it be?
        2. How large is it?
        3. How cold is it?
        Then set the clock.

        4. What is a lid?
        A cover.
        """)
    assert list(found) == ["What is a pan?", "What is a pot?", "How do you boil an egg?", "What is a lid?"]
    assert found["What is a pan?"].endswith("3. Add oil.")
    assert found["How do you boil an egg?"].endswith("Then set the clock.")


def test_quoted_questions_and_inner_headings_stay_in_their_answer() -> None:
    found = pairs("""
        ## What is taste?

        The tongue answers.

        ### Why does it fade?

        Age.

        Question: "Is salt sweet?"
        It is not.

        ## What is smell?

        The nose answers.

        **Is it stronger?**

        Often.
        """)
    assert list(found) == ["What is taste?", "What is smell?"]
    assert "Why does it fade?" in found["What is taste?"]
    assert "It is not." in found["What is taste?"]
    assert found["What is smell?"].endswith("Often.")


def test_what_stands_around_the_items_belongs_to_no_answer() -> None:
    found = pairs("""
        The only kitchen guide that you will ever need, by people who cook.

        Read also: Forks and spoons

        1. What is a pan?
        A flat vessel.

        Book a cooking class with us

        It has a handle.

        2. What is a pot?
        A deep vessel.

        Final Thoughts
        Cooking is an art.

        Written by Ada Example
        Leave a Reply
        Your email address will not be published.
        """)
    assert found == {"What is a pan?": "A flat vessel.\n\nIt has a handle.", "What is a pot?": "A deep vessel."}


def test_a_section_title_does_not_trail_into_the_answer_above_it() -> None:
    headed = pairs("""
        ## Vessels

        ### 1. What is a pan?
        A flat vessel.

        ## Cutlery

        ### 2. What is a fork?
        A pronged tool.
        """)
    plain = pairs("""
        1. What is a pan?
        A flat vessel.

        Cutlery Interview Questions

        2. What is a fork?
        A pronged tool.
        """)
    assert list(headed.values()) == list(plain.values()) == ["A flat vessel.", "A pronged tool."]


def test_a_lost_answer_is_reported_and_stays_empty() -> None:
    lost = read("""
        1. What is a pan?
        Answer: A flat vessel.

        2. What is a pot?
        Answer:

        3. What is a lid?
        Answer: A cover.
        """)[1]
    assert not lost.answered
    assert lost.warnings == ("the answer is missing, so this question is left out until somebody writes one",)


def test_a_table_of_contents_is_no_list_of_lost_answers() -> None:
    items = read("""
        1. What is a pan?
        2. What is a pot?
        3. What is a lid?

        1. What is a pan?
        A flat vessel.

        2. What is a pot?
        A deep vessel.

        3. What is a lid?
        A cover.
        """)
    assert [(item.question, item.answered) for item in items] == [
        ("What is a pan?", True),
        ("What is a pot?", True),
        ("What is a lid?", True),
    ]


def test_a_number_used_twice_and_a_gap_lose_no_question() -> None:
    items = read("""
        7. What is a pan?
        A flat vessel.

        8. What is a pot?
        A deep vessel.

        8. What is a lid?
        A cover.

        12. What is a fork?
        A pronged tool.
        """)
    assert [item.question for item in items] == ["What is a pan?", "What is a pot?", "What is a lid?", "What is a fork?"]


def test_a_list_that_nothing_introduces_before_a_gap_in_the_numbers_is_left_out() -> None:
    item = read("""
        ## 1. What is a pan?
        A flat vessel with a handle.

        - Too much salt
        - Too little time

        ## 5. What is a fork?
        A pronged tool.
        """)[0]
    assert item.answer == "A flat vessel with a handle."
    assert "numbers 2 to 4 are missing" in item.warnings[0]


def test_repeated_lines_are_dropped_though_spaces_and_apostrophes_differ() -> None:
    item = read("""
        **Q1: What is bread?**
        **A:**
        * **Dough:** It's flour and  water, kneaded for long.
        * **Dough:** It’s flour and water, kneaded for long.
        * **Crust:** The outside.

        **Q2: What is butter?**
        **A:** Cream, churned until it parts.
        **A:** Cream,  churned until it parts.
        """)
    assert item[0].answer == "* **Dough:** It's flour and water, kneaded for long.\n* **Crust:** The outside."
    assert item[1].answer == "Cream, churned until it parts."
    assert item[0].warnings == ("1 repeated line was left out",)


PASTED = """
    # Kitchen interview questions

    ## Intermediate

    **Q1: What is a pan?**
    **A:** A flat vessel:
    * iron
    * steel
    This document contains a collection of interview questions and answers for gardeners.

    ### Tools

    **Q: What is a spade?**
    **A:** A blade on a stick.

    ## Basic

    **Q1: What is a seed?**
    **A:** A plant to be.

    **Q2: What is soil?**
    **A:** Ground down rock and life.
    """


def test_pasted_documents_end_where_the_next_begins() -> None:
    found = pairs(PASTED)
    assert found["What is a pan?"] == "A flat vessel:\n* iron\n* steel"
    assert list(found) == ["What is a pan?", "What is a spade?", "What is a seed?", "What is soil?"]


def test_a_level_does_not_leak_into_the_next_document() -> None:
    assert [item.level for item in read(PASTED)] == ["intermediate", None, "basic", "basic"]
    assert read(PASTED)[1].topic == "Tools"


def test_a_pasted_document_of_another_shape_is_found_too() -> None:
    found = pairs("""
        # Pans

        1. What is a pan?
        A flat vessel.

        2. What is a pot?
        A deep vessel.

        # Gardens

        ## What is a spade?
        A blade on a stick.

        ## What is a rake?
        A comb on a stick.
        """)
    assert found == {
        "What is a pan?": "A flat vessel.",
        "What is a pot?": "A deep vessel.",
        "What is a spade?": "A blade on a stick.",
        "What is a rake?": "A comb on a stick.",
    }


def test_scanner_slips_formulas_and_bullets_are_made_readable() -> None:
    answer = read(r"""
        # Generative Al basics by OpenAl

        ## 1. What does Al compute?

        ● the score $QK^T \rightarrow \sqrt{d\_k}$
        ✅ for $5 and $10 a month
        ﬁne, says Al Gore
        """)[0].answer
    assert answer == "- the score QK^T → √(d_k)\n- ✅ for $5 and $10 a month\nfine, says Al Gore"


def test_al_is_left_alone_where_nothing_was_misread() -> None:
    assert (
        pairs("""
        Q: Who sang it?
        A: Al did, and Al Green too.

        Q: When?
        A: In 1972.
        """)["Who sang it?"]
        == "Al did, and Al Green too."
    )


def test_a_question_broken_over_two_lines_is_one() -> None:
    found = pairs("""
        1. What is the difference between a pan
        and a pot?
        The depth.

        2. What is a lid?
        A cover.
        """)
    assert found == {"What is the difference between a pan and a pot?": "The depth.", "What is a lid?": "A cover."}


def test_two_questions_on_one_line_are_one_item() -> None:
    assert list(
        pairs("""
        1. What is a pan? Can you give an example?
        A flat vessel.

        2. What is a pot?
        A deep vessel.
        """)
    ) == ["What is a pan? Can you give an example?", "What is a pot?"]


def test_code_is_left_as_it_stands() -> None:
    answer = pairs("""
        ## How do you count?

        With a loop:

        ```python
        # 1. What is this?
        for i in  range(3):
            print(i)
            print(i)
        ```

        ## How do you stop?

        Break.
        """)["How do you count?"]
    assert "# 1. What is this?\nfor i in  range(3):\n    print(i)\n    print(i)\n```" in answer


def test_sections_become_items_where_nothing_is_asked() -> None:
    items = read("""
        # Kitchen

        ## Pans
        A pan is flat. It has a handle.

        ## Pots
        A pot is deep.
        """)
    assert [(item.question, item.answer, item.topic) for item in items] == [
        ("Pans", "A pan is flat. It has a handle.", "Kitchen"),
        ("Pots", "A pot is deep.", "Kitchen"),
    ]


def test_answers_to_choose_from_are_no_answer_marks() -> None:
    found = pairs("""
        Question 1: Which of these holds soup?
        A. A pan
        B. A pot
        Answer: B

        Question 2: Which of these fries?
        A. A pan
        B. A pot
        Answer: A
        """)
    assert found["Which of these holds soup?"] == "A. A pan\nB. A pot\nAnswer: B"


def test_numbers_of_sections_and_questions_under_them_are_told_apart() -> None:
    items = read("""
        # Kitchen

        ## 1. Vessels

        ### 1.1 What is a pan?
        A flat vessel.

        ### 1.2 Explain the pot
        A deep vessel.

        ## 2. Tools

        ### 2.1 What is a fork?
        A pronged tool.

        ### 2.2 Spoons
        For soup.
        """)
    assert [(item.question, item.topic) for item in items] == [
        ("What is a pan?", "Vessels"), ("Explain the pot", "Vessels"), ("What is a fork?", "Tools"), ("Spoons", "Tools"),
    ]  # fmt: skip


def test_an_answer_in_a_quotation_block_loses_the_marks_of_the_block() -> None:
    assert pairs("""
        ### Q1. What is a pan?
        > **Answer:** A flat vessel.
        >
        > It has a handle.

        ### Q2. What is a pot?
        > **Answer:** A deep vessel.
        """) == {"What is a pan?": "A flat vessel.\n\nIt has a handle.", "What is a pot?": "A deep vessel."}


def test_a_text_that_asks_its_reader_now_and_then_is_read_by_its_sections() -> None:
    items = read("""
        # Kitchen

        ## Pans
        A pan is flat.

        Why is that so?

        For the heat.

        ## Pots
        A pot is deep.

        And why is that so?

        For the soup.
        """)
    assert [item.question for item in items] == ["Pans", "Pots"]


def test_a_text_without_headings_or_questions_is_one_item_named_after_its_file() -> None:
    assert [(item.question, item.answer) for item in read("Water boils at one hundred degrees.\n", "boiling_water.txt")] == [
        ("boiling water", "Water boils at one hundred degrees.")
    ]


def test_every_place_points_into_the_document() -> None:
    text = dedent(PASTED).lstrip("\n")
    for item in read(PASTED):
        source = item.sources[0]
        assert item.question in text[source.start : source.end]
        for word in item.answer.split():
            at = item.answer.index(word)
            place = source.span(at, at + len(word))
            assert text[place.start : place.end] == word


def test_a_rewritten_word_still_points_to_what_stood_there() -> None:
    text = "# Generative Al, by OpenAl\n\n## What is Al?\n\nPeople say Al is new.\n"
    source = parse(Document("a.md", text, ""))[0].sources[0]
    place = source.span(0, len(source.answer))
    assert source.answer == "People say AI is new."
    assert text[place.start : place.end] == "People say Al is new."


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Basic", "basic"),
        ("Advanced Interview Questions", "advanced"),
        ("Questions for freshers", "basic"),
        ("Level 2: Intermediate", "intermediate"),
        ("Generative AI Fundamentals", None),
        ("Hard disks", None),
    ],
)
def test_a_level_is_read_from_a_title_that_names_nothing_else(title: str, level: str | None) -> None:
    assert level_of(title) == level


VIVA = """
    # Vessels

    ## What is a pan?

    **Id:** pan · **Level:** basic · **Related:** pot, lid

    **Also asked as:**

    - frying pan purpose
    - what do you fry in?

    **Answer:**

    A flat vessel with a handle.

    **Key points:**

    - A pan is flat.
      - It has low sides.
    - It has a handle.

    **Misconceptions:**

    - **Claim:** A pan is for soup. **Truth:** Soup needs a pot.

    **Follow-ups:**

    ### Why is a pan flat?

    So that all of the food touches the heat.

    **Key points:**

    - Contact with the heat is what fries.

    ## What is a pot?

    **Id:** pot

    **Answer:**

    A deep vessel.
    """


def test_a_document_in_vivas_form_gives_all_its_parts() -> None:
    pan, why, pot = read(VIVA)
    assert (pan.id, pan.level, pan.topic, pan.related, pan.answer) == (
        "pan",
        "basic",
        "Vessels",
        ("pot", "lid"),
        "A flat vessel with a handle.",
    )
    assert pan.wordings == ("frying pan purpose", "what do you fry in?")
    assert [(point.text, point.wordings) for point in pan.key_points] == [
        ("A pan is flat.", ("It has low sides.",)),
        ("It has a handle.", ()),
    ]
    assert [(wrong.claim, wrong.truth) for wrong in pan.misconceptions] == [("A pan is for soup.", "Soup needs a pot.")]
    assert (why.question, why.answer, why.parent, why.level) == (
        "Why is a pan flat?",
        "So that all of the food touches the heat.",
        "pan",
        "basic",
    )
    assert [point.text for point in why.key_points] == ["Contact with the heat is what fries."]
    assert (pot.id, pot.answer, pot.parent) == ("pot", "A deep vessel.", None)


def test_a_strangers_key_points_stay_in_the_answer() -> None:
    answer = pairs("""
        ## What is a pan?

        A flat vessel.

        **Key points:**

        - It has a handle.

        ## What is a pot?

        A deep vessel.
        """)["What is a pan?"]
    assert answer == "A flat vessel.\n\n**Key points:**\n\n- It has a handle."


def test_a_title_keeps_its_name_over_a_line_that_says_what_the_file_is_about() -> None:
    """Without that line the title is the topic anyway; elsewhere such a line opens another document."""
    asked = "\n\n## What is a kettle?\n\nA vessel that heats water.\n"
    intro = "This file covers kettles, their whistles and what to do when one boils dry."
    assert [item.topic for item in read(f"# Kettles and pots\n\n{intro}{asked}")] == ["Kettles and pots"]
    assert [item.topic for item in read(f"# Kettles and pots\n\nA page of notes.\n\n{intro}{asked}")] == [None]
