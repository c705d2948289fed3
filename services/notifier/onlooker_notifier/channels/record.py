"""A channel as it is stored, asked for, and shown: its secret is never shown again."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.channels import retries
from onlooker_notifier.channels.fuse import Fuse
from onlooker_notifier.channels.kinds import AnySettings
from onlooker_notifier.secrets.sealing import Sealed

Keep = Annotated[
    float,
    Field(
        ge=0,
        le=retries.LONGEST_KEEP,
        description="Seconds that a message waits for a channel that does not take it, under the policy `catch_up`.",
    ),
]
Policy = Annotated[
    retries.Policy,
    Field(description="`expire`: what is older than five minutes when the channel takes messages again is not sent."),
]


class ChannelInput(BaseModel):
    """A channel as somebody wants it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=200)
    settings: AnySettings
    secret: str | None = Field(
        default=None,
        min_length=1,
        max_length=4096,
        description="A password, a signing secret, or a chat service's URL; left out, the one that there is stays.",
        repr=False,
    )
    policy: Policy = "catch_up"
    keep: Keep = retries.KEEP


class ChannelRecord(BaseModel):
    """A channel as it is stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel_id: str
    name: str
    settings: AnySettings
    policy: retries.Policy = "catch_up"
    keep: float = retries.KEEP
    sealed: Sealed | None = None
    version: int = 1
    created_at: datetime
    changed_at: datetime


class FuseView(BaseModel):
    """Whether a channel is left alone because it keeps failing."""

    model_config = ConfigDict(frozen=True)

    state: Literal["closed", "open", "half-open"]
    failures: int = Field(description="In a row.")
    failing_since: float | None = Field(description="Epoch seconds; null while it works.")
    open_until: float | None = Field(description="Epoch seconds of the next try; null while it is closed.")
    reason: str = Field(description="What happened last.")

    @classmethod
    def of(cls, fuse: Fuse, now: float) -> "FuseView":
        """Return a fuse as it is shown."""
        return cls(
            state=fuse.state(now),
            failures=fuse.failures,
            failing_since=fuse.since,
            open_until=fuse.until,
            reason=fuse.reason,
        )


class ChannelView(BaseModel):
    """A channel as it is shown."""

    model_config = ConfigDict(frozen=True)

    channel_id: str
    name: str
    type: str
    settings: AnySettings
    secret: Literal["set", "none"]
    policy: retries.Policy
    keep: float
    version: int
    created_at: datetime
    changed_at: datetime
    fuse: FuseView
    signing_secret: str | None = Field(
        default=None, description="Of a webhook that was just made without one: it is shown this once."
    )

    @classmethod
    def of(cls, record: ChannelRecord, fuse: Fuse, now: float, signing_secret: str | None = None) -> "ChannelView":
        """Return a channel as it is shown."""
        return cls(
            **record.model_dump(exclude={"settings", "sealed"}),
            type=record.settings.type,
            settings=record.settings,
            secret="none" if record.sealed is None else "set",
            fuse=FuseView.of(fuse, now),
            signing_secret=signing_secret,
        )
