"""One picture: what it shows, drawn over it, and all that is known of it."""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime

from onlooker_console.addresses import ImageId
from onlooker_console.alerts.channels import way as way_of
from onlooker_console.alerts.decisions import untold
from onlooker_console.apis import Api, ApiError, Outcome, attempt
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.picture.boxes import boxes, label_entry, lines
from onlooker_console.picture.drawing import first_place
from onlooker_console.picture.faces import portraits
from onlooker_console.picture.known import Known, known
from onlooker_console.picture.looks import regions, swatches
from onlooker_console.picture.neighbours import Neighbours, neighbours, questions
from onlooker_console.picture.way import way
from onlooker_console.search import Search
from onlooker_console.tiles import Tile, tile
from onlooker_console.views import Views
from onlooker_shared.errors import NotFoundError

OWN = ("again",)
"""Parameters that are no part of the search that one came from."""
SIMILAR = 12
"""Pictures that are named as similar, at most."""
UNTOLD = 3
"""Decisions not to tell of it that are shown, the newest ones."""
ROUNDS = 6
"""Requests that look for who was told of a picture; each looks through 500 messages."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the services say of a picture; `troubles` are of those that did not answer."""

    known: Known | None
    stored: Any
    troubles: tuple[ApiError, ...]


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of pictures' bytes, whose paths look like these."""
    router = APIRouter(prefix="/pictures/{image_id}")

    @router.get("")
    async def show(
        request: Request, caller: SignedIn, image_id: ImageId, again: AwareDatetime | None = None
    ) -> Response:
        """Show a picture."""
        search = came_from(request)
        asked, similar = await asyncio.gather(ask(caller, image_id), _similar(caller, image_id))
        picture = asked.known
        if picture is None:
            if asked.troubles:
                raise asked.troubles[0]
            if "HX-Request" in request.headers:
                raise NotFoundError("There is no such picture (any more).")
            return views.page(
                request, "picture_unknown.html", status=HTTPStatus.NOT_FOUND, image_id=image_id, search=search
            )
        return views.page(
            request,
            "picture.html",
            picture=picture,
            pending=picture.pending(datetime.now(UTC)),
            troubles=asked.troubles,
            search=search,
            beside=await _beside(caller, search, picture),
            similar=similar,
            wanted_again=_awaited(picture, again),
            follows=caller.may("alerts:read") and not caller.principal.bound,
            like=Search.read([("similar_to", image_id)]),
            steps=way(picture),
            says_of=lambda number: lambda said: search.at(f"/console/pictures/{image_id}/faces/{number}/{said}"),
            **_found(picture),
        )

    @router.get("/state")
    async def state(caller: SignedIn, image_id: ImageId) -> Response:
        """Say which version of the page there is, for a script that waits for another one."""
        picture = (await ask(caller, image_id)).known
        return JSONResponse(
            {
                "version": picture.version if picture else "",
                "pending": not picture or picture.pending(datetime.now(UTC)),
            }
        )

    @router.get("/recognition.json")
    async def recognition(caller: SignedIn, image_id: ImageId) -> Response:
        """Return all that was recognized, as the recognizer keeps it."""
        answer = await caller.api.get(f"/recognitions/{image_id}")
        return PrettyJson(answer, headers={"Content-Disposition": f'attachment; filename="{image_id}.json"'})

    @router.get("/told")
    async def told(request: Request, caller: SignedIn, image_id: ImageId) -> Response:
        """Say who was told of the picture, as a fragment."""
        found, decided = await asyncio.gather(
            attempt(_deliveries(caller.api, image_id)),
            attempt(caller.api.get("/alerts/decisions", {"image_id": image_id, "limit": UNTOLD})),
        )
        kept_back = [untold(each, {}) for each in decided.value["decisions"]] if decided.value else ()
        return views.page(request, "picture_told.html", found=found, untold=kept_back, way=way_of, image_id=image_id)

    return router


class PrettyJson(JSONResponse):
    """JSON that people can read."""

    def render(self, content: Any) -> bytes:
        """Return the bytes."""
        return json.dumps(content, indent=2, ensure_ascii=False).encode()


def came_from(request: Request) -> Search:
    """Return the search that somebody came from, which the addresses of pictures carry along."""
    return Search(Search.read(request.query_params.multi_items(), ignored=OWN).given)


async def ask(caller: Caller, image_id: str) -> Asked:
    """Return what the services know of a picture: those that the access key may ask.

    Raises:
        KeyRejectedError: the access key does not work any more.
    """
    stored, document, annotation = await asyncio.gather(
        _if(caller.may("recognitions:read"), caller.api, f"/recognitions/{image_id}"),
        _if(caller.may("tags:read"), caller.api, f"/tags/images/{image_id}"),
        _if(caller.may("annotations:read"), caller.api, f"/annotations/{image_id}"),
    )
    found = known(stored.value, document.value, annotation.value)
    errors = (outcome.error for outcome in (stored, document, annotation))
    return Asked(
        found, stored.value, tuple(error for error in errors if error and error.status != HTTPStatus.NOT_FOUND)
    )


async def _if(allowed: bool, api: Api, path: str) -> Outcome[Any]:
    return await attempt(api.get(path)) if allowed else Outcome()


async def _similar(caller: Caller, image_id: str) -> tuple[Tile, ...]:
    """Return similar pictures; none where they cannot be had: nobody misses them."""
    if not caller.may("tags:read"):
        return ()
    found = await attempt(caller.api.get("/tags/images", {"similar_to": image_id, "limit": SIMILAR}))
    return tuple(tile(each) for each in found.value["images"]) if found.value else ()


async def _beside(caller: Caller, search: Search, picture: Known) -> Neighbours:
    """Return the pictures before and after; none where they cannot be had."""
    if not caller.may("tags:read") or not picture.indexed:
        return Neighbours()
    asking: list[Awaitable[Outcome[Any]]] = [
        attempt(caller.api.get("/tags/images", list(question))) for question in questions(search, picture.uploaded_at)
    ]
    answers = await asyncio.gather(*asking)
    return neighbours(search, picture.image_id, [answer.value["images"] if answer.value else () for answer in answers])


def _found(picture: Known) -> dict[str, Any]:
    """Return what was recognized, as the templates need it."""
    found = picture.recognition
    if found is None:
        return {"found": None}
    return {
        "found": found,
        "boxes": boxes(found),
        "faces": portraits(found),
        "place": first_place(found.width, found.height),
        "labels": [(label_entry(index), label) for index, label in enumerate(found.labels)],
        "lines": lines(found.text),
        "swatches": swatches(found.properties),
        "regions": regions(found.properties),
    }


def _awaited(picture: Known, again: datetime | None) -> bool:
    """Whether the picture is being recognized again, since a time that the page's address names."""
    done = picture.recognition.recognized_at if picture.recognition else picture.failed_at
    return again is not None and (done is None or done < again)


async def _deliveries(api: Api, image_id: str) -> dict[str, Any]:
    """Return the messages that told of a picture, newest first, and whether older ones were not looked through."""
    found: list[Any] = []
    cursor: str | None = None
    for _ in range(ROUNDS):
        page = await api.get("/alerts/deliveries", {"image_id": image_id, "limit": 20, "cursor": cursor})
        found += page["deliveries"]
        cursor = page["cursor"]
        if cursor is None:
            break
    return {"deliveries": found, "more": cursor is not None}
