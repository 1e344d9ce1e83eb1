"""Two learners on one server, each with documents of their own: whatever one asks for, over HTTP, nothing of the other's comes back."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.browser import serving
from tests.test_tutor_shelf import BOAT, shared
from tests.test_ui_accounts import PASSWORD, QUICK, asking, done
from tutor.accounts import Accounts
from tutor.libraries import Libraries
from tutor.tutor import Tutor
from tutor.ui.access import Access
from tutor.ui.server import application
from tutor.ui.uploads import UPLOADS

KEEL = "What is a keel?"
ITEM = "what-is-a-keel"
HERS = ("backbone", "boom", "boats.md", "sails.md", "Boats")
"""What stands in Anna's documents and nowhere else, and is in no question of Bob's."""
CANOE = "# Canoes\n\n## What is a keel?\n\nA canoe has none.\n"


@dataclass
class Learner:
    """A browser that is logged in."""

    client: httpx.Client

    def call(self, name: str, *given: object) -> str:
        """What a call of the API comes back with: all of it, as text."""
        begun = self.client.post(f"/gradio_api/call/{name}", json={"data": list(given)})
        assert begun.status_code == 200, begun.text
        return self.client.get(f"/gradio_api/call/{name}/{begun.json()['event_id']}").text

    def value(self, name: str, *given: object) -> Any:  # JSON, whatever the call returns
        """What a call of the API returns."""
        said = self.call(name, *given)
        assert "event: complete" in said, said
        return json.loads(said.partition("data: ")[2].splitlines()[0])[0]

    def shelve(self, do: str, **given: object) -> str:
        """What the page of the library shows after a wish."""
        config = self.client.get("/config").json()
        button = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "viva-shelve")
        event = next(one["id"] for one in config["dependencies"] if [button, "click"] in one["targets"])
        return done(self.client, event, [json.dumps({"do": do, **given})], uuid.uuid4().hex)

    def chat(self, question: str) -> str:
        """What the chat shows after a question."""
        return done(self.client, asking(self.client), ["", question, "interview", None], uuid.uuid4().hex)

    def send(self, name: str, text: str, replaces: str = "") -> httpx.Response:
        return self.client.post(UPLOADS, params={"name": name, "replaces": replaces}, content=text.encode())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("house")
    documents = folder / "documents"
    documents.mkdir()
    (documents / "tools.md").write_text("# Tools\n\n## What does a spade do?\n\nIt cuts the soil into blocks.\n", encoding="utf-8")
    prepared = shared(folder, documents)
    tutor = Tutor(lambda _report: prepared, journal=folder / "viva.db", libraries=Libraries(folder / "library", of_their_own=True))
    tutor.prepare()
    accounts = Accounts(folder / "accounts.db", QUICK)
    for name in ("Anna", "Bob"):
        accounts.add(name, PASSWORD, datetime.now(UTC))
    with serving(application(tutor, access=Access(accounts))) as found:
        yield found


def logged_in(address: str, name: str) -> Iterator[Learner]:
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
        yield Learner(client)


@pytest.fixture(scope="module")
def anna(address: str) -> Iterator[Learner]:
    """Has a document, with key points of her own, and another that waits."""
    for learner in logged_in(address, "Anna"):
        assert learner.send("boats.md", BOAT).status_code == 200
        learner.value("add_documents", [one["id"] for one in learner.value("waiting_documents")])
        learner.value("edit_points", ITEM, ["It is the backbone of a boat."])
        assert learner.send("sails.md", "## What is a boom?\n\nA boom is a pole.\n").status_code == 200
        yield learner


@pytest.fixture(scope="module")
def bob(address: str, anna: Learner) -> Iterator[Learner]:  # noqa: ARG001  # she was there first
    yield from logged_in(address, "Bob")


def test_she_has_what_he_is_to_be_kept_from(anna: Learner) -> None:
    assert "backbone" in anna.call("ask", KEEL, [], "interview")
    assert "backbone" in anna.chat(KEEL)
    assert "backbone" in anna.call("search_library", "keel")
    assert "boats.md" in anna.shelve("look")
    assert "sails.md" in anna.shelve("look")
    assert "backbone" in anna.shelve("open", item=ITEM)
    assert "boats.md" in anna.client.get("/belongings.json").text


CALLS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("library", ()),
    ("waiting_documents", ()),
    ("search_library", ("boat",)),
    ("search_library", ("a",)),
    ("open_item", (ITEM,)),
    ("edit_points", (ITEM, ["It is mine."])),
    ("search", ("the lead of a ship", 10)),
    ("search", (KEEL, 10)),
    ("ask", ("What holds the foot of a sail?", [], "interview")),
    ("ask", ("What has lead in it?", [], "deep")),
    ("ask", (KEEL, [], "interview")),
    ("say", (KEEL, "", "interview")),
    ("quiz", ("ships", [])),
    ("quiz", ("", [])),
    ("grade", (ITEM, "It has lead in it.")),
    ("topics", ()),
    ("plan_interview", ({"amount": 5},)),
    ("plan_interview", ({"amount": 5, "origin": "own"},)),
    ("progress", ("",)),
    ("everything", ()),
)


@pytest.mark.parametrize(("call", "given"), CALLS, ids=[f"{call} {given}" for call, given in CALLS])
def test_no_call_gives_him_anything_of_hers(bob: Learner, call: str, given: tuple[object, ...]) -> None:
    said = bob.call(call, *given)
    assert '"error": null' not in said, "that it broke would prove nothing"
    assert [word for word in HERS if word in said] == []


def test_neither_the_chat_nor_the_library_page_nor_a_file_shows_him_anything_of_hers(bob: Learner) -> None:
    assert "backbone" not in bob.chat(KEEL)
    shown = [
        bob.chat("What holds the foot of a sail?"),
        bob.chat("What has lead in it?"),
        *(bob.shelve(do, text="boat", item=ITEM) for do in ("look", "seek", "open", "points")),
        *(bob.client.get(path).text for path in ("/belongings.json", "/cards.csv", "/cards.apkg", "/library")),
    ]
    assert [(word, text) for text in shown for word in HERS if word in text] == []


def test_what_he_knows_the_name_of_he_cannot_change(anna: Learner, bob: Learner) -> None:
    before = anna.value("library"), anna.value("waiting_documents"), anna.value("open_item", ITEM)
    document, waiting = before[0]["documents"][0]["id"], before[1][0]["id"]
    for refused in (
        bob.call("add_documents", [waiting]),
        bob.call("remove_document", document),
        bob.call("edit_points", ITEM, ["It is mine."]),
        bob.shelve("add", ids=[waiting]),
        bob.shelve("remove", id=document),
    ):
        assert any(said in refused for said in ("not in your library any more", "not waiting any more", "in no document any more")), refused
    bob.call("discard_documents", [waiting])
    assert "not in your library any more" in bob.send("boats.md", CANOE, document).text
    assert (anna.value("library"), anna.value("waiting_documents"), anna.value("open_item", ITEM)) == before


def test_the_same_question_is_answered_to_each_from_their_own(anna: Learner, bob: Learner) -> None:
    assert bob.send("canoes.md", CANOE).status_code == 200
    bob.value("add_documents", [one["id"] for one in bob.value("waiting_documents")])
    assert ("canoe" in bob.chat(KEEL), "backbone" in bob.chat(KEEL)) == (True, False)
    assert ("canoe" in anna.chat(KEEL), "backbone" in anna.chat(KEEL)) == (False, True)
    assert bob.value("open_item", ITEM)["edited"] is False
    assert anna.value("open_item", ITEM)["edited"] is True
    assert bob.send("mine.md", BOAT).status_code == 200, "the same file as hers is not taken for one that is there"
