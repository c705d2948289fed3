"""The cookie that a signed-in browser carries: no script reads it, and only the console's own pages send it."""

from typing import Literal

from fastapi import Request
from fastapi.responses import Response

NAME = "onlooker_session"
PATH = "/console"


class Cookie:
    """Reads, sets and clears it.

    Args:
        secure: whether it goes over HTTPS only; `auto`: where the request came by it.
        lifetime: seconds.
    """

    def __init__(self, secure: Literal["auto", "always", "never"], lifetime: int) -> None:
        self._secure = secure
        self._lifetime = lifetime

    def read(self, request: Request) -> str | None:
        """Return the session's token, if there is one."""
        return request.cookies.get(NAME)

    def set(self, response: Response, request: Request, token: str) -> None:
        """Have the browser keep a session's token."""
        secure = self._is_secure(request)
        response.set_cookie(
            NAME, token, max_age=self._lifetime, path=PATH, secure=secure, httponly=True, samesite="strict"
        )

    def clear(self, response: Response, request: Request) -> None:
        """Have the browser forget it."""
        response.delete_cookie(NAME, path=PATH, secure=self._is_secure(request), httponly=True, samesite="strict")

    def _is_secure(self, request: Request) -> bool:
        return request.url.scheme == "https" if self._secure == "auto" else self._secure == "always"
