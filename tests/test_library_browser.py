"""The library as a learner uses it: a real Chromium, the real application, documents on the disk, and an index of hashes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import Seen, axe, fits, launch, serving
from tests.conftest import GARDEN, KITCHEN
from tests.test_tutor_shelf import BOAT, PAN, shared
from tutor.libraries import Libraries
from tutor.tutor import Tutor
from tutor.ui.server import application

pytestmark = pytest.mark.browser

HARM = "## What is <script>pwned()</script>?\n\n<img src=x onerror=pwned()> is an attack on the page.\n"


@dataclass
class Stage:
    folder: Path
    address: str
    context: BrowserContext
    seen: Seen

    def page(self) -> Page:
        opened = self.context.new_page()
        opened.goto(self.address + "/library")
        expect(opened.get_by_role("heading", name="Your documents")).to_be_visible(timeout=60_000)
        return opened

    def give(self, page: Page, **files: str) -> None:
        paths = []
        for name, text in files.items():
            path = self.folder / f"{name}.md"
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        page.locator("#viva-files").set_input_files(paths)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    kitchen = tmp_path / "documents"
    kitchen.mkdir()
    (kitchen / "kitchen.md").write_text(KITCHEN, encoding="utf-8")
    (kitchen / "garden.txt").write_text(GARDEN, encoding="utf-8")
    prepared = shared(tmp_path, kitchen)
    tutor = Tutor(lambda _report: prepared, libraries=Libraries(tmp_path / "library"))
    tutor.prepare()
    with serving(application(tutor)) as address, launch(viewport={"width": 1440, "height": 900}, color_scheme="light") as (context, seen):
        context.add_init_script("window.hits = []; window.pwned = () => window.hits.push('pwned');")
        yield Stage(tmp_path, address, context, seen)


def test_documents_are_looked_at_added_searched_edited_practised_replaced_and_removed(stage: Stage) -> None:
    page = stage.page()
    stage.give(page, boats=BOAT, pans=PAN, harm=HARM)
    found = page.locator(".viva-waiting")
    expect(found).to_contain_text("There already: 1")
    expect(found).to_contain_text("boats.md")
    assert not axe(page)
    page.get_by_role("button", name="Add 3 documents").click()
    documents = page.locator(".viva-shelf > ul > li")
    expect(documents).to_have_count(3, timeout=30_000)
    expect(found).to_have_count(0)

    page.get_by_role("searchbox", name="Search questions").fill("KEEL")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="What is a keel?").click()
    points = page.get_by_role("textbox", name="Key points")
    points.fill("It is the backbone.\nIt has lead.")
    page.get_by_role("button", name="Save the points").click()
    expect(page.get_by_text("These points are yours.")).to_be_visible()
    assert not axe(page)
    expect(page.get_by_role("link", name="Practise this")).to_have_attribute("href", "/?ask=Quiz%20me%20on%20What%20is%20a%20keel")
    page.get_by_role("link", name="Ask about this").click()
    expect(page.locator("#viva-chat")).to_contain_text("The keel is the backbone of a boat.", timeout=30_000)

    page = stage.page()
    boats = page.locator(".viva-shelf > ul > li").filter(has_text="boats.md")
    newer = stage.folder / "newer.md"
    newer.write_text(BOAT.replace("backbone", "spine"), encoding="utf-8")
    boats.locator('input[type="file"]').set_input_files(newer)
    page.get_by_role("button", name="Add 1 document").click()
    expect(page.locator(".viva-shelf")).to_contain_text("newer.md", timeout=30_000)
    expect(page.locator(".viva-shelf")).not_to_contain_text("boats.md")
    expect(page.locator(".viva-lost-points")).to_contain_text("What is a keel?: its answer has changed since.")

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove newer.md").click()
    expect(page.locator(".viva-shelf")).not_to_contain_text("newer.md", timeout=30_000)
    assert page.evaluate("window.hits") == []
    assert not stage.seen.errors


def test_a_file_that_cannot_be_read_says_why_beside_the_others(stage: Stage) -> None:
    page = stage.page()
    bad, good = stage.folder / "bad.pdf", stage.folder / "good.md"
    bad.write_bytes(b"%PDF-1.4 nothing")
    good.write_text(BOAT, encoding="utf-8")
    page.locator("#viva-files").set_input_files([bad, good])
    expect(page.locator(".viva-refused li")).to_contain_text("bad.pdf", timeout=30_000)
    page.get_by_role("button", name="Leave out").click()
    expect(page.locator(".viva-waiting")).to_have_count(0)
    assert not list((stage.folder / "library").rglob("*.md"))


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone_in_the_light_and_in_the_dark(stage: Stage, dark: bool) -> None:
    page = stage.page()
    page.set_viewport_size({"width": 390, "height": 800})
    if dark:
        page.emulate_media(color_scheme="dark")
    stage.give(page, boats=BOAT, pans=PAN)
    expect(page.locator(".viva-waiting")).to_be_visible()
    page.get_by_text("There already: 1").click()
    assert fits(page)
    assert not axe(page)


def test_practice_leads_to_an_interview_on_the_topics_of_the_document(stage: Stage) -> None:
    page = stage.page()
    stage.give(page, boats=BOAT)
    page.get_by_role("button", name="Add 1 document").click()
    page.get_by_role("link", name="Practise", exact=True).click()
    expect(page.get_by_role("checkbox", name=re.compile("Boats"))).to_be_checked(timeout=60_000)


def test_a_shared_document_is_opened_and_its_questions_lead_to_practice(stage: Stage) -> None:
    page = stage.page()
    section = page.locator(".viva-shared")
    expect(section.locator("[data-file]")).to_have_count(2)
    expect(section.get_by_role("button")).to_have_count(0)
    for name in ("kitchen.md", "garden.txt"):
        section.get_by_text(name).click()
    expect(section.get_by_role("button", name="What is a pan?")).to_have_count(2)
    assert not axe(page)
    section.get_by_role("button", name="Why does a kettle whistle?").click()
    expect(page.get_by_role("link", name="Practise this")).to_have_attribute(
        "href", "/?ask=Quiz%20me%20on%20Why%20does%20a%20kettle%20whistle"
    )
    expect(section.locator("details[open]")).to_have_count(2)
    section.get_by_text("garden.txt").click()
    expect(section.locator("details[open]")).to_have_count(1)
    assert not stage.seen.errors
