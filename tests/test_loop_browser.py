"""The loop that makes people better, walked once from end to end: the real application, its encoder, its journal, a real Chromium.

Only the clock of the reviews is turned; all else is as a learner has it who brings a document and comes back the next day.
"""

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import Seen, launch, serving
from tutor.libraries import Libraries
from tutor.prepare import prepare
from tutor.settings import Settings
from tutor.sitting import utc_now
from tutor.tutor import Tutor
from tutor.ui.server import application

pytestmark = pytest.mark.browser

KNOWN = "A sourdough starter is a paste of flour and water in which wild yeast and bacteria live. The yeast makes the dough rise."
MISSED = "The bacteria make acid, which keeps mould away."
REASON = "Mould cannot take up food in acid, because its enzymes stop working there."
BREAD = f"""# Sourdough

## What is a sourdough starter?

**Level:** basic

**Answer:**

{KNOWN} {MISSED}

**Key points:**

- A starter is flour and water in which wild yeast and bacteria live.
- The yeast makes the dough rise.
- {MISSED}

**Follow-ups:**

### Why does mould not grow in a starter?

{REASON}

**Key points:**

- The enzymes of mould stop working in acid.

## How warm should a starter stand?
"""


@dataclass
class Stage:
    """A tutor over a kitchen, and a learner's browser."""

    folder: Path
    tutor: Tutor
    address: str
    context: BrowserContext
    seen: Seen

    def later(self, time: timedelta) -> None:
        """Turns the clock of the reviews."""
        self.tutor.reviews._clock = lambda: utc_now() + time


@dataclass(frozen=True)
class Progress:
    """The chart of what is mastered as it is drawn, and its numbers: the expected mark and from how many answers."""

    chart: str
    expected: float
    answers: int


@pytest.fixture
def stage(tmp_path: Path, kitchen: Path) -> Iterator[Stage]:
    settings = Settings(data=tmp_path / "data", documents=(kitchen,))
    libraries = Libraries(settings.data / "library")
    tutor = Tutor(lambda report: prepare(settings, report), journal=settings.data / "viva.db", libraries=libraries)
    tutor.prepare()
    with serving(application(tutor)) as address, launch(viewport={"width": 1440, "height": 900}) as (context, seen):
        yield Stage(tmp_path, tutor, address, context, seen)


def test_a_document_is_brought_practised_missed_explained_reviewed_passed_and_taken_to_anki(stage: Stage) -> None:
    page = stage.context.new_page()
    page.goto(f"{stage.address}/library")
    bring(page, stage.folder)
    practise(page)
    ask_the_tutor(page)
    before = progress(page)
    review(stage, page)
    after = progress(page)
    assert after.expected > before.expected
    assert (before.answers, after.answers) == (1, 2)
    assert after.chart != before.chart
    take_to_anki(page, stage.folder)
    assert stage.seen.errors == []
    assert stage.seen.hosts == {"127.0.0.1"}


def bring(page: Page, folder: Path) -> None:
    """Uploads a document, sees what was found in it and adds it."""
    expect(page.get_by_role("heading", name="Your documents")).to_be_visible(timeout=120_000)
    file = folder / "sourdough.md"
    file.write_text(BREAD, encoding="utf-8")
    page.locator("#viva-files").set_input_files(file)
    found = page.locator(".viva-waiting")
    expect(found).to_contain_text("2 questions with an answer")
    expect(found).to_contain_text("Without an answer, so left out: 1")
    page.get_by_role("button", name="Add 1 document").click()
    expect(page.locator(".viva-shelf > ul > li")).to_contain_text("sourdough.md", timeout=60_000)


def practise(page: Page) -> None:
    """Sits an interview of one question on the document, says all but one point, and gets the report."""
    page.get_by_role("link", name="Practise", exact=True).click()
    expect(page.get_by_role("checkbox", name="Sourdough")).to_be_checked(timeout=60_000)
    page.get_by_label("How many").fill("1")
    expect(page.locator(".viva-go")).to_contain_text("1 question")
    page.get_by_role("button", name="Start the interview").click()
    expect(page.locator("#viva-asked")).to_contain_text("starter")
    prompt = page.locator("#viva-stage [data-view]").get_attribute("data-prompt")
    page.get_by_role("textbox", name="Your answer").fill(KNOWN)
    page.get_by_role("textbox", name="Your answer").press("Control+Enter")
    expect(page.locator(f'[data-prompt="{prompt}"]')).to_have_count(0)
    page.get_by_role("button", name="I don't know", exact=True).click()
    expect(page.locator("#viva-report")).to_be_visible()
    expect(page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0", timeout=30_000)
    expect(page.locator(".viva-gap-point")).to_have_text(MISSED)


def ask_the_tutor(page: Page) -> None:
    """Opens the tutor on the passage of the point and asks why."""
    page.get_by_role("link", name="Open it in the tutor").click()
    turn = page.locator(".viva-turn")
    expect(turn.locator(".viva-actions")).to_be_visible(timeout=60_000)
    expect(turn.locator(".viva-answer")).to_contain_text("keeps mould away")
    expect(turn.locator("details.viva-source").first).to_contain_text("My documents/sourdough.md")
    turn.get_by_role("button", name="Why?", exact=True).click()
    why = page.locator(".viva-turn").nth(1)
    expect(why.locator(".viva-actions")).to_be_visible()
    expect(why.locator(".viva-answer")).to_contain_text(REASON)


def review(stage: Stage, page: Page) -> None:
    """Nothing is due at once; the next day the point is, in other words, and is known."""
    page.get_by_role("link", name="Review", exact=True).click()
    expect(page.locator(".viva-none-due")).to_contain_text("1 point comes back tomorrow")
    stage.later(timedelta(days=1))
    page.reload()
    expect(page.locator(".viva-due")).to_contain_text("1")
    expect(page.locator("#viva-asked")).to_contain_text("starter")
    expect(page.locator("#viva-asked")).not_to_have_text("What is a sourdough starter?")
    expect(page.locator("#viva-asked")).not_to_contain_text("acid")
    page.get_by_label("Your answer").fill("There are bacteria in it that make acid, and the acid keeps mould away.")
    page.get_by_label("Your answer").press("Control+Enter")
    expect(page.locator("#viva-came")).to_have_text("You know it", timeout=60_000)
    expect(page.locator(".viva-due")).to_have_count(0)


def progress(page: Page) -> Progress:
    """What the first chart of progress shows, and the one row of the table beside it."""
    page.get_by_role("link", name="Progress", exact=True).first.click()
    chart = page.locator(".is-mastery svg")
    expect(chart).to_be_visible()
    topic, expected, _, answers = page.locator(".is-mastery tbody tr").locator("th, td").all_text_contents()
    assert topic == "Sourdough"
    return Progress(chart.inner_html(), float(expected), int(answers))


def take_to_anki(page: Page, folder: Path) -> None:
    """Exports the deck and opens it as Anki does: a zip with a collection in SQLite."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Anki deck").click()
    with zipfile.ZipFile(download.value.path()) as deck:
        deck.extract("collection.anki2", folder)
    with closing(sqlite3.connect(folder / "collection.anki2")) as collection:
        assert collection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [(fields,)] = collection.execute("SELECT flds FROM notes").fetchall()
        cards = collection.execute("SELECT count(*) FROM cards").fetchone()
    question, points, source = fields.split("\x1f")
    assert (question, cards) == ("What is a sourdough starter?", (1,))
    assert f"<b>{MISSED}</b>" in points
    assert "sourdough.md" in source
