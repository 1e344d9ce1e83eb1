"""The printed report is one page that asks for nothing, runs nothing and holds everything, whoever wrote what is in it."""

import re

import pytest
from bs4 import BeautifulSoup, Tag

from tests.browser import PAYLOADS
from tests.test_tutor_report import EVERYTHING, reported
from tests.test_tutor_written_report import hostile_report
from tutor.figures import figures
from tutor.printed_report import to_html

REPORT = reported(*EVERYTHING)
TAGS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title style body main header section article footer h1 h2 h3 h4 h5 h6 p div span strong em s code pre hr br "
        "ol ul li dl dt dd q blockquote figure figcaption table thead tbody tr th td svg desc text line rect circle",
    )
)
SVG = {"xmlns", "width", "height", "overflow", "role", "aria-labelledby", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx"}
SVG |= {"text-anchor", "font-size", "font-weight", "fill", "fill-opacity", "stroke", "stroke-width"}
ATTRIBUTES = SVG | {
    "class",
    "id",
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
    "tabindex",
    "aria-label",
    "aria-hidden",
    "scope",
    "start",
}


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def faults(html: str, tags: frozenset[str] = TAGS) -> list[str]:
    """What a page holds that no text of anybody's may put there."""
    found = []
    for tag in soup(html).find_all(True):
        assert isinstance(tag, Tag)
        found += [tag.name] if tag.name not in tags else []
        for name, value in tag.attrs.items():
            safe = name in ATTRIBUTES or (name == "style" and re.fullmatch(r"text-align:(left|right|center)", str(value)))
            found += [] if safe else [f"{tag.name} {name}={value}"]
    return found


def text_of(page: BeautifulSoup | Tag, selector: str) -> list[str]:
    return [" ".join(tag.get_text(" ").split()) for tag in page.select(selector)]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_anybody_becomes_markup(payload: str) -> None:
    html = to_html(hostile_report(payload))
    assert faults(html) == []
    assert soup(html).find_all("style") == [soup(html).style], "the page has one style, its own"
    html.encode("utf-8")


def test_the_page_needs_nothing_else() -> None:
    html = to_html(REPORT)
    policy = soup(html).select_one("meta[http-equiv]")
    assert policy is not None
    assert str(policy["content"]).startswith("default-src 'none'")
    assert not re.search(r"<script|<link|<img|url\(|@import|src=|href=", html)
    assert set(re.findall(r"https?://[^\s\"'<]+", html)) <= {"http://www.w3.org/2000/svg"}


def test_it_has_every_question_with_what_became_of_it() -> None:
    page = soup(to_html(REPORT))
    assert text_of(page, "h1") == ["Mock interview of 4 March 2026"]
    assert text_of(page, "h2") == ["What to learn next", "Topics", "Time a question", "Delivery", "The questions"]
    assert text_of(page, ".viva-question .viva-score") == [
        "6 of 10 between 4 and 8", "“I don't know”", "1 of 10 between 0 and 4", "Skipped", "Not judged", "Not answered",
    ]  # fmt: skip
    assert text_of(page, ".viva-summary dt") == ["Judged", "Could not be judged", "“I don't know”", "Skipped", "Not answered"]
    assert len(page.select(".viva-model")) == 6
    assert text_of(page, ".viva-lack") == ["Not known", "Got wrong", "Left out"]


def test_every_chart_has_its_numbers_beside_it() -> None:
    page = soup(to_html(REPORT))
    sections = page.select(".viva-figure")
    assert len(sections) == len(figures(REPORT)) == 3
    for section, figure in zip(sections, figures(REPORT), strict=True):
        assert len(section.select("svg[role=img]")) == len(figure.charts) > 0
        assert [text_of(row, "td") for row in section.select("tbody tr")] == [list(row) for row in figure.rows]
        assert section.find_parent("details") is None, "paper cannot be opened"
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_without_anything_spoken_or_answered_there_is_nothing_to_draw() -> None:
    assert text_of(soup(to_html(reported(*EVERYTHING[1:2]))), "h2") == ["What to learn next", "Topics", "The questions"]
    assert "Nothing was asked." in soup(to_html(reported())).get_text()


def test_links_lead_to_the_tutor_whose_address_is_given() -> None:
    links = soup(to_html(REPORT, "http://127.0.0.1:7860/")).select("a")
    assert links[0]["href"] == "http://127.0.0.1:7860/?ask=What%20is%20a%20kettle%3F"
    assert len(links) == len(REPORT.gaps)
