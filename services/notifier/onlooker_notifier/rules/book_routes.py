"""``/alerts/rules.yaml``: all rules in one document, to be kept with other files, and taken from there."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.access import unbound
from onlooker_notifier.rules import documents
from onlooker_notifier.rules.editing import Editing
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_shared.errors import PreconditionFailedError, TooLargeError
from onlooker_shared.keys import Scope

MEDIA_TYPE = "application/yaml"
DOCUMENT = {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}


class BookChange(BaseModel):
    """What changed by a document, or would."""

    model_config = ConfigDict(frozen=True)

    dry_run: bool = Field(description="Nothing was changed.")
    created: tuple[str, ...] = Field(description="Ids of rules.")
    changed: tuple[str, ...]
    deleted: tuple[str, ...] = Field(description="Those that the document does not have.")
    unchanged: int


def router(rulebook: Rulebook, editing: Editing) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/alerts", tags=["alerts"])

    @routes.get(
        "/rules.yaml",
        dependencies=[Depends(unbound(Scope.ALERTS_READ))],
        response_class=Response,
        responses={200: DOCUMENT},
    )
    async def get_book() -> Response:
        """Answer all rules as YAML. Channels are in it by their ids; their secrets are not."""
        rules = await rulebook.now()
        return Response(
            await asyncio.to_thread(documents.written, rules),
            media_type=MEDIA_TYPE,
            headers={"ETag": documents.etag(rules)},
        )

    @routes.put(
        "/rules.yaml",
        dependencies=[Depends(unbound(Scope.ALERTS_WRITE))],
        openapi_extra={"requestBody": {"required": True, **DOCUMENT}},
    )
    async def put_book(
        request: Request,
        dry_run: Annotated[bool, Query(description="Only say what would change.")] = False,
        if_match: Annotated[str | None, Header(description="The ETag that the document was made of.")] = None,
    ) -> BookChange:
        """Have the rules be those of a YAML document: rules that it does not have are deleted."""
        wanted = await asyncio.to_thread(documents.read, await _body(request))  # large ones take seconds
        await editing.checked(wanted.rules)
        rules = await rulebook.now()
        if if_match is not None and if_match.strip() not in {"*", documents.etag(rules)}:
            raise PreconditionFailedError("Somebody changed the rules since. Get them again, then decide.")
        plan = documents.planned(rules, wanted)
        if not dry_run:
            await rulebook.apply(plan.changes)
        return BookChange(
            dry_run=dry_run,
            created=plan.created,
            changed=plan.changed,
            deleted=plan.deleted,
            unchanged=plan.unchanged,
        )

    return routes


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > documents.LARGEST:
            raise TooLargeError(f"A document of rules has at most {documents.LARGEST} bytes.")
    return bytes(body)
