"""Somebody: the pictures of them, when they were seen, and the faces by which they are told."""

import asyncio
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import PersonId
from onlooker_console.apis import Api, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.counting import count
from onlooker_console.facets import Option, facets
from onlooker_console.pages.images import PassedThrough
from onlooker_console.people.called import names
from onlooker_console.people.cards import PATH, card
from onlooker_console.people.faces import known_faces
from onlooker_console.search import Search
from onlooker_console.tiles import tile
from onlooker_console.views import Views
from onlooker_console.zones import zone_of

PICTURES = "/console/pictures"
NEWEST = 24
"""Pictures on the page; the rest is in the gallery."""
MONTHS, OTHERS = 12, 8
"""Months and other people that are listed."""
KEPT = "private, max-age=3600"
"""A face's picture never changes; but it may be forgotten."""
SILHOUETTE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#8a90a2"/>'
    '<g fill="#dfe2ea"><circle cx="32" cy="25" r="11"/><path d="M10 64a22 22 0 0 1 44 0Z"/></g></svg>'
)
"""Of somebody without a face."""


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/people/{person_id}")

    @router.get("")
    async def show(request: Request, caller: SignedIn, person_id: PersonId) -> Response:
        """Show somebody's page; that of whom they were merged into, if they were."""
        person = await caller.api.get(f"/people/{person_id}")
        if person["merged_into"]:
            return RedirectResponse(f"{PATH}/{person['merged_into']}", status_code=HTTPStatus.SEE_OTHER)
        search = Search.read([("person_id", person_id)])
        faces, found, counts = await asyncio.gather(
            attempt(caller.api.get(f"/people/{person_id}/faces")),
            attempt(caller.api.get("/tags/images", [*search.given, ("limit", str(NEWEST))])),
            attempt(count(caller.api, search)),
        )
        zone = zone_of(request)
        groups = _groups(counts.value[0], search) if counts.value else {}
        return views.page(
            request,
            "person.html",
            person=card(person),
            document=person,
            faces=faces,
            known_faces=known_faces(faces.value["faces"], person["cover"]) if faces.value else (),
            found=found,
            search=search,
            tiles=[tile(each, zone) for each in found.value["images"]] if found.value else [],
            total=counts.value[0]["total"] if counts.value else None,
            months=groups.get("time", ())[:MONTHS],
            beside=await _beside(caller.api, counts.value[0], search) if counts.value else (),
            emotions=groups.get("emotion", ()),
        )

    @router.get("/faces/{face_id}/picture")
    async def picture(caller: SignedIn, person_id: PersonId, face_id: Annotated[str, Path(max_length=100)]) -> Response:
        """Pass the picture of a face through."""
        return await _face(caller.api, person_id, face_id)

    @router.get("/cover")
    async def cover(caller: SignedIn, person_id: PersonId) -> Response:
        """Pass the picture of the face that is shown for somebody through; a silhouette, if they have none."""
        person = await caller.api.get(f"/people/{person_id}")
        if not person["cover"]:
            return Response(SILHOUETTE, media_type="image/svg+xml")
        return await _face(caller.api, person_id, person["cover"])

    return router


async def _face(api: Api, person_id: str, face_id: str) -> Response:
    """Pass the picture of a face through. Raises ApiError."""
    async with AsyncExitStack() as stack:
        path = f"/people/{person_id}/faces/{quote(face_id, safe='')}/picture"
        answer = await stack.enter_async_context(api.stream("GET", path))
        return PassedThrough(answer, stack.pop_all(), KEPT)


async def _beside(api: Api, counts: Any, search: Search) -> list[Option]:
    """Return who else is in the pictures of a search, most often first, with links to where both are."""
    others = [each for each in counts.get("person_ids", ()) if not search.has("person_id", each["name"])][:OTHERS]
    called = await names(api, [each["name"] for each in others])
    return [
        Option(called[each["name"]], search.adding("person_id", each["name"]).at(PICTURES), each["count"])
        for each in others
        if each["name"] in called
    ]


def _groups(counts: Any, search: Search) -> dict[str, tuple[Option, ...]]:
    """Return what can be told apart in somebody's pictures, with links to these."""
    return {each.name: each.options for each in facets(counts, search, PICTURES)}
