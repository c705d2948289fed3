"""Which object a request means: the bucket and key as they were percent-encoded in the path.

The path is taken raw. A decoded one cannot say whether a slash was sent as ``/`` or ``%2F``, and decoders replace bytes
that are not UTF-8, so that two objects could be mistaken for each other.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Path
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from onlooker_shared.errors import BadRequestError

MAX_KEY_BYTES = 1024
"""Amazon S3 user guide, "Naming Amazon S3 objects": a key is at most 1,024 bytes of UTF-8."""

OBJECT_PATH = "/{bucket}/{object:path}"

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class ObjectAddress:
    """A bucket and a key in it."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, bucket: str, key: str) -> "ObjectAddress":
        """Return the address in two percent-encoded pieces of a path.

        ``+`` is a plus sign (it means a space in forms only); dots and empty segments are part of the key, as in S3.

        Raises:
            BadRequestError: an encoding is broken, or S3 would not take the key, or a control character is in it.
        """
        return cls(decode(bucket, "bucket"), _checked(decode(key, "object")))

    def __str__(self) -> str:
        return f"{self.bucket}/{self.key}"


class RawPathRoute(APIRoute):
    """A route that is matched by the raw path, so that its parameters are still percent-encoded."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the path as it was sent."""
        raw: bytes = scope["raw_path"]
        return super().matches({**scope, "path": raw.partition(b"?")[0].decode("latin-1")})


def decode(encoded: str, what: str) -> str:
    """Return percent-encoded text decoded; `what` names it in errors.

    Raises:
        BadRequestError: a percent sign stands alone, or the bytes are not UTF-8.
    """
    if _STRAY_PERCENT.search(encoded):
        raise BadRequestError(f"The {what} in the path has a '%' that starts no percent-encoding; send it as '%25'.")
    try:
        return unquote_to_bytes(encoded.encode("latin-1")).decode()
    except UnicodeDecodeError as error:
        raise BadRequestError(f"The {what} in the path is not percent-encoded UTF-8.") from error


def _checked(key: str) -> str:
    if not key:
        raise BadRequestError("The object's key is empty: the path is /v1/{bucket}/{object}.")
    size = len(key.encode())
    if size > MAX_KEY_BYTES:
        raise BadRequestError(f"The object's key has {size} bytes of UTF-8; S3 takes {MAX_KEY_BYTES} at most.")
    if any(unicodedata.category(character) == "Cc" for character in key):
        raise BadRequestError("The object's key contains a control character.")
    return key


def _address(
    bucket: Annotated[str, Path(description="The bucket's name.")],
    key: Annotated[str, Path(alias="object", description="The object's key, percent-encoded; slashes may be plain.")],
) -> ObjectAddress:
    return ObjectAddress.parse(bucket, key)


Address = Annotated[ObjectAddress, Depends(_address)]
"""A parameter of a route with `OBJECT_PATH`: the address that the request means."""
