"""What an evaluation found: a table for people, JSON for machines, and a comparison with what was recorded."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BASELINES = Path(__file__).parent / "data" / "baselines.json"


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Figures by row and column, and the few that must not fall. `guarded` names them; `lower` those of which less is better."""

    name: str
    rows: Mapping[str, Mapping[str, float]]
    guarded: Mapping[str, float]
    lower: frozenset[str] = frozenset()

    def table(self) -> str:
        """The rows as a table in plain text."""
        columns = list(dict.fromkeys(column for row in self.rows.values() for column in row))
        wide = max(map(len, self.rows))
        lines = [f"{self.name:<{wide}}  " + "  ".join(f"{column:>8}" for column in columns)]
        for name, row in self.rows.items():
            lines.append(f"{name:<{wide}}  " + "  ".join(_cell(row.get(column)) for column in columns))
        return "\n".join(lines)

    def as_json(self) -> str:
        """The whole scorecard; a figure that could not be made is null."""
        rows = {name: {column: _known(value) for column, value in row.items()} for name, row in self.rows.items()}
        return json.dumps({"name": self.name, "rows": rows, "guarded": {key: _known(value) for key, value in self.guarded.items()}})

    def worse_than_baseline(self, tolerance: float = 0.005) -> list[str]:
        """One line for each guarded figure that is worse than the recorded one by more than the tolerance."""
        recorded = _baselines().get(self.name, {})
        worse = []
        for figure, before in recorded.items():
            now = self.guarded.get(figure, math.nan)
            loss = now - before if figure in self.lower else before - now
            if not loss <= tolerance * max(1.0, abs(before)):
                worse.append(f"{figure} was {before:.3f} and is {now:.3f}")
        return worse

    def record(self) -> None:
        """Makes the guarded figures the baseline."""
        baselines = _baselines() | {self.name: {key: round(value, 4) for key, value in self.guarded.items()}}
        BASELINES.write_text(json.dumps(baselines, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _baselines() -> dict[str, dict[str, float]]:
    known: dict[str, dict[str, float]] = json.loads(BASELINES.read_text(encoding="utf-8")) if BASELINES.is_file() else {}
    return known


def _cell(value: float | None) -> str:
    return (
        f"{'':>8}" if value is None or math.isnan(value) else f"{value:8.0f}" if value == int(value) and abs(value) > 1 else f"{value:8.3f}"
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
