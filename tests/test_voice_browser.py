"""Speech as a learner uses it: a real Chromium with a microphone that plays a recorded voice, the real application, the real recogniser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from tests.browser import Seen, axe, fits, growing, launch, open_page, serving, sticks_out
from tests.lesson import LessonTutor, spoken
from tutor.ui.server import application

pytestmark = pytest.mark.browser

PAUSE_S = 3.2
LISTEN_MS = 60_000
CORRECTED = "LowAdapt trains two tiny matrices, and the other weights stay frozen."
SYNTHESIS = """
  window.said = []; window.hushed = 0;
  const speak = (said) => { window.said.push(said.text); setTimeout(() => said.onstart?.(), 5); };
  const voices = [{lang: "en-GB", localService: true, default: true, name: "here"}];
  Object.defineProperty(window, "speechSynthesis",
    {value: {speak, cancel: () => { window.hushed += 1; }, getVoices: () => VOICES}});
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@dataclass
class Studio:
    """What all tests play on. Each is a learner of its own."""

    tutor: LessonTutor
    address: str
    context: BrowserContext
    seen: Seen

    def page(self, name: str, there: str = "/interview") -> Page:
        self.context.clear_cookies()
        self.context.add_cookies([{"name": "viva_learner", "value": name, "url": self.address}])
        opened = self.context.new_page()
        opened.goto(self.address + there)
        opened.locator("#viva-stage [data-view], #viva-question textarea").first.wait_for(timeout=60_000)
        return opened

    def sit(self, name: str, *, way: str = "Spoken") -> Page:
        page = self.page(name)
        page.locator(".viva-setup").get_by_text(way, exact=True).click()
        page.get_by_role("button", name="Start the interview").click()
        expect(page.locator("#viva-asked")).to_be_visible()
        return page


@pytest.fixture(scope="module")
def tutor(tmp_path_factory: pytest.TempPathFactory) -> LessonTutor:
    tutor = LessonTutor(tmp_path_factory.mktemp("lesson"))
    tutor.script["What is LoRA?"] = growing("An adapter.")
    return tutor


@pytest.fixture(scope="module")
def address(tutor: LessonTutor) -> Iterator[str]:
    with serving(application(tutor)) as found:
        yield found


@pytest.fixture
def talking(tutor: LessonTutor, address: str, tmp_path: Path) -> Iterator[Studio]:
    """A microphone into which somebody says two sentences, with a pause for thought between them."""
    voice = tmp_path / "voice.wav"
    voice.write_bytes(spoken(1.0, "lowadapt", PAUSE_S, "rms", 30.0))
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={voice}%noloop",
    )
    with launch(*flags, viewport={"width": 1440, "height": 900}, permissions=["microphone"]) as (context, seen):
        yield Studio(tutor, address, context, seen)


@pytest.fixture
def silent(tutor: LessonTutor, address: str) -> Iterator[Studio]:
    """A browser that is let to no microphone."""
    with launch("--deny-permission-prompts", viewport={"width": 390, "height": 844}) as (context, seen):
        yield Studio(tutor, address, context, seen)


def answer_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your answer")


def strip(page: Page) -> Locator:
    return page.locator(".viva-speech")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def upload(page: Page, content: bytes, name: str = "answer.wav") -> None:
    page.locator(".viva-picked").set_input_files(FilePayload(name=name, mimeType="audio/wav", buffer=content))


def kept_files(tutor: LessonTutor, learner: str) -> int:
    return len(tutor.recordings.of(learner)) if tutor.recordings else -1


def test_an_interview_is_sat_by_voice_corrected_reloaded_and_reported_on(talking: Studio, tutor: LessonTutor) -> None:
    page = talking.sit("Ada")
    press(page, "Record")
    expect(page.get_by_role("button", name="Done")).to_be_focused()
    expect(strip(page).locator(".viva-time")).to_contain_text("of 5:00")
    page.wait_for_function(  # the level moves while somebody speaks
        "[...document.querySelectorAll('.viva-level i')].some(bar => parseFloat(bar.style.transform.slice(7)) > 0.3)"
    )
    page.get_by_label("Keep the sound").check()
    assert not axe(page)
    page.wait_for_function("parseInt(document.querySelector('.viva-time b').textContent.slice(2)) >= 15", timeout=LISTEN_MS)
    press(page, "Done")

    expect(strip(page)).to_contain_text("often misheard", timeout=LISTEN_MS)
    expect(strip(page)).to_contain_text("pocketsphinx")
    expect(answer_box(page)).to_have_value(re.compile("LowAdapt trains .* small matrices.* LoRA trains .*frozen"))
    assert page.locator(".viva-mine").count() == 0, "it is a draft, and not sent"
    expect(page.locator(".viva-repairs mark").first).to_have_text("LowAdapt")
    assert not axe(page)
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    expect(answer_box(page)).to_have_value(re.compile("^low adapt"))
    assert page.locator(".viva-repairs mark", has_text="LowAdapt").count() == 0

    answer_box(page).fill(CORRECTED[:20])
    page.reload()  # in the middle of a word
    expect(answer_box(page)).to_have_value(CORRECTED[:20])
    answer_box(page).fill(CORRECTED)
    expect(page.locator(".viva-keys")).to_have_text("Draft saved")
    page.evaluate("sessionStorage.clear()")
    page.reload()  # as in another browser
    expect(answer_box(page)).to_have_value(CORRECTED)

    answer_box(page).press("Control+Enter")
    expect(page.locator("#viva-asked")).to_have_text("What else, number 1?")
    expect(page.locator(".viva-mine")).to_contain_text(CORRECTED)
    answer_box(page).fill("It saves memory.")
    answer_box(page).press("Control+Enter")
    expect(page.locator(".viva-number")).to_contain_text("Question 2")
    press(page, "End")
    press(page, "End it")
    report = page.locator("#viva-report")
    expect(report).to_contain_text("Delivery")
    expect(report).to_contain_text(CORRECTED)

    interview = tutor.sittings.open(page.url.partition("id=")[2], "Ada")
    said, typed = interview.turns[0].answers
    assert said.spoken
    assert said.delivery
    assert 60 < (said.delivery.words_per_minute or 0) < 250
    assert (said.delivery.longest_pause_s or 0) > PAUSE_S - 0.7
    assert said.delivery.fillers is None
    assert (typed.spoken, typed.delivery) == (False, None)
    assert talking.seen.hosts == {"127.0.0.1"}
    assert not talking.seen.errors

    page.goto(talking.address + "/interview")
    kept = page.locator(".viva-kept")
    expect(kept).to_contain_text("What does LowAdapt train?")
    assert not axe(page)
    length = "sound => new Promise(done => { sound.onloadedmetadata = () => done(sound.duration); sound.load(); })"
    assert kept.locator("audio").evaluate(length) > 12
    kept.get_by_role("button", name=re.compile("Delete the recording")).click()
    press(page, "Delete")
    expect(kept).to_have_count(0)
    assert kept_files(tutor, "Ada") == 0


def test_a_question_in_the_chat_is_spoken_and_sent_by_nobody_but_the_learner(silent: Studio, tutor: LessonTutor) -> None:
    silent.context.clear_cookies()
    page = open_page(silent.context, silent.address)
    upload(page, spoken(0.5, "lowadapt", 0.5))
    question = page.get_by_label("Your question")
    expect(question).to_have_value(re.compile("LowAdapt trains"), timeout=LISTEN_MS)
    expect(strip(page).locator("mark")).to_have_text("LowAdapt")
    assert "LowAdapt" not in " ".join(tutor.heard.questions)
    question.press("Control+Home")
    question.type("Why: ")
    page.locator("[data-speech=undo]").click()
    expect(question).to_have_value(re.compile("^Why: low adapt trains"))
    question.fill("What is LoRA?")
    question.press("Enter")
    expect(page.locator(".viva-turn")).to_contain_text("An adapter.")
    expect(strip(page)).to_be_hidden()
    assert tutor.heard.questions[-1] == "What is LoRA?"
    assert fits(page)


def test_without_a_microphone_it_is_said_and_typing_works(silent: Studio) -> None:
    page = silent.sit("Grace")
    press(page, "Record")
    expect(strip(page).get_by_role("alert")).to_contain_text("microphone")
    expect(strip(page).get_by_role("alert")).to_contain_text("Typing works as before")
    answer_box(page).fill("The matrices are trained and the rest is frozen, which saves memory.")
    answer_box(page).press("Control+Enter")
    expect(page.locator(".viva-number")).to_contain_text("Question 2")
    expect(strip(page)).to_be_hidden()


def test_what_holds_no_speech_gives_no_text(silent: Studio) -> None:
    page = silent.sit("Edsger")
    for content, said in ((spoken(3.0), "No speech was recognised"), (b"", "Nothing was recorded"), (b"RIFFxxxxWAVE", "could not be read")):
        upload(page, content)
        expect(strip(page).get_by_role("alert")).to_contain_text(said)
        expect(answer_box(page)).to_have_value("")


def test_what_is_waited_for_outlives_a_reload_and_can_be_cancelled(silent: Studio) -> None:
    page = silent.sit("Barbara")
    answer_box(page).fill("First:")
    upload(page, spoken(0.5, "rms", 0.5))
    page.wait_for_function("sessionStorage.getItem('viva-hearing') !== null || document.querySelector('.viva-by-ear').textContent")
    page.reload()
    expect(answer_box(page)).to_have_value(re.compile("^First: LoRA trains .*frozen$"), timeout=LISTEN_MS)
    upload(page, spoken(0.5, *["rms"] * 12, 0.5))
    press(page, "Cancel")
    expect(strip(page)).to_be_hidden()
    expect(answer_box(page)).to_have_value(re.compile("^First: LoRA trains .*frozen$"))


def test_the_page_of_a_phone_holds_the_recorder(silent: Studio) -> None:
    page = silent.sit("Alan")
    upload(page, spoken(0.5, "lowadapt", 0.5))
    expect(page.locator(".viva-repairs mark")).to_have_text("LowAdapt", timeout=LISTEN_MS)
    assert fits(page)
    assert not sticks_out(page.locator("#viva-interview :is(button, textarea):visible"), 390)
    assert not axe(page)


def test_questions_are_read_aloud_until_a_click_and_that_is_remembered(silent: Studio) -> None:
    page = silent.page("Donald")
    page.add_init_script(SYNTHESIS.replace("VOICES", "voices"))
    page.reload()
    page.locator(".viva-setup").get_by_text("Spoken", exact=True).click()
    press(page, "Start the interview")
    question = page.locator("#viva-asked").inner_text()
    page.wait_for_function("window.said.length === 1")
    assert page.evaluate("window.said") == [question]
    loud = page.get_by_role("button", name="Read questions aloud")
    expect(loud).to_have_attribute("aria-pressed", "true")
    hushed = page.evaluate("window.hushed")
    loud.click()
    expect(loud).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.hushed") > hushed
    press(page, "Skip")
    expect(page.locator(".viva-number")).to_contain_text("Question 2")
    page.reload()
    expect(loud).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.said") == []
    loud.click()
    page.wait_for_function("window.said.length === 1")
    assert page.evaluate("window.said") == [page.locator("#viva-asked").inner_text()]
    page.evaluate("localStorage.removeItem('viva-aloud')")


def test_where_nobody_has_a_voice_it_is_said_and_a_voice_elsewhere_is_not_asked(silent: Studio) -> None:
    page = silent.page("Tony")
    page.add_init_script(SYNTHESIS.replace("VOICES", "[{lang: 'en-US', localService: false, name: 'far away'}]"))
    page.reload()
    page.locator(".viva-setup").get_by_text("Spoken", exact=True).click()
    press(page, "Start the interview")
    expect(page.locator(".viva-unheard")).to_contain_text("cannot be read aloud here")
    assert page.evaluate("window.said") == []


def test_the_interviewer_speaks_with_the_servers_voice_where_the_browser_has_none(
    silent: Studio, tutor: LessonTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def speak(text: str) -> bytes:
        said.append(text)
        return spoken("slt")

    monkeypatch.setattr(tutor.speech, "speak", speak)
    page = silent.page("Ken")
    page.add_init_script(SYNTHESIS.replace("VOICES", "[{lang: 'en-US', localService: false, name: 'far away'}]"))
    page.add_init_script("window.played = 0; HTMLMediaElement.prototype.play = async function () { window.played += 1; };")
    page.reload()
    page.locator(".viva-setup").get_by_text("Spoken", exact=True).click()
    press(page, "Start the interview")
    page.wait_for_function("window.played === 1")
    assert said == [page.locator("#viva-asked").inner_text()]
    expect(page.locator(".viva-unheard")).to_be_hidden()
