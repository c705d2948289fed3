"""Alert rules as data: of which pictures is told, by which channels, and how often."""

from datetime import datetime
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from onlooker_notifier.conditions.answers import YES, Answer, Why
from onlooker_notifier.conditions.contradictions import contradictions
from onlooker_notifier.conditions.facts import Event, Facts
from onlooker_notifier.conditions.language import Condition, bounded
from onlooker_notifier.conditions.matching import ROOT, Check, ready
from onlooker_notifier.conditions.watches import Watch, misplaced, watch_of
from onlooker_notifier.rules.escalation import Escalation
from onlooker_notifier.rules.rhythm import Rhythm
from onlooker_notifier.rules.targets import MOST_CHANNELS, Channel
from onlooker_notifier.templates.rendering import BodyTemplate, SubjectTemplate

LONGEST_INTERVAL = 86_400.0
"""Seconds that a digest gathers at most: a day."""
DEFAULT_INTERVAL = 60.0
RULE_ID_PATTERN = r"^[a-z0-9-]{1,64}$"
RECOGNIZED: frozenset[Event] = frozenset({"recognized"})

RuleId = Annotated[str, Field(pattern=RULE_ID_PATTERN)]


def _placed(condition: Condition) -> Condition:
    if words := misplaced(condition, ROOT):
        raise ValueError(words)
    return condition


When = Annotated[Condition, BeforeValidator(bounded), AfterValidator(_placed)]


def _possible(condition: Condition) -> Condition:
    watch = watch_of(condition, ROOT)
    if watch is None:
        found = contradictions(condition, ROOT)
    else:
        found = contradictions(watch.of, f"{watch.place}.of") if watch.of is not None else []
    if found:
        raise ValueError("; ".join(map(str, found)))
    return condition


class Told(Rhythm):
    """What is told, by which channels, and how often at most."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(min_length=1, max_length=200)
    enabled: bool = True
    when: When | None = Field(default=None, description="What a picture must be like. None: each one of `events`.")
    events: Annotated[frozenset[Event], PlainSerializer(sorted, return_type=list[Event])] = Field(
        default=RECOGNIZED, min_length=1, description="What happened to a picture, where there is no `when`."
    )
    channels: tuple[Channel, ...] = ()
    digest_interval: float = Field(
        default=DEFAULT_INTERVAL,
        ge=0,
        le=LONGEST_INTERVAL,
        description="Seconds from the first picture until all that came meanwhile are told in one message.",
    )
    subject: str | None = Field(default=None, description="A template of messages' subject. None: Onlooker's words.")
    body: str | None = Field(default=None, description="Likewise of their text.")
    escalation: Escalation | None = Field(
        default=None, description="By what is told once more if nobody acknowledges a message in time."
    )

    @property
    def all_channels(self) -> tuple[Channel, ...]:
        """By what is told, at once or later."""
        return (*self.channels, *(self.escalation.channels if self.escalation else ()))


class RuleDraft(Told):
    """A rule as somebody writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: Annotated[When, AfterValidator(_possible)] | None = Field(
        default=None, description="What a picture must be like. None: each one of `events`."
    )
    channels: tuple[Channel, ...] = Field(
        default=(), max_length=MOST_CHANNELS, description="By what is told; without any nothing is."
    )
    subject: SubjectTemplate | None = Field(
        default=None, description="A template of messages' subject. None: Onlooker's words."
    )
    body: BodyTemplate | None = Field(default=None, description="Likewise of their text.")

    @model_validator(mode="after")
    def _says_once_of_what(self) -> Self:
        if self.when is not None and "events" in self.model_fields_set and self.events != RECOGNIZED:
            raise ValueError("`when` says of what is told: leave `events` out; `failed` is a condition, too")
        return self


class Rule(Told):
    """A rule as it is kept, and shown."""

    rule_id: RuleId
    origin: Literal["settings", "user"] = Field(
        default="user", description="`settings`: made from the notifier's settings, and anew at each start."
    )
    version: int = Field(default=1, ge=1, description="Grows with each change; the ETag.")
    muted_until: AwareDatetime | None = Field(
        default=None,
        description="Until when it tells nobody, see `/alerts/rules/{rule_id}/mute`; null: it is not muted.",
    )

    @cached_property
    def watch(self) -> Watch | None:
        """What it looks at by the clock; None: it is about pictures."""
        return watch_of(self.when, ROOT)

    @cached_property
    def _check(self) -> Check | None:
        if self.watch is not None:
            return None if self.watch.of is None else ready(self.watch.of, f"{self.watch.place}.of")
        return None if self.when is None else ready(self.when)

    @property
    def awaited(self) -> str | None:
        """What a picture is like whose absence it tells of, in words; None: like anything."""
        return self._check.title if self._check is not None else None

    def awaits(self, facts: Facts) -> Answer:
        """Return whether a picture is one whose absence it tells of."""
        return self._check.check(facts) if self._check is not None else YES

    def asked(self, facts: Facts) -> Answer:
        """Return whether a picture is one of those that it tells of, be it enabled or not."""
        if self.watch is not None:
            return YES if facts.event == self.watch.kind else Answer(False, Why(self.watch.place, _no_picture))
        if self._check is not None:
            return self._check.check(facts)
        return YES if facts.event in self.events else Answer(False, Why("events", _other_event))


def _no_picture(_facts: Facts) -> str:
    return "no picture is told of: this is looked after by the clock"


def _other_event(facts: Facts) -> str:
    return "it was recognized" if facts.event == "recognized" else "it could not be recognized"


def kept(draft: RuleDraft, rule_id: str, version: int, muted_until: datetime | None = None) -> Rule:
    """Return a rule as it is kept."""
    return Rule(
        rule_id=rule_id,
        version=version,
        muted_until=muted_until,
        **{name: getattr(draft, name) for name in Told.model_fields},
    )


def draft_of(rule: Rule) -> RuleDraft:
    """Return what somebody would have written for a rule to be as it is."""
    return RuleDraft.model_construct(**{name: getattr(rule, name) for name in Told.model_fields})
