"""``/keys``: access keys are made, listed and revoked by those whose own may do everything everywhere.

A key bound to a bucket or prefix administers none, though it may have the scope ``admin``: the list would tell it of
others, and what it revoked could be anybody's.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from onlooker_ingest.body import Body, BodyLimits
from onlooker_ingest.buckets import Buckets
from onlooker_ingest.json_bodies import described, read
from onlooker_ingest.key_lists import KeyList, NewKey, new_key, page
from onlooker_ingest.key_requests import KeyRequest, check_within, expiry
from onlooker_ingest.settings import IngestSettings
from onlooker_shared.errors import ConflictError
from onlooker_shared.keyring import Keyring
from onlooker_shared.keys import KeyStore, Principal, id_of
from onlooker_shared.web.auth import operator

MAX_REQUEST_BYTES = 16 * 1024
MAX_PAGE = 200

Operator = Annotated[Principal, Depends(operator)]

log = structlog.stdlib.get_logger(__name__)


def key_router(keys: KeyStore, ring: Keyring, buckets: Buckets, settings: IngestSettings) -> APIRouter:
    """Return the routes of access keys.

    Args:
        keys: makes them.
        ring: knows all of them.
        buckets: to which a key can be bound.
        settings: how many there may be.
    """
    routes = APIRouter(prefix="/keys", tags=["access keys"], dependencies=[Depends(_unkept)])
    limits = BodyLimits(MAX_REQUEST_BYTES, idle=settings.idle_seconds, total=settings.idle_seconds)

    @routes.post("", status_code=HTTPStatus.CREATED, openapi_extra=described(KeyRequest))
    async def create_key(request: Request, caller: Operator) -> NewKey:
        """Make an access key. The answer holds it, and nothing else ever does."""
        asked = await read(KeyRequest, Body(request.stream(), limits))
        expires_at = expiry(asked, datetime.now(UTC).replace(microsecond=0))
        check_within(expires_at, caller)
        if asked.bucket is not None:
            buckets.check_known(asked.bucket)
        if len(await ring.records()) >= settings.max_keys:
            raise ConflictError(f"There are {settings.max_keys} access keys, and no more are made. Revoke some first.")
        key = await keys.create(
            owner=asked.owner, scopes=asked.scopes, bucket=asked.bucket, prefix=asked.prefix, expires_at=expires_at
        )
        made = Principal(id_of(key), asked.owner, asked.scopes, asked.bucket, asked.prefix, expires_at)
        _note("key.created", made, caller)
        return new_key(key, made)

    @routes.get("")
    async def list_keys(
        _: Operator,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Keys a page.")] = 50,
        cursor: Annotated[str | None, Query(max_length=1000, description="From the page before.")] = None,
    ) -> KeyList:
        """List the access keys, newest first, those that have expired among them."""
        return page(await ring.records(), limit=limit, after=cursor)

    @routes.delete("/{key_id}", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
    async def revoke_key(caller: Operator, key_id: str) -> None:
        """Make an access key worthless: everywhere within 30 seconds."""
        _note("key.revoked", (await ring.revoke(key_id)).principal, caller)

    return routes


async def _unkept(response: Response) -> None:
    """Have nobody on the way keep an answer: one of them holds a key."""
    response.headers["Cache-Control"] = "no-store"


def _note(event: str, key: Principal, by: Principal) -> None:
    """Log what became of a key: by the parts of both that are no secret."""
    log.info(
        event,
        key_id=key.key_id,
        owner=key.owner,
        scopes=" ".join(sorted(key.scopes)),
        bucket=key.bucket,
        prefix=key.prefix,
        expires_at=None if key.expires_at is None else key.expires_at.isoformat(),
        by_key_id=by.key_id,
        by_owner=by.owner,
    )
