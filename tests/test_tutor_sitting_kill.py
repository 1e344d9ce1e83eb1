"""A process that is really killed at every event of an interview of ten questions loses nothing, and nothing counts twice."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.killed import NAME, QUESTIONS, sit
from tests.sittings import sittings_of
from tutor.interview import Interview

ROOT = Path(__file__).parent.parent


def sat_in_one_go() -> Interview:
    sittings = sittings_of(None)
    assert list(sit(sittings))[-1] == "ended"
    return sittings.open(NAME)


def course(interview: Interview) -> list[object]:
    """All of an interview but its times."""
    return [
        interview.phase,
        interview.ending,
        *(
            (turn.id, turn.item, turn.outcome, turn.hints, turn.cost, turn.verdict, turn.problem, prompt.id, prompt.text, prompt.draft)
            + ((prompt.answer.id, prompt.answer.text) if prompt.answer else ())
            for turn in interview.turns
            for prompt in turn.prompts
        ),
    ]


@pytest.mark.parametrize(
    "deaths",
    [
        pytest.param(["1+"], id="at every event"),
        pytest.param(["5-", "7+", "4+", "6-"], id="between what was confirmed"),
    ],
)
def test_a_kill_at_every_event_loses_nothing_and_counts_nothing_twice(tmp_path: Path, deaths: list[str]) -> None:
    path = tmp_path / "viva.db"
    killed = subprocess.run(
        [sys.executable, "-m", "tests.killed", str(path), *deaths], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert (killed.returncode, killed.stderr) == (0, "")
    said = killed.stdout.splitlines()
    assert said[-1] == "ended"
    sittings = sittings_of(path)
    interview = sittings.open(NAME)
    whole = sat_in_one_go()
    assert course(interview) == course(whole)
    assert len(interview.turns) == len({turn.item for turn in interview.turns}) == QUESTIONS
    kills = said.count("killed")
    events = len(interview.made_by)
    assert kills == events if deaths == ["1+"] else kills > 10
    answers = [answer.id for turn in interview.turns for answer in turn.answers]
    confirmed = [line.split()[-1] for line in said if line.startswith("answered")]
    assert set(confirmed) <= set(answers)
    assert len(set(answers)) == len(answers)
    assert deaths == ["1+"] or len(confirmed) > 5
    assert [summary.id for summary in sittings.interviews()] == [NAME]
