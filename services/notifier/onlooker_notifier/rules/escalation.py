"""What happens if nobody acknowledges what a rule told."""

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.rules.targets import MOST_CHANNELS, Channel

SHORTEST, LONGEST = 10.0, 7 * 86_400.0
"""Seconds that may be waited: a week, as long as links in mails are good for, at most."""


class Escalation(BaseModel):
    """By what the same message is told once more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: float = Field(ge=SHORTEST, le=LONGEST, description="Seconds in which somebody is to acknowledge it.")
    channels: tuple[Channel, ...] = Field(min_length=1, max_length=MOST_CHANNELS)
