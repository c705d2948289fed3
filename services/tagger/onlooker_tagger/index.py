"""What the tagger needs of a place to search in. Each passes one suite of tests.

`sqlite` is a file for one process, `opensearch` a cluster for many.
"""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Protocol

from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import NotFoundError, OnlookerError
from onlooker_tagger.documents import Deletion, Document
from onlooker_tagger.queries import (
    ImageQuery,
    Page,
    Statistics,
    StatisticsQuery,
    SuggestionQuery,
    Suggestions,
    Within,
)


def not_found(image_id: str) -> NotFoundError:
    """Return the error of a picture that has no document."""
    return NotFoundError(
        f"The index has no picture with the id {image_id}: it is not recognized yet, or was overwritten."
    )


class RefusedError(OnlookerError):
    """The index can never hold this document, however often it is tried; the text says why."""


class Index(Protocol):
    """Documents by object: of each bucket and key only the newest version is found.

    Every method raises `onlooker_shared.errors.UnavailableError` while the index does not answer; what it should have
    written may be repeated then. What returned is on disk, is answered by `get` at once, and is found by searches
    within a second or so.
    """

    async def put(self, document: Document) -> None:
        """Index a document, unless a newer one about the same bucket and key is there (`documents.supersedes`).

        Putting the same document again changes nothing.

        Raises:
            RefusedError: the index cannot hold it.
        """

    async def annotate(self, image_id: str, annotation: Annotation) -> None:
        """Note the pictures that were made of one. They may come before its document."""

    async def delete(self, deletion: Deletion) -> None:
        """Forget what a deletion is about (`documents.outlives`), also what of it comes later; the renditions too.

        What is kept so that it does not come back names neither bucket nor key.
        """

    async def forget(self, image_ids: Collection[str]) -> None:
        """Take out the documents of some pictures, and their renditions, as if they had never been put.

        Unlike what was deleted, they are found again once they are put again. One that is put meanwhile may stay.
        """

    async def get(self, image_id: str) -> Document:
        """Return a picture's document.

        Raises:
            NotFoundError: there is none, or a newer version of the object has taken its place.
        """

    async def search(self, query: ImageQuery, within: Within) -> Page:
        """Return one page of the documents that a query finds.

        Raises:
            BadRequestError: the query's cursor belongs to another search.
            NotFoundError: `similar_to` names no picture that the caller may know of.
        """

    async def statistics(self, query: StatisticsQuery, within: Within) -> Statistics:
        """Return counts over the documents that a query finds."""

    async def suggest(self, query: SuggestionQuery, within: Within) -> Suggestions:
        """Return labels, names, words and folders that what was typed may become."""

    def held(self, until: datetime) -> AsyncIterator[list[str]]:
        """Yield the ids of all pictures that have a document and were uploaded until then, page by page."""

    async def missing(self, image_ids: Collection[str]) -> set[str]:
        """Return those of some pictures that were neither put nor deleted."""

    async def unannotated(self, image_ids: Collection[str]) -> set[str]:
        """Return those of some pictures whose annotation was never noted."""

    async def ping(self) -> None:
        """Return if the index answers."""
