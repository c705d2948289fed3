"""A word that the next page says, after a form led to it: in a cookie, which that page forgets."""

from urllib.parse import quote, unquote

from fastapi import Request
from starlette.responses import Response

COOKIE = "onlooker_told"
LONGEST = 200
"""Characters."""
SECONDS = 60
"""After which nobody waits for it any more."""


def tell(response: Response, request: Request, text: str) -> None:
    """Have the page that a response leads to say something."""
    shortened = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    response.set_cookie(
        COOKIE,
        quote(shortened),
        max_age=SECONDS,
        path="/console",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def told(request: Request) -> str:
    """Return what a page is to say; empty if nothing."""
    return unquote(request.cookies.get(COOKIE, ""))[: 2 * LONGEST]


def forget(response: Response) -> None:
    """Have the browser forget what a page has said."""
    response.delete_cookie(COOKIE, path="/console", httponly=True, samesite="strict")
