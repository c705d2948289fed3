"""``/recognitions``: what was recognized in a picture, and which pictures could not be."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from onlooker_shared import cursor
from onlooker_shared.errors import BadRequestError, NotFoundError
from onlooker_shared.images import IMAGE_ID_PATTERN, ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.objects import exists
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import FAILURES, Results, StoredFailure, StoredResult, failure_key, result_key
from onlooker_shared.telemetry.tracing import trace_id_of
from onlooker_shared.web.auth import requires

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

AsOfNow = Callable[[Recognition], Awaitable[Recognition]]
"""Returns a recognition that names people as they are called now."""
Reader = Annotated[Principal, Depends(requires(Scope.RECOGNITIONS_READ))]
TRACE_ID = Field(default=None, description="Of the lines about it in all services' logs: 32 hexadecimal digits.")


class Recognized(BaseModel):
    """A picture that was recognized."""

    state: Literal["recognized"] = "recognized"
    image: ImageRef
    recognition: Recognition
    trace_id: str | None = TRACE_ID


class Failed(BaseModel):
    """A picture that can never be recognized."""

    state: Literal["failed"] = "failed"
    image: ImageRef
    reason: str
    failed_at: datetime | None = None
    trace_id: str | None = TRACE_ID


def failed(failure: StoredFailure) -> Failed:
    """Return what is told of a stored failure."""
    return Failed(
        image=failure.image,
        reason=failure.reason,
        failed_at=failure.failed_at,
        trace_id=trace_id_of(failure.traceparent),
    )


class Failures(BaseModel):
    """One page of them."""

    recognitions: list[Failed]
    cursor: str | None = None


def router(s3: "S3Client", results: Results, as_of_now: AsOfNow) -> APIRouter:
    """Return the routes.

    Args:
        s3: the process's client.
        results: where results are.
        as_of_now: knows people.
    """
    routes = APIRouter(prefix="/recognitions", tags=["recognitions"])

    @routes.get("/{image_id}")
    async def get_recognition(
        reader: Reader, image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)]
    ) -> Recognized | Failed:
        """Answer with what was recognized in a picture, or why it could not be."""
        found = await find(results, reader, image_id)
        if isinstance(found, Failed):
            return found
        return found.model_copy(update={"recognition": await as_of_now(found.recognition)})

    @routes.get("")
    async def list_recognitions(
        reader: Reader,
        _state: Annotated[Literal["failed"], Query(alias="state", description="The others: see /tags/images.")],
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        after: Annotated[str | None, Query(alias="cursor", description="Of the page before.")] = None,
    ) -> Failures:
        """List pictures that can never be recognized, in the order of their ids.

        A page may have fewer entries than asked for, even none, and still be followed by another: only without a
        cursor in the answer is it the last.
        """
        return await _failures(s3, results, reader, limit, _start(after))

    return routes


async def find(results: Results, caller: Principal, image_id: str) -> Recognized | Failed:
    """Return what is known of a picture.

    Raises:
        NotFoundError: nothing is, or nothing that this caller may know.
    """
    found = await _known(results, image_id)
    if not caller.may_touch(found.image.bucket, found.image.key):
        raise NotFoundError(f"Nothing is known about a picture with the id {image_id} (yet).")
    return found


async def _known(results: Results, image_id: str) -> Recognized | Failed:
    """Return a picture's result, else its failure. Raises NotFoundError if there is neither."""
    with suppress(NotFoundError):
        return recognized(await results.get(image_id))
    with suppress(NotFoundError):
        return failed(await results.get_failure(image_id))
    return recognized(await results.get(image_id))  # a failure may have been overcome, and removed, between the two


def recognized(result: StoredResult) -> Recognized:
    """Return what is told of a stored result."""
    return Recognized(image=result.image, recognition=result.recognition, trace_id=trace_id_of(result.traceparent))


async def _failures(s3: "S3Client", results: Results, reader: Principal, limit: int, start: str) -> Failures:
    answer = await s3.list_objects_v2(Bucket=results.bucket, Prefix=FAILURES, MaxKeys=limit, StartAfter=start)
    ids = [entry["Key"].removeprefix(FAILURES).removesuffix(".json") for entry in answer.get("Contents", [])]
    found = await asyncio.gather(*(_current_failure(s3, results, image_id) for image_id in ids))
    return Failures(
        recognitions=[
            failed(failure)
            for failure in found
            if failure is not None and reader.may_touch(failure.image.bucket, failure.image.key)
        ],
        cursor=cursor.encode({"after": ids[-1]}) if answer["IsTruncated"] else None,
    )


async def _current_failure(s3: "S3Client", results: Results, image_id: str) -> StoredFailure | None:
    """Return a failure unless it was overcome: redriven after a mend, the picture has a result too."""
    if await exists(s3, results.bucket, result_key(image_id)):
        return None
    try:
        return await results.get_failure(image_id)
    except NotFoundError:
        return None  # deleted since it was listed


def _start(given: str | None) -> str:
    """Return the key that a page starts after."""
    if given is None:
        return ""
    after = cursor.decode(given).get("after")
    if not isinstance(after, str):
        raise BadRequestError("This cursor is not one of this list; start again without one.")
    return failure_key(after)
