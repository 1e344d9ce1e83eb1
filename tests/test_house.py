"""The house stands as it was drawn: who imports whom, where the big third parties live, and how long things may grow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import UserError

ROOT = Path(__file__).parent.parent
PACKAGES = ("corpus", "index", "tutor", "eval")
SOURCES = [*sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py")), ROOT / "app.py"]
COMMANDS = {"corpus/__main__.py": {"index"}}  # `check` compares meanings, for which it needs a model
ALLOWED = {
    "corpus": {"corpus"},
    "index": {"corpus", "index"},
    "tutor": {"corpus", "index", "tutor"},
    "eval": {"corpus", "index", "tutor", "eval"},
}
HOMES = {
    "faiss": {"index/dense.py"},
    "sentence_transformers": {"index/encoders.py", "eval/pipelines.py"},
    "langchain_community": {"eval/pipelines.py"},
    "openai": {"tutor/llm.py", "tutor/wire.py", "tutor/speech/remote.py"},
    "httpx2": {"tutor/wire.py"},
    "pocketsphinx": {"tutor/speech/decoder.py"},
    "faster_whisper": {"tutor/speech/whisper.py"},
    "av": {"tutor/speech/container.py"},
    "sqlalchemy": {"tutor/journal.py", "tutor/tables.py", "tutor/records.py", "tutor/review_records.py"},
    "fsrs": {"tutor/schedule.py"},
    "genanki": {"tutor/anki.py"},
    "argon2": {"tutor/accounts.py"},
    "pypdf": {"corpus/pdf.py"},
    "mammoth": {"corpus/word.py"},
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_an_import_points_upstream(path: Path) -> None:
    package = name_of(path).split("/")[0]
    ours = {module for module in imports(path) if module.split(".")[0] in PACKAGES}
    if package != "app.py":
        assert {module.split(".")[0] for module in ours} <= ALLOWED[package] | COMMANDS.get(name_of(path), set())
        in_screen = name_of(path).startswith("tutor/ui/")
        assert in_screen or not any(module.startswith("tutor.ui") for module in ours), "nobody imports the screen but app.py"
        if in_screen:
            assert {module.split(".")[0] for module in ours} <= {"tutor", "corpus"}
            assert not any(module.startswith("corpus") and module != "corpus.errors" for module in ours)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_each_big_third_party_lives_behind_one_file(path: Path) -> None:
    for module in imports(path):
        top = module.split(".")[0]
        assert name_of(path) in HOMES.get(top, {name_of(path)}), f"{top} belongs in {HOMES[top]}"
        if top == "gradio":
            assert name_of(path).startswith("tutor/ui/") or path.name == "app.py"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if name_of(path) != "tutor/settings.py":
        assert not re.search(r"os\.getenv|os\.environ(?!\[\"(?:GRADIO|HF)_|\.setdefault\(\"(?:GRADIO|HF)_)", text)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name == "__init__.py"], ids=name_of)
def test_a_package_file_holds_one_line(path: Path) -> None:
    if name_of(path) not in {"tutor/ui/__init__.py", "tutor/prompts/__init__.py"}:
        assert path.read_text(encoding="utf-8").count("\n") == 1


def test_every_error_for_people_is_drawn_in_the_tree() -> None:
    tree = (ROOT / "corpus" / "errors.py").read_text(encoding="utf-8")
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == UserError.__name__ for base in node.bases):
                assert re.search(rf"[├└]── {node.name} ", tree), node.name


def test_every_pinned_package_is_exact_and_every_direct_one_is_pinned() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = re.findall(r'^    "([\w.-]+)(?:[><=]|",)', project, re.MULTILINE)
    assert {name.lower().replace("_", "-") for name in wanted} - {"error"} <= pinned
