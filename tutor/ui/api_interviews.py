"""Interviews for programs: the same calls as on the interview's page, and after each one how the interview stands."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from tutor.calls import CallRefused
from tutor.interview import Interview
from tutor.interviewing import Outline
from tutor.tutor import Tutor
from tutor.types import verdict_as_json
from tutor.ui.access import Access, learner_of
from tutor.ui.toolkit import gr
from tutor.ui.wishes import Form
from tutor.written_report import to_json, to_markdown

_OUTLINE = TypeAdapter(Outline)
Json = dict[str, object]


def interview_calls(tutor: Tutor, access: Access) -> Iterable[Callable[..., Any]]:
    """Each call by the name that programs know it by."""
    return (*_beginning(tutor, access), *_sitting(tutor, access), *_looking_back(tutor, access))


def _beginning(tutor: Tutor, access: Access) -> Iterable[Callable[..., Any]]:
    def topics(request: gr.Request) -> list[Json]:
        """What can be asked about: each topic with how many questions it has."""
        tutor.wait()
        return [{"topic": topic, "questions": questions} for topic, questions in tutor.topics(learner_of(request))]

    def plan_interview(request: gr.Request, setup: dict[str, Any] | None = None) -> Json:
        """What an interview so set up would ask about: {"plan", "missing", "notice"}. See API.md for what `setup` may hold."""
        outline = tutor.outline(_form(setup).setup(), learner_of(request))
        return dict(_OUTLINE.dump_python(outline, mode="json"))

    def begin_interview(request: gr.Request, setup: dict[str, Any] | None = None) -> Json:
        """Begins an interview and asks its first question."""
        access.take_turn(learner_of(request))
        return interview_as_json(tutor.sittings.begin(_form(setup).setup(), learner_of(request)))

    def interviews(request: gr.Request) -> list[Json]:
        """The learner's interviews, newest first."""
        return [
            {"id": one.id, "started_at": one.started_at.isoformat(), "phase": one.phase, "questions": one.questions, "score": one.score}
            for one in tutor.sittings.interviews(learner_of(request))
        ]

    def interview(id: str, request: gr.Request) -> Json:  # noqa: A002  # its name for programs
        """How an interview stands: {"id", "phase", "prompt", "questions"}. `prompt` is what waits for an answer."""
        return interview_as_json(tutor.sittings.open(id, learner_of(request)))

    return topics, plan_interview, begin_interview, interviews, interview


def _sitting(tutor: Tutor, access: Access) -> Iterable[Callable[..., Any]]:
    def answer_question(id: str, prompt: str, text: str, request: gr.Request, answer: str = "") -> Json:  # noqa: A002
        """Answers what was asked, and goes on. `answer` is an id of your own: the same one twice counts once."""
        access.take_turn(learner_of(request))
        return interview_as_json(tutor.sittings.answer(id, prompt, answer or uuid4().hex, text, learner=learner_of(request)))

    def take_hint(id: str, prompt: str, request: gr.Request, step: int = 1) -> Json:  # noqa: A002
        """Gives the hint of this step, 1 to 3, at its cost."""
        return interview_as_json(tutor.sittings.hint(id, prompt, int(step), learner_of(request)))

    def do_not_know(id: str, prompt: str, request: gr.Request) -> Json:  # noqa: A002
        """Says "I don't know", and goes on."""
        return interview_as_json(tutor.sittings.pass_(id, prompt, learner_of(request)))

    def skip_question(id: str, prompt: str, request: gr.Request) -> Json:  # noqa: A002
        """Goes on to the next question; this one is not judged."""
        return interview_as_json(tutor.sittings.skip(id, prompt, learner_of(request)))

    def pause_interview(id: str, request: gr.Request) -> Json:  # noqa: A002
        """Stops the clock."""
        return interview_as_json(tutor.sittings.pause(id, learner_of(request)))

    def resume_interview(id: str, request: gr.Request) -> Json:  # noqa: A002
        """Lets the clock run again."""
        return interview_as_json(tutor.sittings.resume(id, learner_of(request)))

    def end_interview(id: str, request: gr.Request) -> Json:  # noqa: A002
        """Ends an interview early."""
        return interview_as_json(tutor.sittings.end(id, learner_of(request)))

    return answer_question, take_hint, do_not_know, skip_question, pause_interview, resume_interview, end_interview


def _looking_back(tutor: Tutor, access: Access) -> Iterable[Callable[..., Any]]:
    def report(id: str, request: gr.Request, form: str = "markdown") -> str:  # noqa: A002
        """The report on an interview, when all of it is judged or ten seconds later, as `markdown` or `json`."""
        learner = learner_of(request)
        tutor.sittings.wait(id, learner)
        found = tutor.report(id, learner)
        if form not in {"markdown", "json"}:
            raise CallRefused(f"A report cannot be {form!r} here. Choose markdown or json.")
        return to_json(found) if form == "json" else to_markdown(found)

    def judge_again(id: str, turn: str, request: gr.Request) -> Json:  # noqa: A002
        """Has a question judged again that could not be judged."""
        return interview_as_json(tutor.sittings.judge_again(id, turn, learner_of(request)))

    def ask_again(id: str, turn: str, request: gr.Request) -> Json:  # noqa: A002
        """Notes that the learner wants to be asked this question again."""
        return interview_as_json(tutor.sittings.ask_again(id, turn, learner_of(request)))

    def rehearse(id: str, turn: str, text: str, request: gr.Request, seconds: int = 60) -> Json:  # noqa: A002
        """What a 30-, 60- or 180-second version of an answer covers: {"advice"}. Nothing of it is kept."""
        access.take_turn(learner_of(request))
        return {"advice": list(tutor.rehearse(id, turn, text, int(seconds), learner_of(request)).advice)}

    def delete_interview(id: str, request: gr.Request) -> None:  # noqa: A002
        """Deletes an interview for good."""
        tutor.sittings.delete(id, learner_of(request))

    return report, judge_again, ask_again, rehearse, delete_interview


def interview_as_json(interview: Interview) -> Json:
    """How an interview stands. The verdict on a question is there once it is judged, None until then."""
    prompt = interview.prompt
    return {
        "id": interview.id,
        "phase": interview.phase,
        "ending": interview.ending,
        "prompt": {"id": prompt.id, "kind": prompt.kind, "text": prompt.text} if prompt else None,
        "questions": [
            {
                "turn": turn.id,
                "item": turn.item,
                "topic": turn.topic,
                "reason": turn.reason,
                "outcome": turn.outcome,
                "said": [{"kind": one.kind, "text": one.text, "answer": one.answer.text if one.answer else None} for one in turn.prompts],
                "hints": list(turn.hints),
                "score": turn.score,
                "verdict": verdict_as_json(turn.verdict) if turn.verdict and turn.outcome != "open" else None,
                "problem": turn.problem,
            }
            for turn in interview.turns
        ],
    }


def _form(setup: dict[str, Any] | None) -> Form:
    try:
        return Form.model_validate(setup or {})
    except ValidationError as error:
        first = error.errors()[0]
        raise CallRefused(
            f"That is no set-up: {'.'.join(map(str, first['loc']))}: {first['msg']}. API.md says what it may hold."
        ) from error
