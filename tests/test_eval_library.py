"""What a library costs is measured on a real one, however small, and told as the other measures are."""

import json
from pathlib import Path

import pytest

from eval.__main__ import main


def test_a_small_library_has_all_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["library", "--size", "2", "--json", str(tmp_path / "card.json")]) == 0
    rows = json.loads((tmp_path / "card.json").read_text("utf-8"))["rows"]
    assert rows["items"]["figure"] > 100, "of two documents of 100, some of which ask the same"
    assert {"inspect_one_s", "add_one_s", "replace_one_s", "edit_points_s", "remove_one_s", "restart_s", "query_ms"} <= set(rows)
    assert all(row["figure"] >= 0 for row in rows.values())
    told = capsys.readouterr().out
    assert all(name in told for name in rows)
