"""What becomes of pictures that come one after the other, by the decisions that are made when pictures come. Pure.

Nothing is decided here: `verdicts.decide` says what is told, `due` when and whether it is sent. This only has time
pass between them, as the table of notices and the worker do when it passes of itself.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from onlooker_notifier.deciding import due
from onlooker_notifier.deciding.due import Tally
from onlooker_notifier.deciding.keys import Key
from onlooker_notifier.deciding.verdicts import Reason, Verdict, decide
from onlooker_notifier.rules.model import Rule

Occasion = Literal["at_once", "interval", "quiet_hours"]
"""Why a message is sent when it is: at once, at the end of the interval, or at the end of quiet hours."""


@dataclass(frozen=True, slots=True)
class Came:
    """A picture that the rule is about."""

    at: float
    """When, in epoch seconds."""
    keys: tuple[Key, ...]
    """What the rule would tell of by it, see `keys_of`."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a picture."""

    message: int | None
    """The number of the message that tells of it; None: it is not told."""
    reason: Reason | None = None
    """Why it is not told, or not at once."""
    until: float | None = None
    """Until when that is so, in epoch seconds."""
    about: tuple[str, ...] = ()
    """What was told before, in words."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message."""

    number: int
    """From 1, in the order of time."""
    at: float
    """When it is sent, in epoch seconds."""
    occasion: Occasion
    remark: str
    """What it says besides."""
    places: tuple[int, ...]
    """Of its pictures, among those that came."""


def replay(rule: Rule, came: Sequence[Came], *, limit: int, zone: ZoneInfo) -> tuple[list[Fate], list[Sent]]:
    """Return what becomes of each picture, and the messages, as if the rule were switched on and not muted.

    Args:
        rule: the rule. It told of nothing before the first picture.
        came: the pictures, in the order of time.
        limit: pictures in one message at most.
        zone: where a day begins for rules that may send so many messages a day.
    """
    passing = _Passing(rule.model_copy(update={"enabled": True, "muted_until": None}), came, limit, zone)
    for place in range(len(came)):
        passing.come(place)
    passing.flush(float("inf"))
    return [passing.fates[place] for place in range(len(came))], passing.sent


class _Passing:
    """The time that passes: what the table of notices has of a rule, and what its worker does."""

    def __init__(self, rule: Rule, came: Sequence[Came], limit: int, zone: ZoneInfo) -> None:
        self.fates: dict[int, Fate] = {}
        self.sent: list[Sent] = []
        self._rule = rule
        self._came = came
        self._limit = limit
        self._zone = zone
        self._told_at: dict[str, float] = {}
        self._pending: deque[tuple[int, Verdict]] = deque()
        self._flushed_at = float("-inf")
        self._tally = Tally()

    def come(self, place: int) -> None:
        """Decide of a picture when it comes."""
        picture = self._came[place]
        self.flush(picture.at)
        verdict = decide(self._rule, picture.keys, self._told_at, picture.at)
        if verdict.tells:
            self._told_at |= {key.key_id: picture.at for key in verdict.keys}
            self._pending.append((place, verdict))
        else:
            self.fates[place] = Fate(None, verdict.reason, verdict.until, verdict.about)

    def flush(self, before: float) -> None:
        """Send what is due before a moment."""
        while self._pending:
            first_at = self._came[self._pending[0][0]].at
            at = due.due_at(self._rule, first_at, max(first_at, self._flushed_at))
            if at >= before:
                return
            self._begin(first_at, at)

    def _begin(self, first_at: float, at: float) -> None:
        digest = [self._pending.popleft() for _ in range(min(self._limit, len(self._pending)))]
        course = due.course(self._rule, first_at, at, self._tally, self._zone)
        self._flushed_at = at
        if course.reason is not None:
            self.fates |= {place: Fate(None, course.reason, course.until) for place, _ in digest}
            return
        self._tally = due.counted(self._tally, at, self._zone)
        held, number = due.held(self._rule, first_at), len(self.sent) + 1
        self.sent.append(
            Sent(number, at, self._occasion(held=held), course.remark, tuple(place for place, _ in digest))
        )
        for place, verdict in digest:
            waits = held and verdict.reason is not None  # where not, it only joined those that do
            self.fates[place] = Fate(number, verdict.reason, verdict.until) if waits else Fate(number)

    def _occasion(self, *, held: bool) -> Occasion:
        if held:
            return "quiet_hours"
        return "interval" if self._rule.digest_interval else "at_once"
