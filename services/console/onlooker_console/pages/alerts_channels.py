"""Channels: by what people are told, made, changed and tried."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.alerts import asking
from onlooker_console.alerts.channels import Draft, asked_for, draft_from, draft_of, has_secret, listed
from onlooker_console.alerts.kinds import KINDS
from onlooker_console.apis import RefusedError, attempt
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.told import tell
from onlooker_console.views import Views
from onlooker_shared.errors import NotFoundError

PATH = "/console/alerts/channels"
API = "/alerts/channels"
WRITE = "alerts:write"
TRYING = 50.0
"""Seconds: the notifier waits up to 40 for the other side."""

ChannelId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Version = Annotated[str, Form(pattern="^[0-9]{1,9}$")]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/alerts/channels")
    router.include_router(_making(views))
    router.include_router(_changing(views))

    @router.get("")
    async def show(request: Request, caller: SignedIn) -> Response:
        """Show every channel."""
        return await _list(views, request, caller)

    @router.post("/{channel_id}/test")
    async def test(request: Request, caller: SignedIn, channel_id: ChannelId) -> Response:
        """Send a test message, and show what the other side said."""
        tried = await caller.api.send("POST", f"{API}/{channel_id}/test", patience=TRYING)
        if "HX-Request" in request.headers:
            return views.page(request, "alerts_channels_tried.html", tried=tried)
        return await _list(views, request, caller, tried={channel_id: tried})

    return router


def _making(views: Views) -> APIRouter:
    router = APIRouter()

    @router.get("/new")
    async def choose(request: Request, caller: SignedIn) -> Response:
        """Ask what kind of channel a new one is to be."""
        asking.check(caller.may(WRITE))
        return views.page(request, "alerts_channels_new.html", kinds=KINDS)

    @router.get("/new/{kind}")
    async def ask(request: Request, caller: SignedIn, kind: str) -> Response:
        """Ask for the settings of a new one."""
        asking.check(caller.may(WRITE))
        return _form(views, request, Draft(_known(kind)))

    @router.post("/new/{kind}")
    async def make(request: Request, caller: SignedIn, kind: str) -> Response:
        """Make a channel; where it cannot be made, say why and ask again."""
        asking.check(caller.may(WRITE))
        form = await _filled(request)
        draft = draft_from(_known(kind), form)
        try:
            made = await caller.api.send("POST", API, json=asked_for(draft, form.get("secret", "")))
        except RefusedError as refusal:
            return _form(views, request, draft, refusal=refusal)
        return _made(views, request, made, f"The channel {made['name']} is made. Try it with a test message.")

    return router


def _changing(views: Views) -> APIRouter:
    router = APIRouter()

    @router.get("/{channel_id}/waiting")
    async def show_waiting(request: Request, caller: SignedIn, channel_id: ChannelId) -> Response:
        """Show what waits for a channel, and what was given up."""
        known, waiting = await asyncio.gather(
            caller.api.get(f"{API}/{channel_id}"), caller.api.get(f"{API}/{channel_id}/waiting")
        )
        (channel,) = listed([known])
        return views.page(request, "alerts_channel_waiting.html", channel=channel, waiting=waiting)

    @router.get("/{channel_id}")
    async def edit(request: Request, caller: SignedIn, channel_id: ChannelId) -> Response:
        """Show a channel's settings, to be changed."""
        asking.check(caller.may(WRITE))
        known, waiting = await asyncio.gather(
            caller.api.get(f"{API}/{channel_id}"), attempt(caller.api.get(f"{API}/{channel_id}/waiting"))
        )
        return _form(views, request, draft_of(known), known, waiting=waiting.value)

    @router.post("/{channel_id}")
    async def change(request: Request, caller: SignedIn, channel_id: ChannelId, version: Version) -> Response:
        """Change a channel, if nobody else has since."""
        asking.check(caller.may(WRITE))
        known, form = await caller.api.get(f"{API}/{channel_id}"), await _filled(request)
        draft = draft_from(draft_of(known).kind, form, has_secret=has_secret(known))
        wanted = asked_for(draft, form.get("secret", ""), known["settings"])
        try:
            made = await asking.change(
                caller.api, "PUT", f"{API}/{channel_id}", wanted, version=version, stale=asking.CHANGED
            )
        except RefusedError as refusal:
            return _form(views, request, draft, {**known, "version": version}, refusal=refusal)
        return _made(views, request, made, f"The channel {made['name']} is changed.")

    @router.post("/{channel_id}/delete")
    async def delete(request: Request, caller: SignedIn, channel_id: ChannelId, version: Version) -> Response:
        """Delete a channel that no rule tells by, and show the others."""
        try:
            await asking.change(caller.api, "DELETE", f"{API}/{channel_id}", version=version)
        except RefusedError as refusal:
            return await _list(views, request, caller, refused=refusal)
        return _told(request, "The channel is deleted.")

    return router


async def _list(
    views: Views,
    request: Request,
    caller: Caller,
    *,
    refused: RefusedError | None = None,
    tried: Mapping[str, Any] | None = None,
) -> Response:
    """Return the page of channels; `tried`: what came of a test message, by the channel's id."""
    found, rules = await asyncio.gather(
        attempt(caller.api.get(API)),
        attempt(caller.api.get("/alerts/rules")),
    )
    return views.page(
        request,
        "alerts_channels.html",
        status=refused.status if refused else HTTPStatus.OK,
        error=found.error,
        channels=listed(found.value["channels"], rules.value or ()) if found.value else (),
        refused=refused,
        tried=tried or {},
    )


def _form(
    views: Views,
    request: Request,
    draft: Draft,
    known: Mapping[str, Any] | None = None,
    *,
    waiting: Any = None,
    refusal: RefusedError | None = None,
) -> Response:
    """Return the form of a channel: a new one, or the one that is `known` and for which something may be waiting."""
    labels = {each.name: each.label for each in draft.of.fields} | {"name": "Name", "secret": "Secret", "keep": "Kept"}
    return views.page(
        request,
        "alerts_channel.html",
        status=refusal.status if refusal else HTTPStatus.OK,
        draft=draft,
        known=known,
        waiting=waiting,
        troubles=asking.faults(refusal, labels) if refusal else (),
        stale=refusal is not None and refusal.status == HTTPStatus.PRECONDITION_FAILED,
    )


def _made(views: Views, request: Request, made: Mapping[str, Any], words: str) -> Response:
    """Lead to the list; but show first, this once, a secret that was made."""
    if made["signing_secret"]:
        return views.page(request, "alerts_channels_made.html", status=HTTPStatus.CREATED, made=made)
    return _told(request, words)


def _told(request: Request, words: str) -> Response:
    response = RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)
    tell(response, request, words)
    return response


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise NotFoundError("There is no such kind of channel.")
    return kind


async def _filled(request: Request) -> dict[str, str]:
    """Return a form's texts."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}
