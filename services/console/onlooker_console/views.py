"""Turns templates into responses; what every page shows comes from here."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from onlooker_console.formats import FILTERS
from onlooker_console.navigation import PLACES
from onlooker_console.security import CSRF_FIELD, wanted_path
from onlooker_console.settings import ConsoleSettings
from onlooker_console.statics import Assets
from onlooker_console.told import forget, told

TEMPLATES = Path(__file__).parent / "templates"
THEME_COOKIE = "onlooker_theme"
TOASTS = 'id="toasts"'
"""Where a page, but no fragment, says what it is told to."""
THEMES = ("auto", "light", "dark")


class Views:
    """The console's templates."""

    def __init__(self, settings: ConsoleSettings, assets: Assets) -> None:
        self.settings = settings
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(FILTERS)
        self._environment.globals.update(
            asset=assets.url, has_asset=assets.has, places=PLACES, csrf_field=CSRF_FIELD, settings=settings
        )

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """Return a page or, with a template that extends no layout, a fragment.

        Args:
            request: what is answered.
            template: in `templates/`; its name without the ending is also that of the page's script and style.
            status: the HTTP status.
            headers: extra response headers.
            context: what the template names, besides `user` (None: nobody is signed in), `theme`, `path`, and
                `address`: the path with its query, of the page where a script asks.
        """
        theme = request.cookies.get(THEME_COOKIE, THEMES[0])
        text = self.fragment(
            template,
            user=getattr(request.state, "caller", None),
            theme=theme if theme in THEMES else THEMES[0],
            path=request.url.path,
            address=wanted_path(request),
            page=template.removesuffix(".html"),
            told=told(request),
            **context,
        )
        response = HTMLResponse(text, status_code=status, headers=dict(headers or {}))
        if told(request) and TOASTS in text:
            forget(response)
        return response

    def fragment(self, template: str, **context: Any) -> str:
        """Return what a template makes of its context alone: for what no request asks for, such as live events."""
        return self._environment.get_template(template).render(**context)
