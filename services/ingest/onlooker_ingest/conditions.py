"""Conditional requests (RFC 9110, section 13), judged here because emulators and S3 differ in the finer points.

Precedence as in section 13.2.2; If-Match compares strongly, If-None-Match weakly (8.8.3.2); dates have whole seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum


class Verdict(Enum):
    """What a condition says about a request; of one that changes something, `NOT_MODIFIED` is a failure too."""

    PROCEED = "proceed"
    NOT_MODIFIED = "not modified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditional headers of a request; None where one is absent or to be ignored."""

    if_match: str | None
    if_none_match: str | None
    if_modified_since: datetime | None
    if_unmodified_since: datetime | None
    if_range: str | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Conditions":
        """Return the conditions among a request's headers (names in lower case)."""
        return cls(
            if_match=headers.get("if-match"),
            if_none_match=headers.get("if-none-match"),
            if_modified_since=_date(headers.get("if-modified-since")),
            if_unmodified_since=_date(headers.get("if-unmodified-since")),
            if_range=headers.get("if-range") if "range" in headers else None,
        )

    def __bool__(self) -> bool:
        return any(
            condition is not None
            for condition in (
                self.if_match,
                self.if_none_match,
                self.if_modified_since,
                self.if_unmodified_since,
                self.if_range,
            )
        )

    @classmethod
    def of_change(cls, headers: Mapping[str, str]) -> "Conditions":
        """Return the conditions of a request that changes something: dates and ranges that mean reading are no part."""
        return replace(cls.of(headers), if_modified_since=None, if_range=None)

    @property
    def binds(self) -> bool:
        """Whether only the very version that was judged may be sent."""
        return self.if_match is not None or self.if_unmodified_since is not None or self.if_range is not None

    def judge(self, etag: str, last_modified: datetime) -> Verdict:
        """Return whether an object with this ETag (quoted) and time is to be sent."""
        if self.if_match is not None:
            if not _lists(self.if_match, etag):
                return Verdict.FAILED
        elif self.if_unmodified_since is not None and last_modified > self.if_unmodified_since:
            return Verdict.FAILED
        if self.if_none_match is not None:
            if _lists(self.if_none_match, etag, weakly=True):
                return Verdict.NOT_MODIFIED
        elif self.if_modified_since is not None and last_modified <= self.if_modified_since:
            return Verdict.NOT_MODIFIED
        return Verdict.PROCEED

    def range_holds(self, etag: str, last_modified: datetime) -> bool:
        """Whether the Range header is to be honoured (13.1.5): there is no If-Range, or it names this very version."""
        if self.if_range is None:
            return True
        if self.if_range.startswith('"'):
            return self.if_range == etag
        return _date(self.if_range) == last_modified


def _lists(header: str, etag: str, *, weakly: bool = False) -> bool:
    if header.strip() == "*":
        return True
    listed = [tag.strip() for tag in header.split(",")]
    if weakly:
        listed = [tag.removeprefix("W/") for tag in listed]
    return etag in listed


def _date(text: str | None) -> datetime | None:
    """Return an HTTP date; None for what is none, which is to be ignored (13.1.3)."""
    if text is None:
        return None
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
