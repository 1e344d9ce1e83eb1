"""An interview as a learner sits it: a real Chromium, the real application and its journal, a kitchen to be asked about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from corpus.types import QAItem
from tests.browser import PAYLOADS, Seen, axe, box, fits, growing, launch, serving, sticks_out
from tests.kitchen import ALL, KitchenTutor
from tutor.connection import Connection
from tutor.engine import EngineError
from tutor.quiz import Judge
from tutor.types import Verdict
from tutor.ui.server import application

pytestmark = pytest.mark.browser

SOME = "It has iron in it."


class Judges(Connection):
    """The offline judge, unless it is told to fail."""

    fails = False

    def judge(self, offline: Judge) -> Judge:
        def judged(item: QAItem, answer: str) -> Verdict:
            if self.fails:
                raise EngineError("The model is away. Start it, then try again.")
            return offline(item, answer)

        return judged


@dataclass
class Stage:
    """What all tests play on. Each is a learner of its own, so that none sees another's interviews."""

    tutor: KitchenTutor
    judges: Judges
    address: str
    context: BrowserContext
    seen: Seen

    def be(self, name: str) -> None:
        self.context.clear_cookies()
        self.context.add_cookies([{"name": "viva_learner", "value": name, "url": self.address}])

    def page(self, there: str = "/interview") -> Page:
        opened = self.context.new_page()
        opened.goto(self.address + there)
        opened.locator("#viva-stage [data-view]").wait_for(timeout=60_000)
        return opened

    def sit(self, name: str) -> Page:
        """A new interview of somebody, at its first question."""
        self.be(name)
        page = self.page()
        start(page)
        return page


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder, judges = tmp_path_factory.mktemp("kitchen"), Judges(None)
    tutor = KitchenTutor(folder, folder / "viva.db", connection=judges, script={"What does a lid do?": growing("It keeps the steam.")})
    with serving(application(tutor)) as address, launch(viewport={"width": 1440, "height": 900}, color_scheme="light") as (context, seen):
        context.add_init_script("window.hits = []; window.pwned = () => window.hits.push('pwned');")
        yield Stage(tutor, judges, address, context, seen)


def start(page: Page) -> None:
    page.get_by_role("button", name="Start the interview").click()
    expect(asked(page)).to_be_visible()


def asked(page: Page) -> Locator:
    return page.locator("#viva-asked")


def answer_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your answer")


def number(page: Page, text: str) -> None:
    expect(page.locator(".viva-number")).to_contain_text(text)


def answer(page: Page, text: str) -> None:
    """Answers and waits for what is asked then, or the report."""
    before = page.locator("#viva-stage [data-view]").get_attribute("data-prompt")
    answer_box(page).fill(text)
    answer_box(page).press("Control+Enter")
    expect(page.locator(f'[data-prompt="{before}"]')).to_have_count(0)


def do(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def end(page: Page) -> None:
    do(page, "End")
    do(page, "End it")
    expect(page.locator("#viva-report")).to_be_visible()


def of(page: Page) -> str:
    """The id of the interview on the page."""
    return page.url.partition("id=")[2]


def test_an_interview_is_sat_from_one_click_to_its_report(stage: Stage) -> None:
    stage.be("Ada")
    page = stage.page()
    expect(page.locator("#viva-pages [aria-current]")).to_have_text("Interview")
    expect(page).to_have_title("Interview · Viva")
    expect(page.locator(".viva-topics label")).to_have_count(3)
    page.get_by_label("How many").fill("4")
    expect(page.locator(".viva-go")).to_contain_text("4 questions")
    start(page)
    number(page, "Question 1 of 4")
    expect(answer_box(page)).to_be_focused()
    answer(page, SOME)
    expect(asked(page)).to_have_text("What else, number 1?")
    expect(page.locator(".viva-mine")).to_have_text(re.compile(re.escape(SOME)))
    page.get_by_role("button", name="Hint").click()
    expect(page.locator(".viva-hint-given")).to_contain_text("First hint")
    expect(page.get_by_role("button", name="Hint")).to_have_text("Hint costs 1 of 10")
    answer(page, "It has wood.")
    answer(page, "It has a rope.")
    number(page, "Question 2 of 4")
    expect(page.locator(".viva-ack")).to_have_text(re.compile("Thank you"))
    do(page, "I don't know")
    number(page, "Question 3 of 4")
    do(page, "Skip")
    number(page, "Question 4 of 4")
    expect(page.locator(".viva-ack")).to_contain_text("Skipped")
    assert page.locator(".viva-sitting :text-matches('covered|missed|correct|score', 'i')").count() == 0, "no verdict before the end"
    answer(page, ALL)
    expect(page.locator("#viva-report")).to_be_visible()
    expect(page.locator("#viva-report .viva-q")).to_have_count(4)
    expect(page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0")
    expect(page.locator(".viva-q-mark").first).to_contain_text("of 10")
    expect(page).to_have_title("Interview report · Viva")
    page.close()


def test_the_report_is_kept_as_files_and_asks_again(stage: Stage) -> None:
    page = stage.sit("Bea")
    answer(page, SOME)
    end(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Markdown").click()
    assert "It has iron in it." in Path(saved.value.path()).read_text("utf-8")
    with page.expect_download() as saved:
        page.get_by_role("link", name="JSON").click()
    assert saved.value.suggested_filename.endswith(".json")
    printed = stage.context.request.get(f"{stage.address}/interviews/{of(page)}.html")
    assert printed.headers["content-type"].startswith("text/html")
    assert "It has iron in it." in printed.text()
    page.locator(".viva-q summary").first.click()
    page.get_by_text("Rehearse it for a time").click()
    page.get_by_text("30 seconds").click()
    expect(page.get_by_label("Your answer for that time")).to_have_value(SOME)
    page.get_by_label("Your answer for that time").fill(ALL)
    do(page, "See what it covers")
    expect(page.locator(".viva-rehearsed")).to_contain_text("You said 3 points in time")
    again = page.get_by_role("button", name="Ask me again").first
    again.click()
    expect(again).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Your answer for that time")).to_have_value(ALL)
    assert any(one.wanted for one in stage.tutor.sittings.past("Bea"))
    page.get_by_role("link", name="All interviews").click()
    expect(page.locator(".viva-past li")).to_have_count(1)
    page.go_back()
    expect(page.locator("#viva-report")).to_be_visible()
    page.close()


def test_what_is_being_typed_survives_a_reload_and_another_browser(stage: Stage) -> None:
    page = stage.sit("Cleo")
    answer_box(page).fill("It has iron, and")
    page.reload()
    expect(answer_box(page)).to_have_value("It has iron, and")
    answer_box(page).press_sequentially(" wood")
    answer_box(page).blur()
    expect(page.locator(".viva-keys")).to_have_text("Draft saved")
    elsewhere = stage.page(f"/interview?id={of(page)}")
    expect(answer_box(elsewhere)).to_have_value("It has iron, and wood")
    elsewhere.close()
    page.close()


def test_a_second_tab_that_is_behind_is_told_and_nothing_is_lost(stage: Stage) -> None:
    page = stage.sit("Dora")
    other = stage.page(f"/interview?id={of(page)}")
    answer_box(other).fill("Something else")
    answer(page, SOME)
    other.keyboard.press("Control+Enter")
    expect(other.locator(".viva-told:visible")).to_contain_text("answered already")
    expect(asked(other)).to_have_text("What else, number 1?")
    expect(answer_box(other)).to_have_value("")
    other.locator(".viva-unsent summary").click()
    expect(other.locator(".viva-unsent p")).to_have_text("Something else")
    answer(page, "It has wood.")
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(other.locator(".viva-told:visible")).to_contain_text("went on in another tab")
    expect(asked(other)).to_have_text("What else, number 2?")
    assert [turn.said for turn in stage.tutor.sittings.open(of(page), "Dora").turns] == [f"{SOME}\n\nIt has wood."]
    other.close()
    page.close()


def test_pressed_twice_it_counts_once(stage: Stage) -> None:
    page = stage.sit("Eve")
    answer_box(page).fill(SOME)
    page.evaluate("for (let n = 0; n < 5; n++) document.querySelector('.viva-box [type=submit]').click()")
    expect(asked(page)).to_have_text("What else, number 1?")
    page.evaluate("for (let n = 0; n < 5; n++) document.querySelector('[data-do=hint]').click()")
    expect(page.locator(".viva-hint-given")).to_have_count(1)
    page.wait_for_timeout(300)
    turn = stage.tutor.sittings.open(of(page), "Eve").turns[0]
    assert (turn.said, len(turn.hints)) == (SOME, 1)
    page.close()


def test_an_empty_answer_is_none_and_the_box_says_so(stage: Stage) -> None:
    page = stage.sit("Fay")
    answer_box(page).fill("  ")
    answer_box(page).press("Control+Enter")
    expect(page.locator(".viva-told:visible")).to_contain_text("There is no answer in that yet")
    answer(page, SOME)
    expect(page.locator(".viva-told:visible")).to_have_count(0)
    page.close()


def test_a_pause_hides_the_box_and_stops_the_clock_and_an_end_is_confirmed(stage: Stage) -> None:
    page = stage.sit("Gil")
    answer_box(page).fill("It has iron, and")
    do(page, "Pause")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    expect(answer_box(page)).to_be_hidden()
    stood = page.locator(".viva-clock").inner_text()
    page.wait_for_timeout(1500)
    expect(page.locator(".viva-clock")).to_have_text(stood)
    do(page, "Go on")
    expect(answer_box(page)).to_have_value("It has iron, and")
    do(page, "End")
    expect(page.get_by_role("dialog")).to_contain_text("What is in the box has not been sent")
    do(page, "Go on")
    number(page, "Question 1 of 6")
    end(page)
    expect(page.locator("#viva-report")).to_contain_text("Not answered")
    page.close()


def test_an_unfinished_interview_is_offered_first_and_can_be_discarded(stage: Stage) -> None:
    page = stage.sit("Hal")
    answer(page, ALL)
    page.goto(f"{stage.address}/interview")
    expect(page.locator(".viva-unfinished")).to_contain_text("2 of 6")
    expect(page.locator(".viva-first:visible")).to_have_text(["Go on"])
    page.get_by_role("link", name="Go on").click()
    number(page, "Question 2 of 6")
    page.go_back()
    do(page, "Discard")
    do(page, "Delete")
    expect(page.locator(".viva-unfinished")).to_have_count(0)
    expect(page.locator(".viva-start.viva-first")).to_be_visible()
    page.close()


def test_the_plan_follows_what_is_chosen(stage: Stage) -> None:
    stage.be("Ida")
    page = stage.page()
    expect(page.locator(".viva-plan li")).to_have_count(3)
    page.locator(".viva-topics label", has_text="Knives").click()
    expect(page.locator(".viva-plan li strong")).to_have_text(["Knives"])
    expect(page.locator(".viva-plan")).to_contain_text("You chose it")
    page.locator(".viva-segments label", has_text="Advanced").click()
    expect(page.locator(".viva-plan [role=alert]")).to_contain_text("There is no question to ask on Knives at the advanced level")
    page.locator(".viva-segments label", has_text="By ability").click()
    page.locator(".viva-segments label", has_text="Minutes").click()
    expect(page.get_by_label("How many")).to_have_value("20")
    page.get_by_text("For a job").click()
    page.get_by_label("Job description").fill("We look for an astronaut who speaks Klingon.")
    expect(page.locator(".viva-plan .viva-said")).to_contain_text("none of my subjects")
    page.get_by_label("How many").fill("10")
    start(page)
    number(page, "Question 1")
    expect(page.locator(".viva-clock")).to_contain_text("left")
    page.wait_for_timeout(700)
    expect(page.locator(".viva-plan")).to_have_count(0)
    page.close()


def test_what_could_not_be_judged_is_tried_again(stage: Stage) -> None:
    stage.judges.fails = True
    page = stage.sit("Jon")
    answer(page, ALL)
    end(page)
    expect(page.locator(".viva-q-mark").first).to_have_text("Not judged")
    page.locator(".viva-q summary").first.click()
    expect(page.locator(".viva-q").first).to_contain_text("The model is away")
    stage.judges.fails = False
    do(page, "Try again")
    expect(page.locator(".viva-q-mark").first).to_contain_text("10 of 10")
    page.close()


def test_nobody_opens_exports_or_deletes_the_interview_of_another(stage: Stage) -> None:
    page = stage.sit("Kim")
    name = of(page)
    page.close()
    stage.be("Liz")
    page = stage.page(f"/interview?id={name}")
    expect(page.locator(".viva-told:visible")).to_contain_text("not there any more")
    expect(page.locator(".viva-setup")).to_be_visible()
    for form in ("html", "md", "json"):
        assert stage.context.request.get(f"{stage.address}/interviews/{name}.{form}").status == 404
    forge = "(e, id) => Object.assign(e.appendChild(document.createElement('i')).dataset, { do: 'delete', id })"
    page.locator("#viva-interview").evaluate(forge, name)
    page.locator("i[data-do]").evaluate("e => e.click()")
    do(page, "Delete")
    expect(page.locator(".viva-told:visible")).to_contain_text("not there any more")
    assert stage.tutor.sittings.open(name, "Kim").phase == "running"
    page.close()


def test_a_link_from_the_report_asks_in_the_chat_once_and_one_from_elsewhere_only_fills_the_box(stage: Stage) -> None:
    page = stage.sit("Max")
    answer(page, "It has nothing to do with it.")
    end(page)
    stage.tutor.heard.questions.clear()
    link = page.get_by_role("link", name="Open it in the tutor").first
    question = link.evaluate("e => new URL(e.href).searchParams.get('ask')")
    stage.tutor.script[question] = growing("Iron.")
    link.click()
    expect(page.locator(".viva-turn .viva-answer")).to_contain_text("Iron.")
    assert "ask=" not in page.url
    page.reload()
    expect(page.locator(".viva-turn .viva-answer")).to_contain_text("Iron.")
    assert stage.tutor.heard.questions == [question]
    page.goto(f"{stage.address}/?ask=What+does+a+lid+do%3F")
    expect(box(page)).to_have_value("What does a lid do?")
    assert stage.tutor.heard.questions == [question]
    page.close()


def test_what_attackers_write_is_only_read(stage: Stage) -> None:
    page = stage.sit("Mallory")
    evil = " ".join(PAYLOADS) + " It has iron."
    answer_box(page).fill(evil)
    answer_box(page).blur()
    expect(page.locator(".viva-keys")).to_have_text("Draft saved")
    page.reload()
    expect(answer_box(page)).to_have_value(evil)
    answer(page, evil)
    expect(page.locator(".viva-mine")).to_contain_text("<script>pwned()</script>")
    end(page)
    page.locator(".viva-q summary").first.click()
    page.wait_for_timeout(500)
    assert page.evaluate("window.hits") == []
    assert page.locator("#viva-interview :is(img, script, iframe, object, embed, video)").count() == 0
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(stage: Stage, scheme: str, width: int) -> None:
    stage.be(f"Nan{scheme}{width}")
    page = stage.page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 850})
    expect(page.locator(".viva-start")).to_be_in_viewport()

    def good() -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        assert axe(page) == []
        assert fits(page)
        assert sticks_out(page.locator("#viva-interview :is(button, input, textarea, a, summary):visible"), width) == []

    page.get_by_text("For a job").click()
    good()
    start(page)
    answer(page, SOME)
    page.get_by_role("button", name="Hint").click()
    expect(page.locator(".viva-hint-given")).to_be_visible()
    answer_box(page).fill("A long answer. " * 60)
    expect(asked(page)).to_be_visible()
    good()
    do(page, "Pause")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    good()
    end(page)
    page.locator(".viva-q summary").first.click()
    good()
    page.close()


def test_nothing_has_left_this_machine_and_no_script_has_failed(stage: Stage) -> None:
    assert stage.seen.hosts == {"127.0.0.1"}
    assert stage.seen.errors == []
