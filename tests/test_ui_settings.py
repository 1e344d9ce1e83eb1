"""The settings page as a learner meets it: which model answers, tested, saved and forgotten, and a key that nobody sees again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PAYLOADS, ScriptedTutor, Seen, axe, fits, launch, serving, sticks_out
from tutor.connection import Check, Connection
from tutor.endpoint import Endpoint, EndpointError
from tutor.ui.server import application

KEY = "sk-nobody-sees-this"
OLLAMA = Endpoint(base_url="http://127.0.0.1:11434/v1", model="llama3.2:3b")


@dataclass
class FakeConnection(Connection):
    """Remembers what it was told and answers from a script; it asks nobody."""

    answer: Check = field(default_factory=lambda: Check(True, "small at 127.0.0.1:9 answered in 0.4 s.", ("small", "large:8b")))
    running: tuple[Endpoint, ...] = ()
    named: Endpoint | None = None
    checked: list[Endpoint] = field(default_factory=list)
    refuses: str = ""

    def __post_init__(self) -> None:
        super().__init__(None, self.named)

    def use(self, endpoint: Endpoint | None) -> None:
        if self.refuses:
            raise EndpointError(self.refuses)
        super().use(endpoint)

    def check(self, endpoint: Endpoint) -> Check:
        self.checked.append(endpoint)
        return self.answer

    def local_servers(self) -> tuple[Endpoint, ...]:
        return self.running


@dataclass
class Stage:
    """What all tests play on."""

    tutor: ScriptedTutor
    address: str
    context: BrowserContext
    seen: Seen

    def page(self, connection: FakeConnection) -> Page:
        """The page, on a connection of its own."""
        self.connection.__dict__.update(connection.__dict__)
        opened = self.context.new_page()
        opened.goto(f"{self.address}/settings")
        expect(opened.locator("#viva-who")).to_contain_text("Who answers", timeout=60_000)
        return opened

    @property
    def connection(self) -> FakeConnection:
        """The one that the screen was built with."""
        assert isinstance(self.tutor.connection, FakeConnection)
        return self.tutor.connection


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    tutor = ScriptedTutor({}, connection=FakeConnection())
    with serving(application(tutor)) as address, launch(viewport={"width": 1440, "height": 1000}, color_scheme="light") as (context, seen):
        context.add_init_script("window.hits = []; window.pwned = () => window.hits.push('pwned');")
        yield Stage(tutor, address, context, seen)


pytestmark = pytest.mark.browser


def press(page: Page, name: str, said: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#viva-said")).to_contain_text(said)


def test_without_a_model_the_page_says_so(stage: Stage) -> None:
    page = stage.page(FakeConnection())
    expect(page).to_have_title("Settings · Viva")
    expect(page.locator("#viva-who")).to_contain_text("Offline")
    expect(page.locator("#viva-pages [aria-current]")).to_have_text("Settings")
    assert page.locator("h1").all_inner_texts() == ["Viva"]
    press(page, "Save", "Type the address of a server first")
    page.close()


def test_a_server_is_tested_saved_and_forgotten_and_its_key_is_never_shown(stage: Stage) -> None:
    page = stage.page(FakeConnection())
    page.get_by_label("Address").fill("http://127.0.0.1:9/v1/chat/completions")
    page.locator("#viva-key input").fill(KEY)
    page.get_by_label("Price read").fill("0.5")
    press(page, "Test", "small at 127.0.0.1:9 answered in 0.4 s.")
    (checked,) = stage.connection.checked
    assert (checked.base_url, checked.key.get_secret_value(), checked.price_in) == ("http://127.0.0.1:9/v1", KEY, 0.5)
    assert stage.connection.endpoint is None, "a test saves nothing"
    page.locator("#viva-model input").click()
    page.get_by_role("option", name="large:8b").click()
    press(page, "Save", "Saved. From the next question on, 127.0.0.1:9 is asked.")
    saved = stage.connection.endpoint
    assert saved == Endpoint(base_url="http://127.0.0.1:9/v1", model="large:8b", key=checked.key, price_in=0.5)
    expect(page.locator("#viva-who")).to_contain_text("large:8b")
    for _ in range(2):
        expect(page.locator("#viva-key input")).to_have_value("")
        expect(page.locator("#viva-key")).to_contain_text("A key is stored.")
        expect(page.get_by_label("Address")).to_have_value("http://127.0.0.1:9/v1")
        assert KEY not in page.content()
        page.reload()
    assert KEY not in str(page.request.get(f"{stage.address}/config").body())
    press(page, "Forget", "Forgotten, and the key with it.")
    expect(page.locator("#viva-who")).to_contain_text("Offline")
    expect(page.get_by_label("Address")).to_have_value("")
    assert stage.connection.endpoint is None
    page.close()


def test_a_stored_key_goes_only_to_the_server_that_it_was_given_for(stage: Stage) -> None:
    page = stage.page(FakeConnection(named=Endpoint(base_url="https://real.example/v1", key=KEY)))  # type: ignore[arg-type]  # pydantic makes it one
    press(page, "Test", "answered")
    page.get_by_label("Address").fill("http://real.example/v1")
    page.get_by_role("button", name="Test", exact=True).click()
    expect.set_options(timeout=15_000)
    for _ in range(100):
        if len(stage.connection.checked) == 2:
            break
        page.wait_for_timeout(50)
    assert [endpoint.key.get_secret_value() for endpoint in stage.connection.checked] == [KEY, ""]
    page.close()


def test_what_the_environment_names_is_called_so(stage: Stage) -> None:
    page = stage.page(FakeConnection(named=Endpoint(base_url="http://127.0.0.1:9/v1", model="small")))
    expect(page.locator("#viva-who")).to_contain_text("This comes from the environment that Viva was started in")
    page.get_by_label("Address").fill("http://127.0.0.1:10/v1")
    press(page, "Save", "Saved.")
    expect(page.locator("#viva-who")).not_to_contain_text("environment")
    press(page, "Forget", "Forgotten")
    expect(page.get_by_label("Address")).to_have_value("http://127.0.0.1:9/v1")
    page.close()


def test_a_server_on_this_machine_is_noticed_and_fills_the_form(stage: Stage) -> None:
    page = stage.page(FakeConnection(running=(OLLAMA,)))
    expect(page.locator("#viva-servers")).to_contain_text("Ollama is running at 127.0.0.1:11434, with llama3.2:3b")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Address")).to_have_value(OLLAMA.base_url)
    press(page, "Save", "Saved.")
    assert stage.connection.endpoint == OLLAMA
    page.reload()
    expect(page.get_by_label("Address")).to_have_value(OLLAMA.base_url)
    expect(page.locator("#viva-servers")).not_to_contain_text("Ollama")
    page.close()


@pytest.mark.parametrize(
    ("address", "key", "sentence"),
    [
        ("file:///etc/passwd", "", "must begin with http:// or https://"),
        ("http://169.254.169.254/v1", "", "is not a place for a model server"),
        ("http://127.0.0.1:9/v1", "sk-nobody\u00e9", "the key may hold only plain letters"),
    ],
)
def test_what_cannot_be_right_is_said_and_not_saved(stage: Stage, address: str, key: str, sentence: str) -> None:
    page = stage.page(FakeConnection())
    page.get_by_label("Address").fill(address)
    page.locator("#viva-key input").fill(key)
    press(page, "Test", sentence)
    press(page, "Save", sentence)
    assert stage.connection.checked == []
    assert stage.connection.endpoint is None
    page.close()


def test_a_check_that_fails_and_a_folder_that_is_full_are_said(stage: Stage) -> None:
    page = stage.page(FakeConnection(answer=Check(False, "127.0.0.1:9 cannot be reached."), refuses="The connection could not be saved."))
    page.get_by_label("Address").fill("http://127.0.0.1:9/v1")
    press(page, "Test", "127.0.0.1:9 cannot be reached.")
    expect(page.locator("#viva-said .is-bad")).to_be_visible()
    press(page, "Save", "The connection could not be saved.")
    press(page, "Forget", "The connection could not be saved.")
    page.close()


def test_documents_that_could_not_be_read_are_listed_and_nothing_runs(stage: Stage) -> None:
    evil = tuple(PAYLOADS)
    stage.tutor.unread = evil
    page = stage.page(FakeConnection(answer=Check(False, " ".join(PAYLOADS), evil), running=(Endpoint(model=PAYLOADS[11]),)))
    expect(page.locator("#viva-unread li")).to_have_count(len(evil))
    page.get_by_role("button", name="Use it").click()
    press(page, "Test", "<script>pwned()</script>")
    page.wait_for_timeout(500)
    assert page.evaluate("window.hits") == []
    assert page.locator("#viva-page :is(img, script, iframe, object, embed, form, video, a)").count() == 0
    assert fits(page)
    stage.tutor.unread = ()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(stage: Stage, scheme: str, width: int) -> None:
    stage.tutor.unread = ("notes.pdf has no text in it.",)
    page = stage.page(FakeConnection(running=(OLLAMA,), named=Endpoint(base_url="http://127.0.0.1:9/v1", model="small")))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    press(page, "Test", "answered")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    assert axe(page) == []
    assert fits(page)
    assert sticks_out(page.locator("#viva-page :is(button, input):visible"), width) == []
    page.close()


def test_from_the_settings_one_comes_back_to_the_chat(stage: Stage) -> None:
    page = stage.page(FakeConnection())
    page.get_by_role("link", name="Chat", exact=True).click()
    expect(page.get_by_label("Your question")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_label("Your question")).to_be_visible()
    page.close()


def test_nothing_has_left_this_machine_and_no_script_has_failed(stage: Stage) -> None:
    assert stage.seen.hosts == {"127.0.0.1"}
    assert stage.seen.errors == []
