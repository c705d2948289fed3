"""What a trial answers: what becomes of each picture, and which messages would have been sent."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.conditions.facts import Happening
from onlooker_notifier.deciding.verdicts import Reason
from onlooker_notifier.trials.replay import Occasion


class WhyNot(BaseModel):
    """Why a rule does not tell of a picture."""

    model_config = ConfigDict(frozen=True)

    place: str = Field(description="The part of the rule that says so, as in `when.all[1].label`, `cooldown`.")
    reason: str
    known: bool = Field(description="False: what was asked about was not looked for in this picture.")


class TriedPicture(BaseModel):
    """What a rule makes of one picture."""

    model_config = ConfigDict(frozen=True)

    image_id: str
    bucket: str
    key: str
    event: Happening
    uploaded_at: datetime
    matches: bool = Field(description="Whether the rule is about it, be it told or not.")
    tells: bool = Field(description="Whether it is told, at once or later.")
    why_not: WhyNot | None = Field(description="Why it is not.")
    message: int | None = Field(description="The number of the message that tells of it.")
    reason: Reason | None = Field(
        description="Of a picture that matches: why it is not told, or, with `message`, not at once."
    )
    until: datetime | None = Field(description="Until when `reason` holds, with the offset of `zone`.")
    about: tuple[str, ...] = Field(description="What was told shortly before, by the rule's `per`.")
    persons: tuple[str, ...] = Field(description="Of the faces that match: who they are, sorted.")
    faces: tuple[int, ...] = Field(description="That match: their numbers in the recognition, from 0.")
    labels: tuple[str, ...] = Field(description="That match, sorted.")
    texts: tuple[str, ...] = Field(description="Lines that match, sorted.")


class TriedMessage(BaseModel):
    """A message that would have been sent."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(description="From 1, in the order of time.")
    at: datetime = Field(description="When, with the offset of `zone`.")
    occasion: Occasion = Field(
        description="Why then: `at_once`, at the end of the `interval`, or at the end of `quiet_hours`."
    )
    subject: str
    remark: str = Field(description="What it says besides: that it was held, that it is the last one of the day.")
    pictures: int
    image_ids: tuple[str, ...]
    waiting: bool = Field(description="It would not be sent yet: more pictures may join it.")


class TriedAbsence(BaseModel):
    """A time for which no picture came that was waited for."""

    model_config = ConfigDict(frozen=True)

    since: datetime = Field(description="The last such picture, the hours in which is looked, or the oldest picture.")
    told_at: datetime = Field(description="When it would have been told.")


class Trial(BaseModel):
    """What a rule would have told, if it had told nothing before the oldest of these pictures."""

    model_config = ConfigDict(frozen=True)

    pictures: tuple[TriedPicture, ...] = Field(description="Newest first.")
    matching: int = Field(description="How many of them it is about.")
    told: int = Field(description="How many of them it tells of.")
    sent: int = Field(description="In how many messages.")
    messages: tuple[TriedMessage, ...] = Field(description="The last hundred of these, oldest first.")
    absences: tuple[TriedAbsence, ...] = Field(
        default=(),
        description="What a rule about an absence would have told since the oldest of these pictures, oldest first; a"
        " hundred at most.",
    )
    channels: int = Field(description="By how many channels; by none nobody would hear of it.")
    enabled: bool = Field(description="Whether the rule is; it was tried as if it were.")
    muted_until: datetime | None = Field(description="Until when it is muted; it was tried as if it were not.")
    zone: str = Field(description="The readers' time zone, by which days begin for `daily_limit`, too.")
    complete: bool = Field(description="False: there are so many pictures that newer ones may be missing here.")
