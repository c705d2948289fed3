"""Keeps web pages of others out.

The emulator checks no signatures, so whoever can send it a request reads and writes everything. It listens on the
loopback interface only, but every page in a browser on this machine can send requests there too: by its own origin
(CORS is open), by a form, by a picture's address, or by a host name of its own that resolves to 127.0.0.1.
"""

import re
from collections.abc import Mapping

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
    if b"X-Amz-Signature=" in query and method in {"GET", "HEAD"}:
        return None  # a presigned link is meant to be given away; its signature is checked
    origin = headers.get(b"origin")
    if origin is not None:
        scheme, _, host = origin.decode("latin-1").partition("://")
        if scheme not in {"http", "https"} or not _LOOPBACK.fullmatch(host):
            return "Web pages of other sites may not use the emulator."
    elif headers.get(b"sec-fetch-site") == b"cross-site":
        return "Links and forms of other sites may not use the emulator."
    return None
