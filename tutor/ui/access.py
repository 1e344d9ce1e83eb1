"""Who is at the screen, and what they may do. Without accounts everybody is whoever they say, and may do everything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from corpus.errors import UserError
from tutor.accounts import Accounts
from tutor.throttle import Throttle, TooFast
from tutor.ui.toolkit import gr

TURNS = 30  # a minute


class NotAllowed(UserError):
    """Something that only an administrator may do."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Access:
    """The rights of the learners of a Viva. `secure` says that browsers reach it over TLS only."""

    accounts: Accounts | None = None
    secure: bool = False
    clock: Callable[[], datetime] = _now
    turns: Throttle = field(default_factory=lambda: Throttle(TURNS, 60))

    def may_set(self, learner: str) -> bool:
        """Whether the settings that hold for everybody are theirs to change. Raises AccountError."""
        return self.accounts is None or any(account.name == learner and account.admin for account in self.accounts.all())

    def check_may_set(self, learner: str) -> None:
        """Raises NotAllowed where the settings are not theirs to change."""
        if not self.may_set(learner):
            raise NotAllowed("Only an administrator can change this. Ask whoever runs this Viva.")

    def take_turn(self, learner: str) -> None:
        """Counts a question or an answer. Raises TooFast, with accounts only: who is alone slows nobody else down."""
        wait_s = self.turns.take(learner, monotonic()) if self.accounts else 0.0
        if wait_s > 0:
            raise TooFast(
                f"That is more than {self.turns.limit} questions in a minute. Go on in {wait_s:.0f} seconds: others are learning here, too."
            )


def learner_of(request: gr.Request) -> str:
    """The learner that a request comes from, as the gate found out; "" is the one without a name."""
    return str(request.username or "")
