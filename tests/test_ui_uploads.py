"""A file is taken up to its limit, looked at, and belongs to whoever sent it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser import serving
from tests.test_tutor_shelf import BOAT, shared
from tutor.libraries import Libraries
from tutor.tutor import Tutor
from tutor.ui.guard import UPLOAD_LIMIT
from tutor.ui.server import application


@pytest.fixture
def tutor(tmp_path: Path, kitchen: Path) -> Tutor:
    prepared = shared(tmp_path, kitchen)
    made = Tutor(lambda _report: prepared, libraries=Libraries(tmp_path / "library"))
    made.prepare()
    return made


@pytest.fixture
def client(tutor: Tutor) -> Iterator[httpx.Client]:
    with serving(application(tutor)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_a_file_waits_until_its_learner_has_said_yes(client: httpx.Client, tutor: Tutor) -> None:
    sent = client.post("/library/files", params={"name": "../boats.md"}, content=BOAT.encode())
    assert (sent.status_code, sent.json()) == (200, {"problem": None})
    [waiting] = tutor.shelf().waiting()
    assert waiting.name == "boats.md"
    assert not tutor.shelf().documents()


def test_a_file_that_cannot_be_read_is_told(client: httpx.Client) -> None:
    sent = client.post("/library/files", params={"name": "x.md"}, content=b"\x00\x01\x02" * 100)
    assert sent.status_code == 422
    assert sent.json()["problem"].startswith("x.md is not text")


def test_more_than_the_limit_is_refused_with_and_without_a_declared_length(client: httpx.Client, tutor: Tutor) -> None:
    block = b"x" * 1_000_000

    def stream() -> Iterator[bytes]:
        for _ in range(UPLOAD_LIMIT // len(block) + 1):
            yield block

    for content in (b"x" * (UPLOAD_LIMIT + 100_000), stream()):
        sent = client.post("/library/files", params={"name": "big.md"}, content=content)
        assert sent.status_code == 413
        assert "50 MB" in sent.text
    assert not tutor.shelf().waiting()


def test_no_other_site_can_send_a_file(client: httpx.Client) -> None:
    sent = client.post("/library/files", params={"name": "x.md"}, content=b"hello", headers={"Origin": "https://evil.example"})
    assert sent.status_code == 403
