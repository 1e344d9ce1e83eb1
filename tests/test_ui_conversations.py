"""Conversations as a learner meets them: kept, listed, found again, renamed, downloaded and deleted, in one tab or two."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from corpus.errors import UserError
from tests.browser import ENGINE, PAYLOADS, ScriptedTutor, Seen, answered, answers, ask, axe, box, fits, growing, launch, open_page, serving
from tutor.journal import Journal, JournalError
from tutor.types import Exchange, Reply
from tutor.ui.render import MOVES
from tutor.ui.server import application

pytestmark = pytest.mark.browser

PAN, KNIFE, LONG = "What is a pan?", "What is a knife?", "Tell me all"


class FullJournal(Journal):
    """A journal whose disk is full as long as `full` is set."""

    full = False

    def begin(self, learner: str = "") -> str:
        self._refuse()
        return super().begin(learner)

    def ask(self, conversation: str, exchange: str, question: str, learner: str = "") -> None:
        self._refuse()
        super().ask(conversation, exchange, question, learner)

    def settle(self, exchange: str, reply: Reply | None, notice: str | None, learner: str = "") -> None:
        self._refuse()
        super().settle(exchange, reply, notice, learner)

    def _refuse(self) -> None:
        if self.full:
            raise JournalError("The disk is full. Make room on it.")


@dataclass
class Stage:
    """What all tests play on."""

    tutor: ScriptedTutor
    journal: FullJournal
    address: str
    context: BrowserContext
    seen: Seen


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    script: dict[str, Sequence[Reply | Exception]] = {
        PAN: growing("A pan is flat.", follow_ups=[KNIFE]),
        KNIFE: growing("A knife is sharp."),
        LONG: growing("A long story. " * 400, steps=1000),
        "Fail": [UserError("The model is away.")],
    }
    script |= {move: growing(f"{move} is answered.") for move in MOVES}
    journal = FullJournal(tmp_path_factory.mktemp("journal") / "viva.db")
    tutor = ScriptedTutor(script, [PAN], journal=journal)
    with serving(application(tutor)) as address, launch(viewport={"width": 1440, "height": 900}, color_scheme="light") as (context, seen):
        context.add_init_script("window.hits = []; window.pwned = () => window.hits.push('pwned');")
        yield Stage(tutor, journal, address, context, seen)


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    """A tab of its own, on an empty journal."""
    stage.journal.full = False
    for conversation in stage.journal.conversations():
        stage.journal.delete(conversation.id)
    opened = open_page(stage.context, stage.address)
    opened.set_viewport_size({"width": 1440, "height": 900})
    yield opened
    opened.close()


def titles(page: Page) -> list[str]:
    return page.locator("#viva-chats .viva-title").all_inner_texts()


def choose(page: Page, title: str, choice: str) -> None:
    """Opens a row's menu and takes something from it."""
    page.get_by_role("button", name=f"Options for {title}", exact=True).click()
    page.get_by_role("menuitem", name=choice).click()


def new_chat(page: Page) -> None:
    page.get_by_role("button", name="New chat").click()
    expect(answers(page)).to_have_count(0)


def kept(journal: Journal) -> dict[str, tuple[Exchange, ...]]:
    """What the journal has, by title."""
    return {found.title: tuple(exchange for _, exchange in journal.exchanges(found.id)) for found in journal.conversations()}


def test_a_conversation_is_in_the_address_and_survives_a_reload_and_a_second_tab(page: Page, stage: Stage) -> None:
    expect(page.get_by_text("Your conversations will be here.")).to_be_visible()
    answered(page, PAN)
    page.wait_for_url(re.compile(r"/\?chat=\w+$"))
    expect(page).to_have_title(f"{PAN} · Viva")
    page.reload()
    expect(page.locator(".viva-answer")).to_have_text(["A pan is flat."])
    assert answered(page, KNIFE)
    assert [message.content for message in stage.tutor.heard.histories[-1]] == [PAN, "A pan is flat."]
    other = open_page(stage.context, page.url)
    expect(other.locator(".viva-answer")).to_have_text(["A pan is flat.", "A knife is sharp."])
    other.close()


def test_a_restart_of_viva_loses_nothing(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    page.wait_for_url(re.compile("chat="))
    again = ScriptedTutor({}, journal=Journal(stage.journal._path))
    with serving(application(again)) as address:
        other = open_page(stage.context, page.url.replace(stage.address, address))
        expect(other.locator(".viva-answer")).to_have_text(["A pan is flat."])
        assert titles(other) == [PAN]
        other.close()


def test_an_address_that_leads_nowhere_says_so_and_begins_anew(page: Page, stage: Stage) -> None:
    for wrong in ("nobody", "%3Cscript%3Epwned()%3C/script%3E", "x" * 3000):
        page.goto(f"{stage.address}/?chat={wrong}")
        expect(page.locator("#viva-hint")).to_contain_text("That conversation is not there any more.")
        expect(page.get_by_role("heading", name="What would you like to understand?")).to_be_visible()
        page.wait_for_url(f"{stage.address}/")
        assert page.evaluate("window.hits") == []
    answered(page, PAN)
    page.wait_for_url(re.compile("chat="))


def test_the_list_has_the_newest_first_and_marks_the_one_on_the_screen(page: Page) -> None:
    answered(page, PAN)
    new_chat(page)
    expect(page.locator("#viva-chats [aria-current]")).to_have_count(0)
    answered(page, KNIFE)
    assert titles(page) == [KNIFE, PAN]
    expect(page.locator("#viva-chats [aria-current]")).to_have_text(KNIFE)
    page.get_by_role("link", name=PAN).click()
    expect(page.locator(".viva-answer")).to_have_text(["A pan is flat."])
    expect(page.locator("#viva-chats [aria-current]")).to_have_text(PAN)
    answered(page, KNIFE)
    expect(page.locator("#viva-chats .viva-title")).to_have_text([PAN, KNIFE])


def test_search_finds_words_of_answers_as_they_are_typed(page: Page) -> None:
    answered(page, PAN)
    new_chat(page)
    answered(page, KNIFE)
    page.get_by_label("Search conversations").press_sequentially("shar")
    expect(page.locator("#viva-chats .viva-title")).to_have_text([KNIFE])
    expect(page.locator("#viva-chats mark").first).to_have_text("shar")
    page.get_by_label("Search conversations").fill("saucer")
    expect(page.locator("#viva-chats")).to_have_text("No conversation has “saucer” in it.")
    page.get_by_label("Search conversations").fill("")
    expect(page.locator("#viva-chats .viva-title")).to_have_text([KNIFE, PAN])


def test_a_conversation_is_renamed_in_its_place(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    choose(page, PAN, "Rename")
    field = page.get_by_label("New title")
    expect(field).to_be_focused()
    expect(field).to_have_value(PAN)
    field.fill("Never this")
    field.press("Escape")
    expect(page.locator("#viva-chats .viva-title")).to_have_text([PAN])
    choose(page, PAN, "Rename")
    field.fill("<b>My</b> pans")
    field.press("Enter")
    expect(page.get_by_role("button", name="Options for <b>My</b> pans")).to_be_focused()
    assert list(kept(stage.journal)) == ["<b>My</b> pans"]
    page.reload()
    expect(page.locator("#viva-chats .viva-title")).to_have_text(["<b>My</b> pans"])


def test_a_conversation_is_deleted_after_a_confirmation(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    new_chat(page)
    answered(page, KNIFE)
    choose(page, KNIFE, "Delete")
    expect(page.get_by_role("dialog")).to_contain_text(f"Delete “{KNIFE}”?")
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert list(kept(stage.journal)) == [KNIFE, PAN]
    choose(page, KNIFE, "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(answers(page)).to_have_count(0)
    expect(page.locator("#viva-chats .viva-title")).to_have_text([PAN])
    page.wait_for_url(f"{stage.address}/")
    assert list(kept(stage.journal)) == [PAN]


def test_deleting_a_conversation_that_is_being_answered_stops_the_answer(page: Page, stage: Stage) -> None:
    stopped = stage.tutor.heard.stopped
    ask(page, LONG)
    expect(answers(page).first).to_contain_text("A long story.")
    choose(page, LONG, "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(answers(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(answers(page)).to_have_count(0)
    assert stage.tutor.heard.stopped == stopped + 1
    assert kept(stage.journal) == {}


def test_a_conversation_is_downloaded_under_its_title(page: Page) -> None:
    answered(page, PAN)
    with page.expect_download() as download:
        choose(page, PAN, "Download as Markdown")
    assert download.value.suggested_filename == "What is a pan.md"
    text = download.value.path().read_text("utf-8")
    assert text.startswith(f"# {PAN}\n")
    assert "A pan is flat." in text


def test_leaving_in_mid_answer_keeps_what_there_was_and_offers_another_try(page: Page, stage: Stage) -> None:
    stopped = stage.tutor.heard.stopped
    ask(page, LONG)
    expect(answers(page).first).to_contain_text("A long story.")
    page.wait_for_url(re.compile("chat="))
    page.reload()
    expect(page.locator(".viva-notice")).to_contain_text("Interrupted: the page was closed")
    expect(answers(page).first).to_contain_text("A long story.")
    assert stage.tutor.heard.stopped == stopped + 1
    (exchange,) = kept(stage.journal)[LONG]
    assert exchange.reply is not None
    assert not exchange.reply.complete
    before = stage.tutor.script[LONG]
    try:
        stage.tutor.script[LONG] = growing("It is short now.")
        page.get_by_role("button", name="Try again").click()
        expect(answers(page)).to_contain_text(["It is short now."])
    finally:
        stage.tutor.script[LONG] = before
    (exchange,) = kept(stage.journal)[LONG]
    assert exchange == Exchange(LONG, Reply("It is short now.", True, ENGINE))


def test_a_question_is_kept_before_it_is_answered(page: Page, stage: Stage) -> None:
    ask(page, LONG)
    expect(answers(page).first).to_be_visible()
    assert list(kept(stage.journal)) == [LONG]
    assert titles(page) == [LONG]
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".viva-notice")).to_contain_text("Stopped.")
    assert [exchange.notice for exchange in kept(stage.journal)[LONG]] == ["Stopped. You can ask something else, or try again."]


def test_an_answer_goes_on_while_another_conversation_is_looked_at(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    new_chat(page)
    ask(page, LONG)
    expect(answers(page).first).to_contain_text("A long story.")
    page.get_by_role("link", name=PAN).click()
    expect(page.locator(".viva-answer")).to_have_text(["A pan is flat."])
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    answered(page, KNIFE)
    expect(page.locator(".viva-answer")).to_have_text(["A pan is flat.", "A knife is sharp."])
    page.get_by_role("link", name=LONG).click()
    expect(page.locator(".viva-turn.is-busy")).to_be_visible()
    length = len(answers(page).first.inner_text())
    page.wait_for_function("length => document.querySelector('.viva-turn').innerText.length > length", arg=length)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".viva-notice")).to_contain_text("Stopped.")
    assert {title: len(past) for title, past in kept(stage.journal).items()} == {PAN: 2, LONG: 1}


def test_two_tabs_on_one_conversation_see_one_answer_and_one_past(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    page.wait_for_url(re.compile("chat="))
    other = open_page(stage.context, page.url)
    expect(answers(other)).to_have_count(1)
    ask(page, LONG)
    expect(answers(page).nth(1)).to_contain_text("A long story.")
    asked = len(stage.tutor.heard.questions)
    ask(other, KNIFE)
    expect(other.locator("#viva-hint")).to_contain_text("An answer is being given in this conversation.")
    expect(answers(other).nth(1)).to_contain_text("A long story.")
    expect(box(other)).to_have_value(KNIFE)
    assert len(stage.tutor.heard.questions) == asked
    other.get_by_role("button", name="Stop").click()
    for tab in (page, other):
        expect(tab.locator(".viva-notice")).to_contain_text("Stopped.")
    answered(other, KNIFE)
    answered(page, PAN)
    expect(page.locator(".viva-question p")).to_have_text([PAN, LONG, KNIFE, PAN])
    assert [exchange.question for exchange in kept(stage.journal)[PAN]] == [PAN, LONG, KNIFE, PAN]
    other.close()


def test_a_conversation_that_another_tab_deleted_is_left(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    page.wait_for_url(re.compile("chat="))
    other = open_page(stage.context, page.url)
    expect(answers(other)).to_have_count(1)
    choose(other, PAN, "Delete")
    other.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(answers(other)).to_have_count(0)
    other.close()
    ask(page, KNIFE)
    expect(page.locator(".viva-answer")).to_have_text(["A knife is sharp."])
    assert list(kept(stage.journal)) == [KNIFE]


def test_a_full_disk_loses_nothing_on_the_screen_and_says_so(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    stage.journal.full = True
    answered(page, KNIFE)
    expect(page.locator(".viva-answer")).to_have_text(["A pan is flat.", "A knife is sharp."])
    expect(page.locator("#viva-hint")).to_contain_text("The disk is full. Make room on it.")
    stage.journal.full = False
    answered(page, PAN)
    expect(page.locator("#viva-hint")).not_to_contain_text("The disk is full.")
    expect(page.locator(".viva-answer")).to_have_count(3)


def test_a_journal_that_cannot_be_read_at_all_still_leaves_a_chat(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "viva.db").mkdir()
    with serving(application(ScriptedTutor({PAN: growing("A pan is flat.")}, journal=Journal(tmp_path / "viva.db")))) as address:
        page = open_page(stage.context, address)
        expect(page.locator("#viva-chats .viva-notice")).to_be_visible()
        answered(page, PAN)
        expect(page.locator("#viva-hint .is-warning")).to_be_visible()
        page.close()


@pytest.mark.parametrize("move", MOVES)
def test_a_move_sends_its_words(page: Page, stage: Stage, move: str) -> None:
    answered(page, PAN)
    box(page).fill("a draft")
    page.get_by_role("group", name="Go on").get_by_role("button", name=move, exact=True).click()
    expect(page.locator(".viva-answer").nth(1)).to_have_text(f"{move} is answered.")
    expect(page.get_by_role("group", name="Go on")).to_have_count(1)
    assert stage.tutor.heard.questions[-1] == move
    expect(box(page)).to_have_value("a draft")


def test_the_depth_reaches_the_tutor_and_is_remembered(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    page.get_by_text("Deep dive").click()
    expect(page.get_by_label("Deep dive")).to_be_checked()
    answered(page, PAN)
    page.reload()
    expect(answers(page)).to_have_count(2)
    expect(page.get_by_label("Deep dive")).to_be_checked()
    answered(page, PAN)
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.get_by_label("Deep dive").press("ArrowLeft")
    expect(page.get_by_label("Interview answer")).to_be_checked()
    page.get_by_label("Interview answer").press("ArrowLeft")
    expect(page.get_by_label("Simple")).to_be_checked()
    answered(page, PAN)
    assert stage.tutor.heard.depths[-4:] == ["interview", "deep", "deep", "simple"]
    page.evaluate("localStorage.clear()")


def test_hundreds_of_conversations_are_quick_and_shown_in_parts(page: Page, stage: Stage) -> None:
    with sqlite3.connect(str(stage.journal._path)) as file:
        for n in range(600):
            name, at = uuid4().hex, f"2020-01-01 10:{n // 60:02}:{n % 60:02}.000000"
            file.execute("INSERT INTO conversations (id, learner, created_at, version) VALUES (?, '', ?, 1)", (name, at))
            columns = "id, conversation_id, position, question, folded, created_at, updated_at"
            row = (uuid4().hex, name, 1, f"Question {n}?", f"question {n}", at, at)
            file.execute(f"INSERT INTO exchanges ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    page.reload()
    expect(page.locator("#viva-chats li")).to_have_count(50)
    page.get_by_role("button", name="Show 550 more").click()
    expect(page.locator("#viva-chats li")).to_have_count(100)
    page.get_by_label("Search conversations").fill("Question 599")
    expect(page.locator("#viva-chats .viva-title")).to_have_text(["Question 599?"], timeout=3_000)
    page.get_by_label("Search conversations").fill("")
    expect(page.locator("#viva-chats li")).to_have_count(50, timeout=3_000)
    before = page.evaluate("performance.now()")
    page.locator("#viva-chats li a").nth(3).click()
    expect(page.locator(".viva-question")).to_have_text(re.compile("Question 596"))
    assert page.evaluate("performance.now()") - before < 3_000


def test_the_menu_is_driven_by_keyboard(page: Page) -> None:
    answered(page, PAN)
    page.get_by_role("button", name=f"Options for {PAN}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Delete")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.get_by_role("button", name=f"Options for {PAN}")).to_be_focused()


def test_the_side_folds_away_and_stays_so(page: Page) -> None:
    toggle = page.get_by_role("button", name="Conversations and pages")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.click()
    expect(page.locator("#viva-side")).to_be_hidden()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name="New chat")).to_have_count(1)
    page.reload()
    expect(page.locator("#viva-side")).to_be_hidden()
    toggle.click()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_side_is_a_drawer(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    answered(page, PAN)
    expect(page.locator("#viva-side")).to_be_hidden()
    assert fits(page)
    assert axe(page) == []
    page.get_by_role("button", name="Conversations and pages").click()
    expect(page.get_by_role("link", name=PAN)).to_be_visible()
    expect(page.locator("#viva-side .viva-new")).to_be_focused()
    assert fits(page)
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#viva-side")).to_be_hidden()
    expect(page.get_by_role("button", name="Conversations and pages")).to_be_focused()
    page.get_by_role("button", name="New chat").click()
    expect(answers(page)).to_have_count(0)
    page.get_by_role("button", name="Conversations and pages").click()
    page.get_by_role("link", name=PAN).click()
    expect(page.locator("#viva-side")).to_be_hidden()
    expect(page.locator(".viva-answer")).to_have_text(["A pan is flat."])
    page.get_by_role("button", name="Conversations and pages").click()
    page.mouse.click(380, 400)
    expect(page.locator("#viva-side")).to_be_hidden()


def test_no_title_in_the_list_runs_or_calls_out(page: Page, stage: Stage) -> None:
    for n, payload in enumerate(PAYLOADS):
        name = stage.journal.begin()
        stage.journal.ask(name, f"attack{n}", payload)
    page.reload()
    expect(page.locator("#viva-chats li")).to_have_count(len(PAYLOADS))
    page.get_by_label("Search conversations").fill("<")
    expect(page.locator("#viva-chats li")).not_to_have_count(len(PAYLOADS))
    page.locator("#viva-chats .viva-dots").first.click()
    page.get_by_role("menuitem", name="Delete").click()
    page.wait_for_timeout(500)
    assert page.evaluate("window.hits") == []
    assert page.locator(":is(#viva-side, .viva-dialog) :is(img, script, iframe, object, style, link)").count() == 0


def test_what_another_site_could_send_in_place_of_a_wish_changes_nothing(page: Page, stage: Stage) -> None:
    answered(page, PAN)
    for wish in ("", "{", '{"do": "burn"}', '{"do": "delete", "id": "nobody"}', '{"do": "rename", "id": "nobody", "text": "x"}'):
        page.evaluate("wish => window.viva.tell('go', wish)", wish)
    page.wait_for_timeout(500)
    assert list(kept(stage.journal)) == [PAN]
    assert answered(page, KNIFE)


def test_nothing_has_left_this_machine_and_no_script_has_failed(stage: Stage) -> None:
    assert stage.seen.hosts == {"127.0.0.1"}
    assert stage.seen.errors == []
