"""`python -m corpus` holds to the shell contract, and finds what the real files are known to hold."""

import json
import re
from pathlib import Path

import pytest

from corpus.__main__ import main

Capture = pytest.CaptureFixture[str]


def parsed(capsys: Capture, *arguments: str) -> list[dict[str, object]]:
    assert main(["parse", *arguments, "--jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_parse_prints_one_object_an_item(kitchen: Path, capsys: Capture) -> None:
    rows = parsed(capsys, str(kitchen))
    assert [row["question"] for row in rows] == [
        "What is a pan?", "What does a spade do?", "What is a pan?", "Why does a kettle whistle?", "How do you sharpen a knife?",
    ]  # fmt: skip
    assert set(rows[0]) >= {"file", "question", "answer", "level", "topic", "sources", "key_points", "warnings"}


def test_merged_items_keep_their_sources(kitchen: Path, capsys: Capture) -> None:
    first = parsed(capsys, str(kitchen), "--merge")[0]
    assert [source["file"] for source in first["sources"]] == ["garden.txt", "kitchen.md"]  # type: ignore[attr-defined]  # JSON


def test_check_reports_by_file(kitchen: Path, capsys: Capture) -> None:
    (kitchen / "lost.txt").write_text("1. What is a fork?\nAnswer:\n\n2. What is a lid?\nA cover.\n", encoding="utf-8")
    (kitchen / "bad.txt").write_bytes(b"\x00\x01\x02" * 100)
    assert main(["check", str(kitchen)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"lost\.txt +2 +1 +0 +0", out)
    assert "empty: What is a fork?" in out
    assert "not read: bad.txt is not text" in out


def test_errors_are_one_sentence_and_status_one(tmp_path: Path, capsys: Capture) -> None:
    assert main(["parse", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith("There is no file or folder")


def test_the_real_files_give_every_question_and_no_false_one(seeds: Path, capsys: Capture) -> None:
    rows = parsed(capsys, str(seeds))
    counts: dict[str, int] = {}
    for row in rows:
        counts[str(row["file"])[:3]] = counts.get(str(row["file"])[:3], 0) + 1
    assert counts == {"000": 21, "001": 81, "002": 50, "003": 23}
    assert [row["question"] for row in rows if not row["answer"]] == ["What is the difference between GPT and BERT?"]


def test_nothing_foreign_stands_in_the_answers_of_the_real_files(seeds: Path, capsys: Capture) -> None:
    foreign = (
        "interview questions and answers",
        "book a training",
        "read also",
        "written by",
        "leave a reply",
        "final thoughts",
        "**a:**",
        "brief answer",
    )
    for row in parsed(capsys, str(seeds)):
        answer = str(row["answer"]).lower()
        assert not [words for words in foreign if words in answer], row["question"]
        assert "Generative Al" not in str(row["answer"])
