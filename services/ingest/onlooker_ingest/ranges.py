"""The Range header (RFC 9110, section 14), reduced to what S3 can serve: one range of bytes."""

import re

_SINGLE = re.compile(
    r"bytes=\s*(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<suffix>\d{1,18}))\s*", re.IGNORECASE | re.ASCII
)


def single(header: str | None) -> str | None:
    """Return a Range header with one range of bytes as S3 takes it, or None if the whole object is to be sent.

    The whole is what RFC 9110 asks for where the header is malformed (14.2: ignore it), and what it allows where
    several ranges are asked for (14.2: a server may ignore the header at any time).
    """
    match = _SINGLE.fullmatch(header.strip()) if header else None
    if match is None:
        return None
    if match["suffix"] is not None:
        return f"bytes=-{int(match['suffix'])}"
    first = int(match["first"])
    if not match["last"]:
        return f"bytes={first}-"
    last = int(match["last"])
    return f"bytes={first}-{last}" if last >= first else None
