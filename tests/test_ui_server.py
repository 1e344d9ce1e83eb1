"""What the network gets: headers on everything, limits that hold while data still comes, and one public endpoint."""

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi.testclient import TestClient

from corpus.errors import UserError
from tests.browser import ENGINE, ScriptedTutor, cited, growing, serving
from tutor.types import Status
from tutor.ui.guard import BODY_LIMIT, MB, UPLOAD_LIMIT
from tutor.ui.server import application
from tutor.ui.toolkit import gr

PASSAGE = "A pan is flat. It has a handle."
FLAT = growing("It is flat [1].", citations=[cited(1, PASSAGE, "A pan is flat.", file="pans.md", question="What is a pan?")])


@pytest.fixture(scope="module")
def tutor() -> ScriptedTutor:
    return ScriptedTutor({"What is a pan?": FLAT, "Why?": [UserError("The model is away. Start it.")], "How?": []}, pace_s=0)


@pytest.fixture(scope="module")
def address(tutor: ScriptedTutor) -> Iterator[str]:
    with serving(application(tutor, hosts=["viva.example"])) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as found:
        yield found


def called(client: httpx.Client, question: object) -> tuple[str, str]:
    """The last event of a call to /ask, and its data."""
    event_id = client.post("/gradio_api/call/ask", json={"data": [question]}).json()["event_id"]
    lines = client.get(f"/gradio_api/call/ask/{event_id}").text.strip().splitlines()
    return lines[-2].removeprefix("event: "), lines[-1].removeprefix("data: ")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/settings", 200),
        ("GET", "/conversations/nobody.md", 404),
        ("GET", "/healthz", 200),
        ("GET", "/config", 200),
        ("GET", "/theme.css", 200),
        ("GET", "/no-such-page", 404),
        ("POST", "/gradio_api/queue/join", 422),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
    ],
)
def test_every_answer_carries_the_headers(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'", "img-src 'self' data: blob:"):
        assert rule in policy
    assert "http" not in policy, "no other place may be asked for anything"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    assert "access-control-allow-origin" not in answer.headers


def test_health_and_readiness(client: httpx.Client, tutor: ScriptedTutor) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (200, {"status": "ready"})
    try:
        tutor.be(Status(False, "Loading the model", 0.5))
        assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (503, {"status": "Loading the model"})
        tutor.be(Status(False, "Not ready", problem="No documents. Add one."))
        assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (503, {"status": "No documents. Add one."})
        assert client.get("/healthz").status_code == 200
    finally:
        tutor.be(Status(True, "Ready", 1.0))


def test_the_page_is_english_called_viva_and_asks_nobody_else(client: httpx.Client) -> None:
    page = client.get("/").text
    assert 'lang="en"' in page
    assert client.get("/config").json()["title"] == "Viva"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "169.254.169.254", "", "viva.example:x@evil.example", "[::bad"])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860", "viva.example", "VIVA.example:443"])
def test_our_own_host_names_are_answered(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(("host", "status"), [("192.168.7.7:7860", 200), ("[fe80::1]:7860", 200), ("evil.example", 400)])
def test_who_listens_on_all_addresses_is_reached_by_any_of_them(tutor: ScriptedTutor, host: str, status: int) -> None:
    """A page on another site can make a browser come here under its own name, but not under a bare address."""
    client = TestClient(application(tutor, hosts=["0.0.0.0"]))
    assert client.get("/healthz", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_another_site_is_refused(client: httpx.Client, origin: str, method: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = client.request(method, "/gradio_api/call/ask", headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_our_own_site_is_answered(client: httpx.Client, address: str) -> None:
    assert client.get("/config", headers={"Origin": address}).status_code == 200


def test_what_a_proxy_is_said_to_have_said_is_not_believed(client: httpx.Client, address: str) -> None:
    for header in ("X-Forwarded-Host", "X-Gradio-Server"):
        answer = client.get("/config", headers={header: "http://evil.example", "X-Forwarded-Proto": "https"})
        assert "evil" not in answer.text
        assert answer.json()["root"] == address


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // MB):
        yield b" " * MB
    yield b" " * (size % MB)


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/call/ask", "/gradio_api/run/ask", "/gradio_api/reset"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_above_the_limit_is_refused(client: httpx.Client, path: str, announced: bool) -> None:
    body = b" " * (BODY_LIMIT + 1) if announced else chunks(BODY_LIMIT + 1)
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.text) == (413, "That is too large: Viva takes at most 2 MB here.")
    assert "content-security-policy" in answer.headers


def test_a_body_below_the_limit_is_read(client: httpx.Client) -> None:
    assert client.post("/gradio_api/call/ask", content=b" " * BODY_LIMIT, headers={"Content-Type": "application/json"}).status_code == 422


@pytest.mark.parametrize("announced", [True, False])
def test_an_upload_above_the_limit_is_refused(client: httpx.Client, announced: bool) -> None:
    head, tail = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n', b"\r\n--x--\r\n"
    size = UPLOAD_LIMIT + MB
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    if announced:
        headers["Content-Length"] = str(len(head) + size + len(tail))

    def body() -> Iterator[bytes]:
        yield head
        yield from chunks(size)
        yield tail

    answer = client.post("/gradio_api/upload", content=body(), headers=headers)
    assert (answer.status_code, answer.text) == (413, "That is too large: Viva takes at most 50 MB here.")
    assert not [path for path in Path(os.environ["GRADIO_TEMP_DIR"]).rglob("*") if path.is_file()], "nothing of it is kept"


def test_uploads_go_to_a_folder_that_nobody_else_can_enter(client: httpx.Client) -> None:
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    answer = client.post("/gradio_api/upload", files={"files": ("a.txt", b"hello")})
    assert answer.status_code == 200
    kept = Path(answer.json()[0])
    assert kept.is_relative_to(folder)
    kept.unlink()


def test_asking_and_searching_the_library_are_the_public_endpoints(client: httpx.Client) -> None:
    info = client.get("/gradio_api/info").json()
    assert (list(info["named_endpoints"]), info["unnamed_endpoints"]) == (["/ask", "/search_library"], {})
    shown = [event for event in client.get("/config").json()["dependencies"] if event["api_visibility"] != "private"]
    assert [event["api_name"] for event in shown] == ["ask", "search_library"]


def test_asking_gives_the_reply_as_json(client: httpx.Client) -> None:
    event, data = called(client, "What is a pan?")
    assert event == "complete"
    assert json.loads(data) == [
        {
            "answer": "It is flat [1].",
            "answerable": True,
            "engine": ENGINE,
            "citations": [{"n": 1, "file": "pans.md", "question": "What is a pan?", "quote": "A pan is flat.", "start": 0, "end": 14}],
            "follow_ups": [],
        }
    ]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Why?", "The model is away. Start it."),
        ("  ", "There is no question in that."),
        ("x" * 4001, "too long (4,001 characters; the limit is 4,000)"),
        ("How?", "The answer broke off."),
        (None, "There is no question in that."),
    ],
)
def test_asking_what_cannot_be_answered_gives_a_sentence(client: httpx.Client, question: object, sentence: str) -> None:
    event, data = called(client, question)
    assert event == "error"
    assert sentence in data
    assert "Traceback" not in data


def test_two_questions_at_once_in_one_session_get_one_answer(client: httpx.Client, tutor: ScriptedTutor) -> None:
    """The screen never sends two; somebody else might, under the session's name."""
    events = client.get("/config").json()["dependencies"]
    answering = next(event["id"] for event in events if len(event["targets"]) == 5)
    tutor.pace_s, asked = 0.05, len(tutor.heard.questions)
    try:
        for _ in range(2):
            call = {"data": ["", "What is a pan?", "interview", None], "fn_index": answering, "session_hash": "twice"}
            assert client.post("/gradio_api/queue/join", json=call).status_code == 200
        ends = client.get("/gradio_api/queue/data", params={"session_hash": "twice"}).text
    finally:
        tutor.pace_s = 0
    assert ends.count('"msg":"process_completed"') == 2
    assert '"success":false' not in ends
    assert tutor.heard.questions[asked:] == ["What is a pan?"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What is a pan?", "What is a pan.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ('a"; b\r\nX-Evil: 1', "a ; b X-Evil 1.md"),
        ("Was ist Gr\u00f6\u00dfe? \u202etxt.exe", "Was ist Gr\u00f6\u00dfe txt.exe.md"),
        ("???", "Conversation.md"),
    ],
)
def test_a_conversation_is_downloaded_under_its_title(client: httpx.Client, tutor: ScriptedTutor, title: str, name: str) -> None:
    conversation = tutor.journal.begin()
    tutor.journal.ask(conversation, f"exchange of {conversation}", "What is a pan?")
    tutor.journal.rename(conversation, title)
    answer = client.get(f"/conversations/{conversation}.md")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    kind, plain, encoded = answer.headers["content-disposition"].split("; filename")
    assert (kind, unquote(encoded.removeprefix("*=UTF-8''"))) == ("attachment", name)
    assert plain.isascii()
    assert "x-evil" not in answer.headers
    assert "What is a pan?" in answer.text


def test_a_conversation_that_is_not_there_is_a_sentence(client: httpx.Client) -> None:
    answer = client.get("/conversations/nobody.md")
    assert answer.text.startswith("That conversation is not there any more.")


def test_nothing_that_tells_about_others_is_served(client: httpx.Client) -> None:
    for path in ("/monitoring", "/monitoring/summary", "/gradio_api/runs", "/gradio_api/file=/etc/passwd", "/gradio_api/mcp/"):
        answer = client.get(path)
        assert answer.status_code in (403, 404), path


def test_how_the_screen_is_set_up(tutor: ScriptedTutor) -> None:
    mounted: Any = next(found for route in application(tutor).routes if hasattr(found := getattr(route, "app", None), "get_blocks"))
    demo = mounted.get_blocks()
    assert (demo.max_threads, demo.state_session_capacity) == (100, 2_000)
    assert UPLOAD_LIMIT < demo.max_file_size < 1.1 * UPLOAD_LIMIT, "our sentence comes first, before the framework"
    assert (demo._queue.max_size, demo._queue.default_concurrency_limit) == (500, None)
    assert all(function.concurrency_limit in (None, "default") for function in demo.fns.values())
    assert (demo.analytics_enabled, demo.run_history, demo.show_error, demo.enable_monitoring) == (False, False, False, False)
    assert (demo.footer_links, demo.allowed_paths, demo.delete_cache) == ([], [], (3600, 86400))


def test_importing_the_screen_loads_no_model_and_writes_nothing() -> None:
    script = (
        "import sys, pathlib, gradio_client; before = {p: p.stat().st_mtime_ns for p in pathlib.Path(sys.argv[1]).rglob('*.pyi')}\n"
        "import tutor.ui.server\n"
        "assert before == {p: p.stat().st_mtime_ns for p in pathlib.Path(sys.argv[1]).rglob('*.pyi')}\n"
        "print(*sorted({'torch', 'faiss', 'sentence_transformers', 'transformers', 'openai'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", script, str(Path(gr.__file__).parent)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_a_page_that_is_open_does_not_keep_the_server_from_stopping(tutor: ScriptedTutor) -> None:
    with httpx.Client(timeout=60) as client:
        with serving(application(tutor)) as found:
            page = client.send(client.build_request("GET", f"{found}/gradio_api/heartbeat/abc"), stream=True)
            assert page.status_code == 200
            began = time.monotonic()
        assert time.monotonic() - began < 10
        page.close()
