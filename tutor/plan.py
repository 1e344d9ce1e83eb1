"""The plan of an interview: how many questions each topic gets, and why, shown before the start.

Every chosen topic is met before any gets a second question. Where none was chosen, a few are: those that a job description calls for,
those where something is due to be asked again or went badly, and by lot among the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from corpus.types import QAItem
from tutor.ability import ability_in
from tutor.attempts import Record, ago, counted, due, placed, records
from tutor.bank import askable, family_of, topic_of
from tutor.interview import Past, Planned, Setup
from tutor.jobs import Posting, Retrieve, SetupRefused, Subject, read_posting
from tutor.wording import draw

MINUTES_A_QUESTION = 4
"""What a question takes with its probes, from which the clock's interview is planned."""
_A_TOPIC = 1.5  # questions that a topic gets on the average where none was chosen
_USUAL = 20  # questions of a topic of the usual size
_DUE, _WEAK = 12.0, 2.0  # how much more likely a topic is chosen that has something due, or that went badly
_SHOWN = 2  # phrases of a posting that are shown


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A topic that can be asked: how many questions it has, how much it weighs, and why."""

    topic: str
    room: int
    weight: float
    reason: str
    items: tuple[str, ...] = ()


def make_plan(
    setup: Setup, items: Mapping[str, QAItem], past: Sequence[Past], now: datetime, retrieve: Retrieve, seed: str = ""
) -> tuple[Planned, ...]:
    """The plan, the topics with most questions first. The same seed gives the same plan.

    Raises SetupRefused where there is nothing to ask, or a text is too long.
    """
    posting = read_posting(setup.job, setup.resume, items, retrieve) if setup.job.strip() or setup.resume.strip() else Posting()
    return plan_for(setup, items, past, now, posting, seed)


def plan_for(
    setup: Setup, items: Mapping[str, QAItem], past: Sequence[Past], now: datetime, posting: Posting, seed: str = ""
) -> tuple[Planned, ...]:
    """As make_plan, where the job description has been read already."""
    families: dict[str, set[str]] = {}
    for item in askable(items.values(), setup):
        families.setdefault(topic_of(item), set()).add(family_of(item))
    if not families:
        raise SetupRefused(_nothing(setup))
    past = placed(past, items)
    seen = records(past)
    subjects = {subject.topic: subject for subject in posting.subjects}
    candidates = [
        _candidate(
            topic, len(members), subjects.get(topic), [one for one in past if one.topic == topic], seen, now, chosen=bool(setup.topics)
        )
        for topic, members in families.items()
    ]
    wanted = questions_in(setup)
    picked = candidates if setup.topics else _pick(candidates, wanted, seed, called=bool(subjects.keys() & families.keys()))
    quotas = _quotas(sorted(picked, key=lambda one: (-one.weight, draw(seed, one.topic))), wanted)
    planned = [
        Planned(
            one.topic, quotas[one.topic], one.reason if quotas[one.topic] else f"No room for it in {counted(wanted, 'question')}", one.items
        )
        for one in picked
    ]
    lacking = [Planned(topic, 0, "My documents have no such question on it") for topic in setup.topics if topic not in families]
    return (*sorted(planned, key=lambda one: -one.questions), *lacking)


def questions_in(setup: Setup) -> int:
    """How many questions are planned: as many as were chosen, or what the minutes allow."""
    return max(round(setup.minutes / MINUTES_A_QUESTION), 1) if setup.minutes else max(setup.questions, 1)


def _candidate(
    topic: str, room: int, subject: Subject | None, past: Sequence[Past], seen: Mapping[str, Record], now: datetime, *, chosen: bool
) -> _Candidate:
    """A topic with its weight: what the job calls for first, then what is due, then what went badly."""
    waiting = due({one.item: seen[one.item] for one in past if one.item in seen}, now)
    ability = ability_in(topic, past, now)
    weight = room / _USUAL
    if waiting:
        last = seen[waiting[0]].at
        reason = f"To come back to: {counted(len(waiting), 'question')} due, the weakest asked {ago(last, now)}"
        weight *= _DUE
    elif ability.answers and ability.value < 0:
        reason = f"Weak so far: about {ability.expected('intermediate'):.0f} of 10 expected, after {counted(ability.answers, 'answer')}"
        weight *= _WEAK
    elif ability.answers:
        reason = f"Going well so far: about {ability.expected('intermediate'):.0f} of 10 expected"
    else:
        reason = "You chose it" if chosen else "Not asked yet"
    if subject:
        return _Candidate(topic, room, subject.weight * 10, _called(subject), subject.items)
    return _Candidate(topic, room, weight, reason)


def _called(subject: Subject) -> str:
    """What the texts say of a topic, in their own words."""
    quoted = [" and ".join(f"“{phrase}”" for phrase in phrases[:_SHOWN]) for phrases in (subject.asked, subject.claimed)]
    if subject.asked and subject.claimed:
        return f"The job asks for {quoted[0]}, and your résumé claims {quoted[1]}, so expect to be probed on it"
    return f"The job asks for {quoted[0]}" if subject.asked else f"Your résumé claims {quoted[1]}, so expect to be probed on it"


def _pick(candidates: Sequence[_Candidate], wanted: int, seed: str, *, called: bool) -> list[_Candidate]:
    """The topics of an interview for which none was chosen: the heaviest that a job calls for, or by lot, the heavier the likelier.

    The lot is weighted sampling without replacement (Efraimidis and Spirakis, 2006): each topic draws u ** (1 / weight).
    """
    drawn = {one.topic: draw(seed, one.topic) ** (1 / one.weight) for one in candidates}
    ranked = sorted(candidates, key=lambda one: -(one.weight if one.items else 0.0) if called else -drawn[one.topic])
    number = max(round(wanted / _A_TOPIC), 1)
    if called:
        number = min(number, sum(bool(one.items) for one in candidates))
    while number < len(ranked) and sum(one.room for one in ranked[:number]) < wanted:
        number += 1
    return ranked[:number]


def _quotas(candidates: Sequence[_Candidate], wanted: int) -> dict[str, int]:
    """How many questions each topic gets: one each, heaviest first, then the rest by weight (Webster), none more than it has."""
    quotas = {one.topic: 1 if rank < wanted else 0 for rank, one in enumerate(candidates)}
    for _ in range(wanted - sum(quotas.values())):
        open_ones = [one for one in candidates if quotas[one.topic] < one.room]
        if not open_ones:
            break
        quotas[max(open_ones, key=lambda one: one.weight / (2 * quotas[one.topic] + 1)).topic] += 1
    return quotas


def _nothing(setup: Setup) -> str:
    """Why there is nothing to ask, and what to change."""
    level = f" at the {setup.level} level" if setup.level else ""
    topics = f" on {', '.join(setup.topics)}" if setup.topics else ""
    origin = {"shipped": " in the shipped knowledge base", "own": " in your own documents", "both": ""}[setup.origin]
    return f"There is no question to ask{topics}{level}{origin}. Choose other topics, another level or other documents."
