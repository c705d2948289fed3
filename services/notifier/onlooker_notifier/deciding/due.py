"""When what was gathered for a rule is told, and whether it is told at all then: pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.conditions.hours import stretch_at
from onlooker_notifier.deciding.verdicts import TELLS, Reason, Verdict, silent
from onlooker_notifier.rules.model import Rule


class Tally(BaseModel):
    """How many messages there were on the last day with any."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    day: date = date.min
    messages: int = 0

    def on(self, day: date) -> int:
        """Return how many there were on a day: on another one none yet."""
        return self.messages if day == self.day else 0


class Course(BaseModel):
    """What becomes of a digest. It is decided when it is begun, and stored with it: all go by it who work on it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: Reason | None = None
    """Why it is not told; None: it is."""
    until: float | None = None
    """Until when that is so, in epoch seconds."""
    remark: str = ""
    """What the message says besides."""

    @classmethod
    def of(cls, note: str) -> "Course":
        """Return the one that is stored with a digest; one from before there were any is told."""
        return cls.model_validate_json(note or "{}")


def due_at(rule: Rule, first_at: float, now: float) -> float:
    """Return when a digest is due whose first picture came at `first_at` (all epoch seconds); now, if it was before.

    In quiet hours none is: all that came is one digest when they end. A picture that came before a clock jumped back
    has waited long enough.
    """
    at = now if first_at > now + CLOCKS_DIFFER else max(first_at + rule.digest_interval, now)
    quiet = stretch_at(rule.quiet, at) if rule.quiet is not None else None
    return at if quiet is None else quiet.end


def wait(rule: Rule, first_at: float, now: float) -> float:
    """Return the seconds until a digest is due, see `due_at`; 0 if it is."""
    return due_at(rule, first_at, now) - now


def held(rule: Rule, first_at: float) -> bool:
    """Return whether a digest whose first picture came at `first_at` waits for the end of quiet hours."""
    return rule.quiet is not None and stretch_at(rule.quiet, first_at + rule.digest_interval) is not None


def still(rule: Rule | None, now: float) -> Verdict:
    """Return whether what waited for its channel is told now: meanwhile its rule may have gone, or fallen silent.

    Args:
        rule: as it is now; None: it was deleted.
        now: the time.
    """
    if rule is None:
        return Verdict(tells=False, reason="deleted")
    if (silence := silent(rule, now)) is not None:
        return silence
    quiet = stretch_at(rule.quiet, now) if rule.quiet is not None else None
    return TELLS if quiet is None else Verdict(tells=True, reason="quiet_hours", until=quiet.end)


def course(rule: Rule, first_at: float, now: float, tally: Tally, zone: ZoneInfo) -> Course:
    """Return what becomes of a digest that is due: a rule may have been switched off or muted while it waited.

    Args:
        rule: the rule.
        first_at: when its first picture came, in epoch seconds.
        now: the time.
        tally: the messages until now.
        zone: where days begin.
    """
    if (silence := silent(rule, now)) is not None:
        return Course(reason=silence.reason, until=silence.until)
    today = _day(now, zone)
    messages = tally.on(today)
    if rule.daily_limit is not None and messages >= rule.daily_limit:
        midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)
        return Course(reason="daily_limit", until=midnight.timestamp())
    last = "" if messages + 1 != rule.daily_limit else _last(rule.daily_limit)
    return Course(remark=" ".join(filter(None, (_summary(rule, first_at), last))))


def counted(tally: Tally, now: float, zone: ZoneInfo) -> Tally:
    """Return the messages with one more now."""
    today = _day(now, zone)
    return Tally(day=today, messages=tally.on(today) + 1)


def _day(moment: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(moment, zone).date()


def _last(limit: int) -> str:
    return f"This is the rule's last message today, {'its only one' if limit == 1 else f'one of {limit}'}."


def _summary(rule: Rule, first_at: float) -> str:
    """Return that a digest was held until quiet hours ended; nothing if it was not."""
    quiet = rule.quiet
    if quiet is None or not held(rule, first_at):
        return ""
    return f"Held until the end of the rule's quiet hours ({quiet.from_} to {quiet.to}, {quiet.zone})."
