"""Opaque cursors for lists: what the next page starts after, as URL-safe text."""

import base64
import binascii
import json
from typing import Any

from onlooker_shared.errors import BadRequestError


def encode(position: dict[str, Any]) -> str:
    """Return a cursor for a position made of JSON values."""
    raw = json.dumps(position, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(cursor: str) -> dict[str, Any]:
    """Return the position in a cursor.

    Raises:
        BadRequestError: the text is not a cursor that was given out.
    """
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:  # brackets without end are the last
        raise BadRequestError("This cursor was not given out by Onlooker; start again without one.") from error
    if not isinstance(position, dict):
        raise BadRequestError("This cursor was not given out by Onlooker; start again without one.")
    return position
