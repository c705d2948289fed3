"""What is asked for when an access key is made, and whether the one who asks may make such a key."""

import unicodedata
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from onlooker_ingest.addresses import MAX_KEY_BYTES
from onlooker_shared.errors import BadRequestError, ForbiddenError
from onlooker_shared.keys import Principal, Scope

MAX_OWNER = 200
"""Characters: it is shown on pages and in logs."""
MAX_DAYS = 3650
"""Of a key that expires."""

_REORDERING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Bidirectional classes of characters that show text in another order than it has (Unicode Standard Annex 9)."""
_BREAKING = frozenset({"Cc", "Zl", "Zp"})
"""General categories of control characters, and of what ends a line or a paragraph."""


def _on_one_line(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in _BREAKING or unicodedata.bidirectional(character) in _REORDERING:
            raise ValueError(f"It contains the control character U+{ord(character):04X}.")
    return text


def _prefix_of_keys(text: str) -> str:
    if len(text.encode()) > MAX_KEY_BYTES:
        raise ValueError(f"It has {len(text.encode())} bytes of UTF-8; no object's key has over {MAX_KEY_BYTES}.")
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("It contains a control character, which no object's key has.")
    return text


class KeyRequest(BaseModel):
    """A key as somebody wants it."""

    model_config = ConfigDict(extra="forbid")  # a misspelt `expires_at` must not make a key for ever

    owner: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_OWNER),
        AfterValidator(_on_one_line),
        Field(description="Who, or which machine, will have it: what it is known by in lists and logs."),
    ]
    scopes: Annotated[frozenset[Scope], Field(min_length=1, description="What it allows.")]
    bucket: str | None = Field(default=None, description="The only bucket that it is good for; null: every one.")
    prefix: Annotated[
        str, AfterValidator(_prefix_of_keys), Field(description="It is good only for object keys that begin so.")
    ] = ""
    expires_at: AwareDatetime | None = Field(default=None, description="When it ends; null: not by itself.")
    days: int | None = Field(default=None, ge=1, le=MAX_DAYS, description="Or: after how many days it ends.")

    @model_validator(mode="after")
    def _ends_once(self) -> "KeyRequest":
        if self.expires_at is not None and self.days is not None:
            raise ValueError("Give `expires_at` or `days`, not both.")
        return self


def expiry(request: KeyRequest, now: datetime) -> datetime | None:
    """Return when the key ends, UTC.

    Args:
        request: what is asked for.
        now: UTC.

    Raises:
        BadRequestError: that is not in the future, or too far in it.
    """
    if request.days is not None:
        return now + timedelta(days=request.days)
    if request.expires_at is None:
        return None
    left = request.expires_at - now
    if not timedelta(0) < left <= timedelta(days=MAX_DAYS):
        raise BadRequestError(
            f"expires_at must lie in the future, by {MAX_DAYS} days at most. "
            "Leave it out for a key that does not expire."
        )
    return now + left


def check_within(expires_at: datetime | None, maker: Principal) -> None:
    """Return if a key that ends then lasts no longer than the one that makes it: it could make others in its turn.

    Raises:
        ForbiddenError: it would outlive the maker's.
    """
    if maker.expires_at is not None and (expires_at is None or expires_at > maker.expires_at):
        raise ForbiddenError(
            f"This access key ends at {maker.expires_at:%Y-%m-%dT%H:%M:%SZ}: those that it makes must end no later."
        )
