"""The small pages that links lead to: plain HTML that needs no script, in which everything foreign is escaped."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from http import HTTPStatus
from typing import NamedTuple

from fastapi.responses import HTMLResponse

STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;padding:1.5rem;font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;"
    "background:Canvas;color:CanvasText}"
    "main{max-width:34rem;margin:0 auto;overflow-wrap:anywhere}"
    "h1{font-size:1.4rem;line-height:1.3}"
    "form{margin:.75rem 0}"
    "button{font:inherit;min-height:2.75rem;padding:.5rem 1.25rem;border:1px solid currentColor;border-radius:.5rem;"
    "background:ButtonFace;color:ButtonText;cursor:pointer}"
    ".first button{background:#0b57d0;border-color:#0b57d0;color:#fff}"
    "button:focus-visible{outline:3px solid Highlight;outline-offset:2px}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address of such a page is as good as the link
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


class Action(NamedTuple):
    """Something that a page offers to do."""

    name: str
    words: str


def page(
    title: str,
    *said: str,
    actions: Sequence[Action] = (),
    status: HTTPStatus = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """Return a page.

    Args:
        title: its heading.
        said: paragraphs.
        actions: as buttons, the first one foremost.
        status: of the answer.
        headers: of it, besides those of all these pages.
    """
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in said)
    forms = "".join(
        f'<form method="post" action="?do={escape(action.name)}"{"" if place else _FIRST}>'
        f"<button>{escape(action.words)}</button></form>"
        for place, action in enumerate(actions)
    )
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Onlooker</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{paragraphs}{forms}</main></body></html>"
    )
    return HTMLResponse(html, status_code=status, headers={**HEADERS, **(headers or {})})


_FIRST = ' class="first"'
