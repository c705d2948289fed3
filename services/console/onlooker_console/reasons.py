"""Why somebody looks at people: said once a session, and sent along with what is asked of the recognizer.

It is kept in a cookie, and holds for the session alone in which it was said: the next one at the same browser is
somebody else's, or for something else.
"""

import base64
import hmac
import time

from fastapi import Request
from starlette.responses import Response

from onlooker_console.sessions import Session

COOKIE, PATH = "onlooker_reason", "/console"
LONGEST = 200
"""Characters: also of the widest ones, encoded, so many fit into a cookie."""


def said(text: str) -> str:
    """Return what somebody has written as it is kept: in one line, and not too long; empty if it says nothing."""
    readable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(readable.split())[:LONGEST].rstrip()


def reason_of(request: Request, session: Session) -> str:
    """Return why somebody looks at people; empty if they did not say it in this session."""
    seal, _, encoded = request.cookies.get(COOKIE, "").partition(".")
    try:
        text = base64.urlsafe_b64decode(encoded).decode()
    except ValueError:
        return ""
    return said(text) if hmac.compare_digest(seal.encode(), _seal(session, encoded).encode()) else ""


def keep(response: Response, request: Request, session: Session, reason: str) -> None:
    """Have the browser keep a reason as long as the session lasts; or none, if it is empty."""
    if not reason:
        forget(response)
        return
    encoded = base64.urlsafe_b64encode(reason.encode()).decode()
    response.set_cookie(
        COOKIE,
        f"{_seal(session, encoded)}.{encoded}",
        max_age=int(session.ends_at - time.time()),
        path=PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def forget(response: Response) -> None:
    """Have the browser forget it."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")


def _seal(session: Session, encoded: str) -> str:
    return hmac.digest(session.token.encode(), b"onlooker reason" + encoded.encode(), "sha256").hex()
