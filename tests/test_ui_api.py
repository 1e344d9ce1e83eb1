"""The calls of programs and the tools of models, as API.md describes them: its examples are run, on a real server and real documents."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.browser import serving
from tutor.accounts import Accounts
from tutor.libraries import Libraries
from tutor.prepare import prepare
from tutor.settings import Settings
from tutor.tutor import Tutor
from tutor.ui.access import Access
from tutor.ui.server import application
from tutor.ui.tools import tools_of

PAGE = (Path(__file__).parent.parent / "tutor" / "ui" / "API.md").read_text(encoding="utf-8")
USUAL = "http://127.0.0.1:7860"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Place:
    """A server, and the tutor behind it."""

    address: str
    tutor: Tutor

    def client(self) -> Client:
        """A program's way in."""
        return Client(self.address, verbose=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("api")
    tutor = Tutor(
        lambda report: prepare(Settings(data=folder), report), journal=folder / "viva.db", libraries=Libraries(folder / "library")
    )
    tutor.prepare()
    with serving(application(tutor, tools=True)) as address:
        yield Place(address, tutor)


@pytest.fixture(scope="module")
def house(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same with accounts."""
    accounts = Accounts(tmp_path_factory.mktemp("house") / "accounts.db", QUICK)
    accounts.add("anna", "a long password", datetime.now(UTC))
    with serving(application(place.tutor, access=Access(accounts), tools=True)) as address:
        yield address


def blocks(language: str, heading: str = "") -> list[str]:
    """The examples in a language, of one section or of the whole page."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0] if heading else PAGE
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def run(code: str, address: str, names: dict[str, Any]) -> None:
    """Runs an example as a reader would, but against this server."""
    exec(compile(code.replace(USUAL, address), "API.md", "exec"), names)


@pytest.mark.parametrize(
    "heading",
    ["Ask and look up", "Be asked, and have the answer marked", "Sit an interview", "Practise", "Your own documents", "For models: MCP"],
)
def test_an_example_runs_as_it_is_written(place: Place, heading: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    run(blocks("python")[0], place.address, names)
    for code in blocks("python", heading):
        run(code, place.address, names)
    assert len(capsys.readouterr().out) > 100


def test_the_example_without_python_gets_an_answer(place: Place) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not there")
    (code,) = blocks("bash")
    said = subprocess.run(
        ["bash", "-ec", code.replace(USUAL, place.address)], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert "event: complete" in said
    assert '"citations"' in said


def test_the_example_with_accounts_is_the_learners_own(house: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"Client": Client}
    (code,) = blocks("python", "Who is asking")
    run(code, house, names)
    assert capsys.readouterr().out.strip() == "[]"


def test_every_call_is_described_and_every_described_call_is_there(place: Place) -> None:
    there = set(place.client().view_api(print_info=False, return_format="dict")["named_endpoints"])
    assert set(re.findall(r"`(/\w+)`", PAGE)) == there
    for name in there:
        assert f'api_name="{name}"' in PAGE, name


def test_a_refusal_reaches_the_program_as_a_sentence(place: Place) -> None:
    client = place.client()
    refusals: list[tuple[str, list[object], str]] = [
        ("/ask", ["  "], "There is no question in that"),
        ("/ask", ["What is LoRA?", [], "shallow"], "Choose one of: simple, interview, deep"),
        ("/ask", ["What is LoRA?", [{"role": "system", "content": "x"}]], "A message of the history is"),
        ("/search", ["LoRA", 99], "from 1 to 10"),
        ("/quiz", ["the price of fish in Bergen"], "Name another subject"),
        ("/begin_interview", [{"amount": "many"}], "amount"),
        ("/begin_interview", [{"amount": 0}], "question"),
        ("/report", ["nothing"], "not there any more"),
        ("/conversation", ["nothing"], "not there"),
        ("/overrule_review", ["nothing", "brilliant"], "Choose one of: again, hard, good, easy"),
        ("/forget_card", ["nothing"], "not among your reviews"),
        ("/delete_everything", ["somebody"], "Give that name"),
    ]
    for call, given, said in refusals:
        with pytest.raises(AppError, match=re.escape(said)):
            client.predict(*given, api_name=call)


def test_an_answer_that_is_sent_twice_counts_once(place: Place) -> None:
    client = place.client()
    sitting = client.predict({"amount": 2}, api_name="/begin_interview")
    prompt = sitting["prompt"]["id"]
    once = client.predict(sitting["id"], prompt, "It depends on the data.", "mine", api_name="/answer_question")
    twice = client.predict(sitting["id"], prompt, "It depends on the data.", "mine", api_name="/answer_question")
    assert [one["said"] for one in once["questions"]] == [one["said"] for one in twice["questions"]]


def test_the_tools_are_those_that_the_page_names(place: Place) -> None:
    tools = asyncio.run(tools_of(place.tutor, Access()).list_tools())
    named = re.search(r"offers (.+?) as tools", PAGE, re.DOTALL)
    assert named
    assert [tool.name for tool in tools] == re.findall(r"`(\w+)`", named[1])
    assert all(tool.description and tool.inputSchema for tool in tools)


def test_without_a_log_in_there_are_no_tools(house: str) -> None:
    import httpx

    answer = httpx.post(f"{house}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert answer.status_code == 401
