"""``/tags``: searches and statistics over recognized pictures."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires
from onlooker_tagger.documents import Document
from onlooker_tagger.index import Index, not_found
from onlooker_tagger.queries import (
    ImageQuery,
    Page,
    Statistics,
    StatisticsQuery,
    SuggestionQuery,
    Suggestions,
    Within,
)

Caller = Annotated[Principal, Depends(requires(Scope.TAGS_READ))]


def router(index: Index) -> APIRouter:
    """Return the routes. A key that is bound to a bucket or a prefix knows of nothing else."""
    routes = APIRouter(prefix="/tags", tags=["tags"])

    @routes.get("/images")
    async def search(caller: Caller, query: Annotated[ImageQuery, Query()]) -> Page:
        """Find pictures; all filters given must hold."""
        return await index.search(query, Within.of(caller))

    @routes.get("/images/{image_id}")
    async def get(caller: Caller, image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)]) -> Document:
        """Answer with one picture's document; of one that the key may not touch, as if there were none."""
        document = await index.get(image_id)
        if not caller.may_touch(document.bucket, document.key):
            raise not_found(image_id)
        return document

    @routes.get("/statistics")
    async def statistics(caller: Caller, query: Annotated[StatisticsQuery, Query()]) -> Statistics:
        """Count pictures, faces, labels, people, emotions, colours...; the filters are those of the search."""
        return await index.statistics(query, Within.of(caller))

    @routes.get("/suggestions")
    async def suggest(caller: Caller, query: Annotated[SuggestionQuery, Query()]) -> Suggestions:
        """Say what can be searched for that begins like this."""
        return await index.suggest(query, Within.of(caller))

    return routes
