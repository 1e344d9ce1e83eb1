"""The screen as a learner meets it: a real Chromium, a real server, and a tutor that speaks from a script."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from corpus.errors import UserError
from tests.browser import (
    ENGINE,
    PAYLOADS,
    ScriptedTutor,
    Seen,
    answered,
    answers,
    ask,
    axe,
    box,
    cited,
    fits,
    growing,
    launch,
    open_page,
    serving,
    sticks_out,
)
from tutor.tutor import clean_question
from tutor.types import Citation, Reply, Status
from tutor.ui.frame import PAGES
from tutor.ui.server import application
from tutor.ui.stream import FAILED

pytestmark = pytest.mark.browser

PASSAGE = "A pan is a flat vessel.\n\n- **Iron** keeps the heat.\n- Copper spreads it.\n\n```\n" + "sear(steak) " * 30 + "\n```\n"
PAN = (
    "A pan is flat [1].\nIron keeps the heat [2].\n\nIt costs $5 to $10, and \\(x^2\\).\n\n| metal | "
    + "weight | " * 12
    + "\n|---|"
    + "---|" * 12
)
PAN += "\n| iron | " + "heavy | " * 12 + "\n\n```\n" + "fry(egg) " * 40 + "\n```"
CITED = [
    cited(1, PASSAGE, "A pan is a flat vessel.", file="pans.md", question="What is a pan?"),
    cited(2, PASSAGE, "**Iron** keeps the heat.", file="metals.md", question="Which metals are there?"),
]
READY = Status(True, "Ready", 1.0)
ASKED = "What is a pan?"


def hostile() -> list[Reply]:
    """A reply whose every part was written by an attacker."""
    citations = [Citation(n, text, text, text, 0, len(text), text, 0, len(text)) for n, text in enumerate(PAYLOADS, 1)]
    answer = "\n\n".join(f"{text} [{n}]" for n, text in enumerate(PAYLOADS, 1))
    return [
        Reply(answer[: len(answer) // 2], True, "e", complete=False),
        Reply(answer, False, PAYLOADS[2], tuple(citations), tuple(PAYLOADS)),
    ]


@dataclass
class Stage:
    """What all tests play on."""

    tutor: ScriptedTutor
    address: str
    context: BrowserContext
    seen: Seen

    def page(self) -> Page:
        return open_page(self.context, self.address)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    script: dict[str, Sequence[Reply | Exception]] = {
        ASKED: growing(PAN, citations=CITED, follow_ups=["Why is it flat?", "Which metals are there?"]),
        "Why is it flat?": growing("So that the food touches the heat."),
        "Who was Ada?": [Reply("My documents do not answer this.", False, ENGINE, (), (ASKED,))],
        "Tell me all": growing("A long story. " * 400, steps=1000),
        "Fail": [Reply("Half an answer", True, ENGINE, complete=False), UserError("The model is away. Start it, then try again.")],
        "Crash": [RuntimeError("secret detail")],
        "Attack": hostile(),
    }
    tutor = ScriptedTutor(script, [ASKED, "Who was Ada?"])
    with (
        serving(application(tutor)) as address,
        launch(viewport={"width": 1440, "height": 900}, color_scheme="light", permissions=["clipboard-read", "clipboard-write"]) as (
            context,
            seen,
        ),
    ):
        context.add_init_script("window.hits = []; window.pwned = () => window.hits.push('pwned'); window.alert = window.pwned;")
        yield Stage(tutor, address, context, seen)


@pytest.fixture(scope="module")
def shared(stage: Stage) -> Page:
    return stage.page()


@pytest.fixture
def page(stage: Stage, shared: Page) -> Page:
    """A page with a new chat. It is the same one each time, since a fresh one takes two seconds."""
    stage.tutor.be(READY)
    shared.set_viewport_size({"width": 1440, "height": 900})
    shared.get_by_role("button", name="New chat").click()
    expect(shared.get_by_role("heading", name="What would you like to understand?")).to_be_visible()
    expect(shared.get_by_role("button", name="Send")).to_be_visible()
    box(shared).fill("")
    return shared


def test_the_page_says_what_it_is_and_who_answers(page: Page) -> None:
    expect(page).to_have_title("Viva")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").all_inner_texts() == ["Viva"]
    expect(page.locator("#viva-status")).to_contain_text(ENGINE)
    expect(box(page)).to_be_focused()


def test_an_answer_grows_and_ends_with_its_sources(page: Page, stage: Stage) -> None:
    stage.tutor.pace_s = 0.2
    ask(page, ASKED)
    expect(page.locator(".viva-turn.is-busy")).to_be_visible()
    expect(box(page)).to_have_value("")
    stage.tutor.pace_s = 0.02
    turn = answers(page).first
    expect(turn.locator(".viva-source")).to_have_count(2)
    expect(page.locator(".viva-turn.is-busy")).to_have_count(0)
    expect(page.locator(".viva-question")).to_contain_text(ASKED)
    assert "A pan is flat" in turn.inner_text()
    assert turn.locator(".viva-answer p").first.locator("br").count() == 1, "a line break stays one"
    assert "It costs $5 to $10, and" in turn.inner_text(), "dollars are no formula"
    expect(turn.locator(".katex")).to_have_count(1)
    expect(page.locator("#viva-live")).to_have_text("The answer is complete, with 2 sources")
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_a_citation_opens_by_mouse_and_shows_the_sentence(page: Page) -> None:
    turn = answered(page)
    page.get_by_role("link", name=re.compile("Source 2 ?: metals.md, Which metals are there?")).click()
    source = turn.locator(".viva-source").nth(1)
    expect(source).to_have_attribute("open", "")
    expect(source.locator("mark").first).to_be_in_viewport()
    assert "".join(source.locator("mark").all_inner_texts()) == "Iron keeps the heat."
    expect(source.locator("summary")).to_be_focused()
    expect(turn.locator(".viva-source").first).not_to_have_attribute("open", "")
    answered(page, "Why is it flat?")
    expect(source).to_have_attribute("open", "")


def test_a_citation_opens_by_keyboard_and_escape_goes_back(page: Page) -> None:
    turn = answered(page)
    chip = turn.locator("a.viva-cite").first
    chip.focus()
    page.keyboard.press("Enter")
    source = turn.locator(".viva-source").first
    expect(source.locator("mark")).to_have_text("A pan is a flat vessel.")
    expect(source.locator("summary")).to_be_focused()
    page.keyboard.press("Escape")
    expect(source).not_to_have_attribute("open", "")
    expect(chip).to_be_focused()


def test_a_follow_up_asks_itself_and_the_tutor_knows_what_was_said(page: Page, stage: Stage) -> None:
    answered(page)
    box(page).fill("a draft")
    page.get_by_role("group", name="Ask next").get_by_role("button", name="Why is it flat?", exact=True).click()
    expect(answers(page).nth(1)).to_contain_text("So that the food touches the heat.")
    assert [message.content for message in stage.tutor.heard.histories[-1]] == [ASKED, PAN]
    expect(box(page)).to_have_value("a draft")
    expect(box(page)).to_be_focused()
    expect(page.get_by_role("button", name="Try again")).to_have_count(1)


def test_an_example_asks_itself(page: Page) -> None:
    page.get_by_role("button", name=ASKED, exact=True).click()
    expect(answers(page).first).to_contain_text("A pan is flat")


def test_what_the_documents_do_not_answer_says_so_and_offers_what_they_do(page: Page) -> None:
    turn = answered(page, "Who was Ada?")
    expect(turn).to_contain_text("Not in your documents")
    expect(page.get_by_role("group", name="Ask instead").get_by_role("button")).to_have_text([ASKED])


def test_stop_stops_the_tutor_too(page: Page, stage: Stage) -> None:
    before = stage.tutor.heard.stopped
    ask(page, "Tell me all")
    expect(answers(page).first).to_contain_text("A long story.")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".viva-notice")).to_have_text(re.compile("Stopped."))
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.wait_for_timeout(300)
    assert stage.tutor.heard.stopped == before + 1
    text = answers(page).first.inner_text()
    page.wait_for_timeout(500)
    assert answers(page).first.inner_text() == text, "nothing is added after the stop"
    assert answered(page, "Why is it flat?")


def test_stop_works_while_the_tutor_says_nothing(page: Page, stage: Stage) -> None:
    stage.tutor.be(Status(False, "Loading the model", 0.5))
    ask(page, ASKED)
    expect(answers(page).first).to_contain_text("Getting ready: Loading the model")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".viva-notice")).to_have_text(re.compile("Stopped."), timeout=5_000)


def test_closing_the_page_stops_the_tutor(stage: Stage) -> None:
    stage.tutor.be(READY)
    page = stage.page()
    before = stage.tutor.heard.stopped
    ask(page, "Tell me all")
    expect(answers(page).first).to_contain_text("A long story.")
    page.close()
    for _ in range(100):
        if stage.tutor.heard.stopped > before:
            break
        time.sleep(0.1)
    assert stage.tutor.heard.stopped == before + 1


def test_one_answer_at_a_time(page: Page, stage: Stage) -> None:
    ask(page, "Tell me all")
    expect(answers(page).first).to_contain_text("A long story.")
    asked = len(stage.tutor.heard.questions)
    ask(page, ASKED)
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert len(stage.tutor.heard.questions) == asked
    expect(box(page)).to_have_value(ASKED)
    page.get_by_role("button", name="New chat").click()
    expect(answers(page)).to_have_count(0)
    page.wait_for_timeout(500)
    expect(answers(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(box(page)).to_have_value(ASKED)


def test_an_error_is_a_notice_and_can_be_tried_again(page: Page, stage: Stage) -> None:
    turn = answered(page, "Fail")
    expect(turn.locator(".viva-notice")).to_have_text("The model is away. Start it, then try again.")
    expect(turn).to_contain_text("Half an answer")
    expect(page.locator(".viva-question")).to_have_text(re.compile("Fail"))
    before = stage.tutor.script["Fail"]
    try:
        stage.tutor.script["Fail"] = growing("Now it works.")
        page.get_by_role("button", name="Try again").click()
        expect(answers(page)).to_contain_text(["Now it works."])
        expect(page.locator(".viva-notice")).to_have_count(0)
        expect(page.locator(".viva-question")).to_have_count(1)
    finally:
        stage.tutor.script["Fail"] = before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_shows_a_sentence_and_no_detail(page: Page) -> None:
    turn = answered(page, "Crash")
    expect(turn.locator(".viva-notice")).to_have_text(FAILED)
    assert "secret detail" not in page.content()
    assert answered(page, "Why is it flat?")


@pytest.mark.parametrize(
    ("typed", "hint"), [("", "There is no question"), ("  \u200b ", "There is no question"), ("x" * 4001, "4,001 characters")]
)
def test_what_is_no_question_is_not_sent_and_not_lost(page: Page, stage: Stage, typed: str, hint: str) -> None:
    asked = len(stage.tutor.heard.questions)
    ask(page, typed)
    expect(page.locator("#viva-hint")).to_contain_text(hint)
    assert len(stage.tutor.heard.questions) == asked
    assert answers(page).count() == 0
    expect(box(page)).to_have_value(typed)


def test_shift_enter_starts_a_line_and_enter_sends(page: Page, stage: Stage) -> None:
    stage.tutor.script["Why is\nit flat?"] = growing("Because.")
    box(page).fill("Why is")
    box(page).press("Shift+Enter")
    page.keyboard.type("it flat?")
    page.keyboard.press("Enter")
    expect(answers(page).first).to_contain_text("Because.")
    assert stage.tutor.heard.questions[-1] == "Why is\nit flat?"


def test_copy_gives_the_answer_with_its_sources(page: Page) -> None:
    turn = answered(page)
    turn.get_by_role("button", name="Copy").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{PAN}\n\nSources:\n[1] pans.md: What is a pan?\n[2] metals.md: Which metals are there?"


def test_new_chat_forgets_the_old_one(page: Page, stage: Stage) -> None:
    answered(page)
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_role("heading", name="What would you like to understand?")).to_be_visible()
    answered(page, "Why is it flat?")
    assert stage.tutor.heard.histories[-1] == ()


def test_a_first_question_waits_until_the_tutor_is_ready(stage: Stage) -> None:
    stage.tutor.be(Status(False, "Loading the model", 0.25))
    page = stage.page()
    expect(page.locator("#viva-status")).to_contain_text("Getting ready: Loading the model")
    expect(page.get_by_role("progressbar", name="Getting ready")).to_have_attribute("value", "25")
    ask(page, ASKED)
    expect(answers(page).first).to_contain_text("Getting ready: Loading the model")
    stage.tutor.be(Status(False, "Reading documents (3 of 18)", 0.5))
    expect(answers(page).first).to_contain_text("Reading documents (3 of 18)")
    stage.tutor.be(READY)
    expect(answers(page).first).to_contain_text("A pan is flat")
    expect(page.locator("#viva-status")).to_contain_text(ENGINE)
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_role("button", name="Who was Ada?", exact=True)).to_be_visible()
    page.close()


def test_a_tutor_that_cannot_get_ready_says_why(stage: Stage) -> None:
    stage.tutor.be(Status(False, "Not ready", problem="There are no documents. Add one."))
    page = stage.page()
    expect(page.locator("#viva-status")).to_contain_text("There are no documents. Add one.")
    turn = answered(page)
    expect(turn.locator(".viva-notice")).to_have_text("There are no documents. Add one.")
    page.close()
    stage.tutor.be(READY)


STRANGE = (
    ":is(img, script, iframe, object, embed, form, video, audio, link, meta, base, a[href]:not(.viva-cite, .viva-skip, .viva-chat, nav a), "
    "input:not([type=search], #viva-depth input))"
)


def harmless(page: Page, address: str) -> None:
    page.wait_for_timeout(500)
    assert page.evaluate("window.hits") == []
    assert page.url.startswith(f"{address}/")
    assert re.fullmatch(r"/(?:\?chat=\w+)?", page.url.removeprefix(address))
    assert page.locator(f".gradio-container {STRANGE}").count() == 0
    assert fits(page)


def test_nothing_that_a_learner_a_document_or_a_model_writes_runs_or_calls_out(page: Page, stage: Stage) -> None:
    for start in range(0, len(PAYLOADS), 12):
        question = "\n\n".join(PAYLOADS[start : start + 12])
        stage.tutor.script[clean_question(question)] = hostile()
        answered(page, question)
    turn = answered(page, "Attack")
    assert turn.locator(".viva-source").count() == len(set(PAYLOADS))
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    harmless(page, stage.address)


def test_nothing_in_the_status_or_the_examples_runs_or_calls_out(stage: Stage) -> None:
    before = stage.tutor.shown_examples, stage.tutor.name
    try:
        stage.tutor.be(Status(False, " ".join(PAYLOADS), 0.5))
        stage.tutor.shown_examples, stage.tutor.name = tuple(PAYLOADS), " ".join(PAYLOADS)
        page = stage.page()
        expect(page.locator("#viva-status")).to_contain_text("Getting ready: <script>pwned()</script>")
        harmless(page, stage.address)
        stage.tutor.be(READY)
        expect(page.locator(".example")).to_have_count(len(PAYLOADS))
        expect(page.locator("#viva-status")).to_contain_text("{{constructor.constructor('pwned()')()}} ${pwned()}")
        harmless(page, stage.address)
        page.close()
    finally:
        stage.tutor.shown_examples, stage.tutor.name = before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    expect(page.locator("html.dark")).to_have_count(int(scheme == "dark"))
    assert axe(page) == []
    turn = answered(page)
    turn.locator("a.viva-cite").first.click()
    answered(page, "Who was Ada?")
    answered(page, "Fail")
    assert axe(page) == []
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")


def test_a_phone_scrolls_nothing_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits(page)
    turn = answered(page)
    turn.locator("a.viva-cite").first.click()
    assert fits(page)
    assert sticks_out(page.locator("button:visible, textarea:visible, #viva-status:visible"), 390) == []


def test_the_reading_column_is_narrow_and_in_the_middle(page: Page) -> None:
    place = answered(page).bounding_box()
    assert place is not None
    assert place["width"] <= 46 * 16 + 1
    main = page.locator("#viva-main").bounding_box()
    assert main is not None
    assert abs(place["x"] + place["width"] / 2 - main["x"] - main["width"] / 2) < 2
    page.get_by_role("button", name="Conversations and pages").click()
    expect(page.locator("#viva-side")).to_be_hidden()
    page.wait_for_timeout(400)
    place = answers(page).first.bounding_box()
    assert place is not None
    assert abs(place["x"] + place["width"] / 2 - 720) < 2
    page.get_by_role("button", name="Conversations and pages").click()
    expect(page.locator("#viva-side")).to_be_visible()


def test_everything_is_reached_by_keyboard_alone(page: Page) -> None:
    ring = "(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)(getComputedStyle(document.activeElement))"
    name = "(e => (e.ariaLabel || e.innerText || (e.type === 'radio' && e.value) || e.tagName).trim())(document.activeElement)"
    page.locator(".viva-skip").focus()
    walked: list[str] = []
    while walked[-1:] != ["interview"] and len(walked) < 400:
        page.keyboard.press("Tab")
        walked.append(page.evaluate(name))
        seen = page.evaluate(ring) or page.evaluate("Boolean(document.activeElement.closest('#viva-depth'))")
        assert seen or walked[-1] in ("TEXTAREA", "INPUT"), walked
    rows = page.locator("#viva-chats li").count()
    first = ["Conversations and pages", "Dark mode", *(one.name for one in PAGES), "New chat", "INPUT"]
    assert walked[: len(first)] == first
    listed = [name for name in walked[len(first) :] if not name.startswith("Show ")]
    assert listed[2 * rows :] == ["Learning without a name", "Conversation", ASKED, "Who was Ada?", "TEXTAREA", "Send", "interview"]
    page.locator(".viva-skip").focus()
    expect(page.locator(".viva-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type(ASKED)
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Ask next")).to_be_visible()
    expect(page.get_by_role("group", name="Go on").get_by_role("button", name="Quiz me on this")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(name) == "Why is it flat?"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(name) == "Quiz me on this"
    assert page.evaluate(ring)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(answers(page).nth(1)).to_contain_text("So that the food touches the heat.")


def test_dark_mode_is_a_click_and_is_remembered(stage: Stage) -> None:
    page = stage.page()
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    toggle = page.get_by_role("button", name="Dark mode")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(colour)
    assert dark != light
    page.reload()
    expect(page.get_by_role("button", name="Dark mode")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(colour) == dark
    page.get_by_role("button", name="Dark mode").click()
    assert page.evaluate(colour) == light
    page.evaluate("localStorage.clear()")
    page.close()


def test_nothing_has_left_this_machine_and_no_script_has_failed(stage: Stage) -> None:
    assert stage.seen.hosts == {"127.0.0.1"}
    assert stage.seen.errors == []
