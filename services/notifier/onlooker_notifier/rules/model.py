"""Alert rules as data: what is told, and by which channels."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.rules.targets import Channel

Event = Literal["recognized", "failed"]

LONGEST_INTERVAL = 86_400.0
"""Seconds that a digest gathers at most: a day."""


class Rule(BaseModel):
    """What is told, by which channels, and how often at most."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule_id: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    name: str = Field(min_length=1, max_length=200)
    enabled: bool = True
    events: frozenset[Event] = Field(min_length=1, description="What happened to a picture.")
    channels: tuple[Annotated[Channel, Field(discriminator="type")], ...] = ()
    digest_interval: float = Field(
        ge=0,
        le=LONGEST_INTERVAL,
        description="Seconds from the first picture until all that came meanwhile are told in one message.",
    )
    origin: Literal["settings", "user"] = Field(
        default="user", description="`settings`: made from the notifier's settings, and anew at each start."
    )
