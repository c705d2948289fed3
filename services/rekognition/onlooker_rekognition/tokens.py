"""Pagination tokens: opaque, short, and good only for the listing that gave them.

A token is the position after which the next page begins, with a digest of the listing's name (operation and
collection), in URL-safe base64. The digest is no secret: it catches tokens of other calls and mistyped ones.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

from onlooker_rekognition.protocol.errors import InvalidPaginationTokenError

_LAYOUT = struct.Struct(">8sQ")  # digest, position


def encode_token(listing: str, position: int) -> str:
    """The token for the page of `listing` that begins after `position`."""
    return base64.urlsafe_b64encode(_LAYOUT.pack(_digest(listing), position)).decode("ascii")


def decode_token(listing: str, token: str | None) -> int:
    """The position after which the page begins; 0 without a token. Raises InvalidPaginationTokenError."""
    if token is None:
        return 0
    try:
        digest, position = _LAYOUT.unpack(base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, struct.error) as error:
        raise InvalidPaginationTokenError("Invalid Token") from error
    if digest != _digest(listing) or position >= 2**63:
        raise InvalidPaginationTokenError("Invalid Token")
    return int(position)


def _digest(listing: str) -> bytes:
    return hashlib.sha256(listing.encode()).digest()[:8]
