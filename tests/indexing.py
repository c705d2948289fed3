"""Fills an index and asks it, for tests of what every index does."""

from typing import Any

from onlooker_shared.images import ImageRef
from onlooker_tagger import documents
from onlooker_tagger.index import Index
from onlooker_tagger.queries import ImageQuery, Statistics, StatisticsQuery, SuggestionQuery, Within
from recognitions import Found, a_recognition

ALL = Within()


async def put(index: Index, image: ImageRef, *found: Found) -> str:
    """Index a picture; returns its id."""
    await index.put(documents.recognized(image, a_recognition(*found)))
    return image.image_id


async def keys(index: Index, within: Within = ALL, **asked: Any) -> list[str]:
    """The keys of the first page of a search."""
    page = await index.search(ImageQuery.model_validate(asked), within)
    return [document.key for document in page.images]


async def paged(index: Index, within: Within = ALL, **asked: Any) -> list[str]:
    """The keys of all pages of a search, one after the other."""
    found: list[str] = []
    page = await index.search(ImageQuery.model_validate(asked), within)
    found += [document.key for document in page.images]
    while page.cursor is not None:
        page = await index.search(ImageQuery.model_validate({**asked, "cursor": page.cursor}), within)
        found += [document.key for document in page.images]
    return found


async def counts(index: Index, within: Within = ALL, **asked: Any) -> Statistics:
    """Statistics over what filters leave."""
    return await index.statistics(StatisticsQuery.model_validate(asked), within)


async def suggested(index: Index, typed: str, within: Within = ALL, limit: int = 10) -> list[tuple[str, str, int]]:
    """The kind, name and count of each suggestion."""
    found = await index.suggest(SuggestionQuery(q=typed, limit=limit), within)
    return [(each.kind, each.name, each.count) for each in found.suggestions]
