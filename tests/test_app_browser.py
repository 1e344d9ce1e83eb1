"""The whole program as a learner starts it: one command, an index built on the first start, a question, its source."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser import axe, free_port, launch, open_page

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.browser


@pytest.fixture
def address(kitchen: Path, tmp_path: Path) -> Iterator[str]:
    """app.py in a process of its own, over the kitchen's documents."""
    port = free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--only-documents", str(kitchen), "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "HF_HUB_OFFLINE": "1"}, stderr=subprocess.PIPE, text=True) as process:
        try:
            _answers(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
        told = process.stderr.read() if process.stderr else ""
    assert process.returncode == 0, told
    assert "Building the index" in told


def _answers(url: str) -> None:
    for _ in range(600):
        try:
            urlopen(url, timeout=5)
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing answers at {url}")


def test_a_learner_asks_and_follows_the_source(address: str) -> None:
    with launch(viewport={"width": 1440, "height": 900}) as (context, seen):
        page = open_page(context, address)
        page.get_by_label("Your question").fill("why do kettles whistle?")
        page.get_by_label("Your question").press("Enter")
        turn = page.locator(".viva-turn").last
        expect(turn.locator(".viva-actions")).to_be_visible(timeout=90_000)
        expect(turn.locator(".viva-answer")).to_contain_text("Steam is pressed through a small hole in the lid.")
        turn.locator("a.viva-cite").first.click()
        source = turn.locator("details.viva-source").first
        expect(source.locator("mark")).to_have_text("Steam is pressed through a small hole in the lid.")
        expect(source).to_contain_text("kitchen.md")
        page.get_by_label("Your question").fill("Who won the football championship in Brazil?")
        page.get_by_label("Your question").press("Enter")
        expect(page.locator(".viva-turn").last).to_contain_text("My documents do not answer this.", timeout=60_000)
        assert axe(page) == []
        assert seen.hosts == {"127.0.0.1"}
