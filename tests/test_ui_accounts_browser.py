"""Learners as they meet it: a log-in that says what is wrong, conversations of one's own, the way out, and a name without a log-in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import ScriptedTutor, Seen, answered, answers, ask, axe, box, fits, growing, launch, open_page, serving, sticks_out
from tutor.accounts import Accounts
from tutor.journal import Journal
from tutor.types import Reply
from tutor.ui.access import Access
from tutor.ui.entrance import WRONG
from tutor.ui.server import application

pytestmark = pytest.mark.browser

PAN, KNIFE = "What is a pan?", "What is a knife?"
PASSWORD = "nine pans of iron"


@dataclass
class Stage:
    """What all tests play on: a server with accounts and one without, and a browser."""

    accounts: Accounts
    address: str
    nameless: str
    context: BrowserContext
    seen: Seen

    @contextmanager
    def another(self) -> Iterator[BrowserContext]:
        """A second browser, with cookies of its own."""
        assert self.context.browser
        opened = self.context.browser.new_context(locale="en-GB")
        opened.set_default_timeout(30_000)
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("accounts")
    script: dict[str, Sequence[Reply | Exception]] = {PAN: growing("A pan is flat."), KNIFE: growing("A knife is sharp.")}
    tutor = ScriptedTutor(script, [PAN], journal=Journal(folder / "viva.db"))
    other = ScriptedTutor(script, [PAN], journal=Journal(folder / "other.db"))
    accounts = Accounts(folder / "accounts.db", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("Root", "Anna", "Bob"):
        accounts.add(name, PASSWORD, datetime.now(UTC), admin=name == "Root")
    with (
        serving(application(tutor, access=Access(accounts))) as address,
        serving(application(other)) as nameless,
        launch(viewport={"width": 1440, "height": 900}, color_scheme="light") as (context, seen),
    ):
        yield Stage(accounts, address, nameless, context, seen)


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    """A tab in a browser that nobody is logged in to."""
    stage.context.clear_cookies()
    opened = stage.context.new_page()
    yield opened
    opened.close()


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def ready(page: Page) -> None:
    box(page).wait_for(timeout=60_000)
    page.locator("html[data-viva]").wait_for(state="attached")


def titles(page: Page) -> list[str]:
    return page.locator("#viva-chats .viva-title").all_inner_texts()


def test_a_wrong_password_is_said_and_the_right_one_leads_where_one_was_going(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.address}/settings")
    expect(page).to_have_title("Log in · Viva")
    log_in(page, "Anna", "not her password")
    expect(page.get_by_role("alert")).to_have_text(WRONG)
    expect(page.get_by_label("Name")).to_have_value("Anna")
    expect(page.get_by_label("Password")).to_be_focused()
    log_in(page, "Anna")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible(timeout=60_000)
    assert page.url == f"{stage.address}/settings"
    expect(page.get_by_text("An administrator of this Viva chooses who answers.")).to_be_visible()
    expect(page.get_by_label("Address")).to_have_count(0)


def test_two_learners_see_their_own_conversations_only(stage: Stage, page: Page) -> None:
    page.goto(stage.address)
    log_in(page, "Anna")
    ready(page)
    answered(page, PAN)
    expect(page.locator("#viva-chats .viva-title")).to_have_text([PAN])
    hers = page.url
    with stage.another() as context:
        other = context.new_page()
        other.goto(hers)
        log_in(other, "Bob")
        ready(other)
        expect(other.locator("#viva-hint")).to_contain_text("That conversation is not there any more.")
        assert (titles(other), answers(other).count()) == ([], 0)
        answered(other, KNIFE)
        expect(other.locator("#viva-chats .viva-title")).to_have_text([KNIFE])
        expect(other.locator(".viva-account")).to_contain_text("Bob")
    page.reload()
    ready(page)
    expect(page.locator(".viva-turn")).to_contain_text("A pan is flat.")
    expect(page.locator("#viva-chats .viva-title")).to_have_text([PAN])


def test_who_logs_out_is_out_in_every_tab(stage: Stage, page: Page) -> None:
    page.goto(stage.address)
    log_in(page, "Anna")
    ready(page)
    second = open_page(stage.context, stage.address)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    ask(second, PAN)
    expect(second.get_by_role("button", name="Log in")).to_be_visible()
    log_in(second, "Bob")
    ready(second)
    expect(second.locator(".viva-account")).to_contain_text("Bob")
    second.close()


def test_a_page_of_the_learner_before_becomes_the_next_ones(stage: Stage, page: Page) -> None:
    page.goto(stage.address)
    log_in(page, "Anna")
    ready(page)
    answered(page, PAN)
    second = open_page(stage.context, stage.address)
    second.get_by_role("button", name="Log out").click()
    log_in(second, "Root")
    ready(second)
    ask(page, KNIFE)
    expect(page.locator(".viva-account")).to_contain_text("Root")
    expect(page.locator("#viva-chats")).to_contain_text("Your conversations will be here.")
    assert answers(page).count() == 0
    second.close()


def test_a_disabled_user_is_led_out_at_the_next_step(stage: Stage, page: Page) -> None:
    stage.accounts.add("Eve", PASSWORD, datetime.now(UTC))
    page.goto(stage.address)
    log_in(page, "Eve")
    ready(page)
    box(page).fill(PAN)
    stage.accounts.disable("Eve")
    page.keyboard.press("Enter")  # not into the box: a look of the page's own may have led her out already
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    log_in(page, "Eve")
    expect(page.get_by_role("alert")).to_have_text(WRONG)


def test_an_administrator_has_the_form(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.address}/settings")
    log_in(page, "Root")
    expect(page.get_by_label("Address")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_at_the_log_in(stage: Stage, page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(stage.address)
    log_in(page, "Anna", "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    assert sticks_out(page.locator("input:not([type=hidden]), button"), width) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ("dark" in (page.locator("html").get_attribute("class") or "")) == (scheme == "dark")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label("Name")).to_be_focused()


def test_a_name_is_chosen_and_kept_in_the_browser(stage: Stage, page: Page) -> None:
    page.goto(stage.nameless)
    ready(page)
    answered(page, PAN)
    other = open_page(stage.context, stage.nameless)
    button = page.locator(".viva-as")
    expect(button).to_have_text("Learning without a name")
    button.click()
    asked = page.get_by_role("dialog", name="Who is learning?")
    expect(asked).to_contain_text("It is no protection")
    asked.get_by_label("Another name").fill("Zoë <b>W.</b>")
    asked.get_by_role("button", name="Learn as this").click()
    expect(page.locator(".viva-as")).to_have_text("Learning as Zoë <b>W.</b>")
    expect(other.locator(".viva-as")).to_have_text("Learning as Zoë <b>W.</b>")
    assert titles(page) == []
    answered(page, KNIFE)
    page.reload()
    ready(page)
    expect(page.locator("#viva-chats .viva-title")).to_have_text([KNIFE])
    page.locator(".viva-as").click()
    asked = page.get_by_role("dialog", name="Who is learning?")
    expect(asked.get_by_role("listitem")).to_have_text(["Without a name", "Zoë <b>W.</b>"])
    asked.get_by_role("button", name="Without a name").click()
    expect(page.locator("#viva-chats .viva-title")).to_have_text([PAN])
    other.close()


def test_a_name_that_is_too_long_or_not_wanted_changes_nothing(stage: Stage, page: Page) -> None:
    page.goto(stage.nameless)
    ready(page)
    page.locator(".viva-as").click()
    asked = page.get_by_role("dialog", name="Who is learning?")
    asked.get_by_label("Another name").fill("\u200b")
    asked.get_by_role("button", name="Learn as this").click()
    expect(asked.get_by_role("alert")).to_contain_text("A name has 1 to 40 characters")
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(page.locator(".viva-as")).to_be_focused()
    expect(page.locator(".viva-as")).to_have_text("Learning without a name")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_at_the_choice_of_a_name(stage: Stage, page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(stage.nameless)
    ready(page)
    if width < 960:
        page.locator(".viva-toggle").click()
    page.locator(".viva-as").click()
    asked = page.get_by_role("dialog", name="Who is learning?")
    expect(asked).to_be_visible()
    assert axe(page) == []
    assert sticks_out(asked.locator("input, button"), width) == []
    assert fits(page)


def test_nothing_has_left_this_machine_and_no_script_has_failed(stage: Stage) -> None:
    assert stage.seen.hosts == {"127.0.0.1"}
    assert stage.seen.errors == []
