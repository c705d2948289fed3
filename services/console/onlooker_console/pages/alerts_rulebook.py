"""All rules as one document: shown, to be kept with other files, and taken from one, which first says what changes."""

import asyncio
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic_core import from_json
from starlette.datastructures import FormData, UploadFile

from onlooker_console.alerts import asking
from onlooker_console.alerts.books import Plan, faults, plan
from onlooker_console.apis import Api, RefusedError, attempt
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.told import tell
from onlooker_console.views import Views
from onlooker_shared.errors import BadRequestError

API = "/alerts/rules.yaml"
WRITE = "alerts:write"
YAML = "application/yaml"
LARGEST = 1_000_000
"""Bytes of a document that the notifier takes."""
LARGEST_FORM = 3 * LARGEST + 65_536
"""Bytes of a form with one: most of its bytes may be written as three."""
CHANGED = "Somebody changed the rules since this was looked at. Look again at what would change, then decide."


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/alerts")

    @router.get("/rules.yaml")
    async def download(caller: SignedIn) -> Response:
        """Return the document, as a file."""
        text, _ = await _document(caller.api)
        return Response(text, media_type=YAML, headers={"Content-Disposition": 'attachment; filename="rules.yaml"'})

    @router.get("/rulebook")
    async def show(request: Request, caller: SignedIn) -> Response:
        """Show the document, and ask for another one."""
        return await _page(views, request, caller)

    @router.post("/rulebook", max_body_size=LARGEST_FORM)
    async def receive(request: Request, caller: SignedIn) -> Response:
        """Say what would change by a document; once somebody is sure, have the rules be so."""
        asking.check(caller.may(WRITE))
        async with request.form() as form:
            document, etag = await _given(form), form.get("etag")
        try:
            if isinstance(etag, str) and etag:
                return await _imported(request, caller, document, etag)
            planned, seen = await _planned(caller.api, document)
            return await _page(views, request, caller, document=document, planned=planned, etag=seen)
        except RefusedError as refusal:
            stale = refusal.status == HTTPStatus.PRECONDITION_FAILED
            troubles = [CHANGED] if stale else faults(refusal.answer, refusal.detail)
            return await _page(views, request, caller, document=document, troubles=troubles, status=refusal.status)

    return router


async def _page(
    views: Views,
    request: Request,
    caller: Caller,
    *,
    document: str = "",
    planned: Plan | None = None,
    etag: str = "",
    troubles: list[str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    found = await attempt(_document(caller.api))
    return views.page(
        request,
        "alerts_rulebook.html",
        status=status,
        error=found.error,
        text=found.value[0] if found.value else "",
        etag=etag,
        document=document,
        planned=planned,
        troubles=troubles or (),
    )


async def _document(api: Api) -> tuple[str, str]:
    """Return all rules as a document, and its ETag."""
    async with api.stream("GET", API) as answer:
        return (await answer.aread()).decode(), answer.headers["ETag"]


async def _planned(api: Api, document: str) -> tuple[Plan, str]:
    """Return what would change by a document, and the ETag of the rules of which that is so."""
    (_, etag), rules = await asyncio.gather(_document(api), api.get("/alerts/rules"))
    return plan(await _put(api, document, dry_run=True, etag=etag), rules), etag


async def _imported(request: Request, caller: Caller, document: str, etag: str) -> Response:
    """Have the rules be those of a document, if they are still those that were looked at."""
    made = plan(await _put(caller.api, document, dry_run=False, etag=etag), ())
    response = RedirectResponse("/console/alerts/rules", status_code=HTTPStatus.SEE_OTHER)
    tell(response, request, made.words)
    return response


async def _put(api: Api, document: str, *, dry_run: bool, etag: str = "") -> Any:
    async def body() -> Any:
        yield document.encode()

    headers = {"Content-Type": YAML} | ({"If-Match": etag} if etag else {})
    parameters = {"dry_run": "true" if dry_run else "false"}
    async with api.stream("PUT", API, parameters=parameters, headers=headers, content=body()) as answer:
        return from_json(await answer.aread())


async def _given(form: FormData) -> str:
    """Return the document that was sent: as a file, or as a text.

    Raises:
        BadRequestError: there is none, or it is no text.
    """
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        try:
            return (await file.read(LARGEST + 1)).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadRequestError("This file is no text in UTF-8.") from error
    text = form.get("document")
    if not isinstance(text, str) or not text.strip():
        raise BadRequestError("No file was chosen. Go back, choose one, and send it.")
    return text
