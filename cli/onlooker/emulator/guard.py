"""Keeps web pages of others out.

The emulator checks no signatures, so whoever can send it a request reads and writes everything. It listens on the
loopback interface only, but every page in a browser on this machine can send requests there too: by its own origin
(CORS is open), by a form, by a picture's address, or by a host name of its own that resolves to 127.0.0.1.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

_LOOPBACK = re.compile(r"(127\.0\.0\.1|\[::1\]|([a-z0-9.-]+\.)?localhost)(:\d+)?", re.IGNORECASE)
_ADMINISTRATION = ("/_ministack/", "/_localstack/", "/_aws/")


def refusal(method: str, path: str, query: bytes, headers: Mapping[bytes, bytes]) -> str | None:
    """Return why a request is not let in, None if it is. Header names are in lower case."""
    if not _LOOPBACK.fullmatch(headers.get(b"host", b"").decode("latin-1")):
        return (
            "The emulator answers only to the names of this machine itself: use http://127.0.0.1 or http://localhost."
        )
    if path.startswith(_ADMINISTRATION) and method != "GET":
        return "Resetting and reconfiguring are switched off: this emulator keeps real data."
    origin = headers.get(b"origin")
    if origin is not None:
        scheme, _, host = origin.decode("latin-1").partition("://")
        if scheme not in {"http", "https"} or not _LOOPBACK.fullmatch(host):
            return "Web pages of other sites may not use the emulator."
    elif headers.get(b"sec-fetch-site") == b"cross-site" and not _is_link_to_an_object(method, path, query):
        return "Links and forms of other sites may not use the emulator."
    return None


def _is_link_to_an_object(method: str, path: str, query: bytes) -> bool:
    """Whether it is a presigned link, which is meant to be given away: to be followed, or shown in another's page.

    Such a page cannot read what it shows. A script could, but has an origin, and is kept out with a signature too: the
    keys that sign are no secret. `Action` is the query API of the other services, which receives, sends and deletes.
    """
    asked = parse_qs(query.decode("latin-1"))
    return (
        method in {"GET", "HEAD"}
        and not path.startswith(_ADMINISTRATION)
        and "X-Amz-Signature" in asked
        and "Action" not in asked
    )
