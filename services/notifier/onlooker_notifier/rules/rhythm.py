"""How often a rule tells at most."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from onlooker_notifier.conditions import hours
from onlooker_notifier.conditions.values import Window

LONGEST_COOLDOWN = 7 * 86_400.0
"""Seconds: a week."""

Aspect = Literal["person", "camera", "label"]
"""What may tell apart of what was told."""


def _each_once(value: object) -> object:
    return tuple(dict.fromkeys(value)) if isinstance(value, list | tuple) else value


def _ending(window: Window) -> Window:
    if hours.longest(window) == float("inf"):
        raise ValueError("these hours never end; switch the rule off instead")
    return window


QuietHours = Annotated[Window, AfterValidator(_ending)]


class Rhythm(BaseModel):
    """How often is told at most."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cooldown: float = Field(
        default=0.0, ge=0, le=LONGEST_COOLDOWN, description="Seconds for which the same is not told again; 0: none."
    )
    per: Annotated[tuple[Aspect, ...], BeforeValidator(_each_once)] = Field(
        default=(),
        description="What makes it another one for `cooldown`: another person, another camera (the folder of the key"
        " without those of dates and numbers at its end, or the bucket), another label. Without any, whatever the rule"
        " tells of is the same.",
    )
    quiet_hours: QuietHours | None = Field(
        default=None, description="In which nothing is told: what comes meanwhile is told in one message at their end."
    )
    daily_limit: int | None = Field(
        default=None, ge=1, le=1000, description="Messages a day at most, by the clocks of the notifier's zone."
    )
    urgent: bool = Field(default=False, description="Tells also in `quiet_hours`.")

    @property
    def quiet(self) -> Window | None:
        """In which hours nothing is told."""
        return None if self.urgent else self.quiet_hours
