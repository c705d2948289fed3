"""What keeps other sites out: response headers, and checks of where a request comes from."""

import hmac
from http import HTTPMethod
from urllib.parse import unquote

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onlooker_shared.errors import ForbiddenError

HOME = "/console/pictures"
"""Where somebody lands who asked for no page in particular."""
SIGN_IN = "/console/signin"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
WITHOUT_CAMERA = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
WITH_CAMERA = {"Permissions-Policy": WITHOUT_CAMERA.replace("camera=()", "camera=(self)")}
"""Headers of a page that takes pictures."""
HEADERS = {
    "Cache-Control": "private, no-store",  # pages show what only their reader may see
    "Content-Security-Policy": "; ".join(POLICY),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": WITHOUT_CAMERA,
    "Referrer-Policy": "same-origin",  # `no-referrer` would have forms send `Origin: null`
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """ASGI middleware that puts `HEADERS` on every response that has none of its own by that name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, secured if scope["type"] == "http" else send)


def check_origin(request: Request) -> None:
    """Refuse what another site's page has sent.

    Browsers say where a request comes from (Fetch Metadata; older ones the origin alone); what sends neither is no
    browser, and has no cookies to be misused.

    Raises:
        ForbiddenError: it comes from another site.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        foreign = site != "same-origin"
    else:  # the scheme is not compared: a gateway that ends TLS speaks HTTP to us
        foreign = origin is not None and origin.partition("://")[2] != request.headers.get("Host")
    if foreign:
        raise ForbiddenError("This request came from another site's page, so nothing was done.")


async def check_csrf(request: Request, expected: str) -> None:
    """Refuse what does not carry the session's token, in the header or, for a form, in its hidden field.

    Raises:
        ForbiddenError: it does not.
    """
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.headers.get("Content-Type", "").startswith(FORM_TYPES):
        form = await request.form()
        field = form.get(CSRF_FIELD)
        sent = field if isinstance(field, str) else None
    if sent is None or not hmac.compare_digest(sent.encode(), expected.encode()):
        await request.close()  # and with it the files that came in the form
        raise ForbiddenError("This page was opened before you signed in anew. Load it again, and repeat what you did.")


def is_navigation_from_elsewhere(request: Request) -> bool:
    """Whether another site's link led here, so that the browser kept the Strict cookie back."""
    return (
        request.method == HTTPMethod.GET
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    )


def local_path(wanted: str) -> str:
    """Return a page of the console to go to, as wanted; home if that is none: nobody is led to another site."""
    path = unquote(wanted.partition("?")[0])  # browsers tidy `%2e%2e` up as well
    local = path.startswith("/console/") and wanted.isprintable() and "\\" not in wanted and ".." not in path.split("/")
    return wanted if local and not path.startswith((SIGN_IN, "/console/signout", "/console/static/")) else HOME


def wanted_path(request: Request) -> str:
    """Return the path and query of the page that a request is for, or that the script which made it is on."""
    if request.url.path == SIGN_IN:
        return local_path(request.query_params.get("to", ""))
    if request.method in SAFE_METHODS and "HX-Request" not in request.headers:
        query = f"?{request.url.query}" if request.url.query else ""
        return f"{request.url.path}{query}"
    _, _, page = (request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "").partition("://")
    return local_path(f"/{page.partition('#')[0].partition('/')[2]}")
