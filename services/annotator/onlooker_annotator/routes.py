"""``/annotations``: links to what was drawn of a picture, and the pictures themselves."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path
from fastapi.responses import Response

from onlooker_annotator.annotations import Annotations
from onlooker_annotator.downloads import Downloads, Kind
from onlooker_annotator.links import Links, Presigner
from onlooker_shared.annotations import CONTENT_TYPE
from onlooker_shared.errors import NotFoundError
from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.results import Results
from onlooker_shared.web.auth import requires

ImageId = Annotated[str, Path(pattern=IMAGE_ID_PATTERN)]
Reader = Annotated[Principal, Depends(requires(Scope.ANNOTATIONS_READ))]
JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {CONTENT_TYPE: {}}},
    304: {"description": "It is the one with the ETag."},
}


def router(annotations: Annotations, results: Results, presigner: Presigner, downloads: Downloads) -> APIRouter:
    """Return the annotator's routes."""
    routes = APIRouter(prefix="/annotations", tags=["annotations"])

    @routes.get("/{image_id}")
    async def get_annotation(image_id: ImageId, principal: Reader) -> Links:
        """Answer links to all that was made of a picture, which work for a while without a key.

        404 says whether the picture is unknown, waits for its turn, or can not be annotated and why.
        """
        await _recognized(results, image_id, principal)
        drawn = await annotations.find(image_id)
        if drawn is None:
            raise await _not_drawn(annotations, image_id)
        return await presigner.links(image_id, drawn)

    @routes.get("/{image_id}/{kind}", response_class=Response, responses=JPEG)
    async def get_picture(
        image_id: ImageId,
        kind: Kind,
        principal: Reader,
        if_none_match: Annotated[
            str | None, Header(description="The ETag of the picture that is there already.")
        ] = None,
    ) -> Response:
        """Answer one of the pictures that were made of a picture, as JPEG.

        With drawing: `annotated` and, small, `thumbnail`. Without: `screen` and, small, `preview`.
        """
        if principal.bucket is not None or principal.prefix:
            await _recognized(results, image_id, principal)  # for others the result is not read: galleries ask a lot
        sent = await downloads.open(kind, image_id, if_none_match)
        if sent is None:
            await _recognized(results, image_id, principal)
            raise await _not_drawn(annotations, image_id)
        return sent

    return routes


async def _not_drawn(annotations: Annotations, image_id: str) -> NotFoundError:
    """Return what to say where a recognized picture is not annotated."""
    reason = await annotations.find_reason(image_id)
    if reason is not None:
        return NotFoundError(f"The picture was recognized but can not be annotated. {reason}")
    return NotFoundError("The picture was recognized; its annotated copy is not drawn yet. Try again in a moment.")


async def _recognized(results: Results, image_id: str, principal: Principal) -> None:
    """Make sure that a picture was recognized and that the caller's key may know.

    Raises:
        NotFoundError: none that was recognized. Of a picture that the caller's key may not touch, no more is said than
            of one that does not exist.
    """
    try:
        image = (await results.get(image_id)).image
    except NotFoundError as unknown:
        failure = await results.get_failure(image_id)
        if not principal.may_touch(failure.image.bucket, failure.image.key):
            raise
        detail = f"The picture could not be recognized, so it is not annotated. {failure.reason}"
        raise NotFoundError(detail) from unknown
    if not principal.may_touch(image.bucket, image.key):
        raise NotFoundError(f"Nothing is known about a picture with the id {image_id} (yet).")
