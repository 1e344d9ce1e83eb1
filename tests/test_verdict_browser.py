"""The verdict card as a learner meets it: from the quiz over the card to the appeal, with the real tutor in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from corpus.types import QAItem
from index.store import load_documents
from tests.browser import answered, answers, axe, box, fits, launch, open_page, serving
from tests.conftest import index_of
from tests.test_tutor_ladder import VESSELS
from tutor.offline import OfflineEngine
from tutor.prepare import Prepared
from tutor.tutor import Tutor
from tutor.types import Evidence, MetMisconception, PointMark, Verdict
from tutor.ui.server import application

pytestmark = pytest.mark.browser
SAID = "A flat pan gets hot all over, and it sings."


def judge(item: QAItem, answer: str) -> Verdict:
    """One mark of each kind; 'handle' covers what else is missing."""
    hot, sings = (Evidence(text, answer.index(text), answer.index(text) + len(text)) for text in ("gets hot all over", "it sings"))
    more = "handle" in answer
    points = (
        PointMark("All of the food touches the hot metal.", "covered", hot, item.answer),
        PointMark("A flat pan spreads the heat.", "partial", hot),
        PointMark("It is **silent**.", "wrong", sings, "A pan makes no sound."),
        PointMark("It has a long handle.", "covered" if more else "missed", sings if more else None, "The hand stays away from the fire."),
    )
    met = MetMisconception("Pans sing.", "Only kettles sing.", sings)
    score = 6.1 if more else 4.4
    band, next_time = (score - 1.6, score + 2.2), ("It is silent.",)
    return Verdict(score, band, "test", points, (), "Some of it is there.", (met,), (sings,), next_time, item.answer, "I do not see all.")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    (tmp_path / "vessels.md").write_text(VESSELS, encoding="utf-8")
    retriever = index_of([tmp_path / "vessels.md"], tmp_path / "index")
    engine = OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))
    tutor = Tutor(lambda _report: Prepared(engine, retriever.retrieve, judge, appeals=tmp_path / "appeals.jsonl"))
    tutor.prepare()
    with serving(application(tutor)) as address, launch(viewport={"width": 1280, "height": 1000}, color_scheme="light") as (context, seen):
        yield open_page(context, address)
        assert seen.errors == []
        assert seen.hosts == {"127.0.0.1"}


def test_from_the_quiz_over_the_card_to_the_appeal(page: Page, tmp_path: Path) -> None:
    answered(page)
    answered(page, "Quiz me on this")
    turn = answered(page, SAID)
    expect(turn.locator(".viva-score")).to_have_text("4 of 10 between 3 and 7")
    expect(turn.locator(".viva-grade")).to_have_text(["Covered", "Half said", "Not right", "Missing"])
    row = turn.locator(".viva-point").first
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row.locator("mark")).to_have_text("gets hot all over")
    expect(row.locator("blockquote")).to_contain_text("hot metal")
    turn.locator(".viva-point").nth(2).locator("summary").click()
    turn.get_by_text("The model answer", exact=True).click()
    turn.locator(".viva-fold a.viva-cite").first.click()
    expect(turn.locator(".viva-source")).to_have_attribute("open", "")
    for width, scheme in ((1280, "light"), (390, "light"), (390, "dark"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate("dark => [document.documentElement, document.body].forEach(e => e.classList.toggle('dark', dark))", scheme == "dark")
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal of a loop
        page.wait_for_timeout(300)
        assert fits(page), (width, scheme)
        assert axe(page) == [], (width, scheme)
    box(page).fill("I meant the handle")
    turn.get_by_role("button", name="Disagree").click()
    expect(box(page)).to_have_value("I disagree: I meant the handle")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Enter")
    second = answers(page).nth(3)
    expect(second.locator(".viva-outcome")).to_contain_text("Was 4, now 6 of 10")
    expect(second.locator(".viva-new")).to_have_text("credited now")
    second.get_by_text("The first verdict", exact=True).click()
    expect(second.locator(".viva-fold .viva-score")).to_have_text("4 of 10 between 3 and 7")
    assert axe(page) == []
    assert (tmp_path / "appeals.jsonl").exists()
    page.reload()
    expect(answers(page).nth(3).locator(".viva-score").first).to_contain_text("6 of 10")
