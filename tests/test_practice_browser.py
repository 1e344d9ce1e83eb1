"""Progress and reviews as a learner has them: a real Chromium, the real application and its journal, and a clock to turn."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PAYLOADS, Seen, axe, fits, launch, serving, sticks_out
from tests.kitchen import ALL, KitchenTutor
from tests.test_ui_practice import sit
from tutor.gaps import address_of
from tutor.ui.frame import PAGES
from tutor.ui.server import application

pytestmark = pytest.mark.browser

VIEWS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1440, "light"), (390, "light"), (390, "dark"), (1440, "dark"))


@dataclass
class Stage:
    """What all tests play on. Each is a learner of its own, so that none sees another's reviews."""

    tutor: KitchenTutor
    address: str
    context: BrowserContext
    seen: Seen

    def page(self, name: str, there: str) -> Page:
        self.context.clear_cookies()
        self.context.add_cookies([{"name": "viva_learner", "value": name, "url": self.address}])
        opened = self.context.new_page()
        opened.goto(self.address + there)
        opened.locator("#viva-stage [data-view]").wait_for(timeout=60_000)
        return opened


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("kitchen")
    tutor = KitchenTutor(folder, folder / "viva.db")
    with serving(application(tutor)) as address, launch(viewport={"width": 1440, "height": 900}, color_scheme="light") as (context, seen):
        context.add_init_script("window.hits = []; window.pwned = () => window.hits.push('pwned');")
        yield Stage(tutor, address, context, seen)


@pytest.fixture(autouse=True)
def today(stage: Stage) -> None:
    stage.tutor.later = timedelta()


def view(page: Page, name: str) -> None:
    expect(page.locator("#viva-stage [data-view]")).to_have_attribute("data-view", name)


def do(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def looks_right(page: Page) -> None:
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        assert fits(page), (width, scheme)
        assert axe(page) == [], (width, scheme)
        assert sticks_out(page.locator("#viva-stage :is(a, button, input, textarea):visible"), width) == [], (width, scheme)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def test_a_missed_point_comes_back_is_passed_moves_the_chart_and_goes_to_anki(stage: Stage, tmp_path: Path) -> None:
    sit(stage.tutor, "It has iron in it, and wood", learner="Ada", name="ada")
    page = stage.page("Ada", "/review")
    view(page, "nothing")
    expect(page.locator(".viva-none-due")).to_contain_text("1 point comes back tomorrow")
    page.goto(f"{stage.address}/progress")
    before = page.locator(".is-mastery tbody td").nth(1).text_content()

    stage.tutor.later = timedelta(days=1)
    page.get_by_role("link", name="Review").first.click()
    view(page, "question")
    expect(page).to_have_title("Review · Viva")
    expect(page.locator(".viva-due")).to_contain_text("1")
    expect(page.locator("#viva-asked")).not_to_contain_text("rope")
    page.get_by_label("Your answer").fill("with a rope")
    page.get_by_label("Your answer").press("Control+Enter")
    view(page, "outcome")
    expect(page.locator("#viva-came")).to_have_text("You know it")
    expect(page.locator("mark")).to_have_text("rope")
    expect(page.locator("blockquote")).to_contain_text("It has a rope to hang it by.")
    expect(page.locator(".viva-again-on")).to_have_text("It comes back in 2 days.")
    expect(page.locator(".viva-due")).to_have_count(0)
    do(page, "At once")
    expect(page.get_by_role("button", name="At once")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".viva-again-on")).not_to_have_text("It comes back in 2 days.")
    do(page, "Next")
    view(page, "nothing")

    page.goto(f"{stage.address}/progress")
    moved = page.locator(".is-mastery tbody td").nth(1)
    expect(moved).not_to_have_text(str(before))
    assert float(moved.text_content() or "") > float(before or "")
    with page.expect_download() as download:
        page.get_by_role("link", name="Anki deck").click()
    deck = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    (tmp_path / "deck").write_bytes(deck.read("collection.anki2"))
    fields = sqlite3.connect(tmp_path / "deck").execute("SELECT flds FROM notes").fetchone()[0]
    assert "<b>It has a rope to hang it by.</b>" in fields
    page.close()


def test_both_pages_look_right_before_and_after_the_first_answer(stage: Stage) -> None:
    for there in ("/progress", "/review"):
        page = stage.page("Bob", there)
        expect(page.get_by_role("link", name="Sit a short interview")).to_be_visible()
        looks_right(page)
        page.close()
    sit(stage.tutor, "It has iron in it", ALL, "it has nothing", learner="Bob", name="bob")
    stage.tutor.later = timedelta(days=1)
    page = stage.page("Bob", "/progress")
    page.evaluate("document.querySelectorAll('#viva-report details').forEach(one => one.open = true)")
    looks_right(page)
    page.goto(f"{stage.address}/review")
    view(page, "question")
    looks_right(page)
    do(page, "I don’t know")
    view(page, "outcome")
    looks_right(page)
    page.close()


def test_what_was_typed_outlives_a_reload_and_a_refusal(stage: Stage) -> None:
    sit(stage.tutor, "It has iron in it", learner="Cy", name="cy")
    stage.tutor.later = timedelta(days=1)
    page = stage.page("Cy", "/review")
    box = page.get_by_label("Your answer")
    box.fill("...")
    do(page, "Answer")
    expect(page.get_by_role("alert").first).to_contain_text("no answer in that yet")
    expect(box).to_have_value("...")
    box.fill("half a thought")
    page.reload()
    expect(box).to_have_value("half a thought")
    page.close()


def test_a_missed_point_leads_to_the_tutor_and_back_and_can_be_put_aside(stage: Stage) -> None:
    sit(stage.tutor, "It has iron in it, and wood", learner="Dee", name="dee")
    page = stage.page("Dee", "/progress")
    link = page.get_by_role("link", name="Ask the tutor")
    card = next(iter(stage.tutor.reviews.deck("Dee").cards.values()))
    expect(link).to_have_attribute("href", address_of(stage.tutor.belongings().items[card.item].question))
    do(page, "Ask me again")
    expect(page.locator(".viva-lack")).to_contain_text("due now")
    expect(page.locator(".viva-due")).to_contain_text("1")
    do(page, "Let it rest")
    page.get_by_text("1 point at rest").click()
    expect(page.locator(".viva-lack")).to_contain_text("rests")
    do(page, "Wake it")
    expect(page.locator(".viva-due")).to_contain_text("1")
    page.goto(f"{stage.address}/review")
    view(page, "question")
    do(page, "Forget it")
    view(page, "nothing")
    page.close()


def test_ask_me_again_in_a_report_leads_to_its_review(stage: Stage) -> None:
    interview = sit(stage.tutor, "It has iron in it, and wood", learner="Hal", name="hal")
    page = stage.page("Hal", f"/interview?id={interview}")
    expect(page.get_by_role("link", name="Review it now")).to_have_count(0)
    do(page, "Ask me again")
    page.get_by_role("link", name="Review it now").click()
    view(page, "question")
    expect(page.locator(".viva-why")).to_have_text("You asked for it.")
    page.close()


def test_a_count_that_comes_late_leaves_alone_what_is_typed_in_the_side(stage: Stage) -> None:
    sit(stage.tutor, "It has iron in it, and wood", learner="Ivy", name="ivy")
    stage.tutor.later = timedelta(days=1)
    page = stage.page("Ivy", "/review")
    page.goto(stage.address)
    found = page.get_by_placeholder("Search conversations")
    found.wait_for()
    found.evaluate("one => { one.value = 'half a w'; one.focus(); }")
    expect(page.locator(".viva-due")).to_contain_text("1")
    expect(found).to_have_value("half a w")
    page.close()


def test_every_page_says_how_many_are_due(stage: Stage) -> None:
    sit(stage.tutor, "It has iron in it, and wood", learner="Jo", name="jo")
    stage.tutor.later = timedelta(days=1)
    page = stage.page("Jo", "/review")
    for place in PAGES:
        page.goto(f"{stage.address}/{place.path}")
        expect(page.locator("#viva-pages [aria-current]")).to_contain_text(place.name)
        expect(page.locator(".viva-due")).to_have_text("1 due")
    page.close()


def test_the_keyboard_is_enough_for_a_review(stage: Stage) -> None:
    sit(stage.tutor, "It has iron in it, and wood", learner="Eve", name="eve")
    stage.tutor.later = timedelta(days=1)
    page = stage.page("Eve", "/review")
    page.get_by_label("Your answer").focus()
    page.keyboard.type("a rope")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    view(page, "outcome")
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("Enter")
    view(page, "nothing")
    page.close()


def test_everything_can_be_taken_and_then_deleted(stage: Stage) -> None:
    sit(stage.tutor, "It has iron in it", learner="Flo", name="flo")
    page = stage.page("Flo", "/progress")
    with page.expect_download() as download:
        page.get_by_role("link", name="Everything (JSON)").click()
    assert len(json.loads(download.value.path().read_text("utf-8"))["interviews"]) == 1
    page.locator("summary", has_text="Delete everything").click()
    page.get_by_label("Type DELETE").fill("delete")
    do(page, "Delete everything")
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was deleted")
    page.get_by_label("Type DELETE").fill("DELETE")
    do(page, "Delete everything")
    expect(page.get_by_role("alert").first).to_contain_text("Everything is deleted.")
    expect(page.get_by_role("link", name="Sit a short interview")).to_be_visible()
    assert stage.tutor.sittings.interviews("Flo") == ()
    page.close()


def test_hostile_answers_stay_text(stage: Stage) -> None:
    sit(stage.tutor, "It has iron in it, and wood", learner="Gus", name="gus")
    stage.tutor.later = timedelta(days=1)
    page = stage.page("Gus", "/review")
    page.get_by_label("Your answer").fill(" ".join(PAYLOADS) + " rope")
    do(page, "Answer")
    view(page, "outcome")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hits") == []
    assert fits(page)
    page.close()


def test_nothing_went_wrong_and_nothing_left_the_machine(stage: Stage) -> None:
    assert stage.seen.errors == []
    assert stage.seen.hosts == {"127.0.0.1"}
