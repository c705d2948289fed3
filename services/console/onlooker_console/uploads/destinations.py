"""Where somebody may upload pictures to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_shared.keys import Principal


@dataclass(frozen=True, slots=True)
class Destination:
    """A bucket that pictures can be uploaded to."""

    name: str
    recognized: bool
    """Whether what is uploaded there goes the way of a picture; else it is only kept."""


def destinations(
    listed: Mapping[str, Any] | None, principal: Principal, pictures_bucket: str
) -> tuple[Destination, ...]:
    """Return where somebody may upload to, that for pictures first.

    Args:
        listed: what ``GET /v1/`` answers; None if it is not known: then the obvious place is tried.
        principal: the access key, which may be bound to one bucket.
        pictures_bucket: where pictures are recognized.
    """
    obvious = [principal.bucket or pictures_bucket]
    names = [each["name"] for each in listed["buckets"] if each["writable"]] if listed else obvious
    ordered = sorted(names, key=lambda name: (name != pictures_bucket, name))
    return tuple(Destination(name, recognized=name == pictures_bucket) for name in ordered)
