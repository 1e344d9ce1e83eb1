"""What the documentation says is so, as far as a program can tell."""

import re
from pathlib import Path

import pytest

from corpus.parse import parse
from corpus.types import Document
from tutor.settings import Settings, variable

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "corpus" / "WRITING.md",
    ROOT / "eval" / "LOG.md",
    ROOT / "tutor" / "MANUAL.md",
    ROOT / "tutor" / "ui" / "API.md",
    ROOT / "tutor" / "ui" / "HOSTING.md",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_file_on_the_map_exists() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## The map")[1]
    for row in re.findall(r"^\| (`.+)$", section, re.MULTILINE):
        home, *names = re.findall(r"`([\w./<>]+)`", row)
        assert (ROOT / home).exists(), home
        for name in names:
            assert (ROOT / home / name).exists() or "<" in name, f"{home}{name}"


def test_every_setting_is_in_the_manual() -> None:
    text = (ROOT / "tutor" / "MANUAL.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert variable(name) in text or f"--{name}" in text, name


def test_the_examples_of_how_to_write_are_read_as_they_say() -> None:
    blocks = re.findall(r"```markdown\n(.*?)```", (ROOT / "corpus" / "WRITING.md").read_text(encoding="utf-8"), re.DOTALL)
    (shortest,) = parse(Document("a.md", blocks[0], ""))
    assert (shortest.question, shortest.answered) == ("What is a kettle?", True)
    whole, follow_up = parse(Document("b.md", blocks[1], ""))
    assert (whole.id, whole.level, whole.topic, whole.related) == ("kettle-whistle", "basic", "Kitchen", ("kettle", "steam"))
    assert (len(whole.wordings), len(whole.key_points), len(whole.misconceptions)) == (2, 2, 1)
    assert (follow_up.parent, len(follow_up.key_points)) == ("kettle-whistle", 1)


def test_nothing_of_the_workplace_is_named() -> None:
    folders = [ROOT / name for name in ("corpus", "index", "tutor", "eval", "tests")]
    for path in [*ROOT.iterdir(), *(path for folder in folders for path in folder.rglob("*"))]:
        if path.is_file() and path.name != ".git" and path.suffix in {".py", ".md", ".toml", ".txt", ".css", ".js", ""}:
            assert not re.search(r"(?<![\w.])/(?:work|farm|root)/", path.read_text(encoding="utf-8")), path
