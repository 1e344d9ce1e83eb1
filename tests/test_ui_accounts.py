"""Two learners on one server, over real HTTP: nobody comes in without a log-in, and nobody gets what is another's."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount

from tests.browser import ScriptedTutor, growing, serving
from tutor.accounts import SESSION, Accounts
from tutor.connection import Connection
from tutor.endpoint import make_endpoint
from tutor.journal import Journal
from tutor.types import Status
from tutor.ui.access import TURNS, Access
from tutor.ui.entrance import WRONG, local_path
from tutor.ui.frame import PAGES
from tutor.ui.gate import LEARNER_COOKIE, LOG_IN, OPEN, SESSION_COOKIE
from tutor.ui.server import application
from tutor.ui.uploads import UPLOADS

PAN, LONG = "What is a pan?", "Tell me all"
PASSWORD = "nine pans of iron"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
STEPS = 400


@dataclass
class House:
    """What all tests play on."""

    tutor: ScriptedTutor
    accounts: Accounts
    address: str
    now: datetime

    @contextmanager
    def client(self, name: str = "") -> Iterator[httpx.Client]:
        """A browser of its own, logged in where there is a name."""
        with httpx.Client(base_url=self.address, timeout=30) as found:
            if name:
                answer = found.post("/login", data={"name": name, "password": PASSWORD})
                assert answer.status_code == 303, answer.text
            yield found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    tutor = ScriptedTutor(
        {PAN: growing("A pan is flat."), LONG: growing("A long story. " * 40, steps=STEPS)},
        pace_s=0.01,
        journal=Journal(folder / "viva.db"),
    )
    tutor.connection = Connection(None, make_endpoint(base_url="http://127.0.0.1:9/v1", key="sk-secret", model="m"))
    accounts = Accounts(folder / "accounts.db", QUICK)
    found = House(tutor, accounts, "", datetime.now(UTC))
    for name in ("Root", "Anna", "Bob"):
        accounts.add(name, PASSWORD, found.now, admin=name == "Root")
    with serving(application(tutor, access=Access(accounts, clock=lambda: found.now))) as found.address:
        yield found


@pytest.fixture
def anna(house: House) -> Iterator[httpx.Client]:
    with house.client("Anna") as found:
        yield found


@pytest.fixture
def bob(house: House) -> Iterator[httpx.Client]:
    with house.client("Bob") as found:
        yield found


@pytest.fixture
def stranger(house: House) -> Iterator[httpx.Client]:
    with house.client() as found:
        yield found


def kept(house: House, learner: str, question: str = PAN) -> str:
    """The id of a conversation that a learner has had."""
    conversation = house.tutor.journal.begin(learner)
    house.tutor.journal.ask(conversation, f"exchange of {conversation}", question, learner)
    return conversation


def event(client: httpx.Client, targets: int) -> int:
    """The number of the chat's event that so many things start."""
    found: int = next(one["id"] for one in client.get("/config").json()["dependencies"] if len(one["targets"]) == targets)
    return found


def asking(client: httpx.Client) -> int:
    return event(client, 5)


def going(client: httpx.Client) -> int:
    """The event that opens, renames and deletes conversations: the first with two inputs and four outputs."""
    events = client.get("/config").json()["dependencies"]
    found: int = next(one["id"] for one in events if (len(one["inputs"]), len(one["outputs"])) == (2, 4))
    return found


def join(client: httpx.Client, number: int, data: list[object], session: str) -> httpx.Response:
    return client.post("/gradio_api/queue/join", json={"data": data, "fn_index": number, "session_hash": session})


def heard(client: httpx.Client, session: str) -> str:
    return client.get("/gradio_api/queue/data", params={"session_hash": session}).text


def begun(client: httpx.Client, path: str) -> httpx.Response:
    """How an answer begins that may have no end."""
    with client.stream("GET", path) as answer:
        return answer


def done(client: httpx.Client, number: int, data: list[object], session: str) -> str:
    """All that a call has shown."""
    assert join(client, number, data, session).status_code == 200
    return heard(client, session)


def paths(app: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route of an application and of those that are mounted in it, with something put in for what varies."""
    for route in app.routes:
        if isinstance(route, Mount):
            yield from paths(route.app, prefix + route.path)
        elif included := getattr(route, "original_router", None):
            yield from paths(included, prefix)
        else:
            path = re.sub(r"\{[^}]+\}", "x", getattr(route, "path", ""))
            yield from ((method, prefix + path) for method in sorted(getattr(route, "methods", None) or {"GET"}))


def whole(house: House) -> FastAPI:
    return application(house.tutor, access=Access(house.accounts))


def test_no_route_is_there_for_strangers(house: House, stranger: httpx.Client) -> None:
    """A route that is new, ours or Gradio's, is closed until it is written down in OPEN."""
    routes = set(paths(whole(house)))
    assert len(routes) > 60, "Gradio's are among them"
    assert {("POST", UPLOADS), ("POST", "/login"), ("GET", "/belongings.json")} <= routes, "and ours"
    pages = {("GET", f"/{place.path}") for place in PAGES}
    assert ("GET", "/library") in pages
    for method, path in sorted(routes | pages):
        answer = stranger.request(method, path, headers={"Accept": "application/json"})
        closed = (answer.status_code, answer.text) in ((404, "Not Found"), (401, "" if method == "HEAD" else LOG_IN), (404, ""))
        assert closed != (path in OPEN), (method, path, answer.status_code, answer.text[:100])


@pytest.mark.parametrize("path", ["/", "/settings", "/config", "/gradio_api/info", "/gradio_api/queue/status", "/assets/index.js"])
@pytest.mark.parametrize("cookie", ["", "x", "\\u0000", "a" * 5000, "' OR 1=1 --"])
def test_a_cookie_that_was_not_given_out_opens_nothing(stranger: httpx.Client, path: str, cookie: str) -> None:
    assert stranger.get(path, headers={"Cookie": f"{SESSION_COOKIE}={cookie}"}).status_code == 401


def test_people_are_led_to_the_log_in_and_back(stranger: httpx.Client) -> None:
    answer = stranger.get("/settings?a=b&c=d", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fsettings%3Fa%3Db%26c%3Dd")
    page = stranger.get(answer.headers["location"]).text
    assert 'name="next" value="/settings?a=b&amp;c=d"' in page
    data = {"name": "Anna", "password": PASSWORD, "next": "/settings?a=b&c=d"}
    answer = stranger.post("/login", data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings?a=b&c=d")
    assert stranger.get("/settings").status_code == 200
    assert stranger.get("/login?next=/settings").headers["location"] == "/settings"


@pytest.mark.parametrize(
    "there",
    [
        *(
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "",
            "evil",
        ),
        *("//evil.example/%2f..", "/\n/evil.example", " //evil.example", "http:evil.example", "/\u2028/evil.example"),
    ],
)
def test_a_log_in_leads_nowhere_else(there: str, house: House) -> None:
    assert local_path(there) == "/"
    with house.client() as client:
        answer = client.post("/login", data={"name": "Anna", "password": PASSWORD, "next": there})
    assert answer.headers["location"] == "/"


def test_what_is_our_own_may_be_led_to() -> None:
    for there in ("/", "/settings", "/?chat=abc", "/conversations/x.md?a=b%20c"):
        assert local_path(there) == there
    assert local_path('/"><script>') == "/%22%3E%3Cscript%3E"


@pytest.mark.parametrize(("name", "password"), [("Anna", "my old guess"), ("Nobody", PASSWORD), ("", ""), ("<script>", "\x00\x07")])
def test_a_wrong_log_in_says_the_same_whatever_is_wrong(stranger: httpx.Client, name: str, password: str) -> None:
    answer = stranger.post("/login", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers
    assert '<script>"' not in answer.text
    assert f'value="{name}"' in answer.text or "<" in name
    assert password not in answer.text or not password


def test_a_disabled_user_reads_the_same(house: House) -> None:
    house.accounts.add("Dora", PASSWORD, house.now)
    house.accounts.disable("Dora")
    with house.client() as client:
        answer = client.post("/login", data={"name": "Dora", "password": PASSWORD})
    assert (answer.status_code, WRONG in answer.text) == (401, True)


def test_the_cookie_is_for_nobody_but_this_server(house: House) -> None:
    with house.client() as client:
        cookie = client.post("/login", data={"name": "Anna", "password": PASSWORD}).headers["set-cookie"]
        value, *parts = cookie.split("; ")
        assert {part.lower() for part in parts} == {"httponly", "samesite=lax", "path=/", f"max-age={int(SESSION.total_seconds())}"}
        assert len(value) > len(SESSION_COOKIE) + 40
    secure = TestClient(application(house.tutor, url="https://viva.example/", access=Access(house.accounts, secure=True)))
    answer = secure.post("/login", data={"name": "Anna", "password": PASSWORD}, headers={"Host": "viva.example"}, follow_redirects=False)
    assert "Secure" in answer.headers["set-cookie"]


def test_a_session_has_a_new_name_after_each_log_in(house: House) -> None:
    """Whoever has planted a cookie, or seen one before, has nothing."""
    with house.client() as client:
        client.cookies.set(SESSION_COOKIE, "planted")
        client.post("/login", data={"name": "Anna", "password": PASSWORD})
        first = client.cookies.get(SESSION_COOKIE, domain="127.0.0.1")
        assert first != "planted"
        client.cookies.delete(SESSION_COOKIE, domain="")
        client.post("/login", data={"name": "Anna", "password": PASSWORD})
        second = client.cookies.get(SESSION_COOKIE)
    assert first
    assert second
    assert first != second
    assert house.accounts.who(first, house.now) is None
    assert house.accounts.who(second, house.now)


def test_logging_out_ends_the_session_and_takes_a_post(house: House, anna: httpx.Client) -> None:
    token = anna.cookies[SESSION_COOKIE]
    assert anna.get("/logout").status_code == 405
    assert anna.get("/config").status_code == 200
    assert anna.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert anna.get("/config").status_code == 200
    answer = anna.post("/logout", headers={"Origin": house.address})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert SESSION_COOKIE not in anna.cookies
    assert anna.get("/config", headers={"Cookie": f"{SESSION_COOKIE}={token}"}).status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_another_site_cannot_log_anybody_in(stranger: httpx.Client, origin: str) -> None:
    answer = stranger.post("/login", data={"name": "Bob", "password": PASSWORD}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_nothing_that_is_got_changes_anything(house: House, anna: httpx.Client) -> None:
    conversation = kept(house, "Anna")
    for method, path in sorted(set(paths(whole(house)))):
        if method == "GET" and not any(endless in path for endless in ("/heartbeat/", "/call/", "/queue/data")):
            anna.get(
                path.replace("/conversations/x.md", f"/conversations/{conversation}.md"), params={"session_hash": "get", "upload_id": "u"}
            )
    assert anna.get("/config").status_code == 200, "still logged in"
    assert house.tutor.journal.exchanges(conversation, "Anna")
    for path in ("/gradio_api/deep_link", "/gradio_api/dev/reload", "/gradio_api/vibe-code", "/monitoring/summary", "/gradio_api/token"):
        assert anna.get(path, params={"session_hash": "get"}).status_code == 404


def test_a_session_ends_when_its_time_is_up(house: House, anna: httpx.Client) -> None:
    try:
        house.now += SESSION
        assert anna.get("/config").status_code == 401
    finally:
        house.now -= SESSION


@pytest.mark.parametrize("end", ["password", "disable", "remove"])
def test_what_the_command_changes_ends_sessions_at_once(house: House, end: str) -> None:
    name = f"Eve {end}"
    house.accounts.add(name, PASSWORD, house.now)
    with house.client(name) as client:
        assert client.get("/config").json()["username"] == name
        if end == "password":
            house.accounts.set_password(name, "another good password")
        elif end == "disable":
            house.accounts.disable(name)
        else:
            house.accounts.remove(name)
        assert client.get("/config").status_code == 401
        assert client.post("/gradio_api/call/ask", json={"data": [PAN, [], "interview"]}).status_code == 401


def test_an_answer_that_is_being_sent_ends_with_the_session(house: House) -> None:
    house.accounts.add("Flo", PASSWORD, house.now)
    with house.client("Flo") as client:
        assert join(client, asking(client), ["", LONG, "interview", None], "ends").status_code == 200
        with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "ends"}) as stream:
            lines = stream.iter_lines()
            while "process_generating" not in next(lines):
                pass
            house.accounts.disable("Flo")
            begun = time.monotonic()
            rest = "".join(lines)
        assert time.monotonic() - begun < STEPS * house.tutor.pace_s * 0.9, "long before the answer's end"
    assert "process_completed" not in rest


def test_twenty_wrong_log_ins_a_minute_are_too_many(house: House) -> None:
    """A server of its own, since it remembers where they came from."""
    with serving(application(house.tutor, access=Access(house.accounts))) as address, httpx.Client(base_url=address) as client:
        tries = [client.post("/login", data={"name": "Anna", "password": f"guess {n}"}) for n in range(6)]
        assert [answer.status_code for answer in tries] == [401] * 5 + [429]
        said = re.search(r"Too many wrong passwords. Wait (\d+) seconds and try again.", tries[-1].text)
        assert said
        assert tries[-1].headers["retry-after"] == said[1]
        right = client.post("/login", data={"name": "AN\u200bNA ", "password": PASSWORD})
        assert right.status_code == 429, "guessing on would tell when the right one came"
        others = [client.post("/login", data={"name": f"Nobody {n}", "password": "guess"}).status_code for n in range(20)]
        assert others == [401] * 15 + [429] * 5
        assert client.get("/login").status_code == 200


def test_right_log_ins_are_not_counted(house: House) -> None:
    with serving(application(house.tutor, access=Access(house.accounts))) as address, httpx.Client(base_url=address) as client:
        for _ in range(30):
            assert client.post("/login", data={"name": "Bob", "password": PASSWORD}).status_code == 303


def test_a_learner_lists_exports_and_opens_their_own_conversations_only(house: House, anna: httpx.Client, bob: httpx.Client) -> None:
    conversation = kept(house, "Anna", "What is in Anna's secret stew?")
    assert anna.get(f"/conversations/{conversation}.md").status_code == 200
    answer = bob.get(f"/conversations/{conversation}.md")
    assert (answer.status_code, "stew" in answer.text) == (404, False)
    assert "stew" in done(anna, going(anna), ['{"do": "arrive"}', None], "anna lists")
    for wish in ("arrive", "open", "rename", "delete", "search", "more"):
        told = json.dumps({"do": wish, "id": conversation, "text": "stew"})
        shown = done(bob, going(bob), [told, None], f"bob {wish}")
        assert "secret" not in shown
        assert ("not there any more" in shown) == (wish not in ("search", "more"))
    assert [found.title for found in house.tutor.journal.conversations("Anna", "stew")] == ["What is in Anna's secret stew?"]


def test_a_session_belongs_to_who_had_it_first(anna: httpx.Client, bob: httpx.Client) -> None:
    number = asking(anna)
    assert join(anna, number, ["", PAN, "interview", None], "hers").status_code == 200
    refused = [
        begun(bob, "/gradio_api/queue/data?session_hash=hers"),
        join(bob, number, ["", PAN, "interview", None], "hers"),
        bob.post("/gradio_api/cancel", json={"session_hash": "hers", "fn_index": number, "event_id": "x"}),
        begun(bob, "/gradio_api/heartbeat/hers"),
        bob.post(f"/gradio_api/run/{number}", json={"data": [], "fn_index": number, "session_hash": "hers"}),
        bob.post("/gradio_api/call/ask", json={"data": [PAN, [], "interview"], "session_hash": "hers"}),
        bob.post("/gradio_api/component_server", json={"data": "", "component_id": 1, "session_hash": "hers", "fn_name": "x"}),
        bob.get("/gradio_api/stream/hers/1/1/playlist.m3u8"),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert bob.get("/gradio_api/deep_link", params={"session_hash": "hers"}).status_code == 404
    assert "A pan is flat." in heard(anna, "hers"), "and hers goes on"


def test_an_event_belongs_to_who_asked(anna: httpx.Client, bob: httpx.Client) -> None:
    found = anna.post("/gradio_api/call/ask", json={"data": [PAN, [], "interview"]}).json()["event_id"]
    assert bob.get(f"/gradio_api/call/ask/{found}").status_code == 403
    assert bob.post("/gradio_api/cancel", json={"session_hash": "his", "fn_index": 1, "event_id": found}).status_code == 403
    assert bob.get("/gradio_api/queue/data", params={"session_hash": found}).status_code == 403
    assert "A pan is flat." in anna.get(f"/gradio_api/call/ask/{found}").text


def test_a_body_that_is_no_json_is_refused(anna: httpx.Client) -> None:
    for content in (b"{", b"[" * 200_000, b"\xff", b'--x\r\nContent-Disposition: form-data; name="session_hash"\r\n\r\nhers\r\n--x--\r\n'):
        answer = anna.post("/gradio_api/component_server", content=content, headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert (answer.status_code, answer.text) == (400, "That is not JSON.")


def test_an_uploaded_file_belongs_to_who_uploaded_it(anna: httpx.Client, bob: httpx.Client) -> None:
    (path,) = anna.post("/gradio_api/upload", files={"files": ("a.txt", b"her answer")}).json()
    try:
        assert anna.get(f"/gradio_api/file={path}").text == "her answer"
        bent = path.replace("/viva-", "/./viva-")
        for way in (path, bent, f"{path}?x=1", path.replace("/viva-", "/%2e/viva-"), path.replace("/viva-", "//viva-")):
            for answer in (bob.get(f"/gradio_api/file={way}"), bob.head(f"/gradio_api/file={way}")):
                assert answer.status_code in (403, 404), way
        assert bob.get(f"/gradio_api/file/{path}").status_code == 404
        number = asking(bob)
        for name in (path, bent, f"/gradio_api/file={path}", path.replace("/", "%2F"), f"see {path}"):
            given = {"path": name, "meta": {"_type": "gradio.FileData"}}
            assert join(bob, number, ["", given, "interview", None], "names").status_code == 403, name
        assert bob.get(f"/gradio_api/file={path}").status_code == 403
        (same,) = bob.post("/gradio_api/upload", files={"files": ("a.txt", b"her answer")}).json()
        assert bob.get(f"/gradio_api/file={same}").text == "her answer", "who has the same file already may have it"
    finally:
        Path(path).unlink()


@pytest.mark.parametrize("place", ["/etc/passwd", "http://127.0.0.1:9/x", "https://evil.example/x", "../../etc/passwd", "accounts.db"])
def test_no_other_file_is_served_and_none_fetched(anna: httpx.Client, place: str) -> None:
    assert anna.get(f"/gradio_api/file={place}").status_code == 404


def test_only_an_administrator_sees_and_changes_the_settings(house: House, bob: httpx.Client) -> None:
    events = bob.get("/config").json()["dependencies"]
    with house.client("Root") as root:
        pages = {one["id"]: one for one in events}
        shown = next(one["id"] for one in events if len(one["outputs"]) == 12)
        saves = [one["id"] for one in events if len(one["outputs"]) == 10]
        tests = next(one["id"] for one in events if (len(one["inputs"]), len(one["outputs"])) == (6, 2))
        assert "127.0.0.1:9" in done(root, shown, [], "root sees")
        assert "127.0.0.1:9" not in done(bob, shown, [], "bob sees")
        for number in (*saves, tests):
            data: list[object] = ["http://evil.example/v1", "m", "", 8192, None, None][: len(pages[number]["inputs"])]
            assert "Only an administrator can change this." in done(bob, number, data, f"bob changes {number}")
        endpoint = house.tutor.connection.endpoint
        assert endpoint
        assert endpoint.base_url == "http://127.0.0.1:9/v1"
        assert len(saves) == 2
        assert "sk-secret" not in done(root, shown, [], "root looks again")
        saved = done(root, saves[0], ["http://127.0.0.1:8/v1", "m", "", 8192, None, None], "root saves")
        assert "Saved." in saved


def test_more_than_thirty_questions_a_minute_are_too_many(house: House) -> None:
    access = Access(house.accounts)
    with serving(application(house.tutor, access=access)) as address:
        for name in ("Anna", "Bob"):
            with httpx.Client(base_url=address, timeout=30) as client:
                client.post("/login", data={"name": name, "password": PASSWORD})
                for _ in range(TURNS - 1):
                    access.take_turn(name)
                assert "A pan is flat." in done(client, asking(client), ["", PAN, "interview", None], f"{name} asks")
                said = "That is more than 30 questions in a minute. Go on in "
                assert said in done(client, asking(client), ["", PAN, "interview", None], f"{name} asks on")
                found = client.post("/gradio_api/call/ask", json={"data": [PAN, [], "interview"]}).json()["event_id"]
                assert said in client.get(f"/gradio_api/call/ask/{found}").text


def test_no_cache_keeps_what_is_private(house: House, anna: httpx.Client) -> None:
    conversation = kept(house, "Anna")
    for path in ("/", "/settings", "/config", f"/conversations/{conversation}.md", "/login"):
        assert anna.get(path).headers["cache-control"] == "no-store", path


def test_a_stranger_is_told_nothing_about_the_state(house: House, stranger: httpx.Client, anna: httpx.Client) -> None:
    try:
        house.tutor.be(Status(False, "Not ready", problem="/home/anna/notes cannot be read."))
        assert stranger.get("/readyz").json() == {"status": "not ready"}
        assert anna.get("/readyz").json() == {"status": "/home/anna/notes cannot be read."}
    finally:
        house.tutor.be(Status(True, "Ready", 1.0))


def test_accounts_that_cannot_be_read_let_nobody_in(tmp_path: Path, house: House) -> None:
    file = tmp_path / "accounts.db"
    accounts = Accounts(file, QUICK)
    accounts.add("Anna", PASSWORD, house.now)
    client = TestClient(application(house.tutor, access=Access(accounts)), base_url="http://localhost")
    client.post("/login", data={"name": "Anna", "password": PASSWORD}, follow_redirects=False)
    assert client.get("/config").status_code == 200
    file.write_bytes(b"no database" * 1000)
    answer = client.get("/config")
    assert (answer.status_code, "cannot be used" in answer.text) == (503, True)
    assert client.post("/login", data={"name": "Anna", "password": PASSWORD}).status_code == 503


def test_the_public_address_is_the_one_that_is_set(house: House) -> None:
    client = TestClient(application(house.tutor, url="https://viva.example/", access=Access(house.accounts)))
    headers = {"Host": "viva.example", "X-Forwarded-Host": "evil.example", "Origin": "https://viva.example"}
    answer = client.post("/login", data={"name": "Anna", "password": PASSWORD}, headers=headers, follow_redirects=False)
    assert answer.headers["location"] == "/"
    config = client.get("/config", headers=headers)
    assert config.json()["root"] == "https://viva.example"
    assert "evil" not in config.text


def test_without_accounts_a_name_keeps_conversations_apart(house: House) -> None:
    with serving(application(house.tutor)) as address, httpx.Client(base_url=address, timeout=30) as client:
        conversation = kept(house, "Zoë W.")
        assert client.get("/login").status_code == client.post("/logout").status_code == 404
        assert client.get(f"/conversations/{conversation}.md").status_code == 404
        answer = client.post("/learner", data={"name": "  ZOË w.\u200b "})
        assert answer.status_code == 204
        assert client.cookies[LEARNER_COOKIE] == "Zo%C3%AB%20W.", "as it was spelt before"
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert client.get(f"/conversations/{conversation}.md").status_code == 200
        assert PAN in done(client, going(client), ['{"do": "arrive"}', None], "zoe")
        assert client.post("/learner", data={"name": ""}).status_code == 204
        assert client.get(f"/conversations/{conversation}.md").status_code == 404
        assert PAN not in done(client, going(client), ['{"do": "arrive"}', None], "zoe"), "the same page under another name"


@pytest.mark.parametrize("name", ["x" * 41, "\u200b\u202e", "\x00"])
def test_a_name_that_nobody_can_have_is_a_sentence(house: House, name: str) -> None:
    client = TestClient(application(house.tutor), base_url="http://localhost")
    answer = client.post("/learner", data={"name": name})
    assert (answer.status_code, answer.text.startswith("A name has 1 to 40 characters")) == (400, True)
    assert client.post("/learner", data={"name": "Eve"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get("/config", headers={"Cookie": f"{LEARNER_COOKIE}=%00{'y' * 60}"}).json()["username"] == ""


def test_with_accounts_a_name_in_a_cookie_is_nothing(house: House, bob: httpx.Client) -> None:
    conversation = kept(house, "Anna")
    bob.cookies.set(LEARNER_COOKIE, "Anna")
    assert bob.get(f"/conversations/{conversation}.md").status_code == 404
    assert bob.get("/config").json()["username"] == "Bob"
    assert bob.post("/learner", data={"name": "Anna"}).status_code in (404, 405)
