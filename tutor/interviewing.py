"""The interviewer, put together from the functions that choose and find words, and an interview as it is announced before it begins."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from corpus.types import QAItem
from tutor.bank import askable, topic_of
from tutor.choice import choose
from tutor.hints import hint_for
from tutor.interview import Past, Planned, Setup
from tutor.interviewer import Interviewer
from tutor.jobs import Posting, Retrieve, read_posting
from tutor.limits import check_setup
from tutor.plan import make_plan, plan_for
from tutor.probes import probe_for
from tutor.redirects import redirect_for

INTERVIEWER = Interviewer(make_plan, choose, probe_for, redirect_for, hint_for)


@dataclass(frozen=True, slots=True)
class Outline:
    """The plan of an interview. `missing` are skills that the job names and no question treats; `notice` is a sentence, if one is due."""

    plan: tuple[Planned, ...]
    missing: tuple[str, ...] = ()
    notice: str = ""


def outline_of(
    setup: Setup, items: Mapping[str, QAItem], past: Sequence[Past], now: datetime, retrieve: Retrieve, seed: str = ""
) -> Outline:
    """What would be asked. The same seed gives the same plan. Raises UserError where no interview can be like that."""
    check_setup(setup)
    told = setup.job.strip() or setup.resume.strip()
    posting = read_posting(setup.job, setup.resume, items, retrieve) if told else Posting()
    return Outline(plan_for(setup, items, past, now, posting, seed), posting.missing, posting.notice)


def topics_of(items: Iterable[QAItem]) -> tuple[tuple[str, int], ...]:
    """The topics that can be asked about, each with how many questions it has, in the order of the documents."""
    return tuple(Counter(topic_of(item) for item in askable(items, Setup()) if item.parent is None).items())
