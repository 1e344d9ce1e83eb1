"""The report as people see it: in the page of the real screen, and as a page of its own on paper, on a phone and in the dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PAYLOADS, ScriptedTutor, axe, fits, launch, serving
from tests.test_tutor_report import EVERYTHING, reported
from tests.test_tutor_written_report import hostile_report
from tutor.printed_report import to_html
from tutor.report import Report
from tutor.ui.report_html import report_to_html
from tutor.ui.server import application
from tutor.ui.toolkit import gr

pytestmark = pytest.mark.browser
VIEWS = ((1440, "light"), (390, "light"), (390, "dark"), (1440, "dark"))
REPORT = reported(*EVERYTHING)
EVIL = " ".join(PAYLOADS) + " " + "unbroken" * 60


def shown(report: Report, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The report in place of the settings, whose frame it shares."""
    html = report_to_html(report, {"Markdown": "/interviews/i.md"})

    def settings_page(*_: Any) -> None:  # it takes what the page that it stands for takes
        gr.HTML(html)

    monkeypatch.setattr("tutor.ui.screen.settings_page", settings_page)
    with serving(application(ScriptedTutor({}))) as address, launch() as (context, seen):
        page = context.new_page()
        page.goto(f"{address}/settings")
        page.locator("#viva-report").wait_for(timeout=60_000)
        yield page
        assert seen.errors == []
        assert seen.hosts == {"127.0.0.1"}


def look(page: Page, width: int, scheme: Any) -> None:
    """Sets the width and light or dark, everything open that can be."""
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('#viva-report details').forEach(one => one.open = true)")
    page.wait_for_timeout(300)


def test_a_report_can_be_read_on_the_screen_at_any_width_and_by_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in shown(REPORT, monkeypatch):
        page.locator(".viva-q").first.locator("summary").first.click()
        page.locator(".viva-q .viva-fold summary").first.click()
        page.locator(".viva-q a.viva-cite").nth(1).click()
        expect(page.locator(".viva-q .viva-source").first).to_have_attribute("open", "")
        expect(page.locator(".viva-q mark.is-now").first).to_have_text("It is made of steel & tin.")
        for width, scheme in VIEWS:
            look(page, width, scheme)
            assert fits(page), (width, scheme)
            assert axe(page) == [], (width, scheme)


def test_hostile_text_stays_text_in_a_report_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in shown(hostile_report(EVIL), monkeypatch):
        page.evaluate("window.pwned = () => document.title = 'pwned'")
        look(page, 390, "light")
        assert fits(page)
        assert page.title() != "pwned"


@pytest.mark.parametrize("report", [REPORT, hostile_report(EVIL)], ids=["plain", "hostile"])
def test_the_printed_report_needs_nobody_and_fits_anywhere(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(to_html(report, "http://127.0.0.1:7860"), encoding="utf-8")
    with launch() as (context, seen):
        page = context.new_page()
        page.goto(file.as_uri())
        for width, scheme in VIEWS:
            look(page, width, scheme)
            assert fits(page), (width, scheme)
            dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
            assert dark == (scheme == "dark")
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is white"
        assert page.pdf(format="A4").startswith(b"%PDF")
        assert (seen.hosts, seen.errors) == (set(), [])
