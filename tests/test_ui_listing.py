"""The list of conversations as HTML: by day, escaped, the current one marked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from tests.browser import PAYLOADS
from tutor.types import Conversation
from tutor.ui.listing import conversations_to_html

NOON = datetime.now(UTC).astimezone().replace(hour=12)


def conversation(n: int, title: str = "What is a pan?", days: int = 0, snippet: str = "") -> Conversation:
    at = NOON - timedelta(days=days)
    return Conversation(f"id{n}", title, at, at, 1, snippet)


def listed(*found: Conversation, current: str = "", search: str = "", rows: int = 50, notice: str = "") -> BeautifulSoup:
    return BeautifulSoup(conversations_to_html(found, current, search, rows, notice, NOON.date()), "html.parser")


def test_conversations_stand_under_their_day() -> None:
    page = listed(*(conversation(days, str(days), days) for days in (0, 0, 1, 2, 6, 800)))
    long_ago = NOON - timedelta(days=800)
    assert [heading.get_text() for heading in page.find_all("h3")] == ["Today", "Yesterday", "Previous 7 days", f"{long_ago:%B %Y}"]
    assert [len(group.find_all("li")) for group in page.find_all("ul")] == [2, 1, 2, 1]


def test_a_row_is_a_link_and_the_current_one_is_marked() -> None:
    page = listed(conversation(1), conversation(2), current="id2")
    assert [link["href"] for link in page.find_all("a")] == ["/?chat=id1", "/?chat=id2"]
    assert [link.get("aria-current") for link in page.find_all("a")] == [None, "page"]
    assert [button["aria-label"] for button in page.select("button.viva-dots")] == ["Options for What is a pan?"] * 2
    assert page.div["data-chat"] == "id2"  # type: ignore[index]  # there is one


def test_only_so_many_are_listed_and_the_rest_is_counted() -> None:
    page = listed(*(conversation(n) for n in range(1200)), rows=50)
    assert len(page.find_all("li")) == 50
    assert page.select_one(".viva-rest").get_text() == "Show 1,150 more"  # type: ignore[union-attr]


def test_what_was_searched_for_is_marked_in_its_snippet() -> None:
    page = listed(conversation(1, snippet="the PAN is <b>flat</b>"), search="pan fl.t")
    assert [mark.get_text() for mark in page.find_all("mark")] == ["PAN"]
    assert page.select_one(".viva-snippet").get_text() == "the PAN is <b>flat</b>"  # type: ignore[union-attr]


@pytest.mark.parametrize(("search", "said"), [("", "Your conversations will be here."), ("pan", "No conversation has “pan” in it.")])
def test_an_empty_list_says_so(search: str, said: str) -> None:
    assert listed(search=search).get_text() == said


def test_a_notice_stands_above() -> None:
    assert listed(conversation(1), notice="The file was damaged.").p.get_text() == "The file was damaged."  # type: ignore[union-attr]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_title_snippet_or_search_becomes_markup(payload: str) -> None:
    evil = Conversation(payload, payload, NOON, NOON, 1, payload)
    for page in (listed(evil, current=payload, search=payload, notice=payload), listed(search=payload)):
        tags = {tag.name for tag in page.find_all(True)}
        assert tags <= {"div", "p", "h3", "ul", "li", "a", "span", "mark", "button", "svg", "circle", "br"}
        assert all(str(link["href"]).startswith("/?chat=") and '"' not in str(link["href"]) for link in page.find_all("a"))
        assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]


def test_a_title_without_letters_has_a_name() -> None:
    assert listed(conversation(1, "\u200b")).select_one(".viva-title").get_text() == "Untitled"  # type: ignore[union-attr]


def test_a_day_that_is_still_to_come_is_today() -> None:
    found = conversations_to_html([conversation(1, days=-1)], "", "", 50, "", date(NOON.year, NOON.month, NOON.day))
    assert "<h3>Today</h3>" in found
