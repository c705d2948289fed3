"""How often a rule tells at most."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

LONGEST_COOLDOWN = 7 * 86_400.0
"""Seconds: a week."""

Aspect = Literal["person", "camera", "label"]
"""What may tell apart of what was told."""


def _each_once(value: object) -> object:
    return tuple(dict.fromkeys(value)) if isinstance(value, list | tuple) else value


class Rhythm(BaseModel):
    """How often is told at most."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cooldown: float = Field(
        default=0.0, ge=0, le=LONGEST_COOLDOWN, description="Seconds for which the same is not told again; 0: none."
    )
    per: Annotated[tuple[Aspect, ...], BeforeValidator(_each_once)] = Field(
        default=(),
        description="What makes it another one for `cooldown`: another person, another camera (the bucket and the first"
        " folder of the key), another label. Without any, whatever the rule tells of is the same.",
    )
