"""What a learner wishes on the pages of progress and review is done for its owner, and the page shows how things stand."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from tests.browser import PAYLOADS
from tests.kitchen import ALL, POINTS, KitchenTutor
from tutor.interview import Setup
from tutor.types import Status
from tutor.ui.access import Access
from tutor.ui.practice import ERASED, SAVED, Practice, View, Wish
from tutor.ui.server import application

IRON, WOOD, ROPE = POINTS
DAY = timedelta(days=1)


@pytest.fixture
def tutor(tmp_path: Path) -> KitchenTutor:
    return KitchenTutor(tmp_path, tmp_path / "viva.db")


@pytest.fixture
def practice(tutor: KitchenTutor) -> Practice:
    return Practice(tutor, Access())


def wish(do: str, page: str = "review", **given: object) -> Wish:
    return Wish.model_validate({"do": do, "page": page} | given)


def sit(tutor: KitchenTutor, *answers: str, learner: str = "", name: str = "i") -> str:
    """An interview with one question for each answer; what is probed for is not known."""
    interview = tutor.sittings.begin(Setup(questions=len(answers)), learner, interview=name)
    for answer in answers:
        turn = interview.turn
        while turn and interview.turn and interview.turn.id == turn.id and interview.prompt:
            said = answer if interview.prompt.kind == "question" else "it has nothing more"
            interview = tutor.sittings.answer(name, interview.prompt.id, interview.prompt.id.replace(".", "-"), said, learner=learner)
    tutor.sittings.wait(name, learner)
    return name


def of(view: View, name: str) -> str:
    """A data attribute of the stage."""
    assert view.stage
    return view.stage.partition(f'data-{name}="')[2].partition('"')[0]


def test_a_new_learner_is_told_what_to_do_first_on_both_pages(practice: Practice) -> None:
    for page in ("review", "progress"):
        view = practice.grant(wish("arrive", page), "")
        assert view.stage
        assert view.due == 0
        assert "Sit a short interview" in view.stage
        assert "<svg" not in view.stage, "no empty axes"


def test_a_point_is_asked_judged_overruled_and_gone_for_the_day(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it, and wood")
    tutor.later = DAY
    asked = practice.grant(wish("arrive"), "")
    assert (of(asked, "view"), asked.due) == ("question", 1)
    assert asked.stage
    assert ROPE not in asked.stage
    done = practice.grant(wish("answer", review=of(asked, "review"), text="There is a rope & more"), "")
    assert done.stage
    assert (of(done, "view"), done.due) == ("outcome", 0)
    assert "You know it" in done.stage
    assert "<mark>rope</mark> &amp; more" in done.stage
    assert "It comes back in 2 days." in done.stage
    assert 'data-rating="good" aria-pressed="true"' in done.stage
    better = practice.grant(wish("overrule", review=of(asked, "review"), rating="again"), "")
    assert better.stage
    assert "It comes back tomorrow." in better.stage
    rest = practice.grant(wish("next"), "")
    assert rest.stage
    assert "Done for now. 1 point comes back tomorrow." in rest.stage


def test_what_is_refused_is_told_and_leaves_the_page_as_it_is(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it")
    tutor.later = DAY
    asked = practice.grant(wish("arrive"), "")
    empty = practice.grant(wish("answer", review=of(asked, "review"), text="  "), "")
    assert empty.stage is None
    assert "no answer in that yet" in empty.note
    for name in ("", "nothing.1", "x" * 100):
        assert practice.grant(wish("answer", review=name, text="a rope"), "").stage is None
    for do in ("suspend", "forget", "want", "resume"):
        assert "not among your reviews" in practice.grant(wish(do, card="../etc"), "").note
    with pytest.raises(ValidationError):
        wish("drop table")
    with pytest.raises(ValidationError):
        wish("overrule", rating="perfect")


def test_one_learner_neither_sees_nor_changes_anothers(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it", learner="anna")
    tutor.later = DAY
    mine = practice.grant(wish("arrive"), "anna")
    for page in ("review", "progress"):
        assert "Sit a short interview" in str(practice.grant(wish("arrive", page), "ben").stage)
    assert practice.grant(wish("answer", review=of(mine, "review"), text="rope"), "ben").stage is None
    practice.grant(wish("erase", "progress", text="DELETE"), "ben")
    assert practice.grant(wish("arrive"), "anna") == mine


def test_a_point_can_rest_be_woken_be_forgotten_and_be_asked_again(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it, and wood")
    card = tutor.reviews.deck().cards[next(iter(tutor.reviews.deck().cards))].id
    wanted = practice.grant(wish("want", "progress", card=card), "")
    assert wanted.due == 1
    assert "due now" in str(wanted.stage)
    resting = practice.grant(wish("suspend", "progress", card=card), "")
    assert resting.due == 0
    assert "1 point at rest" in str(resting.stage)
    assert practice.grant(wish("resume", "progress", card=card), "").due == 1
    gone = practice.grant(wish("forget", "progress", card=card), "")
    assert "Missed most" not in str(gone.stage)


def test_a_rest_or_a_loss_is_shown_where_the_outcome_is(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it, and wood")
    tutor.later = DAY
    review = of(practice.grant(wish("arrive"), ""), "review")
    practice.grant(wish("pass", review=review), "")
    card = review.partition(".")[0]
    assert "It rests." in str(practice.grant(wish("suspend", review=review, card=card), "").stage)
    assert "It comes back tomorrow." in str(practice.grant(wish("resume", review=review, card=card), "").stage)


def test_the_limits_of_a_day_can_be_changed(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has nothing", "It has nothing")
    tutor.later = DAY
    assert practice.grant(wish("arrive", "progress"), "").due == 6
    saved = practice.grant(wish("limit", "progress", new=2, total=5), "")
    assert (saved.note, saved.due) == (SAVED, 2)
    assert "4 more are due, above what a day brings." in str(saved.stage)
    assert "Choose other numbers" in practice.grant(wish("limit", "progress", new=-1, total=5), "").note


def test_everything_is_deleted_only_where_it_was_typed(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it")
    for text in ("", "delete", "yes"):
        refused = practice.grant(wish("erase", "progress", text=text), "")
        assert refused.stage is None
        assert "Nothing was deleted" in refused.note
    erased = practice.grant(wish("erase", "progress", text=" DELETE "), "")
    assert erased.note == ERASED
    assert "Sit a short interview" in str(erased.stage)
    assert tutor.sittings.interviews() == ()


def test_progress_has_its_numbers_as_tables_too(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it", ALL)
    shown = str(practice.grant(wish("arrive", "progress", zone="Asia/Tokyo"), "").stage)
    assert shown.count("<svg") == shown.count("<table") == 3
    for name in ("What you master", "Scores over time", "What comes back", "Missed most"):
        assert name in shown
    assert 'href="/?ask=' in shown


def test_hostile_text_stays_text(tutor: KitchenTutor, practice: Practice) -> None:
    sit(tutor, "It has iron in it, and wood")
    tutor.later = DAY
    for payload in PAYLOADS:
        tutor.later += timedelta(days=400)
        review = of(practice.grant(wish("arrive"), ""), "review")
        stage = str(practice.grant(wish("answer", review=review, text=f"{payload} rope"), "").stage)
        assert "<script" not in stage
        assert "<img" not in stage
        assert "<iframe" not in stage


def test_cards_and_everything_are_there_for_their_owner(tutor: KitchenTutor) -> None:
    client = TestClient(application(tutor), base_url="http://127.0.0.1")
    for path in ("/cards.apkg", "/cards.exe"):
        assert client.get(path).status_code == 404
    sit(tutor, "It has iron in it", learner="anna")
    client.cookies.set("viva_learner", "anna")
    deck = client.get("/cards.apkg")
    assert deck.content[:2] == b"PK"
    assert deck.headers["content-disposition"] == 'attachment; filename="Viva cards.apkg"'
    assert client.get("/cards.csv").text.count("\r\n") == 3
    everything = client.get("/belongings.json").json()
    assert (everything["learner"], len(everything["interviews"])) == ("anna", 1)
    client.cookies.set("viva_learner", "ben")
    assert client.get("/belongings.json").json()["interviews"] == []


def test_while_documents_are_read_nothing_is_counted_and_nothing_fails(tutor: KitchenTutor, practice: Practice) -> None:
    assert practice.due("", UTC) == 0
    tutor.be(Status(ready=False, text="Not ready", problem="No documents."))
    assert practice.grant(wish("arrive"), "").stage is not None
